"""How much work is planned by when, from the planned dates of work items: pure, worked in
docs/calculations/earned-value.md.

An item's estimate is spread evenly over the days from its planned start to its planned finish, both included; weekends
count like other days, so that a plan in weeks needs no calendar. What the item does not say it takes from what it
belongs to, in the end from the project.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from budget.earned_value import PlannedCurve

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """First and last planned day; None where nobody said."""

    start_on: dt.date | None = None
    finish_on: dt.date | None = None

    @property
    def is_known(self) -> bool:
        return self.start_on is not None and self.finish_on is not None

    def inside(self, above: "Span") -> "Span":
        """This span with what it leaves open taken from ``above``. A day that was said outweighs one that was not."""
        start_on, finish_on = self.start_on or above.start_on, self.finish_on or above.finish_on
        if start_on is None or finish_on is None or start_on <= finish_on:
            return Span(start_on, finish_on)
        return Span(finish_on, finish_on) if self.start_on is None else Span(start_on, start_on)


@dataclass(frozen=True)
class PlannedWork:
    """Minutes to be done evenly from the first day to the end of the last."""

    minutes: int
    start_on: dt.date
    finish_on: dt.date

    def __post_init__(self) -> None:
        if self.finish_on < self.start_on:
            raise ValueError("planned work does not finish before it starts")

    @property
    def days(self) -> int:
        return (self.finish_on - self.start_on).days + 1


@dataclass(frozen=True)
class PlannedPoint:
    """Minutes planned up to the end of a day; between two points they grow evenly."""

    on: dt.date
    minutes: Decimal


def planned_points(works: Iterable[PlannedWork]) -> list[PlannedPoint]:
    """The bends of the planned curve: from nothing on the day before the first start to all on the last finish.

    Nothing where there is no work to be done.
    """
    started: dict[dt.date, list[PlannedWork]] = defaultdict(list)
    finished: dict[dt.date, list[PlannedWork]] = defaultdict(list)
    for work in works:
        if work.minutes:
            started[work.start_on - DAY].append(work)
            finished[work.finish_on].append(work)
    points: list[PlannedPoint] = []
    done, running, daily, before = 0, 0, Decimal(0), Decimal(0)
    begun = Decimal(0)  # of the work that runs, what was to be done before the present bend
    for on in sorted(started.keys() | finished.keys()):
        if points:
            begun += daily * (on - points[-1].on).days
        for work in finished[on]:
            done, running = done + work.minutes, running - 1
            daily, begun = daily - Decimal(work.minutes) / work.days, begun - work.minutes
        if not running:
            daily, begun = Decimal(0), Decimal(0)  # exact again wherever nothing runs, at the end above all
        before = max(before, done + begun)  # the last digit of a quotient must not let the curve fall
        points.append(PlannedPoint(on, before))
        for work in started[on]:
            running, daily = running + 1, daily + Decimal(work.minutes) / work.days
    return points


def curve_of(points: list[PlannedPoint]) -> PlannedCurve | None:
    """The curve in days, 0 at the end of the day before the first start; None without a plan."""
    if not points:
        return None
    return PlannedCurve([days_since_start(points, point.on) for point in points], [point.minutes for point in points])


def days_since_start(points: list[PlannedPoint], day: dt.date) -> Decimal:
    """How many days of the plan have passed at the end of ``day``."""
    return Decimal((day - points[0].on).days)
