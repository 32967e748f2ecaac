"""A work item as an estimate says it. Pure."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from core.tabular.cell_values import whole_minutes


@dataclass(frozen=True)
class EstimateRow:
    """A work item as the file says it; None and "" where the file says nothing.

    ``name`` tells the rows of one file apart: the key, else the title and which of its namesakes it is. ``parent``
    is another row's name, or a key that is not in the file; where that is nowhere, a row that ``may_lose_parent``
    stands at the top. ``rows`` are the lines it was made of; a group that only a column names has none.
    """

    name: str
    title: str
    rows: tuple[int, ...] = ()
    key: str = ""
    parent: str | None = None
    parent_said: str = ""
    may_lose_parent: bool = False
    category: str = ""
    estimate: Decimal | None = None
    remaining: Decimal | None = None
    is_done: bool | None = None
    done_on: dt.date | None = None
    planned_start_on: dt.date | None = None
    planned_finish_on: dt.date | None = None
    url: str = ""

    @property
    def estimate_minutes(self) -> int | None:
        return None if self.estimate is None else whole_minutes(self.estimate)

    @property
    def remaining_minutes(self) -> int | None:
        return None if self.remaining is None else whole_minutes(self.remaining)
