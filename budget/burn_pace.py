"""When a limit is reached at the present pace: pure, worked in docs/calculations/burn-pace.md."""

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction
from math import ceil

# Further off than this, a date would pretend to know what nobody knows.
FURTHEST = dt.timedelta(days=5 * 365)


def weekly_pace(weekly_minutes: Sequence[int]) -> Fraction | None:
    """Minutes a week in the mean of the given weeks; None without weeks or without work in them."""
    if not weekly_minutes or sum(weekly_minutes) <= 0:
        return None
    return Fraction(sum(weekly_minutes), len(weekly_minutes))


def reached_on(*, weekly_minutes: Sequence[int], left_minutes: int, hours_through: dt.date) -> dt.date | None:
    """The first day on which ``left_minutes`` are used up, counted from ``hours_through`` at the weeks' mean pace.

    ``hours_through`` itself when nothing is left; None without a pace or beyond five years.
    """
    if left_minutes <= 0:
        return hours_through
    pace = weekly_pace(weekly_minutes)
    if pace is None:
        return None
    days = ceil(left_minutes * 7 / pace)
    return hours_through + dt.timedelta(days=days) if days <= FURTHEST.days else None
