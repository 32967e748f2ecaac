"""Figures for tests of rules: hours in, and everything that a test does not name left empty."""

import datetime as dt
import zoneinfo
from decimal import Decimal
from typing import Any

from budget.rule_figures import Compared, FinishedWork, RuleFigures
from projects.working_time import WorkingCalendar

UTC = zoneinfo.ZoneInfo("UTC")
THROUGH = dt.date(2026, 9, 17)  # a Thursday


def weekdays_but(*days_off: dt.date) -> WorkingCalendar:
    """Monday to Friday, nine to five."""
    return WorkingCalendar(UTC, frozenset(range(1, 6)), dt.time(9), dt.time(17), frozenset(days_off))


def noon(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(12), UTC)


def minutes(hours: str | float) -> int:
    return int(Decimal(str(hours)) * 60)


def figures(**given: Any) -> RuleFigures:
    """A project on a Thursday noon, its hours up to that day."""
    return RuleFigures(
        **{"at": noon(THROUGH), "vendor": weekdays_but(), "hours_through": THROUGH, "budget_is_agreed": True, **given}
    )


def compared(used: str | float, earned: str | float, matched: str | float | None = None) -> Compared:
    """Hours used and earned up to the day; all of them on work with an estimate unless said."""
    return Compared(
        on=THROUGH,
        used=minutes(used),
        matched=minutes(used if matched is None else matched),
        earned=Decimal(minutes(earned)),
    )


def finished(items: list[tuple[float, float]]) -> FinishedWork:
    """The sums over items, each with the hours earned and used on it."""
    pairs = [(Decimal(minutes(earned)), Decimal(minutes(used))) for earned, used in items]
    return FinishedWork(
        count=len(pairs),
        earned=sum((e for e, _a in pairs), Decimal(0)),
        used=sum((a for _e, a in pairs), Decimal(0)),
        earned_squared=sum((e * e for e, _a in pairs), Decimal(0)),
        earned_by_used=sum((e * a for e, a in pairs), Decimal(0)),
        used_squared=sum((a * a for _e, a in pairs), Decimal(0)),
    )
