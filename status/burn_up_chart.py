"""The burn-up drawn: series in, coordinates out. Pure geometry; the texts come from the caller.

A chart is laid out for the width it is read at. Labels stand beside their lines and never on one: every line is a
function of the day, so what it covers within a label's width is an interval, and a place is free when its height lies
outside all of them.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import chain
from math import ceil, floor, log10

Point = tuple[float, float]
# Where a label might stand: x, the height of its middle, and SVG's text-anchor.
Place = tuple[float, float, str]

# Twelve-pixel semibold figures and letters, as the style sheet sets them; a little wide rather than narrow.
CHARACTER_WIDTH = 6.9
LABEL_HEIGHT = 14.0
CLEARANCE = 4.0
NEAR_LABEL = 32
FURTHEST_LABEL = 150
STEPS = tuple(map(Decimal, ("1", "2", "2.5", "5", "10", "20", "25", "50", "100")))


@dataclass(frozen=True)
class Frame:
    """A size to draw for, in pixels, and the room left around the plot."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int = 24
    bottom: int = 26

    @property
    def plot_right(self) -> int:
        return self.width - self.right

    @property
    def plot_bottom(self) -> int:
        return self.height - self.bottom


WIDE = Frame("wide", 860, 330, left=58, right=120)
NARROW = Frame("narrow", 380, 300, left=58, right=8)


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
    which used and earned may be compared: there the gap is marked.
    """

    days: Sequence[dt.date]
    used: Sequence[int]
    earned: Sequence[Decimal]
    today: dt.date
    plan: Plan | None = None
    cap: int | None = None
    likely: tuple[dt.date, int] | None = None
    compared_on: dt.date | None = None

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
class Label:
    """``name`` says which line it belongs to; ``anchor`` is SVG's text-anchor; ``y`` is the baseline."""

    name: str
    text: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Line:
    """A named line as the points of a path, from left to right."""

    name: str
    points: tuple[Point, ...]

    @cached_property
    def _xs(self) -> list[float]:
        return [x for x, _y in self.points]

    @property
    def path(self) -> str:
        """SVG's path data."""
        return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in self.points)

    def covers(self, left: float, right: float) -> tuple[float, float] | None:
        """The lowest and highest y that the line takes between two x; None where it is not there at all."""
        xs = self._xs
        if right < xs[0] or left > xs[-1]:
            return None
        inside = [y for _x, y in self.points[bisect_left(xs, left) : bisect_right(xs, right)]]
        ends = [self._at(x) for x in (left, right) if xs[0] <= x <= xs[-1]]
        return min(inside + ends), max(inside + ends)

    def backwards(self, step: float) -> Iterator[Point]:
        """Points on the line from its end to its beginning, ``step`` pixels apart."""
        (first, _y), (last, _end) = self.points[0], self.points[-1]
        for count in range(1, int((last - first) / step) + 1):
            yield last - count * step, self._at(last - count * step)

    def _at(self, x: float) -> float:
        xs = self._xs
        place = min(max(bisect_left(xs, x), 1), len(xs) - 1)
        (x0, y0), (x1, y1) = self.points[place - 1], self.points[place]
        return y1 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)


