"""The worked table of docs/calculations/burn-pace.md."""

import datetime as dt

import pytest

from budget.burn_pace import reached_on, weekly_pace

WEEKS = (5400, 6600, 6000, 6000)
THROUGH = dt.date(2026, 9, 17)


@pytest.mark.parametrize(
    ("left", "day"),
    [
        (12_000, dt.date(2026, 10, 1)),
        (12_001, dt.date(2026, 10, 2)),
        (0, THROUGH),
        (-60, THROUGH),
        (6_000_000, None),
    ],
)
def test_reached_on(left: int, day: dt.date | None) -> None:
    assert reached_on(weekly_minutes=WEEKS, left_minutes=left, hours_through=THROUGH) == day


def test_without_work_in_the_weeks_there_is_no_pace() -> None:
    assert weekly_pace(()) is None
    assert weekly_pace((0, 0, 0, 0)) is None
    assert reached_on(weekly_minutes=(0, 0), left_minutes=1, hours_through=THROUGH) is None
