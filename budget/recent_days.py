"""What the days with hours say of the last weeks, and of how fresh reports are: pure, worked in
docs/calculations/alert-rules.md.

The worker reads the days of many projects in one query, the replay keeps them as it goes. Days without hours, or on
which all hours were taken back, are left out.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from budget.rule_figures import RECENT_DAYS, RECENT_WEEKS, Reporting
from projects.working_time import WorkingCalendar, working_days_between

ONE_WEEK: Final = dt.timedelta(weeks=1)
# No rule looks further back; what began earlier began long ago.
LOOKED_BACK_DAYS: Final = 182


@dataclass(frozen=True)
class WorkedDay:
    """All hours of a project on one day; ``unestimated`` are those on work that nobody estimated."""

    on: dt.date
    minutes: int
    amount: Decimal = Decimal(0)
    unestimated: int = 0


@dataclass(frozen=True)
class Assignment:
    """From when to when a person is assigned, and on whose calendar."""

    person: int
    starts_on: dt.date
    ends_on: dt.date | None
    calendar: WorkingCalendar

    def holds_on(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True)
class CompleteWeeks:
    """The weeks before the one of the newest hours, four at most, none of them before the first hours."""

    begins_on: dt.date
    minutes: tuple[int, ...]
    amounts: tuple[Decimal, ...]


def complete_weeks(days: Sequence[WorkedDay]) -> CompleteWeeks | None:
    """The last complete weeks; None without any day. ``days`` in order."""
    if not days:
        return None
    monday = _monday(days[-1].on)
    begins = max(monday - RECENT_WEEKS * ONE_WEEK, _monday(days[0].on))
    weeks = [
        [day for day in days[-7 * RECENT_WEEKS - 7 :] if start <= day.on < start + ONE_WEEK]
        for start in (begins + number * ONE_WEEK for number in range((monday - begins).days // 7))
    ]
    return CompleteWeeks(
        begins_on=begins,
        minutes=tuple(sum(day.minutes for day in week) for week in weeks),
        amounts=tuple(sum((day.amount for day in week), Decimal(0)) for week in weeks),
    )


def recently(days: Sequence[WorkedDay]) -> Sequence[WorkedDay]:
    """The days of the four weeks that end with the newest hours."""
    if not days:
        return ()
    return days[bisect_right(days, days[-1].on - dt.timedelta(days=RECENT_DAYS), key=lambda day: day.on) :]


def reporting_of(
    days: Sequence[WorkedDay],
    *,
    reported_on: dt.date | None,
    progressed_on: dt.date | None,
    silent_days: tuple[int, ...] = (),
) -> Reporting:
    """How fresh progress is, held against the days with hours."""
    unreported = _after(days, reported_on)
    stalled = _unbroken(_after(days, progressed_on))
    return Reporting(
        reported_on=reported_on,
        days_since_report=len(unreported),
        first_unreported_on=unreported[0].on if unreported else None,
        progressed_on=progressed_on,
        stalled_from=stalled[0].on if stalled else None,
        stalled_weeks=len({(day.on - stalled[0].on).days // 7 for day in stalled}),
        stalled_minutes=sum(day.minutes for day in stalled),
        silent_days=silent_days,
    )


def silent_days(assigned: Assignment, last_hours_on: dt.date | None, hours_through: dt.date) -> int:
    """Working days without hours of an assigned person up to the project's newest hours.

    By the week, as the sums over hours are kept: whoever worked in a week was not silent in it.
    """
    known = assigned.starts_on - dt.timedelta(days=1)
    if last_hours_on is not None:
        known = max(known, min(_monday(last_hours_on) + dt.timedelta(days=6), hours_through))
    return working_days_between(assigned.calendar, known, hours_through)


def _after(days: Sequence[WorkedDay], day: dt.date | None) -> Sequence[WorkedDay]:
    return days if day is None else days[bisect_right(days, day, key=lambda one: one.on) :]


def _unbroken(days: Sequence[WorkedDay]) -> Sequence[WorkedDay]:
    """The newest days between which no whole week passed without hours: after a standstill the count begins anew."""
    begins = len(days) - 1
    while begins > 0 and days[begins].on - days[begins - 1].on <= ONE_WEEK:
        begins -= 1
    return days[max(begins, 0) :]


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
