"""Keeps the series of used and earned hours, by item, branch and project: brought up by the worker to every change.

Reading a page must not scan time entries, and a late report changes days long past. So an item's series is worked out
anew from its entries and reports when they have another version than when it was last worked out, and each branch that
holds the item is summed anew from the series of its items, from the first day on that differs.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

from alerts.registry import Change
from budget.branch_sums import Branch, plan_branches, sum_branches, whole_of
from budget.item_series import Item, rewrite_items
from budget.models import BranchSeries, ItemSeries
from budget.planned_value import Span
from projects.models import Project
from requirements_app.models import WorkItem
from requirements_app.tree import depth_first

# Part of what every series is made of: a change of method makes all of them anew.
METHOD: Final = "2"
# Changes that no series is made of, and those that leave the tree, the estimates and the plan as they were.
MOVES_NOTHING: Final = frozenset(
    {
        "projects_rate",
        "projects_projectperson",
        "projects_sidecalendar",
        "projects_dayoff",
        "alerts_projectrule",
        "alerts_organisationrule",
        "requirements_workitem_progress",
    }
)
HOURS_AND_REPORTS: Final = frozenset({"budget_timeentry", "requirements_progressreport"})

# The rollup's row of an item: its place and the transaction that wrote it are its version. Every change of an entry
# updates the row and with it the pair, so that no writer of hours has to count one up. Versions are read before the
# entries: what is written in between is read twice, never overlooked.
VERSIONS: Final = """
    WITH burn AS (
        SELECT work_item_id, xmin::text || ctid::text AS version
        FROM budget_itemburn WHERE project_id = ANY(%(projects)s) AND work_item_id IS NOT NULL
    ), report AS (
        SELECT work_item_id, count(*) || ':' || max(id) AS version
        FROM requirements_progressreport WHERE project_id = ANY(%(projects)s) GROUP BY work_item_id
    )
"""
ITEMS: Final = """
    SELECT item.id, item.project_id, parent_id, state, estimate_minutes, planned_start_on, planned_finish_on,
        coalesce(burn.version, ''), coalesce(report.version, '')
    FROM requirements_workitem item
    LEFT JOIN burn ON burn.work_item_id = item.id LEFT JOIN report ON report.work_item_id = item.id
    WHERE item.project_id = ANY(%(projects)s)
"""
# Items with other hours or reports than when they were last worked out, with what is kept of them besides; nothing is
# kept of an item that has just got its first and has no estimate.
MOVED: Final = """
    SELECT item.id, item.project_id, kept.path, kept.estimate_minutes, kept.planned_start_on, kept.planned_finish_on,
        kept.made_of, coalesce(burn.version, ''), coalesce(report.version, '')
    FROM burn FULL JOIN report USING (work_item_id)
    JOIN requirements_workitem item ON item.id = work_item_id
    LEFT JOIN budget_itemseries kept USING (work_item_id)
    WHERE (kept.hours_version, kept.reports_version)
        IS DISTINCT FROM (coalesce(burn.version, ''), coalesce(report.version, ''))
