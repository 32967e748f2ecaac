"""What the pages of earned value read: the series of a branch, how far the data goes, and the branches below."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Max

from alerts.models import Mark
from budget.earned_series import from_first_movement
from budget.earned_value import EarnedValue
from budget.earned_work import EarnedWork
from budget.item_series import values_of
from budget.models import BranchSeries, DayBurn, ItemSeries
from budget.planned_value import PlannedPoint, PlannedWork, planned_points
from projects.access import Standing
from projects.models import Project
from requirements_app.models import ProgressReport, WorkItem

BRANCHES_ON_A_PAGE: Final = 50


@dataclass(frozen=True)
class BranchRow:
    """A branch below the one that is read: its figures on the same day, in minutes."""

    number: int
    title: str
    is_group: bool
    used: int
    values: EarnedValue


@dataclass(frozen=True)
class EarnedPage:
    """Everything that is read of a branch on a day.

    ``as_of`` is the day looked at: the one asked for, or the last on which both hours and progress are known, and
    never a later one than that. None while there is neither.
    """

    project: Project
    branch: WorkItem | None
    path: tuple[WorkItem, ...]
    work: EarnedWork
    hours_through: dt.date | None
    progress_through: dt.date | None
    asked_for: dt.date | None
    as_of: dt.date | None
    being_recomputed: bool

    @property
    def known_through(self) -> dt.date | None:
        """The earlier of the days to which hours and progress are known; with one of them alone, that."""
        return _earlier(self.hours_through, self.progress_through)

    @property
    def is_held_back(self) -> bool:
        """Whether a later day was asked for than the last on which hours and progress are both known."""
        return self.asked_for is not None and self.as_of is not None and self.as_of < self.asked_for

    def shows_money_to(self, standing: Standing) -> bool:
        """Whether the reader may see amounts here: of the whole project up to now, or whatever it is with rates.

        The cost of a part, or of what lies between two days, beside its hours is somebody's rate.
        """
        is_whole = self.branch is None and self.as_of == self.known_through
        return standing.can("view_money") and (is_whole or standing.can("view_rates"))

    @property
    def rate_is_agreed(self) -> bool:
        """Whether an amount is agreed for the work; else it counts at what an hour cost so far."""
        return self.project.terms.budget_amount is not None

    @cached_property
    def planned_rate(self) -> Decimal | None:
        """What an hour of estimated work is worth: the agreed amount by the agreed hours, or by all estimates.

        Where no amount is agreed, what an hour of the whole project cost on average so far; None while none has a rate.
        """
        terms, whole = self.project.terms, self.whole
        minutes = terms.budget_minutes or whole.estimate_minutes
        if terms.budget_amount is not None:
            return terms.budget_amount * 60 / minutes if minutes else None
        now = whole.at(self.known_through) if self.known_through else None
        rated = now.matched - now.unrated if now else 0
        return now.amount * 60 / rated if now and rated > 0 else None

    @cached_property
    def whole(self) -> EarnedWork:
        """The work of the whole project."""
        return self.work if self.branch is None else _work_of(self.project, None)


def earned_page(project: Project, branch: WorkItem | None, asked_for: dt.date | None) -> EarnedPage:
    """What is known of the branch, or of the whole project, up to a day. Seven queries at most, whatever the size."""
    hours_through, progress_through = _data_through(project)
    known = _earlier(hours_through, progress_through)
    return EarnedPage(
        project=project,
        branch=branch,
        path=_items_above(branch) if branch else (),
        work=_work_of(project, branch),
        hours_through=hours_through,
        progress_through=progress_through,
        asked_for=asked_for,
        as_of=_earlier(known, asked_for) if known else None,
        being_recomputed=Mark.objects.filter(project=project).exists(),
    )


def known_through(project: Project) -> dt.date | None:
    """The last day on which hours and progress are both known; with one of them alone, its last. Two queries."""
    return _earlier(*_data_through(project))


def _data_through(project: Project) -> tuple[dt.date | None, dt.date | None]:
    hours = DayBurn.objects.filter(project=project).exclude(minutes=0).aggregate(day=Max("worked_on"))["day"]
    progress = ProgressReport.objects.filter(project=project).aggregate(day=Max("on"))["day"]
    return hours, progress


def _earlier(first: dt.date | None, second: dt.date | None) -> dt.date | None:
    return min(first, second) if first and second else first or second


def _work_of(project: Project, branch: WorkItem | None) -> EarnedWork:
    """The series of a branch. A leaf's own series is all there is of it."""
    kept = BranchSeries.objects.filter(project=project, work_item=branch).first()
    if kept is not None:
        points = [PlannedPoint(*point) for point in zip(kept.planned_on, kept.planned_minutes, strict=True)]
        series = from_first_movement(values_of(kept), kept.estimate_minutes)
        return EarnedWork(series, kept.estimate_minutes, kept.undated_minutes, points)
    own = ItemSeries.objects.filter(project=project, work_item=branch).first() if branch else None
    return _work_of_leaf(own) if own else EarnedWork([], 0, 0, [])


def _work_of_leaf(own: ItemSeries) -> EarnedWork:
    estimate = own.estimate_minutes or 0
    series = from_first_movement(values_of(own), estimate)
    if own.planned_start_on is None or own.planned_finish_on is None:
        return EarnedWork(series, estimate, estimate, [])
    points = planned_points([PlannedWork(estimate, own.planned_start_on, own.planned_finish_on)])
    return EarnedWork(series, estimate, 0, points)


