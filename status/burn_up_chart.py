"""The burn-up drawn: series in, coordinates out. Pure geometry; the texts come from the caller.

A chart is laid out for the width it is read at, and not shrunk.
"""

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil, floor, log10

from status.chart_labels import (
    FURTHEST_LABEL,
    LABEL_HEIGHT,
    Box,
    Frame,
    Label,
    Line,
    Placing,
    Point,
    Rule,
    above,
    along,
    around,
    beside,
)

WIDE = Frame("wide", 860, 330, left=58, right=120)
NARROW = Frame("narrow", 380, 300, left=58, right=8)
STEPS = tuple(map(Decimal, ("1", "2", "2.5", "5", "10", "20", "25", "50", "100")))


@dataclass(frozen=True)
class Plan:
    """The straight way from nothing on the first day to ``minutes`` on the last."""

    start_on: dt.date
    finish_on: dt.date
    minutes: int

    def at(self, day: dt.date) -> Decimal:
        """Minutes planned up to ``day``."""
        length = (self.finish_on - self.start_on).days
        passed = min(max((day - self.start_on).days, 0), length)
        return Decimal(self.minutes) * passed / length if length else Decimal(self.minutes)


@dataclass(frozen=True)
class BurnUpFigures:
    """What is drawn. Minutes, cumulative; the three series are as long as each other and rise in days.

    ``likely`` is the day and the minutes at which the work ends at the present pace. ``compared_on`` is the day on
    which used and earned may be compared: there the gap is marked. ``earned_through`` is the last day of which
    progress is known: the line of what was earned ends there, as the answer above it does.
    """

    days: Sequence[dt.date]
    used: Sequence[int]
    earned: Sequence[Decimal]
    today: dt.date
    plan: Plan | None = None
    cap: int | None = None
    likely: tuple[dt.date, int] | None = None
    compared_on: dt.date | None = None
    earned_through: dt.date | None = None

    def __post_init__(self) -> None:
        if not self.days:
            raise ValueError("a burn-up has at least one day")
        if not len(self.days) == len(self.used) == len(self.earned):
            raise ValueError("used and earned have a value for each day")
        if any(later <= earlier for earlier, later in zip(self.days, self.days[1:], strict=False)):
            raise ValueError("days rise")

    def up_to(self, day: dt.date) -> tuple[int, Decimal]:
        """Minutes used and earned up to the end of ``day``."""
        place = bisect_right(self.days, day)
        return (self.used[place - 1], self.earned[place - 1]) if place else (0, Decimal(0))

    @property
    def known_earned(self) -> Sequence[Decimal]:
        """What was earned on the first of the days, up to the last one of which that is known."""
        if self.earned_through is None:
            return self.earned
        return self.earned[: bisect_right(self.days, self.earned_through)]


@dataclass(frozen=True)
class Texts:
    """What stands in the drawing, in the reader's language. ``labels`` is keyed as the lines are named."""

    hours: Callable[[Decimal], str]
    month: Callable[[dt.date], str]
    day: Callable[[dt.date], str]
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Tick:
    at: float
    text: str


@dataclass(frozen=True)
class BurnUpChart:
    """Coordinates of one drawing."""

    frame: Frame
    hour_ticks: tuple[Tick, ...]
    date_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    today: Rule
    gap: Rule | None
    labels: tuple[Label, ...]
    boxes: tuple[Box, ...] = field(repr=False)
    scale: "Scale" = field(repr=False)

    def x_of(self, day: dt.date) -> float:
        """Where a day stands."""
        return self.scale.x(day)


def draw(figures: BurnUpFigures, frame: Frame, texts: Texts) -> BurnUpChart:
    """Lay out one chart. A label for which no free place is near its line is left out, never drawn over something."""
    scale = Scale.of(figures, frame)
    lines = tuple(_lines(figures, scale))
    today = Rule(scale.x(figures.today), frame.top, frame.plot_bottom)
    gap = _gap(figures, scale, today)
    placed = Placing(frame, lines, tuple(rule for rule in (today, gap) if rule))
    placed.put("today", texts.labels.get("today", ""), above(today.x, frame.top))
    named = {line.name: line for line in lines}
    if gap:
        placed.put("gap", texts.labels.get("gap", ""), around((gap.x, (gap.top + gap.bottom) / 2), FURTHEST_LABEL))
    for name in ("hours", "earned", "likely", "plan"):
        if name in named:
            placed.put(name, texts.labels.get(name, ""), beside(named[name]))
    if "cap" in named:
        placed.put("cap", texts.labels.get("cap", ""), along(named["cap"].points[0][1], frame))
    return BurnUpChart(
        frame=frame,
        hour_ticks=tuple(Tick(scale.y(value * 60), texts.hours(value)) for value in scale.hours),
        date_ticks=tuple(date_ticks(scale, texts)),
        lines=lines,
        today=today,
        gap=gap,
        labels=tuple(placed.labels),
        boxes=tuple(placed.boxes),
        scale=scale,
    )


def nice_hours(largest: Decimal, most: int = 5) -> tuple[Decimal, ...]:
    """Even steps of 1, 2, 2.5 or 5 times a power of ten, from 0 to at least ``largest``; at most ``most`` of them."""
    if largest <= 0:
        return Decimal(0), Decimal(1)
    power = Decimal(10) ** floor(log10(largest) - 1)
    step = next(factor * power for factor in STEPS if ceil(largest / (factor * power)) <= most)
    return tuple(step * number for number in range(ceil(largest / step) + 1))


