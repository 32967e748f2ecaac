"""Who takes part: people whose hours are booked, members who hold a role, and the rate card."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api_fields import DayField
from core.entity_tags import version_to_change
from projects import actions
from projects.api.references import PersonField, check_recorded_from
from projects.api_views import ProjectViewSet
from projects.audience import Side
from projects.models import Membership, ProjectPerson, Rate
from projects.queries import members_of, people_of, rate_card
from projects.work_categories import WorkCategory


class PersonSerializer(serializers.Serializer[Any]):
    """Somebody whose hours may be booked."""

    uuid = serializers.UUIDField(source="person.uuid")
    name = serializers.CharField(source="person.name")
    side = serializers.ChoiceField(Side.choices)
    job_role = serializers.CharField(help_text="As in the rate card.")
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)


class NewPersonSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=150)
    email = serializers.EmailField(required=False, help_text="Finds the person again in the next project.")
    side = serializers.ChoiceField(Side.choices)
    job_role = serializers.CharField(required=False, max_length=80, allow_blank=True)
    starts_on = DayField(required=False, allow_null=True)
    ends_on = DayField(required=False, allow_null=True)
    recorded_from = serializers.CharField(
        required=False, max_length=200, help_text="The file or mail from which the client records the vendor's person."
    )

    def validate_recorded_from(self, value: str) -> str:
        return check_recorded_from(self.context["standing"], value)


class PersonViewSet(ProjectViewSet):
    """People whose hours may be booked."""

    capabilities = {"list": "view_people", "create": "edit_people"}
    queryset = ProjectPerson.objects.none()
    serializer_class = PersonSerializer
    input_serializers = {"create": NewPersonSerializer}
    public_id = "person__uuid"
    filter_backends = []

    def get_queryset(self) -> QuerySet[ProjectPerson]:
        return people_of(self.standing.project).order_by("side", "person__name", "pk")

    def list(self, request: Request, slug: str) -> Response:
        """People whose hours may be booked, by side and name."""
        return self.listed(self.get_queryset())

    def create(self, request: Request, slug: str) -> Response:
        """Add somebody whose hours may be booked.

        Each side adds its own people; the client may record the vendor's.
        """
        sent = self.sent()
        if not self.standing.may_record_people_of(sent["side"]):
            raise PermissionDenied("edit_people")
        return self.answer(actions.add_person(actor=request.user, project=self.standing.project, **sent), 201)


class MemberSerializer(serializers.Serializer[Any]):
    """A user with a role on one side."""

    uuid = serializers.UUIDField()
    name = serializers.CharField(source="user.name")
    side = serializers.ChoiceField(Side.choices)
    role = serializers.ChoiceField(Membership.Role.choices)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)


class MemberViewSet(ProjectViewSet):
    """Users who hold a role."""

    capabilities = {"list": "view_people"}
    queryset = Membership.objects.none()
    serializer_class = MemberSerializer
    filter_backends = []

    def get_queryset(self) -> QuerySet[Membership]:
        return members_of(self.standing.project, timezone.now().date()).order_by("side", "role", "user__name", "pk")

    def list(self, request: Request, slug: str) -> Response:
        """Users who hold a role, by side."""
        return self.listed(self.get_queryset())


# ── Rates ───────────────────────────────────────────────────────────────────────────────────────────
class RateSerializer(serializers.Serializer[Any]):
    """Money per hour in the project's currency: for a person, a role, a kind of work, or else everyone."""

    uuid = serializers.UUIDField()
    person = serializers.UUIDField(source="person.uuid", allow_null=True, default=None)
    job_role = serializers.CharField()
    category = serializers.CharField()
    hourly_rate = serializers.DecimalField(12, 4)
    first_day = serializers.DateField()
    last_day = serializers.DateField(allow_null=True)
    standing = serializers.ChoiceField([("current", ""), ("coming", ""), ("past", "")])


class NewRateSerializer(serializers.Serializer[Any]):
    person = PersonField(required=False, allow_null=True)
    job_role = serializers.CharField(required=False, max_length=80, allow_blank=True)
    category = serializers.ChoiceField(WorkCategory.choices, required=False, allow_blank=True)
    hourly_rate = serializers.DecimalField(12, 4, min_value=0, max_value=99_999)
    first_day = DayField()
    last_day = DayField(required=False, allow_null=True)


class RateEndSerializer(serializers.Serializer[Any]):
    last_day = DayField()


class RateViewSet(ProjectViewSet):
    """The rate card."""

    capabilities = {
        "list": "view_rates",
        "retrieve": "view_rates",
        "create": "edit_rates",
        "partial_update": "edit_rates",
    }
    queryset = Rate.objects.none()
    serializer_class = RateSerializer
    input_serializers = {"create": NewRateSerializer, "partial_update": RateEndSerializer}
    url_parameter = "rate_uuid"
    filter_backends = []

    def get_queryset(self) -> QuerySet[Rate]:
        return rate_card(self.standing.project, self.today).order_by("-pk")

    def list(self, request: Request, slug: str) -> Response:
        """All rates, the newest first."""
        return self.listed(self.get_queryset())

    def retrieve(self, request: Request, slug: str, rate_uuid: str) -> Response:
        """One rate."""
        return self.answer(self.get_object())

    def create(self, request: Request, slug: str) -> Response:
        """Agree a rate. Hours already recorded keep the rate that they have."""
        rate = actions.agree_rate(actor=request.user, project=self.standing.project, **self.sent())
        agreed = self.get_queryset().get(pk=rate.pk)
        return self.address(self.answer(agreed, 201), "rate_detail", slug=slug, rate_uuid=rate.uuid)

    def partial_update(self, request: Request, slug: str, rate_uuid: str) -> Response:
        """Let a rate hold until a last day."""
        rate = self.get_object()
        version = version_to_change(request, rate)
        actions.end_rate(actor=request.user, rate=rate, expected_version=version, **self.sent())
        return self.answer(self.get_object())
