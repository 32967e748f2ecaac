"""What the pages of work items read: the tree, the list, the sums and one item with all around it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum
from django.db.models.expressions import OrderBy

from core.kept_query import Columns, KeptQuery, among
from core.templatetags.figures import day
from projects.access import Standing
from projects.activity import ActivityLine, activities_seen_by
from projects.audience import Side
from projects.history import Change, Writer, by_label, history_of, in_hours
from projects.models import Activity, Membership, Project
from projects.work_categories import WorkCategory
from requirements_app.models import ProgressReport, WorkItem, WorkItemQuerySet
from requirements_app.progress import ItemProgress, remaining_minutes
from requirements_app.slots import minutes_over_estimate, used_minutes
from requirements_app.tree import Place, depth_first, path_to, sums_with_below

ROWS_PER_PAGE = 100
ACTIVITIES_SHOWN = 20


@dataclass(frozen=True)
class WorkItemHours:
    """An item's three figures in minutes, None where nothing is known."""

    estimate: int | None
    used: int | None
    remaining: int | None


@dataclass(frozen=True)
class WorkItemRow:
    """A line of the list. ``own`` are the item's figures, ``below`` a group's own and everything under it."""

    item: WorkItem
    own: WorkItemHours
    below: WorkItemHours | None
    depth: int
    path: tuple[str, ...]
    over_minutes: int | None
    is_remaining_assumed: bool

    @property
    def level(self) -> int:
        """The depth as assistive technology counts it."""
        return self.depth + 1


@dataclass(frozen=True)
class WorkItemCounts:
    """What the first sentence says of all items of a project that were not dropped."""

    item_count: int
    estimated_count: int
    estimated_minutes: int
    without_estimate_count: int
    over_count: int
    over_minutes: int


@dataclass(frozen=True)
class WorkItemList:
    """A page of the list; ``sums`` go over everything that the filters leave, not over the page alone."""

    page: Page[int]
    rows: tuple[WorkItemRow, ...]
    sums: WorkItemHours
    is_tree: bool


def work_items_of(project: Project) -> WorkItemQuerySet:
    """The items of a project with their numbers, in the order of the tree's siblings."""
    return WorkItem.objects.filter(project=project).select_related("ref").order_by("position", "pk")


def work_item_counts(project: Project, over: Mapping[int, int]) -> WorkItemCounts:
    """Counts and sums over the whole project; ``over`` as the slot gives it. A group without estimate is no item."""
    count, minutes = next(iter(ESTIMATED.rows(project_id=project.pk)), (0, None))
    missing = next((missing for (missing,) in MISSING.rows(project_id=project.pk)), 0)
    return WorkItemCounts(
        item_count=count + missing,
        estimated_count=count,
        estimated_minutes=minutes or 0,
        without_estimate_count=missing,
        over_count=len(over),
        over_minutes=sum(over.values()),
    )


def _by_project(items: WorkItemQuerySet, project_id: int) -> QuerySet[WorkItem, Any]:
    return items.filter(project=project_id).order_by().values("project")


ESTIMATED: Final = KeptQuery(
    lambda project_id: (
        _by_project(WorkItem.objects.countable(), project_id)
        .annotate(count=Count("estimate_minutes"), minutes=Sum("estimate_minutes"))
        .values_list("count", "minutes")
    ),
    project_id=int,
)
MISSING: Final = KeptQuery(
    lambda project_id: (
        _by_project(WorkItem.objects.without_estimate(), project_id).annotate(count=Count("pk")).values_list("count")
    ),
    project_id=int,
)


def progress_through(project: Project) -> dt.date | None:
    """The newest day on which somebody reported progress, or None."""
    return next((day for (day,) in NEWEST_REPORT.rows(project_id=project.pk)), None)


NEWEST_REPORT: Final = KeptQuery(
    lambda project_id: ProgressReport.objects.filter(project=project_id).order_by("-on").values_list("on")[:1],
    project_id=int,
)


