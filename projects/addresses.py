"""Whose a mail address is, as far as a project's sides know, and who may say somebody's."""

from django.db.models import Q

from accounts.models import Organisation, OrganisationRole, Person, User
from projects.audience import Side
from projects.models import Membership, Project


def is_address_of(project: Project, side: Side, email: str) -> bool:
    """Whether the address belongs to somebody of ``side``: a member there or in a project of the same organisation."""
    organisation = project.organisation_of(side)
    if organisation is None:
        return False
    theirs = Q(project__client=organisation) if side == Side.CLIENT else Q(project__vendor=organisation)
    return (
        Membership.objects.filter(theirs, side=side, user__email__iexact=email).exists()
        or OrganisationRole.objects.filter(organisation=organisation, user__email__iexact=email).exists()
        or Person.objects.filter(organisation=organisation, email__iexact=email).exists()
    )


def speaks_for(user: User, project: Project, organisation: Organisation) -> bool:
    """Whether the user's side speaks for the organisation's people: its own, or one that it keeps until it comes."""
    side = Membership.objects.filter(project=project, user=user).values_list("side", flat=True).first()
    own = project.organisation_of(side) if side else None
    return own is not None and own.pk in (organisation.pk, organisation.kept_by_id)