ABOVE: Final = """
    WITH RECURSIVE above (id, parent_id, depth) AS (
        SELECT id, parent_id, 0 FROM requirements_workitem WHERE id = %s
        UNION ALL
        SELECT item.id, item.parent_id, depth + 1
        FROM requirements_workitem item JOIN above ON item.id = above.parent_id WHERE depth < 200
    )
    SELECT id FROM above WHERE depth > 0 ORDER BY depth DESC
"""


def _items_above(item: WorkItem) -> tuple[WorkItem, ...]:
    """From the root down, without the item itself."""
    with connection.cursor() as cursor:
        cursor.execute(ABOVE, [item.pk])
        keys = [key for (key,) in cursor.fetchall()]
    found = WorkItem.objects.select_related("ref").in_bulk(keys)
    return tuple(found[key] for key in keys)


# An item with others below it has the series of its branch, any other one its own. Where the order needs figures of
# the day they are looked up for every row, else for those of the page alone.
BRANCH: Final = """
    SELECT item.id, ref.number, item.title, item.position, branch.id IS NOT NULL AS is_group,
        coalesce(branch.estimate_minutes, own.estimate_minutes, 0) AS bac
    FROM requirements_workitem item
    JOIN projects_objectref ref ON ref.id = item.ref_id
    LEFT JOIN budget_branchseries branch ON branch.project_id = item.project_id AND branch.work_item_id = item.id
    LEFT JOIN budget_itemseries own ON own.work_item_id = item.id
    WHERE item.project_id = %(project)s
"""
BELOW: Final = (
    BRANCH
    + """
        AND item.parent_id IS NOT DISTINCT FROM %(parent)s
        AND (branch.item_count > 0 OR branch.id IS NULL AND own.id IS NOT NULL)
"""
)
NAMED: Final = BRANCH + " AND item.id = ANY(%(items)s)"
ON_THE_DAY: Final = """
    SELECT shown.*, coalesce(used[place], 0), coalesce(matched[place], 0) AS ac, coalesce(earned[place], 0) AS ev
    FROM ({shown}) AS shown
    LEFT JOIN LATERAL (
        SELECT "on" AS days, used_minutes AS used, matched_minutes AS matched, earned_minutes AS earned
        FROM budget_branchseries WHERE project_id = %(project)s AND work_item_id = shown.id AND shown.is_group
        UNION ALL
        SELECT "on", used_minutes, matched_minutes, earned_minutes
        FROM budget_itemseries WHERE work_item_id = shown.id AND NOT shown.is_group
    ) AS series ON true
    LEFT JOIN LATERAL width_bucket(%(day)s::date, days) AS place ON true
"""
# How the branches below are sorted, by the names in the address; these need no figures of the day.
ORDERS: Final = {"": "position", "title": "title", "bac": "bac"}
ORDERS_BY_FIGURES: Final = {"ac": "ac", "ev": "ev", "cv": "ev - ac", "cpi": "ev / nullif(ac, 0)"}


class _Below(Sequence[BranchRow]):
    """The branches below one, for a paginator: a slice is read in one statement."""

    def __init__(self, page: EarnedPage, order: str) -> None:
        self.named = {
            "project": page.project.pk,
            "parent": page.branch.pk if page.branch else None,
            "day": page.as_of,
        }
        name, direction = order.removeprefix("-"), "DESC" if order.startswith("-") else "ASC"
        self.needs_figures = name in ORDERS_BY_FIGURES
        expression = (ORDERS | ORDERS_BY_FIGURES).get(name, ORDERS[""])
        self.order = f" ORDER BY {expression} {direction} NULLS LAST, id"

    def __len__(self) -> int:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({BELOW}) AS below", self.named)  # noqa: S608  (our own words)
            return int(cursor.fetchone()[0])

    def __getitem__(self, wanted: Any) -> Any:
        window = f"{self.order} LIMIT %(limit)s OFFSET %(offset)s"
        if self.needs_figures:
            # An alias stands in an expression only one level further out.
            statement = f"SELECT * FROM ({ON_THE_DAY.format(shown=BELOW)}) AS known {window}"  # noqa: S608
        else:
            statement = ON_THE_DAY.format(shown=BELOW + window) + self.order
        with connection.cursor() as cursor:
            cursor.execute(statement, {**self.named, "limit": wanted.stop - wanted.start, "offset": wanted.start})
            return [_branch_row(row) for row in cursor.fetchall()]


def _branch_row(row: Sequence[Any]) -> BranchRow:
    _key, number, title, _position, is_group, bac, used, ac, ev = row
    known = EarnedValue(bac=Decimal(bac) if bac else None, pv=None, ev=ev if bac else None, ac=Decimal(ac))
    return BranchRow(number, title, is_group, used, known)


def branches_below(page: EarnedPage, *, order: str, page_number: str | None) -> Page[BranchRow]:
    """The branches directly below the one that is read, with their figures on its day. Two queries."""
    return Paginator(_Below(page, order), BRANCHES_ON_A_PAGE).get_page(page_number)


def branches_named(page: EarnedPage, item_keys: Sequence[int]) -> dict[int, BranchRow]:
    """The figures of these items with everything below each, by their keys, on the page's day. One query."""
    named: dict[str, Any] = {"project": page.project.pk, "items": list(item_keys), "day": page.as_of}
    with connection.cursor() as cursor:
        cursor.execute(ON_THE_DAY.format(shown=NAMED), named)
        return {row[0]: _branch_row(row) for row in cursor.fetchall()}
