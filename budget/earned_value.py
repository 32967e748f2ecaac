"""Earned value and earned schedule by their textbook formulas: pure, worked in docs/calculations/earned-value.md.

The unit is the caller's (minutes, money, days) as long as it is one; nothing is rounded. A figure that cannot be
worked out has no value and says why: undefined is never 0. Sources: PMI, Practice Standard for Earned Value
Management; Lipke, "Schedule is Different" (2003) and "Earned Schedule" (2009); Christensen on factors of the
estimate at completion; Anbari (2003) on the planned value method.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final


class Undefined(StrEnum):
    """Why a figure cannot be worked out."""

    NO_BUDGET = "no_budget"  # nothing was estimated, so there is no budget at completion
    NO_PLAN = "no_plan"  # no planned dates, so nothing says what should be done by now
    NO_PROGRESS = "no_progress"  # what was earned is not known
    NO_COST = "no_cost"  # what was used is not known, such as hours without a rate
    NO_REMAINING = "no_remaining"  # nobody says what the open work still needs
    NOT_BEGUN = "not_begun"  # the plan begins later
    NOTHING_PLANNED = "nothing_planned"  # by now nothing was to be done
    NOTHING_USED = "nothing_used"
    NOTHING_EARNED = "nothing_earned"
    NOTHING_LATELY = "nothing_lately"  # nothing used, or nothing earned, in the weeks looked at
    WORK_COMPLETE = "work_complete"  # nothing is left to earn
    TARGET_USED_UP = "target_used_up"  # nothing is left to spend, and work is
    TIME_IS_UP = "time_is_up"  # nothing is left of the planned time, and work is


@dataclass(frozen=True)
class Figure:
    """A value, or the reason why there is none; never both, never neither."""

    value: Decimal | None
    undefined: Undefined | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.undefined is None):
            raise ValueError("a figure has a value or a reason")


class CostForecast(StrEnum):
    """What the rest of the work is assumed to cost: each is AC + (BAC − EV) ÷ factor, but the last."""

    PLANNED_RATE = "planned_rate"  # factor 1: the rest goes as it was estimated
    CPI = "cpi"  # as all work so far; the same as BAC ÷ CPI
    RECENT_CPI = "recent_cpi"  # as the work of the last weeks
    SPI = "spi"  # as late as so far, and being late costs
    CPI_SPI = "cpi_spi"  # as dear and as late as so far
    WEIGHTED = "weighted"  # 0.8 CPI + 0.2 SPI: dear as so far, a little of being late
    BOTTOM_UP = "bottom_up"  # AC + what was reported or estimated to remain on each open item


class TimeForecast(StrEnum):
    """How the rest of the time is assumed to pass."""

    PLANNED_PACE = "planned_pace"  # AT + (PD − ES): the rest goes as planned
    EARNED_PACE = "earned_pace"  # PD ÷ SPI(t): as so far
    COST_AND_PACE = "cost_and_pace"  # AT + (PD − ES) ÷ (CPI × SPI(t)): overrun hours delay as well
    PLANNED_VALUE = "planned_value"  # PD ÷ SPI: the older way, without earned schedule


CPI_WEIGHT: Final = Decimal("0.8")


@dataclass(frozen=True)
class EarnedValue:
    """What was planned, earned and used up to one moment, in one unit; None for what is not known.

    - ``bac`` budget at completion: the estimates of the work that counts
    - ``pv`` planned value: the part of it that should be done by now
    - ``ev`` earned value: the part of it that is done
    - ``ac`` actual cost of that same work
    - ``remaining`` what the open work still needs, item by item
    - ``recent_ev``, ``recent_ac`` what of both fell into the last weeks
    """

    bac: Decimal | None
    pv: Decimal | None
    ev: Decimal | None
    ac: Decimal | None
    remaining: Decimal | None = None
    recent_ev: Decimal | None = None
    recent_ac: Decimal | None = None

    def __post_init__(self) -> None:
        for name in ("bac", "pv", "ev", "ac", "remaining"):
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ValueError(f"{name} is not negative")
        if self.bac is not None and max(self.pv or 0, self.ev or 0) > self.bac:
            raise ValueError("no more is planned or earned than the budget at completion")

    # ── Where the work stands ──────────────────────────────────────────────────────────────────────
    @property
    def budget_at_completion(self) -> Figure:
        return _known(self.bac, Undefined.NO_BUDGET)

    @property
    def planned_value(self) -> Figure:
        return _known(self.pv, Undefined.NO_BUDGET if self.bac is None else Undefined.NO_PLAN)

    @property
    def earned_value(self) -> Figure:
        return _known(self.ev, Undefined.NO_BUDGET if self.bac is None else Undefined.NO_PROGRESS)

    @property
    def actual_cost(self) -> Figure:
        return _known(self.ac, Undefined.NO_COST)

    @property
    def cost_variance(self) -> Figure:
        """CV = EV − AC. Below 0 the work took more than it was estimated at."""
        return _difference(self.earned_value, self.actual_cost)

    @property
    def schedule_variance(self) -> Figure:
        """SV = EV − PV. Below 0 less is done than was planned; at the end always 0."""
        return _difference(self.earned_value, self.planned_value)

    @property
    def cost_performance_index(self) -> Figure:
        """CPI = EV ÷ AC. Below 1 the work takes more than it was estimated at."""
        return _quotient(self.earned_value, self.actual_cost, Undefined.NOTHING_USED)

    @property
    def schedule_performance_index(self) -> Figure:
        """SPI = EV ÷ PV. Below 1 less is done than was planned; at the end always 1."""
        return _quotient(self.earned_value, self.planned_value, Undefined.NOTHING_PLANNED)

    @property
    def recent_cost_performance_index(self) -> Figure:
        """CPI of the last weeks alone. Undefined unless both were positive: reports may take value back."""
        if self.recent_ev is None or self.recent_ac is None or min(self.recent_ev, self.recent_ac) <= 0:
            return Figure(None, Undefined.NOTHING_LATELY)
        return Figure(self.recent_ev / self.recent_ac)

    # ── Shares, as fractions ───────────────────────────────────────────────────────────────────────
    @property
    def complete_ratio(self) -> Figure:
        """Percent complete: EV ÷ BAC."""
        return _quotient(self.earned_value, self.budget_at_completion, Undefined.NO_BUDGET)

    @property
    def planned_ratio(self) -> Figure:
        """Percent planned: PV ÷ BAC."""
        return _quotient(self.planned_value, self.budget_at_completion, Undefined.NO_BUDGET)

    @property
    def spent_ratio(self) -> Figure:
        """Percent spent: AC ÷ BAC."""
        return _quotient(self.actual_cost, self.budget_at_completion, Undefined.NO_BUDGET)

    @property
    def cost_variance_ratio(self) -> Figure:
        """CV % = CV ÷ EV: by how much of its estimate the work done differs."""
        return _quotient(self.cost_variance, self.earned_value, Undefined.NOTHING_EARNED)

    @property
    def schedule_variance_ratio(self) -> Figure:
        """SV % = SV ÷ PV: by how much of what was planned the work done differs."""
        return _quotient(self.schedule_variance, self.planned_value, Undefined.NOTHING_PLANNED)

    # ── Where it ends ──────────────────────────────────────────────────────────────────────────────
    @property
    def work_remaining(self) -> Figure:
        """BAC − EV: the estimates of what is not done yet."""
        return _difference(self.budget_at_completion, self.earned_value)

    def performance_factor(self, forecast: CostForecast) -> Figure:
        """What an hour of the rest is assumed to earn. ValueError for the bottom-up forecast, which has none."""
        if forecast is CostForecast.BOTTOM_UP:
            raise ValueError("a bottom-up forecast assumes no factor")
        cpi, spi = self.cost_performance_index, self.schedule_performance_index
        alone = {
            CostForecast.PLANNED_RATE: Figure(Decimal(1)),
            CostForecast.CPI: cpi,
            CostForecast.RECENT_CPI: self.recent_cost_performance_index,
            CostForecast.SPI: spi,
        }
        if forecast in alone:
            return alone[forecast]
        if forecast is CostForecast.CPI_SPI:
            return _product(cpi, spi)
        if cpi.value is None or spi.value is None:
            return cpi if cpi.value is None else spi
        return Figure(CPI_WEIGHT * cpi.value + (1 - CPI_WEIGHT) * spi.value)

    def estimate_to_complete(self, forecast: CostForecast) -> Figure:
        """ETC: what the rest will still take. When nothing is left it is 0, whatever is assumed."""
        if forecast is CostForecast.BOTTOM_UP:
            return _known(self.remaining, Undefined.NO_REMAINING)
        if self.work_remaining.value == 0:
            return self.work_remaining
        return _quotient(self.work_remaining, self.performance_factor(forecast), Undefined.NOTHING_EARNED)

    def estimate_at_completion(self, forecast: CostForecast) -> Figure:
        """EAC = AC + ETC: what all will have taken in the end."""
        return _sum(self.actual_cost, self.estimate_to_complete(forecast))

    def variance_at_completion(self, forecast: CostForecast) -> Figure:
        """VAC = BAC − EAC. Below 0 it will take more than was estimated."""
        return _difference(self.budget_at_completion, self.estimate_at_completion(forecast))

    def variance_at_completion_ratio(self, forecast: CostForecast) -> Figure:
        """VAC % = VAC ÷ BAC."""
        return _quotient(self.variance_at_completion(forecast), self.budget_at_completion, Undefined.NO_BUDGET)

    def to_complete_index(self, target: Decimal | None = None) -> Figure:
        """TCPI = (BAC − EV) ÷ (target − AC): what each hour left must earn to end at ``target``, else at BAC.

        0 when all is earned and something is left; undefined when nothing is left to spend.
        """
        left = self.work_remaining
        target = self.bac if target is None else target
        if left.value is None or self.ac is None or target is None:
            return Figure(None, left.undefined or Undefined.NO_COST)
        if target > self.ac:
            return Figure(left.value / (target - self.ac))
        return Figure(None, Undefined.TARGET_USED_UP if left.value > 0 else Undefined.WORK_COMPLETE)

    def to_complete_index_of(self, forecast: CostForecast) -> Figure:
        """TCPI to the estimate at completion of ``forecast``."""
        ends_at = self.estimate_at_completion(forecast)
        return ends_at if ends_at.value is None else self.to_complete_index(ends_at.value)


@dataclass(frozen=True)
class PlannedCurve:
    """Planned value over time, straight between its points.

    ``times`` rise from the start of the plan to its last point; ``values`` begin at 0, never fall and end above it.
    """

    times: Sequence[Decimal]
    values: Sequence[Decimal]

    def __post_init__(self) -> None:
        if len(self.times) != len(self.values) or len(self.times) < 2:
            raise ValueError("a planned curve has two points or more, each with its value")
        if any(later <= earlier for earlier, later in zip(self.times, self.times[1:], strict=False)):
            raise ValueError("times rise")
        if any(later < earlier for earlier, later in zip(self.values, self.values[1:], strict=False)):
            raise ValueError("planned value never falls")
        if self.values[0] != 0 or self.values[-1] == 0:
            raise ValueError("planned value begins at nothing and ends at something")

    @property
    def planned_duration(self) -> Decimal:
        """PD: from the start of the plan until all of it is to be done."""
        return self.times[self.values.index(self.values[-1])] - self.times[0]

    def value_at(self, time: Decimal) -> Decimal:
        """PV: what is to be done by ``time``."""
        place = bisect_right(self.times, time)
        if place == 0:
            return Decimal(0)
        if place == len(self.times):
            return self.values[-1]
        passed = (time - self.times[place - 1]) / (self.times[place] - self.times[place - 1])
        return self.values[place - 1] + (self.values[place] - self.values[place - 1]) * passed

    def earned_schedule(self, ev: Decimal) -> Decimal:
        """ES: how long after the start of the plan ``ev`` was to be done.

        By Lipke's interpolation: between the last point whose value is reached and the next one. PD when all is
        earned.
        """
        if ev >= self.values[-1]:
            return self.planned_duration
        place = bisect_right(self.values, ev)
        begun, ended = self.values[place - 1], self.values[place]
        share = (ev - begun) / (ended - begun)
        return self.times[place - 1] + (self.times[place] - self.times[place - 1]) * share - self.times[0]


@dataclass(frozen=True)
class EarnedSchedule:
    """How far the work is in time. ``at`` is the moment looked at, on the scale of the curve's times.

    Once all is earned the moment is that of completion: a caller passes no later one.
    """

    values: EarnedValue
    curve: PlannedCurve | None
    at: Decimal

    @property
    def planned_duration(self) -> Figure:
        """PD."""
        return Figure(None, Undefined.NO_PLAN) if self.curve is None else Figure(self.curve.planned_duration)

    @property
    def actual_time(self) -> Figure:
        """AT: how long the plan has been running. Undefined before it begins."""
        if self.curve is None:
            return Figure(None, Undefined.NO_PLAN)
        passed = self.at - self.curve.times[0]
        return Figure(passed) if passed > 0 else Figure(None, Undefined.NOT_BEGUN)

    @cached_property
    def earned_schedule(self) -> Figure:
        """ES: how long the plan takes to reach what is earned now."""
        if self.curve is None:
            return Figure(None, Undefined.NO_PLAN)
        if self.values.ev is None:
            return Figure(None, Undefined.NO_PROGRESS)
        return Figure(self.curve.earned_schedule(self.values.ev))

    @property
    def schedule_variance(self) -> Figure:
        """SV(t) = ES − AT. Below 0 the work is late by so much time."""
        return _difference(self.earned_schedule, self.actual_time)

    @property
    def schedule_performance_index(self) -> Figure:
        """SPI(t) = ES ÷ AT. Below 1 the work goes slower than planned; unlike SPI it stays true to the end."""
        return _quotient(self.earned_schedule, self.actual_time, Undefined.NOT_BEGUN)

    @property
    def to_complete_schedule_index(self) -> Figure:
        """TSPI = (PD − ES) ÷ (PD − AT): how much faster than planned the rest must go to end in time."""
        left = _difference(self.planned_duration, self.earned_schedule)
        time_left = _difference(self.planned_duration, self.actual_time)
        if left.value is None or time_left.value is None:
            return left if left.value is None else time_left
        if time_left.value > 0:
            return Figure(left.value / time_left.value)
        return Figure(None, Undefined.TIME_IS_UP if left.value > 0 else Undefined.WORK_COMPLETE)

    def time_at_completion(self, forecast: TimeForecast) -> Figure:
        """IEAC(t): how long all will have taken, from the start of the plan."""
        if forecast is TimeForecast.EARNED_PACE:
            return _quotient(self.planned_duration, self.schedule_performance_index, Undefined.NOTHING_EARNED)
        if forecast is TimeForecast.PLANNED_VALUE:
            return _quotient(self.planned_duration, self.values.schedule_performance_index, Undefined.NOTHING_EARNED)
        left = _difference(self.planned_duration, self.earned_schedule)
        if forecast is TimeForecast.COST_AND_PACE:
            pace = _product(self.values.cost_performance_index, self.schedule_performance_index)
            left = _quotient(left, pace, Undefined.NOTHING_EARNED)
        return _sum(self.actual_time, left)


def _known(value: Decimal | None, reason: Undefined) -> Figure:
    return Figure(None, reason) if value is None else Figure(value)


def _sum(first: Figure, second: Figure) -> Figure:
    if first.value is None or second.value is None:
        return first if first.value is None else second
    return Figure(first.value + second.value)


def _difference(whole: Figure, part: Figure) -> Figure:
    if whole.value is None or part.value is None:
        return whole if whole.value is None else part
    return Figure(whole.value - part.value)


def _product(first: Figure, second: Figure) -> Figure:
    if first.value is None or second.value is None:
        return first if first.value is None else second
    return Figure(first.value * second.value)


def _quotient(part: Figure, whole: Figure, if_nothing: Undefined) -> Figure:
    """``part ÷ whole``; undefined as the first that is, and for ``if_nothing`` where ``whole`` is 0."""
    if part.value is None or whole.value is None:
        return part if part.value is None else whole
    return Figure(part.value / whole.value) if whole.value else Figure(None, if_nothing)
