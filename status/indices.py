"""The indices of a project, each with its formula and the figures put in. What is undefined says why.

Worked through in docs/calculations/indices.md.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from budget.queries import ProjectFigures
from core.templatetags.figures import NOTHING, day, percent
from status.sentences import hours_said

# Where rules B3 and B4 would speak of a notice.
LOW_COST_INDEX = Decimal("0.95")
HIGH_TO_COMPLETE = Decimal("1.10")


@dataclass(frozen=True)
class Index:
    """``value`` as it is read, ``meaning`` in one sentence, ``formula`` with the figures put in."""

    key: str
    name: str
    value: str
    meaning: str
    formula: str
    is_bad: bool = False


def indices_of(figures: ProjectFigures) -> list[Index]:
    """Cost index, to-complete index, likely end against the limit."""
    if figures.hours_through is None or figures.budget_minutes is None:
        return []
    return [_cost(figures), _to_complete(figures), _likely(figures)]


def _cost(figures: ProjectFigures) -> Index:
    name, meaning = _("Cost index CPI"), _("Work earned per hour used. Under 1 the work takes longer than estimated.")
    values = figures.earned_value
    cpi = values.cost_performance_index.value
    if values.ev is None or values.ac is None:
        return Index("cpi", name, NOTHING, meaning, _("Undefined: what was earned is not known yet."))
    if cpi is None:
        return Index("cpi", name, NOTHING, meaning, _("Undefined: nothing was used on the day of comparison."))
    outside = figures.unmatched_minutes_at_compared
    text = (
        _("%(earned)s earned ÷ %(used)s used on estimated work (%(outside)s on other), both to %(day)s = %(value)s")
        if outside
        else _("%(earned)s earned ÷ %(used)s used, both to %(day)s = %(value)s")
    )
    formula = text % {
        "earned": hours_said(values.ev),
        "used": hours_said(values.ac),
        "outside": hours_said(outside or 0),
        "day": day(figures.compared_on),
        "value": _two(cpi),
    }
    return Index("cpi", name, _two(cpi), meaning, formula, cpi < LOW_COST_INDEX)


def _to_complete(figures: ProjectFigures) -> Index:
    """What is left to spend is less every hour used, also those that could earn nothing."""
    in_cap = figures.cap_minutes is not None
    limit = figures.cap_minutes if in_cap else figures.budget_minutes
    name = _("Still to earn per hour left")
    meaning = (
        _("How much each hour left must earn to finish inside the cap. Above 1 faster than estimated.")
        if in_cap
        else _("How much each hour left must earn to finish inside the budget. Above 1 faster than estimated.")
    )
    values, used = figures.earned_value, figures.used_minutes_at_compared
    if values.bac is None or values.ev is None or used is None or limit is None:
        return Index("tcpi", name, NOTHING, meaning, _("Undefined: what was earned is not known yet."))
    outside = figures.unmatched_minutes_at_compared or 0
    index = values.to_complete_index(Decimal(limit - outside)).value
    if index is None:
        return Index("tcpi", name, NOTHING, meaning, _("Undefined: no hours are left."), is_bad=values.ev < values.bac)
    formula = _("(%(estimated)s − %(earned)s earned) ÷ (%(limit)s − %(used)s used) = %(value)s") % {
        "estimated": hours_said(values.bac),
        "earned": hours_said(values.ev),
        "limit": hours_said(limit),
        "used": hours_said(used),
        "value": _two(index),
    }
    return Index("tcpi", name, _two(index), meaning, formula, index > HIGH_TO_COMPLETE)


def _likely(figures: ProjectFigures) -> Index:
    in_cap = figures.cap_minutes is not None
    limit = figures.cap_minutes if in_cap else figures.budget_minutes
    name = _("Likely use of the cap") if in_cap else _("Likely use of the budget")
    meaning = _("Hours used so far and what the open items still need, by reports and else by their estimates.")
    if figures.likely_minutes is None or not limit:
        return Index("likely", name, NOTHING, meaning, _("Undefined: no work item has an estimate."))
    share = Decimal(figures.likely_minutes) / limit
    formula = _("(%(used)s used + %(remaining)s remaining) ÷ %(limit)s = %(value)s") % {
        "used": hours_said(figures.used_minutes),
        "remaining": hours_said(figures.remaining_minutes),
        "limit": hours_said(limit),
        "value": percent(share),
    }
    return Index("likely", name, percent(share), meaning, formula, share > 1)


def _two(number: Decimal) -> str:
    return str(number_format(number.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP), decimal_pos=2, use_l10n=True))
