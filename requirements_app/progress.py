"""How far a work item is, by the rule that the project agreed: pure, worked in docs/calculations/progress.md."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

# Where nobody said what is left, an open item that has used its estimate still needs this share of it: work that is
# not done is never complete.
UNREPORTED_REMAINING_SHARE: Final = Decimal("0.05")


class ProgressRule(StrEnum):
    """Named as in ``projects.models.Terms.ProgressRule``."""

    HOURS_SPENT_AND_REMAINING = "hours_spent_and_remaining"
    ZERO_HUNDRED = "zero_hundred"
    FIFTY_FIFTY = "fifty_fifty"


@dataclass(frozen=True)
class ItemProgress:
    """An item at one moment. Minutes; ``reported_remaining`` is None where nobody said what is left.

    ``spent_since_report`` are the hours booked on days after that of the report.
    """

    estimate: int
    spent: int = 0
    is_done: bool = False
    is_reported: bool = False
    reported_remaining: int | None = None
    spent_since_report: int = 0

    def __post_init__(self) -> None:
        if self.estimate < 0:
            raise ValueError("an estimate is not negative")
        if self.reported_remaining is not None and self.reported_remaining < 0:
            raise ValueError("what is left is not negative")


def remaining_minutes(item: ItemProgress) -> Decimal:
    """Minutes still to do: none when done, else as reported less the hours since, else what the estimate leaves.

    Hours alone never finish an item: at least 5 % of the estimate stays, or what was reported where that is less.
    """
    if item.is_done:
        return Decimal(0)
    least = item.estimate * UNREPORTED_REMAINING_SHARE
    if item.reported_remaining is None:
        return max(Decimal(item.estimate - item.spent), least)
    reported = Decimal(item.reported_remaining)
    return max(reported - max(item.spent_since_report, 0), min(reported, least))


def earned_minutes(rule: str, item: ItemProgress) -> Decimal:
    """The part of the item's estimate that is earned, from 0 to the whole estimate. ValueError for an unknown rule.

    - hours spent and remaining: estimate × spent / (spent + remaining)
    - 0/100: the estimate when done
    - 50/50: half when begun (hours or a report), the rest when done
    """
    if not isinstance(rule, ProgressRule):
        rule = ProgressRule(rule)
    if item.is_done:
        return Decimal(item.estimate)
    if rule is ProgressRule.ZERO_HUNDRED:
        return Decimal(0)
    if rule is ProgressRule.FIFTY_FIFTY:
        return Decimal(item.estimate) / 2 if item.spent > 0 or item.is_reported else Decimal(0)
    left = remaining_minutes(item)
    if left == 0:
        return Decimal(item.estimate)
    spent = max(item.spent, 0)
    return item.estimate * Decimal(spent) / (spent + left)
