"""When the summary of a week comes: pure.

On the first morning of the ISO week on which its reader works: of several calendars the one that opens first. Whoever
does not work in a week gets none in it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from projects.working_time import WorkingCalendar

# What could not leave in time says little by the middle of the week.
LATEST: Final = dt.timedelta(hours=48)
DAYS: Final = 7


@dataclass(frozen=True)
class Morning:
    """The moment, and the Monday of its week on the calendar's clock."""

    at: dt.datetime
    monday: dt.date

    def is_due(self, now: dt.datetime) -> bool:
        """Whether it has come, and not too long ago."""
        return self.at <= now < self.at + LATEST


def first_morning(calendars: Iterable[WorkingCalendar], now: dt.datetime) -> Morning | None:
    """The first opening of the week in which ``now`` lies, on each calendar's own clock; the earliest of them."""
    found = [morning for calendar in calendars if (morning := _of_one(calendar, now))]
    return min(found, key=lambda morning: morning.at, default=None)


def _of_one(calendar: WorkingCalendar, now: dt.datetime) -> Morning | None:
    today = now.astimezone(calendar.zone).date()
    monday = today - dt.timedelta(days=today.weekday())
    days = (monday + dt.timedelta(days=number) for number in range(DAYS))
    first = next((day for day in days if calendar.is_working_day(day)), None)
    return Morning(calendar.hours_of(first)[0], monday) if first else None
