"""When burn is worth an alert: pure. The thresholds and what each compares stand in docs/calculations/alert-rules.md.

Levels are "none", "notice", "warning" and "critical". A rule that stands at a level falls back only when its value
lies below that level's threshold by a margin, so that a figure that wavers around it speaks once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

LEVELS: Final = ("none", "notice", "warning", "critical")


@dataclass(frozen=True)
class Thresholds:
    """Where each level begins; ``margin`` is how far below it the value must fall to leave it again.

    ``includes_bound`` says whether the bound itself already counts: "80 %" does, "more than 2 %" does not.
    """

    notice: Decimal
    warning: Decimal
    critical: Decimal
    margin: Decimal
    includes_bound: bool = True

    def __post_init__(self) -> None:
        if not self.notice < self.warning < self.critical or self.margin < 0:
            raise ValueError("thresholds rise from notice to critical and the margin is not negative")

    @property
    def bounds(self) -> tuple[Decimal, Decimal, Decimal]:
        return self.notice, self.warning, self.critical

    def of(self, level: str) -> Decimal:
        """Where ``level`` begins. ValueError for "none", which begins nowhere."""
        if level == "none":
            raise ValueError("none has no threshold")
        return self.bounds[LEVELS.index(level) - 1]


USED_OF_BUDGET: Final = Thresholds(Decimal("0.80"), Decimal("1.00"), Decimal("1.10"), Decimal("0.02"))
USED_OF_CAP: Final = Thresholds(Decimal("0.80"), Decimal("0.90"), Decimal("1.00"), Decimal("0.02"))
AHEAD_OF_PROGRESS: Final = Thresholds(Decimal("0.05"), Decimal("0.10"), Decimal("0.20"), Decimal("0.02"))
OVER_ESTIMATE: Final = Thresholds(
    Decimal("0.02"), Decimal("0.05"), Decimal("0.10"), Decimal("0.005"), includes_bound=False
)
# Before this share of the budget is used, a difference says nothing yet.
AHEAD_COUNTS_FROM_USED: Final = Decimal("0.05")


def level_of(value: Decimal | None, thresholds: Thresholds, held: str = "none") -> str:
    """The level at which ``value`` stands, given the level ``held`` so far. An undefined value holds no level."""
    if value is None:
        return "none"
    reached = _rank(value, thresholds.bounds, includes_bound=thresholds.includes_bound)
    kept = _rank(
        value, [bound - thresholds.margin for bound in thresholds.bounds], includes_bound=thresholds.includes_bound
    )
    return LEVELS[max(reached, min(kept, LEVELS.index(held)))]


def burn_ahead_of_progress(used_ratio: Decimal | None, earned_ratio: Decimal | None) -> Decimal | None:
    """Used share minus earned share of the budget, both up to the same day; None before 5 % of it is used."""
    if used_ratio is None or earned_ratio is None or used_ratio < AHEAD_COUNTS_FROM_USED:
        return None
    return used_ratio - earned_ratio


def clears_below(level: str, thresholds: Thresholds) -> Decimal:
    """The value under which a rule that stands at ``level`` leaves it."""
    return thresholds.of(level) - thresholds.margin


def _rank(value: Decimal, bounds: Sequence[Decimal], *, includes_bound: bool) -> int:
    return sum(value >= bound if includes_bound else value > bound for bound in bounds)
