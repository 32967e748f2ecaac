"""What a member holds in their name, and who has it after them. Upper apps register theirs in AppConfig.ready()."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from projects.models import Invitation, Membership


@dataclass(frozen=True)
class Holding:
    """A kind of thing held: which ones, in a sentence by their number, and how a successor gets them."""

    find: Callable[[Membership], QuerySet[Any]]
    sentence: Callable[[int], str]
    hand_over: Callable[[QuerySet[Any], Membership], object]


HOLDINGS: list[Holding] = []


def register_holding(holding: Holding) -> None:
    HOLDINGS.append(holding)


def held_by(member: Membership) -> list[str]:
    """What ``member`` holds, a sentence each; nothing where there is nothing."""
    counts = ((holding, holding.find(member).count()) for holding in HOLDINGS)
    return [holding.sentence(count) for holding, count in counts if count]


def hand_over(member: Membership, successor: Membership) -> None:
    """Give everything that ``member`` holds to ``successor``, in the caller's transaction."""
    for holding in HOLDINGS:
        holding.hand_over(holding.find(member), successor)


def _invitations(member: Membership) -> QuerySet[Invitation]:
    return Invitation.objects.open(timezone.now()).filter(project=member.project_id, invited_by=member.user_id)


def _stand_ins(member: Membership) -> QuerySet[Membership]:
    return Membership.objects.not_left_by(timezone.now().date()).filter(stands_in_for=member)


register_holding(
    Holding(
        _invitations,
        lambda count: ngettext("%(count)s open invitation", "%(count)s open invitations", count) % {"count": count},
        lambda found, successor: found.update(invited_by=successor.user_id),
    )
)
register_holding(
    Holding(
        _stand_ins,
        lambda count: ngettext("%(count)s stand-in", "%(count)s stand-ins", count) % {"count": count},
        lambda found, successor: found.exclude(pk=successor.pk).update(stands_in_for=successor),
    )
)
