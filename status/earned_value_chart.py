"""Planned, earned and used over time, with what the forecasts say: series in, coordinates out. Pure geometry."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from status.burn_up_chart import Scale, Texts, Tick, curve, date_ticks, nice_hours
from status.chart_labels import (
    NEAR_LABEL,
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

# In the names of lines: what a forecast is called stands behind it.
FORECAST = "forecast_"


@dataclass(frozen=True)
class ForecastEnd:
    """Where a forecast ends: minutes that all will have taken, and the day."""

    name: str
    on: dt.date
    minutes: Decimal


@dataclass(frozen=True)
class EarnedLines:
    """What is drawn. Minutes, cumulative; ``days`` rise, and the two series are as long.

    ``planned`` are the bends of the planned curve; ``total`` what all work is estimated at. ``as_of`` is the last day
    that is looked at: the series end on it or before.
    """

    days: Sequence[dt.date]
    used: Sequence[int]
    earned: Sequence[Decimal]
    planned: Sequence[tuple[dt.date, Decimal]]
    total: int
    as_of: dt.date
    forecasts: Sequence[ForecastEnd] = ()

    def __post_init__(self) -> None:
        if not self.days:
            raise ValueError("there is at least one day to draw")
        if not len(self.days) == len(self.used) == len(self.earned):
            raise ValueError("used and earned have a value for each day")
        if self.days[-1] > self.as_of:
            raise ValueError("nothing is drawn after the day that is looked at")


@dataclass(frozen=True)
class EarnedChart:
    """Coordinates of one drawing."""

    frame: Frame
    hour_ticks: tuple[Tick, ...]
    date_ticks: tuple[Tick, ...]
    lines: tuple[Line, ...]
    as_of: Rule
    ends: tuple[Point, ...]
    labels: tuple[Label, ...]
    boxes: tuple[Box, ...]
    scale: Scale

    def x_of(self, day: dt.date) -> float:
        """Where a day stands."""
        return self.scale.x(day)


def draw_earned(drawn: EarnedLines, frame: Frame, texts: Texts) -> EarnedChart:
    """Lay out one chart. A label for which no free place is near its line is left out."""
    scale = _scale(drawn, frame)
    lines = tuple(_lines(drawn, scale))
    rule = Rule(scale.x(drawn.as_of), frame.top, frame.plot_bottom)
    placed = Placing(frame, lines, (rule,))
    placed.put("as_of", texts.labels.get("as_of", ""), above(rule.x, frame.top))
    by_name = {line.name: line for line in lines}
    for name in ("hours", "earned", "plan"):
        if name in by_name:
            placed.put(name, texts.labels.get(name, ""), beside(by_name[name]))
    for line in lines:
        # The forecasts lie side by side: further off a name would seem to be another one's.
        if line.name.startswith(FORECAST):
            placed.put(line.name, texts.labels.get(line.name, ""), around(line.points[-1], NEAR_LABEL))
    if "total" in by_name:
        placed.put("total", texts.labels.get("total", ""), along(by_name["total"].points[0][1], frame))
    return EarnedChart(
        frame=frame,
        hour_ticks=tuple(Tick(scale.y(value * 60), texts.hours(value)) for value in scale.hours),
        date_ticks=tuple(date_ticks(scale, texts)),
        lines=lines,
        as_of=rule,
        ends=tuple(line.points[-1] for line in lines if line.name.startswith(FORECAST)),
        labels=tuple(placed.labels),
        boxes=tuple(placed.boxes),
        scale=scale,
    )


def _scale(drawn: EarnedLines, frame: Frame) -> Scale:
    first = min([drawn.days[0], *(on for on, _minutes in drawn.planned[:1])])
    known = max([drawn.as_of, *(on for on, _minutes in drawn.planned[-1:])])
    # An end far off would squeeze everything that has happened into the left corner.
    last = max([known, *(min(end.on, known + (known - first)) for end in drawn.forecasts)])
    highest = max([Decimal(drawn.total), Decimal(drawn.used[-1]), *(end.minutes for end in drawn.forecasts)])
    return Scale(frame, first, max(last, first + dt.timedelta(days=1)), nice_hours(highest / 60))


def _lines(drawn: EarnedLines, scale: Scale) -> Iterator[Line]:
    """In the order in which they are drawn: what matters most comes last and lies on top."""
    if drawn.planned:
        yield Line("plan", tuple((scale.x(on), scale.y(minutes)) for on, minutes in drawn.planned))
    elif drawn.total:
        y = scale.y(drawn.total)
        yield Line("total", ((float(scale.frame.left), y), (float(scale.frame.plot_right), y)))
    for end in drawn.forecasts:
        if end.on > drawn.as_of:
            yield Line(FORECAST + end.name, _to_the_end(drawn, end, scale))
    days, used, earned = list(drawn.days), list(drawn.used), list(drawn.earned)
    if drawn.as_of > days[-1]:
        days, used, earned = [*days, drawn.as_of], [*used, used[-1]], [*earned, earned[-1]]
    yield Line("earned", curve(days, earned, scale))
    yield Line("hours", curve(days, used, scale))


def _to_the_end(drawn: EarnedLines, end: ForecastEnd, scale: Scale) -> tuple[Point, Point]:
    """The way from the day looked at to the forecast's end, cut off where the drawing ends."""
    ends_on, minutes, used = end.on, end.minutes, Decimal(drawn.used[-1])
    if ends_on > scale.last:
        part = Decimal((scale.last - drawn.as_of).days) / (ends_on - drawn.as_of).days
        ends_on, minutes = scale.last, used + (minutes - used) * part
    return (scale.x(drawn.as_of), scale.y(used)), (scale.x(ends_on), scale.y(minutes))
