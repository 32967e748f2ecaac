"""B1, B7 and B8, what is used of what was agreed and estimated: pure, worked in docs/calculations/alert-rules.md.

A value that cannot be worked out, or says nothing yet, is None and holds no level.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Final

from alerts.levels import NOTHING_HELD, Held, Thresholds, clears_at, rank
from budget.finding import Finding, common, level_against, text, whole
from budget.rule_figures import (
    BUDGET_AMOUNT,
    BUDGET_HOURS,
    CAP_AMOUNT,
    CAP_HOURS,
    OVER,
    UNESTIMATED,
    USED,
    WORTH_A_WORD_MINUTES,
    RuleFigures,
    ratio,
)

# Each scale of thresholds has a name of its own: B1 has two.
USED_OF_BUDGET, USED_OF_CAP = "B1_budget", "B1_cap"

DEFAULTS: Final[Mapping[str, Thresholds]] = {
    USED_OF_BUDGET: Thresholds(Decimal("0.80"), Decimal("1.00"), Decimal("1.10"), Decimal("0.02")),
    USED_OF_CAP: Thresholds(Decimal("0.80"), Decimal("0.90"), Decimal("1.00"), Decimal("0.02")),
    OVER: Thresholds(Decimal("0.02"), Decimal("0.05"), Decimal("0.10"), Decimal("0.005"), includes_bound=False),
    UNESTIMATED: Thresholds(Decimal("0.05"), Decimal("0.10"), Decimal("0.20"), Decimal("0.01"), includes_bound=False),
}


# ── B1: used share ──────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Limit:
    """An agreed quantity and how much of it is used, in minutes or money."""

    subject: str
    scale: str
    used: Decimal
    limit: Decimal
    is_agreed: bool = True

    @property
    def basis(self) -> str:
        """A sum of estimates moves with each of them: only what was agreed arms a rule anew when it moves."""
        return f"{self.limit:f}" if self.is_agreed else ""


def limits_of(figures: RuleFigures) -> Iterator[Limit]:
    """The limits that are agreed, each with its use."""
    minutes = Decimal(figures.used_minutes)
    if figures.budget_minutes:
        limit = Decimal(figures.budget_minutes)
        yield Limit(BUDGET_HOURS, USED_OF_BUDGET, minutes, limit, figures.budget_is_agreed)
    if figures.cap_minutes:
        yield Limit(CAP_HOURS, USED_OF_CAP, minutes, Decimal(figures.cap_minutes))
    if figures.budget_amount:
        yield Limit(BUDGET_AMOUNT, USED_OF_BUDGET, figures.used_amount, figures.budget_amount)
    if figures.cap_amount:
        yield Limit(CAP_AMOUNT, USED_OF_CAP, figures.used_amount, figures.cap_amount)


def used_share(figures: RuleFigures, scales: Mapping[str, Thresholds], held: Mapping[str, Held]) -> Iterator[Finding]:
    """B1 for each limit that is agreed."""
    for one in limits_of(figures):
        if one.scale not in scales:
            continue
        scale, share = scales[one.scale], one.used / one.limit
        level = level_against(share, scale, held.get(one.subject, NOTHING_HELD), one.basis)
        numbers = {
            "subject": one.subject,
            "used": f"{one.used:f}",
            "limit": f"{one.limit:f}",
            "ratio": text(share),
            "currency": figures.currency,
            "budget_source": "agreed" if one.is_agreed else "estimates",
            # Agreed anew at this, the rule is silent.
            "enough": f"{ceil(one.used / clears_at(level, scale))}" if rank(level) else None,
        }
        yield Finding(
            rule=USED,
            subject=one.subject,
            level=level,
            numbers={**common(figures, level, scale), **numbers},
            basis=one.basis,
            shows_money=one.subject in (BUDGET_AMOUNT, CAP_AMOUNT),
        )


# ── B7 and B8: estimates that do not hold, and work without one ─────────────────────────────────────
def over_estimate(
    figures: RuleFigures, scales: Mapping[str, Thresholds], held: Mapping[str, Held]
) -> Iterator[Finding]:
    """B7: open items over their estimates by four hours or more, as one finding."""
    if OVER not in scales:
        return
    scale, share = scales[OVER], ratio(figures.over_minutes, figures.budget_minutes)
    basis = f"{figures.budget_minutes}" if figures.budget_is_agreed else ""
    level = level_against(share, scale, held.get("", NOTHING_HELD), basis)
    too_much = None
    if rank(level):
        too_much = figures.over_minutes - clears_at(level, scale) * (figures.budget_minutes or 0)
    numbers = {
        "items": figures.over_count,
        "over_minutes": figures.over_minutes,
        "share": text(share),
        "too_much_minutes": whole(too_much),
    }
    yield Finding(rule=OVER, level=level, numbers={**common(figures, level, scale), **numbers}, basis=basis)


def without_estimate(
    figures: RuleFigures, scales: Mapping[str, Thresholds], held: Mapping[str, Held]
) -> Iterator[Finding]:
    """B8: hours on work that nobody estimated, as a share of the hours of the last four weeks with data."""
    if UNESTIMATED not in scales:
        return
    scale, minutes = scales[UNESTIMATED], figures.recent_unestimated_minutes
    share = ratio(minutes, figures.recent_minutes) if minutes >= WORTH_A_WORD_MINUTES else None
    level = level_against(share, scale, held.get("", NOTHING_HELD), "")
    too_much = minutes - clears_at(level, scale) * figures.recent_minutes if rank(level) else None
    numbers = {
        "minutes": minutes,
        "recent_minutes": figures.recent_minutes,
        "share": text(share),
        "too_much_minutes": whole(too_much),
    }
    yield Finding(rule=UNESTIMATED, level=level, numbers={**common(figures, level, scale), **numbers})
