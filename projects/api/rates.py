"""The rate card."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api_fields import DayField
from core.entity_tags import version_to_change
from projects import actions
from projects.api.references import PersonField
from projects.api_views import ProjectViewSet
from projects.models import Rate
from projects.queries import rate_card
from projects.work_categories import WorkCategory


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
    recorded_from = serializers.CharField(help_text="The contract or mail in which both sides agreed.")


class NewRateSerializer(serializers.Serializer[Any]):
    person = PersonField(required=False, allow_null=True)
    job_role = serializers.CharField(required=False, max_length=80, allow_blank=True)
    category = serializers.ChoiceField(WorkCategory.choices, required=False, allow_blank=True)
    hourly_rate = serializers.DecimalField(12, 4, min_value=0, max_value=99_999)
    first_day = DayField()
    last_day = DayField(required=False, allow_null=True)
    recorded_from = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="The contract or mail in which both sides agreed."
    )


class RateEndSerializer(serializers.Serializer[Any]):
    last_day = DayField(allow_null=True)


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
        """Let a rate hold until a last day, or without an end again."""
        rate = self.get_object()
        version = version_to_change(request, rate)
        actions.end_rate(actor=request.user, rate=rate, expected_version=version, **self.sent())
        return self.answer(self.get_object())
