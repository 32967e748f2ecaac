"""Names beside lines: pure geometry, in the coordinates of the drawing.

Labels stand beside their lines and never on one: every line is a function of x, so what it covers within a label's
width is an interval, and a place is free when its height lies outside all of them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

Point = tuple[float, float]
# Where a label might stand: x, the height of its middle, and SVG's text-anchor.
Place = tuple[float, float, str]

# Twelve-pixel semibold figures and letters, as the style sheet sets them; a little wide rather than narrow.
CHARACTER_WIDTH = 6.9
LABEL_HEIGHT = 14.0
CLEARANCE = 4.0
NEAR_LABEL = 32
FURTHEST_LABEL = 150


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
class Label:
    """``name`` says which line it belongs to; ``anchor`` is SVG's text-anchor; ``y`` is the baseline."""

    name: str
    text: str
    x: float
    y: float
    anchor: str


class Placing:
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


def beside(line: Line) -> Iterator[Place]:
    """Places at the line's end, then along it back to its beginning, then far off its end."""
    yield from around(line.points[-1], NEAR_LABEL)
    yield from (place for point in line.backwards(step=20) for place in around(point, NEAR_LABEL))
    yield from around(line.points[-1], FURTHEST_LABEL)


def around(point: Point, furthest: int) -> Iterator[Place]:
    """Places beside a point, the nearest first: right of it, then left, at its height and then further off."""
    x, y = point
    for distance in range(0, furthest, 6):
        for rise in (0, -distance, distance) if distance else (0,):
            for aside in (8, 16, 24):
                yield x + aside, y + rise, "start"
                yield x - aside, y + rise, "end"
        yield x, y - 12 - distance, "middle"
        yield x, y + 12 + distance, "middle"


def above(x: float, y: float) -> Iterator[Place]:
    """Over the top of an upright rule, to one side of it where the drawing ends."""
    for anchor in ("middle", "end", "start"):
        yield x, y - LABEL_HEIGHT / 2 - CLEARANCE - 1, anchor


def along(y: float, frame: Frame) -> Iterator[Place]:
    """On a level rule: beyond its right end, else over or under it from the left to the right."""
    yield frame.plot_right + 6, y, "start"
    for rise in (-11, 11):
        for x in range(frame.left + 6, frame.plot_right, 12):
            yield x, y + rise, "start"
