"""The branches below the one that is read, as a page and the API show them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from budget.earned_queries import BranchRow, EarnedPage
from budget.earned_value import EarnedValue
from status.earned_indices import LOW_INDEX, two


@dataclass(frozen=True)
class BranchLine:
    """One branch; ``address`` opens it on the same day."""

    label: str
    title: str
    is_group: bool
    address: str
    values: EarnedValue
    cpi: str
    is_over: bool

    @classmethod
    def of(cls, row: BranchRow, page: EarnedPage) -> "BranchLine":
        label, cpi = f"W-{row.number}", row.values.cost_performance_index.value
        asked: dict[str, Any] = {"item": label} | ({"on": page.asked_for.isoformat()} if page.asked_for else {})
        return cls(
            label=label,
            title=row.title,
            is_group=row.is_group,
            address=urlencode(asked),
            values=row.values,
            cpi="" if cpi is None else two(cpi),
            is_over=cpi is not None and cpi < LOW_INDEX,
        )
