"""The chart of earned value as a page shows it: the drawing in two sizes, its description and its table twin."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from budget.earned_queries import EarnedPage
from budget.earned_value import CostForecast, EarnedSchedule, EarnedValue, TimeForecast
from core.templatetags.figures import day
from status.burn_up import day_tick, hour_tick, month_tick, whole_hours
from status.burn_up_chart import NARROW, WIDE, Texts
from status.earned_indices import CostRow, two
from status.earned_value_chart import FORECAST, EarnedChart, EarnedLines, ForecastEnd, draw_earned
from status.sentences import hours_said

# Of seven forecasts the best, the usual and the worst, and what people themselves say: more lines would hide them.
# Each ends on the day that the forecast of time with the same assumption gives.
DRAWN = {
    CostForecast.PLANNED_RATE: TimeForecast.PLANNED_PACE,
    CostForecast.CPI: TimeForecast.EARNED_PACE,
    CostForecast.CPI_SPI: TimeForecast.COST_AND_PACE,
    CostForecast.BOTTOM_UP: None,
}


@dataclass(frozen=True)
class EarnedRow:
    """A line of the table twin: the state at the end of a day. ``x`` is where it stands in the wide drawing."""

    on: dt.date
    values: EarnedValue
    schedule: EarnedSchedule
    outside_minutes: int
    x: float

    @property
    def cpi(self) -> str:
        return _index(self.values.cost_performance_index.value)

    @property
    def spi(self) -> str:
        return _index(self.values.schedule_performance_index.value)

    @property
    def spi_t(self) -> str:
        return _index(self.schedule.schedule_performance_index.value)


@dataclass(frozen=True)
class EarnedChartView:
    wide: EarnedChart
    narrow: EarnedChart
    description: str
    rows: tuple[EarnedRow, ...]
    has_plan: bool
    has_outside: bool

    @property
    def drawings(self) -> tuple[EarnedChart, EarnedChart]:
        return self.wide, self.narrow


def earned_chart(page: EarnedPage, as_of: dt.date, forecasts: Sequence[CostRow]) -> EarnedChartView | None:
    """Everything of the chart, or None while there is no series to draw."""
    shown = [value for value in page.work.series if value.on <= as_of]
    if not shown:
        return None
    ends = {row: _drawn_to(page, row, as_of) for row in forecasts if row.forecast in DRAWN}
    drawn = EarnedLines(
        days=[value.on for value in shown],
        used=[value.matched for value in shown],
        earned=[value.earned for value in shown],
        planned=[(point.on, point.minutes) for point in page.work.points] if page.work.plan else (),
        total=page.work.estimate_minutes,
        as_of=as_of,
        forecasts=[
            ForecastEnd(row.forecast, on, row.at_completion.figure.value)
            for row, on in ends.items()
            if on is not None and row.at_completion.figure.value is not None
        ],
    )
    texts = Texts(hours=hour_tick, month=month_tick, day=day_tick, labels=_labels(drawn, ends))
    wide = draw_earned(drawn, WIDE, texts)
    rows = tuple(_rows(page, drawn, wide))
    return EarnedChartView(
        wide=wide,
        narrow=draw_earned(drawn, NARROW, texts),
        description=_describe(drawn, page),
        rows=rows,
        has_plan=bool(drawn.planned),
        has_outside=any(row.outside_minutes for row in rows),
    )


def _drawn_to(page: EarnedPage, row: CostRow, as_of: dt.date) -> dt.date | None:
    """Where the line of a forecast ends; without a plan, when its hours are used up at the present pace."""
    time = DRAWN[row.forecast]
    return (page.work.finish_on(as_of, time) if time else None) or row.finish_on


def _labels(drawn: EarnedLines, ends: Iterable[CostRow]) -> dict[str, str]:
    """Short, since they stand between lines; the axis names the unit."""
    labels = {
        "as_of": day_tick(drawn.as_of),
        "hours": _("AC %(hours)s") % {"hours": whole_hours(drawn.used[-1])},
        "earned": _("EV %(hours)s") % {"hours": whole_hours(drawn.earned[-1])},
        "plan": _("PV %(hours)s") % {"hours": whole_hours(drawn.total)},
        "total": _("BAC %(hours)s") % {"hours": whole_hours(drawn.total)},
    }
    for row in ends:
        if row.at_completion.figure.value is not None:
            labels[FORECAST + row.forecast] = f"{row.words.short} {whole_hours(row.at_completion.figure.value)}"
    return labels


def _describe(drawn: EarnedLines, page: EarnedPage) -> str:
    """What the drawing shows, in words."""
    said = {
        "first": day(drawn.days[0]),
        "last": day(drawn.as_of),
        "used": hours_said(drawn.used[-1]),
        "earned": hours_said(drawn.earned[-1]),
    }
    text = _(
        "From %(first)s to %(last)s the hours on estimated work (AC) rise to %(used)s, "
        "what they earned (EV) to %(earned)s."
    )
    sentences = [text % said]
    planned = page.work.planned_minutes(drawn.as_of)
    if planned is not None:
        last = drawn.planned[-1][0]
        named = {"planned": hours_said(planned), "total": hours_said(drawn.total), "day": day(last)}
        if drawn.as_of < last:
            sentences.append(_("Planned (PV) were %(planned)s by then, and %(total)s by %(day)s.") % named)
        else:
            sentences.append(_("Planned (PV) were all %(total)s by %(day)s.") % named)
    if drawn.forecasts:
        sentences.append(_("Dashed: what all will have taken, and when, by the forecasts below."))
    return " ".join(sentences)


def _rows(page: EarnedPage, drawn: EarnedLines, wide: EarnedChart) -> Iterator[EarnedRow]:
    """The state at the end of each week with data, and on the day looked at."""
    last_of_week = {on.isocalendar()[:2]: on for on in [*drawn.days, drawn.as_of]}
    for on in last_of_week.values():
        now = page.work.at(on)
        yield EarnedRow(on, page.work.values(on), page.work.schedule(on), now.used - now.matched, wide.x_of(on))


def _index(value: Decimal | None) -> str:
    return "" if value is None else two(value)
