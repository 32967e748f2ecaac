"""What one work item used and earned, day by day: pure, worked in docs/calculations/earned-value.md."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import dropwhile, zip_longest
from typing import NamedTuple

from requirements_app.progress import ItemProgress, ProgressRule, earned_minutes, remaining_minutes

# Shares of an estimate have no end of digits; ten thousand items rounded here are not a hundredth of a minute off.
EXACT = Decimal("0.000001")


@dataclass(frozen=True)
class SpentOnDay:
    """What was booked on a day: minutes, their amount, and the minutes that no rate held for and no amount counts."""

    on: dt.date
    minutes: int
    amount: Decimal = Decimal(0)
    unrated: int = 0


@dataclass(frozen=True)
class ReportedProgress:
    """What was said on a day. Of two on one day the later in the sequence holds."""

    on: dt.date
    is_done: bool
    remaining: int | None


class DayValue(NamedTuple):
    """The state at the end of a day, in minutes and money, cumulative.

    - ``used``: every hour booked
    - ``matched``: of them those on work that has an estimate, the actual cost AC that ``earned`` may be held against;
      ``amount`` and ``unrated`` are of those alone
    - ``earned``: earned value EV
    - ``remaining``: what the work still needs, as reported or else as its estimate leaves it
    """

    on: dt.date
    used: int
    matched: int
    amount: Decimal
    unrated: int
    earned: Decimal
    remaining: Decimal


def series_of_item(
    *, rule: str, estimate: int | None, spent: Iterable[SpentOnDay], reports: Iterable[ReportedProgress]
) -> list[DayValue]:
    """One value for each day on which hours were booked or progress was reported, in order of days.

    ``estimate`` is None for an item that does not count: without an estimate, or dropped. Its hours are used, match
    nothing and earn nothing.
    """
    spent_on: dict[dt.date, list[SpentOnDay]] = defaultdict(list)
    for booking in spent:
        spent_on[booking.on].append(booking)
    reported_on = {report.on: report for report in reports}

    progress_rule = ProgressRule(rule)
    used, amount, unrated, used_when_reported, series = 0, Decimal(0), 0, 0, []
    newest: ReportedProgress | None = None
    for day in sorted(spent_on.keys() | reported_on.keys()):
        for booking in spent_on.get(day, ()):
            used, amount, unrated = used + booking.minutes, amount + booking.amount, unrated + booking.unrated
        if report := reported_on.get(day):
            newest, used_when_reported = report, used
        if estimate is None:
            value = DayValue(day, used, 0, Decimal(0), 0, Decimal(0), Decimal(0))
        else:
            item = ItemProgress(
                estimate=estimate,
                spent=used,
                is_done=newest is not None and newest.is_done,
                is_reported=newest is not None,
                reported_remaining=None if newest is None or newest.is_done else newest.remaining,
                spent_since_report=used - used_when_reported,
            )
            earned = earned_minutes(progress_rule, item).quantize(EXACT, rounding=ROUND_HALF_UP)
            value = DayValue(day, used, used, amount, unrated, earned, remaining_minutes(item))
        series.append(value)
    return series


def first_difference(before: Sequence[DayValue], after: Sequence[DayValue]) -> dt.date | None:
    """The first day on which two series of an item differ, or None."""
    for was, now in zip_longest(before, after):
        if was != now:
            return min(value.on for value in (was, now) if value is not None)
    return None


def from_first_movement(series: Iterable[DayValue], estimate: int) -> list[DayValue]:
    """Without the days at its beginning that left everything as it was: hours that were all taken back stay in the
    record and in the series, but nobody means to begin with them.
    """
    return list(dropwhile(lambda value: not any(value[1:-1]) and value.remaining == estimate, series))
