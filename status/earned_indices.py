"""The indices of earned value as a page, a file and the API show them: each with its formula and the figures put in.

Worked through in docs/calculations/earned-value.md.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from budget.earned_queries import BranchRow, EarnedPage
from budget.earned_value import CostForecast, EarnedSchedule, EarnedValue, Figure, TimeForecast
from core.templatetags.figures import NOTHING, hours, money, percent
from status.earned_words import COST_FORECASTS, REASONS, TIME_FORECASTS, WORDS, Words, reading_of
from status.sentences import hours_said

# Where rules B3 and B4 would speak of a notice.
LOW_INDEX = Decimal("0.95")
HIGH_TO_COMPLETE = Decimal("1.10")

# Work counts at one rate an hour, so what compares work with work is the same in hours and in money.
MOST_TERMS = 12
SAME_IN_MONEY = frozenset({"spi", "complete", "planned", "sv_ratio"})

Say = Callable[[Decimal], str]


@dataclass(frozen=True)
class Cell:
    """An index in one unit: as it is read, with the figures put into its formula, or why it is undefined."""

    figure: Figure
    unit: str
    text: str
    worked: str

    @classmethod
    def of(cls, figure: Figure, unit: str, say: Say, formula: str) -> "Cell":
        """``formula`` with its figures put in; it is told only where all of them are known."""
        if figure.value is None:
            assert figure.undefined is not None
            return cls(figure, unit, NOTHING, str(REASONS[figure.undefined]))
        text = say(figure.value)
        return cls(figure, unit, text, f"{formula} = {text}")


@dataclass(frozen=True)
class IndexRow:
    """One index: in hours, and in money for who may see it."""

    key: str
    words: Words
    cell: Cell
    money: Cell | None = None
    is_bad: bool = False

    @property
    def reading(self) -> str:
        """What it says, in a sentence; empty where it is undefined."""
        return "" if self.cell.figure.value is None else reading_of(self.key, self.cell.figure.value)


@dataclass(frozen=True)
class CostCells:
    """ETC, EAC, VAC and the TCPI to that EAC."""

    to_complete: Cell
    at_completion: Cell
    variance: Cell
    index: Cell


@dataclass(frozen=True)
class CostRow:
    """A forecast of what all will have taken: in hours, and in money for who may see it."""

    forecast: CostForecast
    words: Words
    cells: CostCells
    money: CostCells | None
    finish_on: dt.date | None

    @property
    def to_complete(self) -> Cell:
        return self.cells.to_complete

    @property
    def at_completion(self) -> Cell:
        return self.cells.at_completion

    @property
    def is_bad(self) -> bool:
        variance = self.cells.variance.figure.value
        return variance is not None and variance < 0


@dataclass(frozen=True)
class TimeRow:
    """A forecast of when all will be done."""

    forecast: TimeForecast
    words: Words
    cell: Cell
    finish_on: dt.date | None


@dataclass(frozen=True)
class EarnedIndices:
    """Everything that is told of a branch on a day."""

    standing: tuple[IndexRow, ...]
    cost: tuple[CostRow, ...]
    time: tuple[IndexRow, ...]
    finish: tuple[TimeRow, ...]


def earned_indices(
    page: EarnedPage, as_of: dt.date, *, with_money: bool, below: Sequence[BranchRow] = ()
) -> EarnedIndices:
    """All indices of the page's branch at the end of ``as_of``.

    ``below`` are all the branches below it: the figures that are summed from them show their sums.
    """
    work = page.work
    values = work.values(as_of)
    in_money = work.money(as_of, page.planned_rate) if with_money else None
    currency = page.project.currency
    schedule = work.schedule(as_of)
    return EarnedIndices(
        standing=tuple(_standing(page, values, in_money, as_of, below)),
        cost=tuple(
            CostRow(
                forecast,
                words,
                _forecast(values, forecast, hours_said, "hours"),
                _forecast(in_money, forecast, _in(currency), "money") if in_money else None,
                _finish_on(page, values, forecast, as_of),
            )
            for forecast, words in COST_FORECASTS.items()
        ),
        time=tuple(_time(schedule)),
        finish=tuple(
            TimeRow(forecast, words, _time_forecast(schedule, forecast), work.finish_on(as_of, forecast))
            for forecast, words in TIME_FORECASTS.items()
        ),
    )


@dataclass(frozen=True)
class HoursOutside:
    """Minutes on work without an estimate, and the cost index if they were held against what was earned."""

    minutes: int
    cpi_with_them: str


def hours_outside(page: EarnedPage, as_of: dt.date) -> HoursOutside | None:
    """The hours that are used and in no index; None where there are none."""
    now = page.work.at(as_of)
    outside = now.used - now.matched
    if not outside:
        return None
    return HoursOutside(outside, two(now.earned / now.used) if now.used and page.work.estimate_minutes else "")


def _standing(
    page: EarnedPage,
    values: EarnedValue,
    in_money: EarnedValue | None,
    as_of: dt.date,
    below: Sequence[BranchRow],
) -> Iterator[IndexRow]:
    cells = dict(_standing_cells(values, hours_said, "hours")) | _sums(values, below)
    amounts = dict(_standing_cells(in_money, _in(page.project.currency), "money")) if in_money else {}
    amounts = {key: cell for key, cell in amounts.items() if key not in SAME_IN_MONEY}
    if page.branch is None:
        cells |= _to_complete_limits(page, values, as_of)
    for key, cell in cells.items():
        yield IndexRow(key, WORDS[key], cell, amounts.get(key), _is_bad(key, cell.figure.value))


def _sums(values: EarnedValue, below: Sequence[BranchRow]) -> dict[str, Cell]:
    """BAC, EV and AC as sums over the branches below; what the branch itself adds stands at the end."""
    summed = {
        "bac": (values.budget_at_completion, [row.values.bac for row in below]),
        "ev": (values.earned_value, [row.values.ev for row in below]),
        "ac": (values.actual_cost, [row.values.ac for row in below]),
    }
    found = {}
    for key, (figure, parts) in summed.items():
        known = [part for part in parts if part]
        own = (figure.value or Decimal(0)) - sum(known)
        terms = [hours(part) for part in [*known, *([own] if own else [])]]
        if 1 < len(terms) <= MOST_TERMS:
            found[key] = Cell.of(figure, "hours", hours_said, " + ".join(terms))
    return found


def _standing_cells(values: EarnedValue, say: Say, unit: str) -> Iterator[tuple[str, Cell]]:
    bac, pv, ev, ac = (
        _said(figure, say)
        for figure in (values.budget_at_completion, values.planned_value, values.earned_value, values.actual_cost)
    )
    cv, sv = _said(values.cost_variance, say), _said(values.schedule_variance, say)
    recent = say(values.recent_ev or Decimal(0)), say(values.recent_ac or Decimal(0))
    yield "bac", Cell.of(values.budget_at_completion, unit, say, _("all estimates together"))
    yield (
        "pv",
        Cell.of(values.planned_value, unit, say, _("by their planned days")),
    )
    yield "ev", Cell.of(values.earned_value, unit, say, _("by the progress rule"))
    yield "ac", Cell.of(values.actual_cost, unit, say, _("booked on estimated work"))
    yield "cv", Cell.of(values.cost_variance, unit, say, f"{ev} − {ac}")
    yield "sv", Cell.of(values.schedule_variance, unit, say, f"{ev} − {pv}")
    yield "cpi", Cell.of(values.cost_performance_index, "index", two, f"{ev} ÷ {ac}")
    yield "spi", Cell.of(values.schedule_performance_index, "index", two, f"{ev} ÷ {pv}")
    yield (
        "recent_cpi",
        Cell.of(values.recent_cost_performance_index, "index", two, f"{recent[0]} ÷ {recent[1]}"),
    )
    yield "complete", Cell.of(values.complete_ratio, "share", share, f"{ev} ÷ {bac}")
    yield "planned", Cell.of(values.planned_ratio, "share", share, f"{pv} ÷ {bac}")
    yield "spent", Cell.of(values.spent_ratio, "share", share, f"{ac} ÷ {bac}")
    yield "cv_ratio", Cell.of(values.cost_variance_ratio, "share", share, f"{cv} ÷ {ev}")
    yield "sv_ratio", Cell.of(values.schedule_variance_ratio, "share", share, f"{sv} ÷ {pv}")
    yield (
        "tcpi_bac",
        Cell.of(values.to_complete_index(), "index", two, f"({bac} − {ev}) ÷ ({bac} − {ac})"),
    )


def _to_complete_limits(page: EarnedPage, values: EarnedValue, as_of: dt.date) -> dict[str, Cell]:
    """To what was agreed for the whole project. Every hour uses it up, also those that could earn nothing."""
    now, terms = page.work.at(as_of), page.project.terms
    bac, ev = (_said(figure, hours_said) for figure in (values.budget_at_completion, values.earned_value))
    used = hours_said(now.used)
    found = {}
    for key, limit in (("tcpi_budget", terms.budget_minutes), ("tcpi_cap", terms.cap_minutes)):
        if limit is not None:
            left_for_it = Decimal(limit - (now.used - now.matched))
            worked = f"({bac} − {ev}) ÷ ({hours_said(limit)} − {used})"
            found[key] = Cell.of(values.to_complete_index(left_for_it), "index", two, worked)
    return found


def _forecast(values: EarnedValue, forecast: CostForecast, say: Say, unit: str) -> CostCells:
    to_complete = values.estimate_to_complete(forecast)
    at_completion = values.estimate_at_completion(forecast)
    bac, ev, ac = (
        _said(figure, say) for figure in (values.budget_at_completion, values.earned_value, values.actual_cost)
    )
    left, rest, end = (_said(figure, say) for figure in (values.work_remaining, to_complete, at_completion))
    if forecast is CostForecast.BOTTOM_UP:
        worked = _("what open items still need")
    else:
        factor = _said(values.performance_factor(forecast), three)
        worked = f"{left} ÷ {factor}"
    return CostCells(
        Cell.of(to_complete, unit, say, worked),
        Cell.of(at_completion, unit, say, f"{ac} + {rest}"),
        Cell.of(values.variance_at_completion(forecast), unit, say, f"{bac} − {end}"),
        Cell.of(
            values.to_complete_index_of(forecast),
            "index",
            two,
            f"({bac} − {ev}) ÷ ({end} − {ac})",
        ),
    )


def _finish_on(page: EarnedPage, values: EarnedValue, forecast: CostForecast, as_of: dt.date) -> dt.date | None:
    """When the hours of the rest are used at the pace of the last four weeks."""
    rest = values.estimate_to_complete(forecast).value
    return None if not rest else page.work.used_up_on(as_of, rest)


def _time(schedule: EarnedSchedule) -> Iterator[IndexRow]:
    pd, at, es = (
        _said(figure, days) for figure in (schedule.planned_duration, schedule.actual_time, schedule.earned_schedule)
    )
    cells = {
        "pd": Cell.of(schedule.planned_duration, "days", days, _("from the plan")),
        "at": Cell.of(schedule.actual_time, "days", days, _("passed of it")),
        "es": Cell.of(schedule.earned_schedule, "days", days, _("where the planned value equals EV")),
        "sv_t": Cell.of(schedule.schedule_variance, "days", days, f"{es} − {at}"),
        "spi_t": Cell.of(schedule.schedule_performance_index, "index", two, f"{es} ÷ {at}"),
        "tspi": Cell.of(schedule.to_complete_schedule_index, "index", two, f"({pd} − {es}) ÷ ({pd} − {at})"),
    }
    for key, cell in cells.items():
        yield IndexRow(key, WORDS[key], cell, None, _is_bad(key, cell.figure.value))


def _time_forecast(schedule: EarnedSchedule, forecast: TimeForecast) -> Cell:
    pd, at, es = (
        _said(figure, days) for figure in (schedule.planned_duration, schedule.actual_time, schedule.earned_schedule)
    )
    pace = _said(schedule.schedule_performance_index, three)
    spi, cpi = (
        _said(figure, three)
        for figure in (schedule.values.schedule_performance_index, schedule.values.cost_performance_index)
    )
    formulas = {
        TimeForecast.PLANNED_PACE: f"{at} + ({pd} − {es})",
        TimeForecast.EARNED_PACE: f"{pd} ÷ {pace}",
        TimeForecast.COST_AND_PACE: f"{at} + ({pd} − {es}) ÷ ({cpi} × {pace})",
        TimeForecast.PLANNED_VALUE: f"{pd} ÷ {spi}",
    }
    return Cell.of(schedule.time_at_completion(forecast), "days", days, formulas[forecast])


def _is_bad(key: str, value: Decimal | None) -> bool:
    if value is None:
        return False
    if key in {"cpi", "spi", "recent_cpi", "spi_t"}:
        return value < LOW_INDEX
    return (key.startswith("tcpi") or key == "tspi") and value > HIGH_TO_COMPLETE


def _said(figure: Figure, say: Say) -> str:
    """A figure inside a formula; a formula is only written where all its figures are known."""
    return NOTHING if figure.value is None else say(figure.value)


def _in(currency: str) -> Say:
    return lambda amount: money(amount, currency)


def two(number: Decimal) -> str:
    """An index with two decimals."""
    return _written(number, 2)


def three(number: Decimal) -> str:
    """An index inside a formula: with two decimals the result would not follow from what stands there."""
    return _written(number, 3)


def share(ratio: Decimal) -> str:
    """A share in per cent, with one decimal."""
    return percent(ratio, 1)


def days(number: Decimal) -> str:
    """Calendar days with one decimal."""
    count = _written(number, 1)
    return ngettext("%(count)s day", "%(count)s days", 1 if count == _written(Decimal(1), 1) else 2) % {"count": count}


def _written(number: Decimal, places: int) -> str:
    rounded = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return str(number_format(rounded + 0, decimal_pos=places, use_l10n=True, force_grouping=True))
