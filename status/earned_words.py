"""The indices of earned value in words: what each is called, what it says, what it assumes, why it is undefined."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from budget.earned_value import CostForecast, TimeForecast, Undefined

REASONS: Final[dict[Undefined, str | Promise]] = {
    Undefined.NO_BUDGET: gettext_lazy("Undefined: nothing here is estimated."),
    Undefined.NO_PLAN: gettext_lazy("Undefined: not all estimated work has planned days."),
    Undefined.NO_PROGRESS: gettext_lazy("Undefined: what was earned is not known yet."),
    Undefined.NO_COST: gettext_lazy("Undefined: some of the hours have no rate, so their cost is not known."),
    Undefined.NO_REMAINING: gettext_lazy("Undefined: nobody says what the open work still needs."),
    Undefined.NOT_BEGUN: gettext_lazy("Undefined: the plan begins later."),
    Undefined.NOTHING_PLANNED: gettext_lazy("Undefined: by this day nothing was to be done."),
    Undefined.NOTHING_USED: gettext_lazy("Undefined: nothing is used yet."),
    Undefined.NOTHING_EARNED: gettext_lazy("Undefined: nothing is earned yet, so no pace can be told."),
    Undefined.NOTHING_LATELY: gettext_lazy("Undefined: in the last four weeks nothing was used, or nothing earned."),
    Undefined.WORK_COMPLETE: gettext_lazy("Undefined: nothing is left to do."),
    Undefined.TARGET_USED_UP: gettext_lazy("Undefined: nothing is left of it, and work is."),
    Undefined.TIME_IS_UP: gettext_lazy("Undefined: the planned time is over, and work is left."),
}


@dataclass(frozen=True)
class Words:
    """``short`` as the textbooks abbreviate it, ``name`` in full, ``formula`` in their letters."""

    short: str | Promise
    name: str | Promise
    formula: str | Promise
    assumes: str | Promise = ""


WORDS: Final[dict[str, Words]] = {
    "bac": Words("BAC", gettext_lazy("Budget at completion"), gettext_lazy("Σ estimates")),
    "pv": Words("PV", gettext_lazy("Planned value"), gettext_lazy("Σ planned part of the estimates")),
    "ev": Words("EV", gettext_lazy("Earned value"), gettext_lazy("Σ done part of the estimates")),
    "ac": Words("AC", gettext_lazy("Actual cost"), gettext_lazy("Σ hours on estimated work")),
    "cv": Words("CV", gettext_lazy("Cost variance"), "EV − AC"),
    "sv": Words("SV", gettext_lazy("Schedule variance"), "EV − PV"),
    "cpi": Words("CPI", gettext_lazy("Cost performance index"), "EV ÷ AC"),
    "spi": Words("SPI", gettext_lazy("Schedule performance index"), "EV ÷ PV"),
    "recent_cpi": Words(
        gettext_lazy("recent CPI"),
        gettext_lazy("Cost performance index of the last four weeks"),
        "ΔEV ÷ ΔAC",
    ),
    "complete": Words("EV %", gettext_lazy("Percent complete"), "EV ÷ BAC"),
    "planned": Words("PV %", gettext_lazy("Percent planned"), "PV ÷ BAC"),
    "spent": Words("AC %", gettext_lazy("Percent spent"), "AC ÷ BAC"),
    "cv_ratio": Words("CV %", gettext_lazy("Cost variance in per cent"), "CV ÷ EV"),
    "sv_ratio": Words("SV %", gettext_lazy("Schedule variance in per cent"), "SV ÷ PV"),
    "tcpi_bac": Words("TCPI", gettext_lazy("To-complete index, to the estimates"), "(BAC − EV) ÷ (BAC − AC)"),
    "tcpi_budget": Words(
        "TCPI",
        gettext_lazy("To-complete index, to the agreed hours"),
        gettext_lazy("(BAC − EV) ÷ (budget − AC)"),
        gettext_lazy("Hours on work without an estimate have used up a part of what was agreed."),
    ),
    "tcpi_cap": Words(
        "TCPI",
        gettext_lazy("To-complete index, to the cap"),
        gettext_lazy("(BAC − EV) ÷ (cap − AC)"),
        gettext_lazy("Hours on work without an estimate have used up a part of the cap."),
    ),
    "pd": Words("PD", gettext_lazy("Planned duration"), gettext_lazy("last planned day − first")),
    "at": Words("AT", gettext_lazy("Actual time"), gettext_lazy("this day − first planned day")),
    "es": Words("ES", gettext_lazy("Earned schedule"), gettext_lazy("the time at which PV = EV now")),
    "sv_t": Words("SV(t)", gettext_lazy("Schedule variance in time"), "ES − AT"),
    "spi_t": Words("SPI(t)", gettext_lazy("Schedule performance index in time"), "ES ÷ AT"),
    "tspi": Words("TSPI", gettext_lazy("To-complete schedule index"), "(PD − ES) ÷ (PD − AT)"),
}

COST_FORECASTS: Final[dict[CostForecast, Words]] = {
    CostForecast.PLANNED_RATE: Words(
        gettext_lazy("planned rate"),
        gettext_lazy("As estimated"),
        "AC + (BAC − EV)",
        gettext_lazy("The rest goes as it was estimated, whatever happened so far."),
    ),
    CostForecast.CPI: Words(
        "CPI",
        gettext_lazy("As so far"),
        "AC + (BAC − EV) ÷ CPI",
        gettext_lazy("The rest goes as all work so far. The same as BAC ÷ CPI."),
    ),
    CostForecast.RECENT_CPI: Words(
        gettext_lazy("recent CPI"),
        gettext_lazy("As lately"),
        gettext_lazy("AC + (BAC − EV) ÷ recent CPI"),
        gettext_lazy("The rest goes as the work of the last four weeks."),
    ),
    CostForecast.SPI: Words(
        "SPI",
        gettext_lazy("As late as so far"),
        "AC + (BAC − EV) ÷ SPI",
        gettext_lazy("The rest is as late as so far, and being late costs."),
    ),
    CostForecast.CPI_SPI: Words(
        "CPI × SPI",
        gettext_lazy("As dear and as late as so far"),
        "AC + (BAC − EV) ÷ (CPI × SPI)",
        gettext_lazy("The date is held at any price: hours make up for being late."),
    ),
    CostForecast.WEIGHTED: Words(
        "0.8 CPI + 0.2 SPI",
        gettext_lazy("As dear as so far, a little for being late"),
        "AC + (BAC − EV) ÷ (0.8 CPI + 0.2 SPI)",
        gettext_lazy("What was used weighs four times as much as being late."),
    ),
    CostForecast.BOTTOM_UP: Words(
        gettext_lazy("bottom-up"),
        gettext_lazy("Item by item"),
        "AC + ETC",
        gettext_lazy("Each open item needs what was reported, else what its estimate leaves."),
    ),
}

TIME_FORECASTS: Final[dict[TimeForecast, Words]] = {
    TimeForecast.PLANNED_PACE: Words(
        gettext_lazy("planned pace"),
        gettext_lazy("As planned"),
        "AT + (PD − ES)",
        gettext_lazy("The rest goes as planned: what was lost stays lost, and no more is."),
    ),
    TimeForecast.EARNED_PACE: Words(
        "SPI(t)",
        gettext_lazy("As so far"),
        "PD ÷ SPI(t)",
        gettext_lazy("The rest goes as slowly or quickly as so far."),
    ),
    TimeForecast.COST_AND_PACE: Words(
        "CPI × SPI(t)",
        gettext_lazy("As so far, and overrun delays"),
        "AT + (PD − ES) ÷ (CPI × SPI(t))",
        gettext_lazy("Nobody is added: hours over the estimates delay the rest as well."),
    ),
    TimeForecast.PLANNED_VALUE: Words(
        "SPI",
        gettext_lazy("By planned value"),
        "PD ÷ SPI",
        gettext_lazy("The older method. Near the end it is too hopeful, since SPI goes to 1 in any case."),
    ),
}


def reading_of(key: str, value: Decimal) -> str:
    """What the value of an index says, in one plain sentence."""
    readings = {
        "bac": lambda: _("What all estimated work should take."),
        "pv": lambda: _("What should be done by this day."),
        "ev": lambda: _("What is done by this day, at its estimate, however long it took."),
        "ac": lambda: _("What that same work took so far."),
        "cv": lambda: _compared(value, 0, _("The work took more than estimated."), _("It took less than estimated.")),
        "sv": lambda: _compared(value, 0, _("Less is done than was planned."), _("More is done than was planned.")),
        "cpi": lambda: _compared(
            value,
            1,
            _("An hour used earns less than an hour of estimate."),
            _("An hour used earns more than an hour of estimate."),
        ),
        "spi": lambda: _compared(
            value,
            1,
            _("Less is done than was planned. At the end it is 1, however late that is."),
            _("More is done than was planned. At the end it is 1 in any case."),
        ),
        "recent_cpi": lambda: _compared(
            value, 1, _("Lately an hour earned less than estimated."), _("Lately an hour earned more than estimated.")
        ),
        "complete": lambda: _("Of all estimated work so much is done."),
        "planned": lambda: _("Of all estimated work so much should be done."),
        "spent": lambda: _("Of all estimated hours so many are used."),
        "cv_ratio": lambda: _compared(
            value, 0, _("By so much the work done took more than estimated."), _("By so much it took less.")
        ),
        "sv_ratio": lambda: _compared(
            value, 0, _("By so much less is done than was planned."), _("By so much more is done than was planned.")
        ),
        "pd": lambda: _("From the first planned day to the last."),
        "at": lambda: _("Since the first planned day, or until all was done."),
        "es": lambda: _("In so many days what is done should have been done."),
        "sv_t": lambda: _compared(value, 0, _("The work is late by so many days."), _("It is early by so many days.")),
        "spi_t": lambda: _compared(
            value, 1, _("The work goes slower than planned."), _("The work goes faster than planned.")
        ),
        "tspi": lambda: _compared(
            value,
            1,
            _("The rest may go slower than planned and still end in time."),
            _("The rest must go faster than planned to end in time."),
        ),
    }
    if key.startswith("tcpi"):
        return _compared(
            value,
            1,
            _("An hour left may earn less than estimated and the work still ends inside it."),
            _("An hour left must earn more than estimated for the work to end inside it."),
        )
    return readings[key]()


def _compared(value: Decimal, with_number: int, below: str, above: str) -> str:
    if value == with_number:
        return _("Just as estimated and planned.")
    return below if value < with_number else above
