"""The first working morning of the week, on each reader's own calendar."""

import datetime as dt
import zoneinfo

import pytest

from projects.working_time import WorkingCalendar
from status.weekly_times import LATEST, first_morning

MONDAY = dt.date(2026, 9, 21)
WEEK = frozenset(range(1, 6))


def calendar(
    zone: str = "UTC", weekdays: frozenset[int] = WEEK, *, opens: int = 9, off: tuple[int, ...] = ()
) -> WorkingCalendar:
    """Off are the numbers of days after the Monday."""
    return WorkingCalendar(
        zone=zoneinfo.ZoneInfo(zone),
        weekdays=weekdays,
        starts_at=dt.time(opens),
        ends_at=dt.time(17),
        days_off=frozenset(MONDAY + dt.timedelta(days=day) for day in off),
    )


def at(day: int, hour: int) -> dt.datetime:
    return dt.datetime.combine(MONDAY, dt.time(hour), dt.UTC) + dt.timedelta(days=day)


@pytest.mark.parametrize(
    ("calendars", "expected"),
    [
        ([calendar()], at(0, 9)),
        ([calendar("Europe/Zurich")], at(0, 7)),
        ([calendar("America/New_York")], at(0, 13)),
        ([calendar(off=(0,))], at(1, 9)),
        ([calendar(weekdays=frozenset({7}))], at(6, 9)),
        ([calendar(off=(0,)), calendar("America/New_York")], at(0, 13)),
        ([calendar(), calendar(opens=8)], at(0, 8)),
    ],
)
def test_it_is_the_first_opening_of_the_week(calendars: list[WorkingCalendar], expected: dt.datetime) -> None:
    found = first_morning(calendars, at(2, 12))
    assert found is not None
    assert (found.at, found.monday) == (expected, MONDAY)


def test_whoever_does_not_work_in_the_week_has_none() -> None:
    assert first_morning([calendar(off=tuple(range(7)))], at(2, 12)) is None
    assert first_morning([], at(2, 12)) is None


def test_the_week_is_that_of_the_calendars_clock() -> None:
    """In Auckland the new week has begun while it is Sunday in London."""
    sunday = at(-1, 22)
    london, auckland = first_morning([calendar()], sunday), first_morning([calendar("Pacific/Auckland")], sunday)
    assert london is not None
    assert auckland is not None
    assert (london.monday, auckland.monday) == (MONDAY - dt.timedelta(days=7), MONDAY)


def test_it_is_due_from_its_morning_on_for_two_days() -> None:
    morning = first_morning([calendar()], at(0, 0))
    assert morning is not None
    second = dt.timedelta(seconds=1)
    assert [morning.is_due(moment) for moment in (at(0, 9) - second, at(0, 9), at(0, 9) + LATEST - second)] == [
        False,
        True,
        True,
    ]
    assert not morning.is_due(at(0, 9) + LATEST)
