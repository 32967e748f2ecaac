"""What an estimate file would do to the project's work items: which it adds, which it changes, and how."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils import timezone

from core.tabular.columns import Layout
from core.tabular.problems import ERROR, WARNING, Problem
from projects.audience import Side
from projects.models import ImportBatch
from requirements_app.estimate_row import EstimateRow
from requirements_app.item_lookup import OWN_NUMBER
from requirements_app.models import ProgressReport, WorkItem


@dataclass
class PlannedItem:
    """A row beside the item it becomes or changes. ``parent`` is another plan, an existing item, or none."""

    row: EstimateRow
    item: WorkItem | None
    parent: "PlannedItem | WorkItem | None" = None
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    report: ProgressReport | None = None

    @property
    def is_changed(self) -> bool:
        return bool(self.item and (self.changes or self.report))


def planned_items(
    rows: Sequence[EstimateRow], existing: Sequence[WorkItem], layout: Layout
) -> tuple[list[PlannedItem], list[Problem]]:
    """Each row with its item and parent. Rows whose parent is nowhere, or below themselves, come back as problems."""
    problems: list[Problem] = []
    known = _by_name(existing)
    plans: dict[str, PlannedItem] = {}
    for row in rows:
        item = known.get(row.name.casefold())
        if item is None and OWN_NUMBER.fullmatch(row.key):
            problems += _of_rows("number_unknown", row, layout.header_of("key"), row.key)
        elif _ends_before_it_starts(row, item):
            column = layout.header_of("planned_finish") or layout.header_of("planned_start")
            problems += _of_rows("finish_before_start", row, column, str(row.planned_finish_on or row.planned_start_on))
        else:
            plans[row.name] = PlannedItem(row, item)

    problems += _without_lost(plans, known, layout)
    for plan in plans.values():
        if plan.row.parent is not None:
            plan.parent = plans.get(plan.row.parent) or known[plan.row.parent.casefold()]
    problems += _dropped(plans, _in_circles(list(plans.values()), existing), "circle", layout)
    return list(plans.values()), problems


def _without_lost(plans: dict[str, PlannedItem], known: Mapping[str, WorkItem], layout: Layout) -> list[Problem]:
    """Take out of ``plans`` the rows whose parent is nowhere, and whoever stands below them; say so of each."""
    problems: list[Problem] = []

    def is_lost(plan: PlannedItem) -> bool:
        parent = plan.row.parent
        return parent is not None and parent not in plans and parent.casefold() not in known

    while lost := [plan for plan in plans.values() if is_lost(plan)]:
        # Whoever stood below a dropped row is lost in the next round.
        problems += _dropped(plans, [plan for plan in lost if not plan.row.may_lose_parent], "parent_unknown", layout)
        for plan in lost:
            if plan.row.may_lose_parent:
                column, said = layout.header_of("parent_key") or layout.header_of("epic_key"), plan.row.parent_said
                problems += _of_rows("parent_elsewhere", plan.row, column, said, WARNING)
                plan.row = replace(plan.row, parent=None)
    return problems


def _dropped(plans: dict[str, PlannedItem], lost: Iterable[PlannedItem], code: str, layout: Layout) -> list[Problem]:
    problems: list[Problem] = []
    for plan in lost:
        said = plan.row.parent_said or plan.row.parent or ""
        problems += _of_rows(code, plan.row, layout.header_of("parent_key"), said)
        del plans[plan.row.name]
    return problems


def _ends_before_it_starts(row: EstimateRow, item: WorkItem | None) -> bool:
    """Whether the planned days would be out of order, with what the item keeps where the row says nothing."""
    start_on = row.planned_start_on or (item.planned_start_on if item else None)
    finish_on = row.planned_finish_on or (item.planned_finish_on if item else None)
    return start_on is not None and finish_on is not None and finish_on < start_on


def _by_name(existing: Iterable[WorkItem]) -> dict[str, WorkItem]:
    """Items as a file names them: by W-number and outside key; without a key by title, as ``EstimateRow.name`` does."""
    known: dict[str, WorkItem] = {}
    for item in existing:
        known[item.ref.label.casefold()] = item
    namesakes: Counter[str] = Counter()
    for item in existing:
        if item.outside_key:
            known[item.outside_key.casefold()] = item
        else:
            namesakes[item.title.casefold()] += 1
            known[f" {item.title.casefold()}#{namesakes[item.title.casefold()]}"] = item
    return known


def _in_circles(plans: Sequence[PlannedItem], existing: Iterable[WorkItem]) -> list[PlannedItem]:
    """The plans from which going up and up, through the file and the project, never ends."""
    items = {item.pk: item for item in existing}
    plan_of = {plan.item.pk: plan for plan in plans if plan.item is not None}

    def above(node: PlannedItem | WorkItem) -> PlannedItem | WorkItem | None:
        plan = node if isinstance(node, PlannedItem) else plan_of.get(node.pk)
        if plan is not None and plan.parent is not None:
            return plan.parent
        item = plan.item if plan is not None else node
        return items.get(item.parent_id) if isinstance(item, WorkItem) and item.parent_id is not None else None

    def identity(node: PlannedItem | WorkItem) -> object:
        item = node.item if isinstance(node, PlannedItem) else node
        return item.pk if item is not None else id(node)

    circling = []
    ends: set[object] = set()
    for plan in plans:
        path: dict[object, None] = {}
        node: PlannedItem | WorkItem | None = plan
        while node is not None and identity(node) not in ends and identity(node) not in path:
            path[identity(node)] = None
            node = above(node)
        if node is not None and identity(node) in path:
            circling.append(plan)
        else:
            ends.update(path)
    return circling


def compare(batch: ImportBatch, plans: Sequence[PlannedItem]) -> None:
    """Fill in what each plan changes of its item, and the progress it reports."""
    reported = set(
        ProgressReport.objects.filter(
            project=batch.project_id, is_done=True, work_item__in=[plan.item for plan in plans if plan.item]
        ).values_list("work_item", "on")
    )
    as_of = timezone.localdate(batch.created_at)
    for plan in plans:
        row, item = plan.row, plan.item
        if item is not None:
            said = {
                "title": row.title if row.title != row.key else "",
                "category": row.category,
                "estimate_minutes": row.estimate_minutes,
                "planned_start_on": row.planned_start_on,
                "planned_finish_on": row.planned_finish_on,
                "outside_url": row.url,
            }
            plan.changes = {
                name: (getattr(item, name), value)
                for name, value in said.items()
                if value not in ("", None) and value != getattr(item, name)
            }
            if was_taken_back(item):
                plan.changes["state"] = (item.state, WorkItem.State.OPEN)
            if plan.parent is not None and item.parent_id != key_of(plan.parent):
                plan.changes["parent"] = (item.parent_id, name_of(plan.parent))
        plan.report = _report_of(batch, plan, as_of, reported)


def was_taken_back(item: WorkItem) -> bool:
    """Whether it was dropped only because the file that had added it was taken back: then a file brings it again."""
    return item.is_dropped and item.batch is not None and item.batch.state == ImportBatch.State.TAKEN_BACK


def _report_of(
    batch: ImportBatch, plan: PlannedItem, as_of: dt.date, reported: AbstractSet[tuple[int, dt.date]]
) -> ProgressReport | None:
    """What the row says that nobody reported yet; None where it says nothing new."""
    row, item = plan.row, plan.item
    if row.is_done:
        is_news = (
            item is None
            or was_taken_back(item)
            or ((item.pk, row.done_on) not in reported if row.done_on is not None else not item.is_done)
        )
    elif item is None or item.state == WorkItem.State.DROPPED:
        is_news = row.remaining is not None
    else:
        is_news = (row.is_done is False and item.is_done) or row.remaining_minutes not in (None, item.remaining_minutes)
    if not is_news:
        return None
    return ProgressReport(
        project_id=batch.project_id,
        on=row.done_on if row.is_done and row.done_on else as_of,
        is_done=bool(row.is_done),
        remaining_minutes=None if row.is_done else row.remaining_minutes,
        recorded_from=batch.filename if batch.recorded_by_side == Side.CLIENT else "",
    )


def key_of(parent: PlannedItem | WorkItem) -> int | None:
    item = parent.item if isinstance(parent, PlannedItem) else parent
    return item.pk if item is not None else None


def name_of(parent: PlannedItem | WorkItem) -> str:
    return parent.row.name if isinstance(parent, PlannedItem) else parent.ref.label


def _of_rows(code: str, row: EstimateRow, column: str, value: str, level: str = ERROR) -> list[Problem]:
    return [Problem(code, number, column, value.strip()[:80], level) for number in row.rows]
