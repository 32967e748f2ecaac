"""The rule of the canary: each that is on its way stands, one that has arrived speaks no more."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.models import Canary, Level
from alerts.registry import HeldByRule, Judgement, Rule, Scales, Words, register_rules
from projects.models import Project

CANARY: Final = "canary"


def judge_canary(
    projects: Sequence[Project],
    now: dt.datetime,
    held: Mapping[int, HeldByRule],
    scales: Mapping[int, Scales],
) -> dict[int, list[Judgement]]:
    """Critical, so that it waits for no quiet hours."""
    found: dict[int, list[Judgement]] = {}
    for canary in Canary.objects.filter(project__in=projects, arrived_at=None):
        numbers: dict[str, Any] = {"started_at": canary.started_at.isoformat()}
        judgement = Judgement(rule=CANARY, subject=str(canary.uuid), level=Level.CRITICAL, numbers=numbers)
        found.setdefault(canary.project_id, []).append(judgement)
    return found


def _say(numbers: Mapping[str, Any], side: str) -> Words:
    return Words(
        code=CANARY,
        title=_("Trial alert"),
        compared=_("Started at %(moment)s (UTC).") % {"moment": numbers["started_at"][:19].replace("T", " ")},
        clears=_("Clears when it has arrived."),
        suggestion=_("Nothing has to be done: the machine sends itself one an hour to see that alerts arrive."),
    )


register_rules(judge_canary, Rule(code=CANARY, name=gettext_lazy("Trial alert"), say=_say, scales=()))
