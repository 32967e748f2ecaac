"""The branches below the one that is read, as a page and the API show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from budget.earned_queries import BranchRow, EarnedPage
from budget.earned_value import EarnedValue
from projects.access import Standing
from requirements_app.models import WorkItem
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


def earned_urls(standing: Standing, item_keys: Sequence[int]) -> Mapping[int, str]:
    """The page of earned value of each item, with everything below it. One query."""
    if not standing.can("view_hours"):
        return {}
    numbers = WorkItem.objects.filter(project=standing.project, pk__in=item_keys).values_list("pk", "ref__number")
    address = reverse("status:earned_value", args=[standing.project.slug])
    return {key: f"{address}?item=W-{number}" for key, number in numbers}
