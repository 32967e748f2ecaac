"""The worked tables of docs/calculations/working-time.md."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.working_time import (
    WorkingCalendar,
    add_working_days,
    add_working_time,
    working_days_between,
    working_minutes_between,
)

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
OFFICE = WorkingCalendar(
    zone=BERLIN,
    weekdays=frozenset({1, 2, 3, 4, 5}),
    starts_at=dt.time(9),
    ends_at=dt.time(17),
    days_off=frozenset({dt.date(2026, 4, 3), dt.date(2026, 4, 6)}),
)
NIGHT = WorkingCalendar(zone=BERLIN, weekdays=frozenset(range(1, 8)), starts_at=dt.time(1), ends_at=dt.time(5))


def berlin(month: int, day: int, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        (berlin(3, 27, 16), berlin(3, 30, 10), 120),
        (berlin(4, 2, 15), berlin(4, 7, 11), 240),
        (berlin(4, 7, 11), berlin(4, 2, 15), -240),
        (berlin(3, 28, 12), berlin(3, 29, 12), 0),
        (berlin(3, 30, 9), berlin(3, 30, 17), 480),
    ],
)
def test_minutes_between_count_only_working_hours(start: dt.datetime, end: dt.datetime, minutes: int) -> None:
    assert working_minutes_between(OFFICE, start, end) == minutes


@pytest.mark.parametrize(
    ("day", "minutes"), [(berlin(3, 28, 0), 240), (berlin(3, 29, 0), 180), (berlin(10, 25, 0), 300)]
)
def test_a_day_on_which_clocks_change_is_as_long_as_it_was(day: dt.datetime, minutes: int) -> None:
    assert working_minutes_between(NIGHT, day, day + dt.timedelta(days=1)) == minutes


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        (berlin(3, 28, 12), 0, berlin(3, 30, 9)),
        (berlin(3, 27, 16), 0, berlin(3, 27, 16)),
        (berlin(3, 27, 16), 480, berlin(3, 30, 16)),
        (berlin(4, 2, 15), 480, berlin(4, 7, 15)),
        (berlin(4, 2, 15), 120, berlin(4, 2, 17)),
    ],
)
def test_added_time_passes_only_in_working_hours(start: dt.datetime, minutes: int, end: dt.datetime) -> None:
    assert add_working_time(OFFICE, start, minutes) == end


def test_spans_inside_a_night_of_the_change_count_what_passed() -> None:
    before, after = berlin(3, 29, 1, 30), berlin(3, 29, 3, 30)
    assert working_minutes_between(NIGHT, before, after) == 60
    assert add_working_time(NIGHT, before, 60) == after


def test_added_time_answers_in_the_zone_of_the_question() -> None:
    start = dt.datetime(2026, 3, 27, 15, tzinfo=dt.UTC)
    assert add_working_time(OFFICE, start, 60) == berlin(3, 27, 17)
    assert add_working_time(OFFICE, start, 60).tzinfo is dt.UTC


@pytest.mark.parametrize(
    ("day", "days", "found"),
    [
        (dt.date(2026, 4, 2), 1, dt.date(2026, 4, 7)),
        (dt.date(2026, 4, 2), 3, dt.date(2026, 4, 9)),
        (dt.date(2026, 4, 4), 0, dt.date(2026, 4, 7)),
        (dt.date(2026, 4, 4), 1, dt.date(2026, 4, 7)),
    ],
)
def test_added_days_skip_what_is_no_working_day(day: dt.date, days: int, found: dt.date) -> None:
    assert add_working_days(OFFICE, day, days) == found


def test_days_between_leave_out_the_first_and_count_the_last() -> None:
    assert working_days_between(OFFICE, dt.date(2026, 4, 2), dt.date(2026, 4, 7)) == 1
    assert working_days_between(OFFICE, dt.date(2026, 4, 7), dt.date(2026, 4, 2)) == 0


@given(
    st.dates(dt.date(2026, 1, 1), dt.date(2026, 6, 30)),
    st.integers(-10, 60),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.frozensets(st.dates(dt.date(2026, 1, 1), dt.date(2026, 9, 30)), max_size=20),
)
def test_working_days_are_those_counted_one_by_one(
    start: dt.date, length: int, weekdays: frozenset[int], days_off: frozenset[dt.date]
) -> None:
    calendar = WorkingCalendar(BERLIN, weekdays, dt.time(9), dt.time(17), days_off)
    days = [start + dt.timedelta(days=count) for count in range(1, length + 1)]
    counted = sum(calendar.is_working_day(day) for day in days)
    assert working_days_between(calendar, start, start + dt.timedelta(days=length)) == counted


def test_a_calendar_without_working_days_says_so() -> None:
    with pytest.raises(ValueError, match="has working days"):
        WorkingCalendar(zone=BERLIN, weekdays=frozenset(), starts_at=dt.time(9), ends_at=dt.time(17))
    closed = WorkingCalendar(
        zone=BERLIN,
        weekdays=frozenset({1}),
        starts_at=dt.time(9),
        ends_at=dt.time(17),
        days_off=frozenset(dt.date(2026, 1, 1) + dt.timedelta(days=count) for count in range(900)),
    )
    with pytest.raises(ValueError, match="no working day in the next 400 days"):
        add_working_time(closed, berlin(3, 1, 9), 1)


def test_time_is_not_taken_away() -> None:
    with pytest.raises(ValueError, match="added, not taken away"):
        add_working_time(OFFICE, berlin(3, 30, 9), -1)
