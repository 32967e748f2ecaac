"""What a replay of rules found, as the command, the API and the page tell it: docs/alert-replay.md says the shape."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from alerts.registry import Scales, Words, words_of
from alerts.rule_settings import scales_of
from budget.alert_replay import Fired, Replay, replay
from budget.replay_queries import past_of
from projects.audience import Side
from projects.models import Project


@dataclass(frozen=True)
class ReplayedAlert:
    """A rule that would have spoken on a day. Ratios are fractions; None where nothing could be worked out.

    ``share_of_hours`` are the hours booked by then as a share of all that were booked until now.
    """

    project: str
    rule: str
    subject: str
    level: str
    fired_on: dt.date
    share_of_hours: Decimal
    used_ratio: Decimal | None
    earned_ratio: Decimal | None
    shows_money: bool
    words: Words


@dataclass(frozen=True)
class ReplayedProject:
    """How a project ended, or stands, and when a plain rule at 80 % of the budget would have spoken."""

    project: str
    name: str
    first_day: dt.date | None
    last_day: dt.date | None
    used_minutes: int
    budget_minutes: int | None
    used_ratio: Decimal | None
    earned_ratio: Decimal | None
    plain: ReplayedAlert | None
    alerts: tuple[ReplayedAlert, ...]

    def without_amounts(self) -> "ReplayedProject":
        """For who may not see money."""
        return replace(self, alerts=tuple(alert for alert in self.alerts if not alert.shows_money))


def replayed(project: Project, scales: Scales | None = None, *, side: str = Side.CLIENT) -> ReplayedProject:
    """Replay the rules over the project's past with ``scales``, or with those that hold in it now."""
    found = replay(past_of(project), scales_of([project])[project.pk] if scales is None else scales)
    last = found.last
    return ReplayedProject(
        project=project.slug,
        name=project.name,
        first_day=found.first_day,
        last_day=found.last_day,
        used_minutes=last.used_minutes if last else 0,
        budget_minutes=last.budget_minutes if last else None,
        used_ratio=found.used_ratio,
        earned_ratio=last.earned_ratio if last else None,
        plain=_alert(project, found, found.plain, side) if found.plain else None,
        alerts=tuple(_alert(project, found, fired, side) for fired in found.fired),
    )


def _alert(project: Project, found: Replay, fired: Fired, side: str) -> ReplayedAlert:
    finding = fired.finding
    return ReplayedAlert(
        project=project.slug,
        rule=finding.speaks,
        subject=finding.subject,
        level=finding.level,
        fired_on=fired.on,
        share_of_hours=found.share_of_hours(fired),
        used_ratio=fired.used_ratio,
        earned_ratio=fired.earned_ratio,
        shows_money=finding.shows_money,
        words=words_of(finding.rule, finding.numbers, side),
    )


def first_warning(alerts: Sequence[ReplayedAlert]) -> ReplayedAlert | None:
    """The first that would have been mailed."""
    return next((alert for alert in alerts if alert.level in ("warning", "critical")), None)