@dataclass(frozen=True)
class Scale:
    """Days and minutes to pixels."""

    frame: Frame
    first: dt.date
    last: dt.date
    hours: tuple[Decimal, ...]

    @classmethod
    def of(cls, figures: BurnUpFigures, frame: Frame) -> "Scale":
        first = min([figures.days[0], *([figures.plan.start_on] if figures.plan else [])])
        known = max([figures.days[-1], figures.today, *([figures.plan.finish_on] if figures.plan else [])])
        last = known
        if figures.likely:
            # An end far off would squeeze everything that has happened into the left corner.
            last = max(known, min(figures.likely[0], known + (known - first)))
        limits = (
            figures.plan.minutes if figures.plan else 0,
            figures.cap or 0,
            figures.likely[1] if figures.likely else 0,
        )
        highest = max(Decimal(max(*figures.used, *limits)), *figures.known_earned)
        return cls(frame, first, max(last, first + dt.timedelta(days=1)), nice_hours(highest / 60))

    def x(self, day: dt.date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return round(self.frame.left + share * (self.frame.plot_right - self.frame.left), 1)

    def y(self, minutes: Decimal | int) -> float:
        share = float(Decimal(minutes) / (self.hours[-1] * 60))
        return round(self.frame.plot_bottom - share * (self.frame.plot_bottom - self.frame.top), 1)


def _lines(figures: BurnUpFigures, scale: Scale) -> Iterator[Line]:
    """In the order in which they are drawn: what matters most comes last and lies on top."""
    if figures.plan:
        start, finish = figures.plan.start_on, figures.plan.finish_on
        yield Line("plan", ((scale.x(start), scale.y(0)), (scale.x(finish), scale.y(figures.plan.minutes))))
    if figures.cap is not None:
        y = scale.y(figures.cap)
        yield Line("cap", ((float(scale.frame.left), y), (float(scale.frame.plot_right), y)))
    if figures.likely and figures.likely[0] > figures.days[-1]:
        yield Line("likely", _to_the_end(figures, scale))
    if known := figures.known_earned:
        yield Line("earned", curve(figures.days[: len(known)], known, scale))
    yield Line("hours", curve(figures.days, figures.used, scale))


def curve(days: Sequence[dt.date], values: Sequence[int | Decimal], scale: Scale) -> tuple[Point, ...]:
    """From nothing, level through days without a change, at most one point a pixel."""
    points: list[Point] = [(scale.x(max(days[0] - dt.timedelta(days=1), scale.first)), scale.y(0))]
    before = None
    for day, value in zip(days, values, strict=True):
        if before is not None and (day - before).days > 1:
            _append(points, (scale.x(day - dt.timedelta(days=1)), points[-1][1]))
        _append(points, (scale.x(day), scale.y(value)))
        before = day
    return tuple(points) if len(points) > 1 else (points[0], points[0])


def _append(points: list[Point], point: Point) -> None:
    """The newest of several points in one pixel stands for all of them; the first point stays where it began."""
    if len(points) > 1 and point[0] - points[-1][0] < 1:
        points[-1] = (points[-1][0], point[1])
    else:
        points.append(point)


def _to_the_end(figures: BurnUpFigures, scale: Scale) -> tuple[Point, Point]:
    """The way from the last hours to the likely end, cut off where the drawing ends."""
    assert figures.likely is not None
    (ends_on, minutes), start_on, used = figures.likely, figures.days[-1], figures.used[-1]
    if ends_on > scale.last:
        part = Decimal((scale.last - start_on).days) / (ends_on - start_on).days
        ends_on, minutes = scale.last, int(used + (minutes - used) * part)
    return (scale.x(start_on), scale.y(used)), (scale.x(ends_on), scale.y(minutes))


def _gap(figures: BurnUpFigures, scale: Scale, today: Rule) -> Rule | None:
    """The distance between used and earned on the day of comparison, beside today's rule and not on it."""
    if figures.compared_on is None:
        return None
    used, earned = figures.up_to(figures.compared_on)
    top, bottom = sorted((scale.y(used), scale.y(earned)))
    if bottom - top < LABEL_HEIGHT + 2:
        return None
    x = scale.x(figures.compared_on)
    if abs(x - today.x) < 6:
        x = today.x + 7 if today.x + 7 <= scale.frame.plot_right else today.x - 7
    return Rule(x, top + 2, bottom - 2)


def date_ticks(scale: Scale, texts: Texts) -> Iterator[Tick]:
    """Months, as many as are readable; in a short project its Mondays."""
    room = 62 if scale.frame.width > 500 else 56
    days = (scale.last - scale.first).days
    width = scale.frame.plot_right - scale.frame.left
    write = texts.month
    if days < 70:
        first_monday = scale.first + dt.timedelta(days=-scale.first.weekday() % 7)
        found = [first_monday + dt.timedelta(days=7 * count) for count in range(days // 7 + 1)]
        found, write = found[:: max(ceil(len(found) * room / width), 1)], texts.day
    else:
        steps = (1, 2, 3, 6, 12, 24, 60, 240, 1200)
        every = next((step for step in steps if days / 30.4 / step * room <= width), 12_000)
        months = range(scale.first.year * 12 + scale.first.month, scale.last.year * 12 + scale.last.month)
        found = [dt.date(month // 12, month % 12 + 1, 1) for month in months if month % every == 0]
    for day in found:
        x = scale.x(day)
        if day <= scale.last and x <= scale.frame.width - 20:
            yield Tick(x, write(day))
