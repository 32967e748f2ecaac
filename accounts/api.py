"""Who looks after an organisation, through the API. Links leave by mail alone."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.access import SIGNED_IN
from accounts.models import Organisation, OrganisationLink, OrganisationRole
from accounts.organisations import (
    end_organisation_role,
    invite_to_organisation,
    open_links_of,
    organisations_administered_by,
    revoke_organisation_link,
    roles_of,
)
from core.api_views import ApiViewSet


class AdministeredSerializer(serializers.Serializer[Organisation]):
    """An organisation whose people you look after."""

    uuid = serializers.UUIDField()
    name = serializers.CharField()


class RoleSerializer(serializers.Serializer[OrganisationRole]):
    """Somebody's role in an organisation, beside their memberships in projects."""

    user = serializers.UUIDField(source="user.uuid")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")
    role = serializers.ChoiceField(OrganisationRole.Role.choices)


class LinkSerializer(serializers.Serializer[OrganisationLink]):
    """An invitation that nobody has used or that was not taken back."""

    uuid = serializers.UUIDField()
    email = serializers.EmailField()
    role = serializers.ChoiceField(OrganisationRole.Role.choices)
    invited_by = serializers.CharField(source="invited_by.name")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    has_run_out = serializers.SerializerMethodField()

    def get_has_run_out(self, link: OrganisationLink) -> bool:
        return link.expires_at <= timezone.now()


class NewLinkSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(OrganisationRole.Role.choices)


class OrganisationViewSet(ApiViewSet):
    """The organisations whose people you look after."""

    capabilities = {"list": SIGNED_IN}
    queryset = Organisation.objects.none()
    serializer_class = AdministeredSerializer
    filter_backends = []

    def get_queryset(self) -> QuerySet[Organisation]:
        return organisations_administered_by(self.request.user)  # type: ignore[arg-type]  # a token's user

    def list(self, request: Request) -> Response:
        """The organisations whose people you look after, by name."""
        return self.listed(self.get_queryset())


class OfOrganisationViewSet(ApiViewSet):
    """A part of an organisation that the caller administers; of any other it is not there."""

    filter_backends = []

    @property
    def organisation(self) -> Organisation:
        administered = organisations_administered_by(self.request.user)  # type: ignore[arg-type]  # a token's user
        return get_object_or_404(administered, uuid=self.kwargs["organisation_uuid"])


class RoleViewSet(OfOrganisationViewSet):
    """Who has a role in the organisation."""

    capabilities = {"list": SIGNED_IN, "end": SIGNED_IN}
    queryset = OrganisationRole.objects.none()
    serializer_class = RoleSerializer
    public_id = "user__uuid"

    def get_queryset(self) -> QuerySet[OrganisationRole]:
        return roles_of(self.organisation)

    def list(self, request: Request, organisation_uuid: str) -> Response:
        """Every role with who holds it, administrators first."""
        return self.listed(self.get_queryset())

    def end(self, request: Request, organisation_uuid: str, user_uuid: str, role: str) -> Response:
        """Take a role away at once. The last administrator stays."""
        held = get_object_or_404(self.get_queryset(), user__uuid=user_uuid, role=role)
        end_organisation_role(actor=request.user, role=held)
        return self.answer(held)


class LinkViewSet(OfOrganisationViewSet):
    """Open invitations into the organisation."""

    capabilities = {"list": SIGNED_IN, "create": SIGNED_IN, "revoke": SIGNED_IN}
    queryset = OrganisationLink.objects.none()
    serializer_class = LinkSerializer
    input_serializers = {"create": NewLinkSerializer}
    url_parameter = "link_uuid"

    def get_queryset(self) -> QuerySet[OrganisationLink]:
        return open_links_of(self.organisation).order_by("-created_at", "-pk")

    def list(self, request: Request, organisation_uuid: str) -> Response:
        """Open invitations, the newest first; those that have run out as well."""
        return self.listed(self.get_queryset())

    def create(self, request: Request, organisation_uuid: str) -> Response:
        """Offer a role to a mail address. The link leaves by mail and stands in no answer."""
        link = invite_to_organisation(actor=request.user, organisation=self.organisation, **self.sent())
        return self.answer(link, 201)

    def revoke(self, request: Request, organisation_uuid: str, link_uuid: str) -> Response:
        """Take an invitation back: its link opens nothing any more."""
        link = self.get_object()
        revoke_organisation_link(link=link)
        return self.answer(link)
