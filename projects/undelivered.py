"""Mails to a side's own people that did not get through: those given up, and those that are still tried."""

from django.db.models import Q, QuerySet

from accounts.models import OrganisationRole, User
from projects.access import Standing
from projects.models import Membership, OutboxMessage


def undelivered_of(standing: Standing) -> QuerySet[OutboxMessage]:
    """Those of the reader's side in one project, what was given up first, then the oldest."""
    return _troubled(mails_to_side_of(standing))


def mails_to_side_of(standing: Standing) -> QuerySet[OutboxMessage]:
    """All mails of the project to people of the reader's side, of what that side may know."""
    members = Membership.objects.filter(project=standing.project, side=standing.side).values("user")
    organisation = standing.project.organisation_of(standing.side)
    readers = OrganisationRole.objects.filter(organisation=organisation).values("user")
    return OutboxMessage.objects.filter(
        Q(recipient__in=members) | Q(recipient__in=readers),
        project=standing.project,
        audience__in=standing.audiences,
        channel=OutboxMessage.Channel.MAIL,
    )


def own_undelivered(user: User) -> QuerySet[OutboxMessage]:
    """The user's own mails that tell of more than one project and did not get through."""
    return _troubled(OutboxMessage.objects.filter(project=None, recipient=user))


def _troubled(messages: QuerySet[OutboxMessage]) -> QuerySet[OutboxMessage]:
    dead = Q(state=OutboxMessage.State.DEAD)
    tried = Q(state=OutboxMessage.State.WAITING, attempts__gt=0)
    return (
        messages.filter(dead | tried)
        .exclude(channel=OutboxMessage.Channel.IN_APP)
        .select_related("recipient", "project")
        .order_by("state", "created_at", "pk")
    )
