"""B2, B3 and B4, hours against progress: pure, worked in docs/calculations/alert-rules.md.

The three look at the same thing in three ways. They are one family: one finding, and the worst of them speaks.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from alerts.levels import NOTHING_HELD, Held, Thresholds, clears_at, rank
from budget.earned_value import EarnedValue
from budget.finding import Finding, common, level_against, text, whole
from budget.rule_figures import AHEAD, COST_INDEX, TO_COMPLETE, RuleFigures

AHEAD_OF_PROGRESS: Final = Thresholds(Decimal("0.05"), Decimal("0.10"), Decimal("0.20"), Decimal("0.02"))
DEFAULTS: Final[Mapping[str, Thresholds]] = {
    AHEAD: AHEAD_OF_PROGRESS,
    COST_INDEX: Thresholds(
        Decimal("0.95"), Decimal("0.90"), Decimal("0.80"), Decimal("0.02"), includes_bound=False, falls=True
    ),
    TO_COMPLETE: Thresholds(Decimal("1.10"), Decimal("1.20"), Decimal("1.30"), Decimal("0.02"), includes_bound=False),
}

# Before this share of the budget is used, a difference says nothing yet.
AHEAD_COUNTS_FROM_USED: Final = Decimal("0.05")
# Before this share of the estimates is earned, an index is noise.
INDEX_COUNTS_FROM_EARNED: Final = Decimal("0.20")
# Short of its end, what the rest has to reach runs to infinity and says nothing that B1 does not.
TO_COMPLETE_COUNTS_BELOW_USED: Final = Decimal("0.85")
# How many standard errors a shortfall has to exceed: by chance alone that happens once in twenty (one-sided).
BEYOND_CHANCE: Final = Decimal("1.645")


def burn_ahead_of_progress(used_ratio: Decimal | None, earned_ratio: Decimal | None) -> Decimal | None:
    """Used share minus earned share of the budget, of the same work up to the same day; None below 5 % used."""
    if used_ratio is None or earned_ratio is None or used_ratio < AHEAD_COUNTS_FROM_USED:
        return None
    return used_ratio - earned_ratio


def cost_index(figures: RuleFigures) -> Decimal | None:
    """CPI of the work that has an estimate: earned ÷ the hours on that same work. None before 20 % is earned."""
    if figures.compared is None or (figures.complete_ratio or 0) < INDEX_COUNTS_FROM_EARNED:
        return None
    return _earned_value(figures, Decimal(figures.compared.matched)).cost_performance_index.value


def standard_error(figures: RuleFigures) -> Decimal | None:
    """By how many minutes EV − AC would differ if other items than these had been finished; None below two items.

    The standard error of a ratio estimate: how widely the finished items scatter around their common index.
    """
    done = figures.finished
    if done.count < 2 or not done.used:
        return None
    index = done.earned / done.used
    scatter = done.earned_squared - 2 * index * done.earned_by_used + index**2 * done.used_squared
    return (max(scatter, Decimal(0)) * done.count / (done.count - 1)).sqrt()


def is_beyond_chance(figures: RuleFigures) -> bool:
    """Whether the hours on work exceed its earned value by more than a few unlucky items explain."""
    error = standard_error(figures)
    if figures.compared is None or error is None:
        return False
    return figures.compared.matched - figures.compared.earned > BEYOND_CHANCE * error


def to_complete_index(figures: RuleFigures) -> Decimal | None:
    """TCPI: what each hour left of the budget must earn. None before 20 % is earned and from 85 % used on."""
    compared, budget, complete = figures.compared, figures.budget_minutes, figures.complete_ratio
    if compared is None or not budget or complete is None or complete < INDEX_COUNTS_FROM_EARNED:
        return None
    if compared.used >= TO_COMPLETE_COUNTS_BELOW_USED * budget:
        return None
    return _earned_value(figures, Decimal(compared.used)).to_complete_index(Decimal(budget)).value


def _earned_value(figures: RuleFigures, actual: Decimal) -> EarnedValue:
    assert figures.compared is not None
    earned = figures.compared.earned
    # The estimates may have been lowered since the day of comparison.
    bac = max(Decimal(figures.estimated_minutes), earned)
    return EarnedValue(bac=bac, pv=None, ev=earned, ac=max(actual, Decimal(0)))


def ahead_of_progress(
    figures: RuleFigures, scales: Mapping[str, Thresholds], held: Mapping[str, Held]
) -> Iterator[Finding]:
    """B2, B3 and B4 as one finding: they look at the same thing, and the worst of them speaks.

    Of several that are as bad the one that has spoken keeps the word: an alert keeps its name while it stands.
    """
    family = held.get("", NOTHING_HELD)
    basis = f"{figures.budget_minutes}" if figures.budget_is_agreed else ""
    parts = [
        part
        for code, judge in ((AHEAD, _ahead), (COST_INDEX, _index), (TO_COMPLETE, _to_complete))
        if code in scales
        for part in [judge(figures, scales[code], Held(family.parts.get(code, "none"), family.basis), basis)]
    ]
    if not parts:
        return
    has_spoken = family.voice if rank(family.level) else ""
    speaker = max(parts, key=lambda part: (rank(part.level), part.rule == has_spoken))
    levels = {part.rule: part.level for part in parts}
    numbers = {**speaker.numbers, "speaks": speaker.rule, "levels": levels}
    yield Finding(rule=AHEAD, level=speaker.level, numbers=numbers, basis=basis)


def _ahead(figures: RuleFigures, scale: Thresholds, held: Held, basis: str) -> Finding:
    ahead = burn_ahead_of_progress(figures.matched_ratio, figures.earned_ratio)
    level = level_against(ahead, scale, held, basis)
    of_all = max(figures.budget_minutes or 0, figures.estimated_minutes)
    missing = (ahead - clears_at(level, scale)) * of_all if ahead is not None and rank(level) else None
    numbers = {
        "used_ratio": text(figures.matched_ratio),
        "earned_ratio": text(figures.earned_ratio),
        "ahead": text(ahead),
        "budget_minutes": figures.budget_minutes,
        "budget_source": "agreed" if figures.budget_is_agreed else "estimates",
        "missing_minutes": whole(missing),
    }
    return Finding(rule=AHEAD, level=level, numbers={**common(figures, level, scale), **numbers})


def _index(figures: RuleFigures, scale: Thresholds, held: Held, basis: str) -> Finding:
    index = cost_index(figures)
    # An alert that stands is not taken back because one more finished item made the index less certain.
    speaks = rank(held.level) > 0 or is_beyond_chance(figures)
    level = level_against(index if speaks else None, scale, held, basis)
    compared = figures.compared
    missing = clears_at(level, scale) * compared.matched - compared.earned if compared and rank(level) else None
    numbers = {
        "index": text(index),
        "earned_minutes": whole(compared.earned) if compared else None,
        "matched_minutes": compared.matched if compared else None,
        "complete_ratio": text(figures.complete_ratio),
        "finished_items": figures.finished.count,
        "error_minutes": whole(standard_error(figures)),
        "missing_minutes": whole(missing),
    }
    return Finding(rule=COST_INDEX, level=level, numbers={**common(figures, level, scale), **numbers})


def _to_complete(figures: RuleFigures, scale: Thresholds, held: Held, basis: str) -> Finding:
    index = to_complete_index(figures)
    level = level_against(index, scale, held, basis)
    compared, budget = figures.compared, figures.budget_minutes or 0
    work = max(figures.estimated_minutes - compared.earned, Decimal(0)) if compared else None
    left = budget - compared.used if compared else None
    stands = rank(level) > 0 and work is not None and left is not None
    missing = work - clears_at(level, scale) * left if stands and work is not None and left is not None else None
    numbers = {
        "index": text(index),
        "work_minutes": whole(work),
        "left_minutes": left,
        "missing_minutes": whole(missing),
    }
    return Finding(rule=TO_COMPLETE, level=level, numbers={**common(figures, level, scale), **numbers})
