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


def to_complete_index(work_left: Decimal, hours_left: Decimal) -> Decimal | None:
    """Work still to earn per hour still allowed; None when no hours are left."""
    return work_left / hours_left if hours_left > 0 else None


def indices_of(figures: ProjectFigures) -> list[Index]:
    """Cost index, to-complete index, likely end against the limit."""
    if figures.hours_through is None or figures.budget_minutes is None:
        return []
    return [_cost(figures), _to_complete(figures), _likely(figures)]


def _cost(figures: ProjectFigures) -> Index:
    name, meaning = _("Cost index CPI"), _("Work earned per hour used. Under 1 the work takes longer than estimated.")
    cpi, earned = figures.cpi, figures.earned_minutes_at_compared
    if cpi is None or earned is None or figures.used_minutes_at_compared is None:
        return Index("cpi", name, NOTHING, meaning, _("Undefined: nothing was used on the day of comparison."))
    formula = _("%(earned)s earned ÷ %(used)s used, both to %(day)s = %(value)s") % {
        "earned": hours_said(earned),
        "used": hours_said(figures.used_minutes_at_compared),
        "day": day(figures.compared_on),
        "value": _two(cpi),
    }
    return Index("cpi", name, _two(cpi), meaning, formula, cpi < LOW_COST_INDEX)


def _to_complete(figures: ProjectFigures) -> Index:
    in_cap = figures.cap_minutes is not None
    limit = figures.cap_minutes if in_cap else figures.budget_minutes
    name = _("Still to earn per hour left")
    meaning = (
        _("How much each hour left must earn to finish inside the cap. Above 1 faster than estimated.")
        if in_cap
        else _("How much each hour left must earn to finish inside the budget. Above 1 faster than estimated.")
    )
    earned, used = figures.earned_minutes_at_compared, figures.used_minutes_at_compared
    if earned is None or used is None or figures.budget_minutes is None or limit is None:
        return Index("tcpi", name, NOTHING, meaning, _("Undefined: what was earned is not known yet."))
    index = to_complete_index(figures.budget_minutes - earned, Decimal(limit - used))
    if index is None:
        return Index("tcpi", name, NOTHING, meaning, _("Undefined: no hours are left."), is_bad=True)
    formula = _("(%(budget)s − %(earned)s earned) ÷ (%(limit)s − %(used)s used) = %(value)s") % {
        "budget": hours_said(figures.budget_minutes),
        "earned": hours_said(earned),
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