"""


def keep_earned_series(projects: Sequence[Project], changes: Mapping[int, Sequence[Change]]) -> None:
    """Bring the series of each project up to its changes, in the caller's transaction; ``terms`` loaded beforehand.

    The number of statements does not grow with the projects.
    """
    moving = {key: [one for one in told if one.cause not in MOVES_NOTHING] for key, told in changes.items()}
    moved = [project for project in projects if moving.get(project.pk)]
    if not moved:
        return
    kept = set(BranchSeries.objects.filter(project__in=moved, work_item=None).values_list("project", flat=True))
    as_planned = {
        project.pk: moving[project.pk]
        for project in moved
        if project.pk in kept and {one.cause for one in moving[project.pk]} <= HOURS_AND_REPORTS
    }
    rules = {project.pk: project.terms.progress_rule for project in moved}
    followed = _follow_hours_and_reports(as_planned, rules)
    _follow_everything([project for project in moved if project.pk not in followed], rules)


def rewrite_earned_series(projects: Sequence[Project]) -> None:
    """Work everything out from entries, reports, estimates and the tree alone, trusting nothing that was kept."""
    ItemSeries.objects.filter(project__in=projects).delete()
    BranchSeries.objects.filter(project__in=projects).delete()
    _follow_everything(projects, {project.pk: project.terms.progress_rule for project in projects})


def _follow_hours_and_reports(changes: Mapping[int, Sequence[Change]], rules: Mapping[int, str]) -> set[int]:
    """Follow what leaves the tree, the estimates and the plan as they were. The projects of which that was enough."""
    if not changes:
        return set()
    items, unknown = {}, set()
    for key, project_id, path, estimate, start_on, finish_on, made_of, hours, reports in _rows(MOVED, changes):
        if path is None:
            unknown.add(project_id)
        else:
            items[key] = Item(project_id, tuple(path), estimate, Span(start_on, finish_on), made_of, hours, reports)
    followed = changes.keys() - unknown
    items = {key: item for key, item in items.items() if item.project_id in followed}
    differ_on = rewrite_items(items, rules)
    # The whole also holds hours on no item, of which its marks alone tell the day.
    branches = {
        whole_of(key): Branch(key, min((day for one in changes[key] if (day := one.since_on)), default=None))
        for key in followed
    }
    for key, day in differ_on.items():
        for branch in items[key].branches:
            known = branches.get(branch)
            if known is None or (known.since_on is not None and day < known.since_on):
                branches[branch] = Branch(items[key].project_id, day)
    groups = set(BranchSeries.objects.filter(work_item__in=branches).values_list("work_item", flat=True))
    sum_branches({key: branch for key, branch in branches.items() if key < 0 or key in groups})
    return followed


@dataclass
class _Stale:
    """What has to be worked out anew: the series of items, the sums of branches, the planned curves of branches."""

    items: dict[int, Item] = field(default_factory=dict)
    sums: set[int] = field(default_factory=set)
    plans: set[int] = field(default_factory=set)


def _follow_everything(projects: Sequence[Project], rules: Mapping[int, str]) -> None:
    """Compare every item with what is kept of it."""
    if not projects:
        return
    items = _items_of(projects)
    branches = {whole_of(project.pk): project.pk for project in projects} | {
        above: item.project_id for item in items.values() for above in item.path[:-1]
    }
    stale = _stale(projects, items, branches)
    rewrite_items(stale.items, rules)
    sum_branches({branch: Branch(key) for branch, key in branches.items() if branch in stale.sums})
    planned = ((item.branches, work) for item in items.values() if (work := item.planned_work()))
    plan_branches({branch: key for branch, key in branches.items() if branch in stale.plans}, planned)


def _items_of(projects: Sequence[Project]) -> dict[int, Item]:
    rows = {row[0]: row for row in _rows(ITEMS, [project.pk for project in projects])}
    by_key = {project.pk: project for project in projects}
    above: list[tuple[int, Span]] = []
    items = {}
    for place in depth_first({key: row[2] for key, row in rows.items()}):
        key, project_id, _parent, state, estimate, start_on, finish_on, hours, reports = rows[place.key]
        project = by_key[project_id]
        del above[place.depth :]
        around = above[-1][1] if above else Span(project.planned_start_on, project.planned_finish_on)
        above.append((key, Span(start_on, finish_on).inside(around)))
        items[key] = Item(
            project_id=project_id,
            path=tuple(one for one, _span in above),
            estimate=None if state == WorkItem.State.DROPPED else estimate,
            span=above[-1][1],
            made_of=f"{METHOD} {project.terms.progress_rule}",
            hours_version=hours,
            reports_version=reports,
        )
    return items


def _stale(projects: Sequence[Project], items: Mapping[int, Item], branches: Mapping[int, int]) -> _Stale:
    """Compare what is kept with what stands; what is kept of items and branches that are no more is removed."""
    # Whatever has changed has changed the whole.
    stale = _Stale(sums={whole_of(project.pk) for project in projects})
    kept = {
        series.work_item_id: Item.of(series)
        for series in ItemSeries.objects.filter(project__in=projects).without_days()
    }
    standing = {key: item for key, item in items.items() if item.has_series}
    for key in kept.keys() | standing.keys():
        before, now = kept.get(key), standing.get(key)
        if before == now:
            continue
        touched = {branch for item in (before, now) if item for branch in item.branches}
        stale.sums |= touched
        if before is None or now is None or before.plan != now.plan:
            stale.plans |= touched
        if now:
            stale.items[key] = now
    ItemSeries.objects.filter(work_item__in=kept.keys() - standing.keys()).delete()
    _compare_branches(projects, standing.values(), branches, stale)
    return stale


def _compare_branches(
    projects: Sequence[Project], items: Iterable[Item], branches: Mapping[int, int], stale: _Stale
) -> None:
    """An item that was deleted took its series along: the branches above it show it by their count."""
    summed = {
        key or whole_of(project_id): count
        for project_id, key, count in BranchSeries.objects.filter(project__in=projects).values_list(
            "project", "work_item", "item_count"
        )
    }
    BranchSeries.objects.filter(work_item__in=summed.keys() - branches.keys()).delete()
    counts = Counter(branch for item in items for branch in item.branches)
    changed = {branch for branch in branches if counts[branch] != summed.get(branch)}
    stale.sums |= changed
    stale.plans |= changed


def _rows(statement: str, projects: Iterable[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS + statement, {"projects": list(projects)})
        return list(cursor.fetchall())
