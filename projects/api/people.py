"""Who takes part: people whose hours are booked, and members who hold a role."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api_fields import DayField
from core.entity_tags import version_to_change
from projects import actions
from projects.addresses import speaks_for
from projects.api.references import ColleagueField, MemberField, check_recorded_from
from projects.api_views import ProjectViewSet
from projects.audience import Side
from projects.holdings import held_by
from projects.models import Membership, ProjectPerson
from projects.queries import members_of, people_of


# ── People ──────────────────────────────────────────────────────────────────────────────────────────
class PersonSerializer(serializers.Serializer[Any]):
    """Somebody whose hours may be booked."""

    uuid = serializers.UUIDField(source="person.uuid")
    name = serializers.CharField(source="person.name")
    side = serializers.ChoiceField(Side.choices)
    job_role = serializers.CharField(help_text="As in the rate card.")
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)


class PersonDetailSerializer(PersonSerializer):
    """The same with the mail address, for whoever may change it."""

    email = serializers.CharField(
        source="person.email", required=False, help_text="Only for whoever speaks for their organisation."
    )

    def to_representation(self, instance: ProjectPerson) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(instance)
        standing = self.context["standing"]
        if not (
            standing.can("edit_people") and speaks_for(standing.user, standing.project, instance.person.organisation)
        ):
            del shown["email"]
        return shown


class PersonChangeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(required=False, max_length=150)
    email = serializers.EmailField(
        required=False, allow_blank=True, help_text="Links by which they answer without an account go there."
    )
    job_role = serializers.CharField(required=False, max_length=80, allow_blank=True)
    starts_on = DayField(required=False, allow_null=True)
    ends_on = DayField(required=False, allow_null=True)
    recorded_from = serializers.CharField(
        required=False, max_length=200, help_text="The file or mail from which the client records the vendor's person."
    )

    def validate_recorded_from(self, value: str) -> str:
        return check_recorded_from(self.context["standing"], value)


class NewPersonSerializer(PersonChangeSerializer):
    name = serializers.CharField(max_length=150)
    email = serializers.EmailField(required=False, help_text="Finds the person again in the next project.")
    side = serializers.ChoiceField(Side.choices)


class PersonViewSet(ProjectViewSet):
    """People whose hours may be booked."""

    capabilities = {
        "list": "view_people",
        "retrieve": "view_people",
        "create": "edit_people",
        "partial_update": "edit_people",
    }
    queryset = ProjectPerson.objects.none()
    input_serializers = {"create": NewPersonSerializer, "partial_update": PersonChangeSerializer}
    public_id = "person__uuid"
    url_parameter = "person_uuid"
    filter_backends = []

    def get_serializer_class(self) -> Any:
        return PersonSerializer if self.action == "list" else PersonDetailSerializer

    def get_queryset(self) -> QuerySet[ProjectPerson]:
        return people_of(self.standing.project).order_by("side", "person__name", "pk")

    def list(self, request: Request, slug: str) -> Response:
        """People whose hours may be booked, by side and name."""
        return self.listed(self.get_queryset())

    def retrieve(self, request: Request, slug: str, person_uuid: str) -> Response:
        """Somebody whose hours may be booked."""
        return self.answer(self.get_object())

    def create(self, request: Request, slug: str) -> Response:
        """Add somebody whose hours may be booked.

        Each side adds its own people; the client may record the vendor's.
        """
        sent = self.sent()
        self._refuse_other_side(sent["side"])
        member = actions.add_person(actor=request.user, project=self.standing.project, **sent)
        return self.address(self.answer(member, 201), "person_detail", slug=slug, person_uuid=member.person.uuid)

    def partial_update(self, request: Request, slug: str, person_uuid: str) -> Response:
        """Change role, dates or mail address. Hours already booked keep their rate."""
        member = self.get_object()
        self._refuse_other_side(member.side)
        version = version_to_change(request, member)
        actions.change_person(actor=request.user, member=member, expected_version=version, **self.sent(partial=True))
        return self.answer(self.get_object())

    def _refuse_other_side(self, side: str) -> None:
        if not self.standing.may_record_people_of(side):
            raise PermissionDenied("edit_people")


# ── Members ─────────────────────────────────────────────────────────────────────────────────────────
class MemberSerializer(serializers.Serializer[Any]):
    """A user with a role on one side."""

    uuid = serializers.UUIDField()
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")
    side = serializers.ChoiceField(Side.choices)
    role = serializers.ChoiceField(Membership.Role.choices)
    stands_in_for = serializers.UUIDField(source="stands_in_for.uuid", allow_null=True, default=None)
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class MemberDetailSerializer(MemberSerializer):
    """The same with what goes to a successor when the membership ends."""

    holds = serializers.SerializerMethodField(help_text="Sentences, of one's own side alone; else none.")

    def get_holds(self, member: Membership) -> list[str]:
        standing = self.context["standing"]
        return held_by(member) if standing.can("edit_people") and member.side == standing.side else []


class EndSerializer(serializers.Serializer[Any]):
    successor = MemberField(required=False, allow_null=True, help_text="Gets what this member holds.")
    with_role = serializers.BooleanField(default=False, help_text="The successor gets the role as well.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["with_role"] and not attrs.get("successor"):
            raise serializers.ValidationError({"successor": _("Say who gets the role.")}, code="successor")
        return attrs


class StandInSerializer(serializers.Serializer[Any]):
    user = ColleagueField(
        help_text="Mail address of a colleague from the projects that you see, who takes no part here."
    )
    starts_on = DayField()
    ends_on = DayField(help_text="The last day with this role.")


class MemberViewSet(ProjectViewSet):
    """Users who hold a role."""

    capabilities = {
        "list": "view_people",
        "retrieve": "view_people",
        "end": "edit_people",
        "stand_in": "edit_people",
    }
    creating = frozenset({"stand_in"})
    queryset = Membership.objects.none()
    input_serializers = {"end": EndSerializer, "stand_in": StandInSerializer}
    url_parameter = "member_uuid"
    filter_backends = []

    def get_serializer_class(self) -> Any:
        return MemberDetailSerializer if self.action == "retrieve" else MemberSerializer

    def get_queryset(self) -> QuerySet[Membership]:
        members = members_of(self.standing.project, timezone.now().date()).select_related("project")
        return members.order_by("side", "role", "user__name", "pk")

    def list(self, request: Request, slug: str) -> Response:
        """Users who hold a role, by side."""
        return self.listed(self.get_queryset())

    def retrieve(self, request: Request, slug: str, member_uuid: str) -> Response:
        """A user who holds a role."""
        return self.answer(self.get_object())

    def end(self, request: Request, slug: str, member_uuid: str) -> Response:
        """End a membership of your side now. What it holds goes to the successor, if there is one."""
        member = self._own_member()
        actions.end_membership(actor=request.user, membership=member, **self.sent())
        return self.answer(Membership.objects.select_related("user", "stands_in_for").get(pk=member.pk))

    def stand_in(self, request: Request, slug: str, member_uuid: str) -> Response:
        """Let a colleague have a member's role from the first to the last day."""
        member = self._own_member()
        stand_in = actions.add_stand_in(actor=request.user, member=member, **self.sent())
        return self.address(self.answer(stand_in, 201), "member_detail", slug=slug, member_uuid=stand_in.uuid)

    def _own_member(self) -> Membership:
        member: Membership = self.get_object()
        if member.side != self.standing.side:
            raise PermissionDenied("edit_people")
        return member
