"""Working time on a side's calendar: pure, worked through in docs/calculations/working-time.md.

An instant is an aware datetime in any zone. A working day's hours are wall-clock times of the calendar's zone, so a
day on which the clocks change is as long as it really was. Lengths are whole minutes of elapsed time.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field

MINUTE = dt.timedelta(minutes=1)
# A calendar without a working day in this span is a mistake and not a long holiday.
LONGEST_BREAK = dt.timedelta(days=400)


@dataclass(frozen=True)
class WorkingCalendar:
    """When a side works.

    ``weekdays`` are ISO numbers (1 is Monday); ``days_off`` are dates on which nobody works, holidays included.
    The working day runs from ``starts_at`` to ``ends_at`` on the clock of ``zone`` and does not cross midnight.
    """

    zone: zoneinfo.ZoneInfo
    weekdays: frozenset[int]
    starts_at: dt.time
    ends_at: dt.time
    days_off: frozenset[dt.date] = field(default=frozenset())

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(1, 8)):
            raise ValueError("a calendar has working days, numbered 1 for Monday to 7 for Sunday")
        if self.ends_at <= self.starts_at:
            raise ValueError("a working day ends after it starts")

    def is_working_day(self, day: dt.date) -> bool:
        """Whether the side works on this date."""
        return day.isoweekday() in self.weekdays and day not in self.days_off

    def minutes_of_usual_day(self) -> int:
        """Minutes from start to end on a day without a change of clocks."""
        start = dt.datetime.combine(dt.date.min, self.starts_at)
        return int((dt.datetime.combine(dt.date.min, self.ends_at) - start) / MINUTE)

    def hours_of(self, day: dt.date) -> tuple[dt.datetime, dt.datetime]:
        """The instants, in UTC, at which the working hours of ``day`` begin and end."""
        return (
            dt.datetime.combine(day, self.starts_at, self.zone).astimezone(dt.UTC),
            dt.datetime.combine(day, self.ends_at, self.zone).astimezone(dt.UTC),
        )


def working_minutes_between(calendar: WorkingCalendar, start: dt.datetime, end: dt.datetime) -> int:
    """Whole working minutes from ``start`` to ``end``; negative when ``end`` lies before ``start``."""
    if end < start:
        return -working_minutes_between(calendar, end, start)
    # In UTC, because Python subtracts two times of one zone by their clocks and not by what passed between them.
    start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
    worked = dt.timedelta()
    day, last = start.astimezone(calendar.zone).date(), end.astimezone(calendar.zone).date()
    while day <= last:
        if calendar.is_working_day(day):
            opens, closes = calendar.hours_of(day)
            worked += max(min(closes, end) - max(opens, start), dt.timedelta())
        day += dt.timedelta(days=1)
    return int(worked / MINUTE)


def add_working_time(calendar: WorkingCalendar, start: dt.datetime, minutes: int) -> dt.datetime:
    """The instant at which ``minutes`` of working time after ``start`` have passed, in the zone of ``start``.

    With 0 minutes: ``start`` itself while the side works, else the next opening. ValueError for negative minutes and
    for a calendar that has no working day in the next 400 days.
    """
    if minutes < 0:
        raise ValueError("working time is added, not taken away")
    left = minutes * MINUTE
    for opens, closes in _hours_from(calendar, start):
        begins = max(opens, start.astimezone(dt.UTC))
        if begins >= closes:
            continue
        if left <= closes - begins:
            return (begins + left).astimezone(start.tzinfo)
        left -= closes - begins
    raise AssertionError("the hours of a calendar never end")  # pragma: no cover


def add_working_days(calendar: WorkingCalendar, day: dt.date, days: int) -> dt.date:
    """The date ``days`` working days after ``day``; with 0 the day itself, or the next working day."""
    if days < 0:
        raise ValueError("working days are added, not taken away")
    found = _next_working_day(calendar, day)
    if days and found != day:
        days -= 1
    for _count in range(days):
        found = _next_working_day(calendar, found + dt.timedelta(days=1))
    return found


def working_days_between(calendar: WorkingCalendar, start: dt.date, end: dt.date) -> int:
    """Working days after ``start`` up to and including ``end``; 0 when ``end`` does not lie after ``start``."""
    if end <= start:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    after_whole_weeks = ((end.isoweekday() - back - 1) % 7 + 1 for back in range(rest))
    off = (day for day in calendar.days_off if start < day <= end and day.isoweekday() in calendar.weekdays)
    # By whole weeks and not day by day: a portfolio asks for many projects at once.
    return (
        weeks * len(calendar.weekdays)
        + sum(weekday in calendar.weekdays for weekday in after_whole_weeks)
        - sum(1 for _day in off)
    )


def _hours_from(calendar: WorkingCalendar, start: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    day = start.astimezone(calendar.zone).date()
    while True:
        day = _next_working_day(calendar, day)
        yield calendar.hours_of(day)
        day += dt.timedelta(days=1)


def _next_working_day(calendar: WorkingCalendar, day: dt.date) -> dt.date:
    last = day + LONGEST_BREAK
    while not calendar.is_working_day(day):
        day += dt.timedelta(days=1)
        if day > last:
            raise ValueError("this calendar has no working day in the next 400 days")
    return day