def work_item_list(
    standing: Standing, *, items: QuerySet[WorkItem], is_tree: bool, over: Mapping[int, int], page_number: str | None
) -> WorkItemList:
    """A page of ``items``: as a tree with sums for each group, or flat in their own order with the path to each.

    Four queries however many rows: the shape of the whole project, the rows of the page, the hours used and, for a
    flat list, the order. The shape is one narrow row an item; ten thousand of them are read in a few hundredths of
    a second.
    """
    shape = _Shape.of(standing)
    keys = [place.key for place in shape.places] if is_tree else list(nulls_last(items).values_list("pk", flat=True))
    page = Paginator(keys, ROWS_PER_PAGE).get_page(page_number)
    keys_shown = list(page.object_list)
    shown = _in_bulk(keys_shown)
    depths = {place.key: place.depth for place in shape.places} if is_tree else {}
    groups = {place.key for place in shape.places if place.is_group} if is_tree else set()
    with_below = shape.hours_with_below() if is_tree else {}
    titles = {} if is_tree else _titles(shape.parents, keys_shown)
    rows = tuple(
        WorkItemRow(
            item=shown[key],
            own=shape.hours(key),
            below=with_below[key] if key in groups else None,
            depth=depths.get(key, 0),
            path=() if is_tree else tuple(titles[above] for above in path_to(key, shape.parents)),
            over_minutes=over.get(key),
            is_remaining_assumed=key not in shape.reported,
        )
        for key in keys_shown
        if key in shown
    )
    return WorkItemList(page, rows, shape.sums(keys), is_tree)


