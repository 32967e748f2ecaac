"""The lines of a table of work items as their template takes them: what it decides by, and what it writes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from core.addresses import address
from core.templatetags.figures import hours
from projects.models import Project
from projects.work_categories import WorkCategory
from requirements_app.models import WorkItem
from requirements_app.queries import WorkItemRow


class LineShape(NamedTuple):
    """``is_assumed``: nobody reported what is left, and the estimate leaves something."""

    is_group: bool
    is_dropped: bool
    depth: int
    level: int
    has_path: bool
    has_own_estimate: bool
    is_over: bool
    is_assumed: bool
    may_edit: bool


class LineTexts(NamedTuple):
    url: str
    edit_url: str
    label: str
    title: str
    path: str
    category: str
    estimate: str
    own_estimate: str
    used: str
    over: str
    remaining: str
    state: str


@dataclass(frozen=True)
class WorkItemLine:
    shape: LineShape
    texts: LineTexts


def work_item_lines(project: Project, rows: Iterable[WorkItemRow], *, may_edit: bool) -> list[WorkItemLine]:
    """A line each. A group shows the sums of what is below it, and of itself."""
    categories = {"": "", **{category.value: str(category.label) for category in WorkCategory}}
    states = {state.value: str(state.label) for state in WorkItem.State}
    return [
        _line(project, row, categories[row.item.category], states[row.item.state], may_edit=may_edit) for row in rows
    ]


def _line(project: Project, row: WorkItemRow, category: str, state: str, *, may_edit: bool) -> WorkItemLine:
    item, figures = row.item, row.below or row.own
    is_assumed = row.below is None and row.is_remaining_assumed
    shape = LineShape(
        is_group=row.below is not None,
        is_dropped=item.is_dropped,
        depth=row.depth,
        level=row.level,
        has_path=bool(row.path),
        has_own_estimate=row.below is not None and row.own.estimate is not None,
        is_over=bool(row.over_minutes),
        is_assumed=is_assumed and figures.remaining is not None,
        may_edit=may_edit,
    )
    texts = LineTexts(
        url=address("requirements:work_item_detail", project.slug, item.ref.number),
        edit_url=address("requirements:work_item_edit", project.slug, item.ref.number),
        label=item.ref.label,
        title=item.title,
        path=" › ".join(row.path),
        category=category,
        estimate=hours(figures.estimate),
        own_estimate=hours(row.own.estimate),
        used=hours(figures.used),
        over=hours(row.over_minutes),
        remaining=hours(figures.remaining),
        state=state if item.is_done or item.is_dropped or row.below is None else "",
    )
    return WorkItemLine(shape, texts)
