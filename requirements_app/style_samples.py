"""What this app shows in the style guide: a tree of work items and the bar of an item's hours."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from core.style_guide import register_samples
from projects.models import ObjectRef, Project
from requirements_app.hours_meter import hours_meter
from requirements_app.models import WorkItem
from requirements_app.queries import WorkItemHours, WorkItemRow
from requirements_app.work_item_lines import work_item_lines


def _samples(request: HttpRequest) -> Mapping[str, Any]:
    rows = (
        _row(1, "Claims", 0, (4_800, 3_900, 1_500), below=(12_000, 9_300, 3_600)),
        _row(2, "Import of legacy claims", 1, (6_000, 5_100, 2_100), over=1_200),
        _row(3, "Rechtsschutzversicherungsgesellschaftenverzeichnisabgleich, second run", 2, (1_200, 300, None)),
        _row(4, "Letters", 1, (None, None, None)),
        _row(5, "Fax", 1, (600, 0, 0), state=WorkItem.State.DROPPED),
    )
    lines = work_item_lines(Project(slug="sample"), rows, may_edit=False)
    return {"lines": lines, "meters": [hours_meter(*hours) for hours in ((6_000, 3_000, 2_400), (6_000, 6_900, 600))]}


def _row(
    number: int,
    title: str,
    depth: int,
    own: tuple[int | None, int | None, int | None],
    *,
    below: tuple[int, int, int] | None = None,
    over: int | None = None,
    state: str = WorkItem.State.OPEN,
) -> WorkItemRow:
    return WorkItemRow(
        item=WorkItem(ref=ObjectRef(series="W", number=number), title=title, category="back_end", state=state),
        own=WorkItemHours(*own),
        below=WorkItemHours(*below) if below else None,
        depth=depth,
        path=(),
        over_minutes=over,
        is_remaining_assumed=own[2] is None and own[0] is not None,
    )


register_samples("requirements/style_samples.html", _samples)