def nulls_last(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """What is not known stands below what is, whichever way a list is sorted."""
    orders = [
        OrderBy(F(name.lstrip("-")), descending=name.startswith("-"), nulls_last=True)
        for name in items.query.order_by
        if isinstance(name, str)
    ]
    return items.order_by(*orders)


SHAPE_ROWS: Final = KeptQuery(
    lambda project_id: (
        work_items_of(Project(pk=project_id))
        .select_related(None)
        .values_list("pk", "parent", "estimate_minutes", "remaining_minutes", "state")
    ),
    project_id=int,
)


class _Shape:
    """The tree of a project and the figures of each item, without texts."""

    def __init__(self, rows: Sequence[tuple[int, int | None, int | None, int | None, str]], used: Mapping[int, int]):
        self.parents = {key: parent for key, parent, *_rest in rows}
        self.estimate: dict[int, int] = {}
        self.remaining: dict[int, int] = {}
        self.reported: set[int] = set()
        self.used = used
        for key, _parent, estimate, remaining, state in rows:
            if state == WorkItem.State.DROPPED:
                continue
            if estimate is not None:
                self.estimate[key] = estimate
            if remaining is not None or state == WorkItem.State.DONE:
                self.reported.add(key)
            left = still_to_do(estimate, remaining, used.get(key, 0), is_done=state == WorkItem.State.DONE)
            if left is not None:
                self.remaining[key] = left

    @classmethod
    def of(cls, standing: Standing) -> "_Shape":
        rows = SHAPE_ROWS.rows(project_id=standing.project.pk)
        used = used_minutes(standing)
        # Whoever may not see hours sees none, not zero; nor can they be had from what the estimate leaves.
        return cls(rows, {key: used.get(key, 0) for key, *_rest in rows} if standing.can("view_hours") else {})

    @cached_property
    def places(self) -> list[Place]:
        return depth_first(self.parents)

    def hours(self, key: int) -> WorkItemHours:
        return WorkItemHours(self.estimate.get(key), self.used.get(key), self.remaining.get(key))

    def hours_with_below(self) -> dict[int, WorkItemHours]:
        estimate, used, remaining = (
            sums_with_below(self.places, values) for values in (self.estimate, self.used, self.remaining)
        )
        return {key: WorkItemHours(estimate.get(key), used.get(key), remaining.get(key)) for key in self.parents}

    def sums(self, keys: Sequence[int]) -> WorkItemHours:
        """Over ``keys``; of a dropped item only the hours that it used count."""
        estimate, used, remaining = (
            sum(values.get(key, 0) for key in keys) for values in (self.estimate, self.used, self.remaining)
        )
        return WorkItemHours(estimate, used, remaining)


def still_to_do(estimate: int | None, reported: int | None, used: int, *, is_done: bool) -> int | None:
    """Minutes left as reported, else as the estimate leaves them; None where there is neither."""
    if estimate is None and reported is None and not is_done:
        return None
    progress = ItemProgress(estimate=estimate or 0, spent=used, is_done=is_done, reported_remaining=reported)
    return int(remaining_minutes(progress))


ITEM: Final = Columns(WorkItem, "ref")
ITEM_ROWS: Final = KeptQuery(
    lambda keys: WorkItem.objects.filter(pk__in=among(keys)).order_by().values_list(*ITEM.names()), keys=list
)


def _in_bulk(keys: Sequence[int]) -> dict[int, WorkItem]:
    items = [ITEM.instance(row) for row in ITEM_ROWS.rows(keys=keys)]
    return {item.pk: item for item in items}


def _titles(parents: Mapping[int, int | None], keys: Sequence[int]) -> dict[int, str]:
    above = {node for key in keys for node in path_to(key, parents)}
    return dict(WorkItem.objects.filter(pk__in=above).values_list("pk", "title")) if above else {}


@dataclass(frozen=True)
class WorkItemPage:
    """One item with what stands around it."""

    item: WorkItem
    hours: WorkItemHours
    with_below: WorkItemHours
    is_remaining_assumed: bool
    over_minutes: int | None
    path: tuple[WorkItem, ...]
    children: tuple[WorkItemRow, ...]
    reports: tuple[ProgressReport, ...]
    activity: tuple[ActivityLine, ...]
    history: tuple[Change, ...]


def work_item_page(standing: Standing, item: WorkItem) -> WorkItemPage:
    """Everything that the page of ``item`` shows."""
    shape = _Shape.of(standing)
    with_below = shape.hours_with_below()
    over = minutes_over_estimate(standing)
    above = path_to(item.pk, shape.parents)
    below = [key for key, parent in shape.parents.items() if parent == item.pk]
    around = _in_bulk([*above, *below])
    has_below = set(shape.parents.values())
    children = tuple(
        WorkItemRow(
            item=around[key],
            own=shape.hours(key),
            below=with_below[key] if key in has_below else None,
            depth=0,
            path=(),
            over_minutes=over.get(key),
            is_remaining_assumed=key not in shape.reported,
        )
        for key in below
    )
    return WorkItemPage(
        item=item,
        hours=shape.hours(item.pk),
        with_below=with_below[item.pk],
        is_remaining_assumed=item.pk not in shape.reported,
        over_minutes=over.get(item.pk),
        path=tuple(around[key] for key in above),
        children=children,
        reports=tuple(reports_on(item)),
        activity=tuple(ActivityLine.of(activity) for activity in activity_of(standing, item)),
        history=tuple(history_of([item], HISTORY)),
    )


def reports_on(item: WorkItem) -> QuerySet[ProgressReport]:
    """What was said of how far ``item`` is, the newest first; ``is_by_client`` marks what the client passed on."""
    of_client = Membership.objects.filter(project=item.project_id, side=Side.CLIENT, user=OuterRef("reported_by"))
    reports = item.progress_reports.select_related("reported_by").annotate(is_by_client=Exists(of_client))
    return reports.order_by("-on", "-pk")


# What of an item is kept in mind: not its place among its siblings, nor the file that it came from.
HISTORY: Final[Mapping[str, Writer]] = {
    "title": str,
    "category": by_label(WorkCategory.choices),
    "estimate_minutes": in_hours,
    "estimate_recorded_from": str,
    "remaining_minutes": in_hours,
    "planned_start_on": day,
    "planned_finish_on": day,
    "state": by_label(WorkItem.State.choices),
    "outside_key": str,
    "outside_url": str,
}


def activity_of(standing: Standing, item: WorkItem) -> QuerySet[Activity]:
    """What was done to ``item`` lately, as far as the reader may know of it."""
    return activities_seen_by(standing).filter(ref=item.ref_id)[:ACTIVITIES_SHOWN]


def work_items_named(project: Project, text: str, limit: int) -> QuerySet[WorkItem]:
    """Items that somebody may mean who has typed ``text`` so far: what is open first, then what is done."""
    found = work_items_of(project).countable().named(text)
    return found.order_by(F("state").desc(), "position", "pk")[:limit]