@dataclass(frozen=True)
class Rule:
    """An upright line: today, or the gap between used and earned."""

    x: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Box:
    """Where a label stands."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


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
    placed = _Placing(frame, lines, tuple(rule for rule in (today, gap) if rule))
    placed.put("today", texts.labels.get("today", ""), _above(today.x, frame.top))
    named = {line.name: line for line in lines}
    if gap:
        placed.put("gap", texts.labels.get("gap", ""), _around((gap.x, (gap.top + gap.bottom) / 2), FURTHEST_LABEL))
    for name in ("hours", "earned", "likely", "plan"):
        if name in named:
            placed.put(name, texts.labels.get(name, ""), _beside(named[name]))
    if "cap" in named:
        placed.put("cap", texts.labels.get("cap", ""), _along(named["cap"].points[0][1], frame))
    return BurnUpChart(
        frame=frame,
        hour_ticks=tuple(Tick(scale.y(value * 60), texts.hours(value)) for value in scale.hours),
        date_ticks=tuple(_dates(scale, texts)),
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
        highest = max(Decimal(max(*figures.used, *limits)), *figures.earned)
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
    yield Line("earned", _curve(figures.days, figures.earned, scale))
    yield Line("hours", _curve(figures.days, figures.used, scale))


def _curve(days: Sequence[dt.date], values: Sequence[int | Decimal], scale: Scale) -> tuple[Point, ...]:
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


def _dates(scale: Scale, texts: Texts) -> Iterator[Tick]:
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
        every = next(step for step in (1, 2, 3, 6, 12, 24, 60, 240) if days / 30.4 / step * room <= width)
        months = range(scale.first.year * 12 + scale.first.month, scale.last.year * 12 + scale.last.month)
        found = [dt.date(month // 12, month % 12 + 1, 1) for month in months if month % every == 0]
    for day in found:
        x = scale.x(day)
        if day <= scale.last and x <= scale.frame.width - 20:
            yield Tick(x, write(day))


class _Placing:
    """Puts labels one after the other on the first free place of those they would like."""

    def __init__(self, frame: Frame, lines: Sequence[Line], rules: Sequence[Rule]) -> None:
        self.frame, self.lines, self.rules = frame, lines, rules
        self.labels: list[Label] = []
        self.boxes: list[Box] = []

    def put(self, name: str, text: str, places: Iterable[Place]) -> None:
        """On the first free place; one beyond another line, where it would seem to be that line's, only for want of a
        better one."""
        own = next((line for line in self.lines if line.name == name), None)
        free = self._free(name, text, places)
        first = next(free, None)
        if first is None:
            return
        box, label = next((spot for spot in chain([first], free) if not self.is_cut_off(spot[0], own)), first)
        self.boxes.append(box)
        self.labels.append(label)

    def _free(self, name: str, text: str, places: Iterable[Place]) -> Iterator[tuple[Box, Label]]:
        width = len(text) * CHARACTER_WIDTH
        for x, middle, anchor in places if text else ():
            left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
            box = Box(left, middle - LABEL_HEIGHT / 2, left + width, middle + LABEL_HEIGHT / 2)
            if self.is_free(box):
                yield box, Label(name, text, round(x, 1), round(middle + 4, 1), anchor)

    def is_cut_off(self, box: Box, own: Line | None) -> bool:
        """Whether another line runs between the label's middle and the line that it belongs to."""
        if own is None:
            return False
        x = (box.left + box.right) / 2
        here = own.covers(x, x)
        y, middle = here[0] if here else own.points[-1][1], (box.top + box.bottom) / 2
        others = (line.covers(x, x) for line in self.lines if line is not own)
        return any(min(y, middle) < other[0] < max(y, middle) for other in others if other)

    def is_free(self, box: Box) -> bool:
        frame = self.frame
        # The strip over the plot is today's alone; below the plot stand the dates.
        if box.left < 0 or box.right > frame.width or box.top < 0 or box.bottom > frame.plot_bottom - 1:
            return False
        if box.left < frame.left and box.bottom > frame.top:
            return False
        if any(box.meets(other) for other in self.boxes):
            return False
        for line in self.lines:
            covered = line.covers(box.left - CLEARANCE, box.right + CLEARANCE)
            if covered and box.top - CLEARANCE < covered[1] and covered[0] < box.bottom + CLEARANCE:
                return False
        return not any(
            box.left - CLEARANCE < rule.x < box.right + CLEARANCE and box.top < rule.bottom and rule.top < box.bottom
            for rule in self.rules
        )


def _beside(line: Line) -> Iterator[Place]:
    """Places at the line's end, then along it back to its beginning, then far off its end."""
    yield from _around(line.points[-1], NEAR_LABEL)
    yield from (place for point in line.backwards(step=20) for place in _around(point, NEAR_LABEL))
    yield from _around(line.points[-1], FURTHEST_LABEL)


def _around(point: Point, furthest: int) -> Iterator[Place]:
    """Places beside a point, the nearest first: right of it, then left, at its height and then further off."""
    x, y = point
    for distance in range(0, furthest, 6):
        for rise in (0, -distance, distance) if distance else (0,):
            for aside in (8, 16, 24):
                yield x + aside, y + rise, "start"
                yield x - aside, y + rise, "end"
        yield x, y - 12 - distance, "middle"
        yield x, y + 12 + distance, "middle"


def _above(x: float, y: float) -> Iterator[Place]:
    """Over the top of an upright rule, to one side of it where the drawing ends."""
    for anchor in ("middle", "end", "start"):
        yield x, y - LABEL_HEIGHT / 2 - CLEARANCE - 1, anchor


def _along(y: float, frame: Frame) -> Iterator[Place]:
    """On a level rule: beyond its right end, else over or under it from the left to the right."""
    yield frame.plot_right + 6, y, "start"
    for rise in (-11, 11):
        for x in range(frame.left + 6, frame.plot_right, 12):
            yield x, y + rise, "start"
