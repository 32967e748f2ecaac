"""Hours used and value earned over time, day by day: pure, worked in docs/calculations/earned-value.md."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal

from requirements_app.progress import ItemProgress, earned_minutes

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class SpentMinutes:
    """Minutes booked on a day on an item, or on none."""

    on: dt.date
    minutes: int
    item: int | None


@dataclass(frozen=True)
class ReportedProgress:
    """What was said of an item on a day. Of two on one day the later in the sequence holds."""

    on: dt.date
    item: int
    is_done: bool
    remaining: int | None


@dataclass(frozen=True)
class DayValue:
    """Minutes used and earned up to the end of a day."""

    on: dt.date
    used: int
    earned: Decimal


@dataclass(frozen=True)
class Opening:
    """Where a series goes on: minutes used and earned so far, and how far each item was that moves later."""

    used: int = 0
    earned: Decimal = Decimal(0)
    items: Mapping[int, ItemProgress] = field(default_factory=dict)


def earned_series(
    *,
    rule: str,
    estimates: Mapping[int, int],
    spent: Iterable[SpentMinutes],
    reports: Iterable[ReportedProgress],
    opening: Opening | None = None,
) -> list[DayValue]:
    """One value for each day on which hours were booked or progress was reported, in order of days.

    ``estimates`` are the minutes of each item that counts; hours on other items and on none are used and earn
    nothing. Each item's value is rounded to hundredths of a minute, so that a series that goes on from an
    ``opening`` equals one that was worked out whole.
    """
    spent_on: dict[dt.date, list[SpentMinutes]] = defaultdict(list)
    for booking in spent:
        spent_on[booking.on].append(booking)
    reported_on: dict[dt.date, list[ReportedProgress]] = defaultdict(list)
    for report in reports:
        reported_on[report.on].append(report)

    opening = opening or Opening()
    items = {item: opening.items.get(item) or ItemProgress(estimate) for item, estimate in estimates.items()}
    earned_of = {item: _earned(rule, progress) for item, progress in opening.items.items()}
    used, earned, series = opening.used, opening.earned, []
    for day in sorted(spent_on.keys() | reported_on.keys()):
        touched = set()
        for booking in spent_on[day]:
            used += booking.minutes
            if booking.item in items:
                items[booking.item] = replace(items[booking.item], spent=items[booking.item].spent + booking.minutes)
                touched.add(booking.item)
        for report in reported_on[day]:
            if report.item in items:
                items[report.item] = replace(
                    items[report.item],
                    is_done=report.is_done,
                    is_reported=True,
                    reported_remaining=None if report.is_done else report.remaining,
                )
                touched.add(report.item)
        for item in touched:
            value = _earned(rule, items[item])
            earned += value - earned_of.get(item, Decimal(0))
            earned_of[item] = value
        series.append(DayValue(day, used, earned.quantize(HUNDREDTH)))
    return series


def _earned(rule: str, item: ItemProgress) -> Decimal:
    return earned_minutes(rule, item).quantize(HUNDREDTH, rounding=ROUND_HALF_UP)
