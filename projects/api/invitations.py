"""Invitations into a project. Their links leave by mail alone."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from projects import actions
from projects.access import places_to_offer
from projects.api_views import ProjectViewSet
from projects.audience import Side
from projects.models import Invitation, Membership
from projects.queries import invitations_managed_by


class InvitationSerializer(serializers.Serializer[Any]):
    """An invitation that nobody has accepted or taken back."""

    uuid = serializers.UUIDField()
    email = serializers.EmailField()
    name = serializers.CharField()
    side = serializers.ChoiceField(Side.choices)
    role = serializers.ChoiceField(Membership.Role.choices)
    invited_by = serializers.CharField(source="invited_by.name")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    has_run_out = serializers.SerializerMethodField()

    def get_has_run_out(self, invitation: Invitation) -> bool:
        return invitation.expires_at <= timezone.now()


class NewInvitationSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    name = serializers.CharField(required=False, max_length=150, help_text="For the greeting of the mail.")
    side = serializers.ChoiceField(Side.choices)
    role = serializers.ChoiceField(Membership.Role.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if (attrs["side"], attrs["role"]) not in places_to_offer(self.context["standing"]):
            raise serializers.ValidationError({"role": _("You cannot offer this role on this side.")}, code="place")
        return attrs


class InvitationViewSet(ProjectViewSet):
    """Open invitations for the sides to which you may invite."""

    capabilities = {"list": "edit_people", "create": "edit_people", "revoke": "edit_people", "again": "edit_people"}
    creating = frozenset({"create", "again"})
    queryset = Invitation.objects.none()
    serializer_class = InvitationSerializer
    input_serializers = {"create": NewInvitationSerializer}
    url_parameter = "invitation_uuid"
    filter_backends = []

    def get_queryset(self) -> QuerySet[Invitation]:
        return invitations_managed_by(self.standing)

    def list(self, request: Request, slug: str) -> Response:
        """Open invitations, the newest first; those that have run out as well."""
        return self.listed(self.get_queryset())

    def create(self, request: Request, slug: str) -> Response:
        """Invite a mail address. The link leaves by mail and stands in no answer."""
        invited = actions.invite_member(actor=request.user, project=self.standing.project, **self.sent())
        return self.answer(invited, 201)

    def revoke(self, request: Request, slug: str, invitation_uuid: str) -> Response:
        """Take an invitation back: its link opens nothing any more."""
        invitation = self.get_object()
        actions.revoke_invitation(actor=request.user, invitation=invitation)
        return self.answer(invitation)

    def again(self, request: Request, slug: str, invitation_uuid: str) -> Response:
        """Send a new link, with an invitation of its own; the earlier one ends."""
        return self.answer(actions.send_invitation_again(actor=request.user, invitation=self.get_object()), 201)
