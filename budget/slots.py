"""What the budget fills in on the pages of work items."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.db.models import Max, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from budget.models import DayBurn, ItemBurn
from budget.queries import items_over_estimate
from core.kept_query import KeptQuery, among
from core.templatetags.figures import hours, money
from projects.access import Standing
from projects.models import Project
from requirements_app.models import WorkItem

IDLE_WEEKS = 4
IDLE_OVER = dt.timedelta(weeks=IDLE_WEEKS)


def used_minutes_of_items(standing: Standing, item_keys: Sequence[int]) -> Mapping[int, int]:
    """The rollup's minutes of each of the items, in one query."""
    return dict(_burns(standing).filter(work_item__in=item_keys).values_list("work_item", "minutes"))


def items_with_hours(item_keys: Collection[int]) -> Mapping[int, bool]:
    """The items with time entries, and whether their hours count: what was taken back by hand stays in the record.
    Of a file that was taken back nothing is left.
    """
    burns = ItemBurn.objects.filter(work_item__in=item_keys, entry_count__gt=0)
    return {key: minutes != 0 for key, minutes in burns.values_list("work_item_id", "minutes") if key is not None}


def used_minutes_of_project(standing: Standing, project_keys: Sequence[int]) -> Mapping[int, Mapping[int, int]]:
    """The rollup's minutes of each item of the reader's project, in one query."""
    if not standing.can("view_hours"):
        return {}
    rows: Any = BURN_ROWS.rows(project_id=standing.project.pk)
    return {standing.project.pk: dict(rows)}


BURN_ROWS: Final = KeptQuery(
    lambda project_id: ItemBurn.objects.filter(project=project_id, work_item__isnull=False).values_list(
        "work_item", "minutes"
    ),
    project_id=int,
)


def _burns(standing: Standing) -> QuerySet[ItemBurn]:
    burns = ItemBurn.objects.filter(project=standing.project, work_item__isnull=False)
    return burns if standing.can("view_hours") else burns.none()


def over_estimate(standing: Standing, project_keys: Sequence[int]) -> Mapping[int, Mapping[int, int]]:
    """The open items that are over their estimate, each with the minutes over: those that rule B7 speaks of."""
    if not standing.can("view_hours"):
        return {}
    rows: Any = OVER_ROWS.rows(project_id=standing.project.pk)
    return {standing.project.pk: dict(rows)}


OVER_ROWS: Final = KeptQuery(
    # Annotated with the second.
    lambda project_id: items_over_estimate(Project(pk=project_id)).values_list("pk", "over_minutes"),  # type: ignore[misc]
    project_id=int,
)


def hours_through(standing: Standing, project_keys: Sequence[int]) -> Mapping[int, dt.date]:
    """The newest day whose hours were not all taken back."""
    if not standing.can("view_hours"):
        return {}
    rows: Any = NEWEST_DAYS.rows(keys=list(project_keys))
    return dict(rows)


NEWEST_DAYS: Final = KeptQuery(
    lambda keys: (
        DayBurn.objects.filter(project__in=among(keys))
        .exclude(minutes=0)
        .order_by()
        .values_list("project")
        .annotate(Max("worked_on"))
    ),
    keys=list,
)


def entries_urls(standing: Standing, item_keys: Sequence[int]) -> Mapping[int, str]:
    """The list of hours, filtered to each item."""
    if not standing.can("view_hours"):
        return {}
    numbers = WorkItem.objects.filter(project=standing.project, pk__in=item_keys).values_list("pk", "ref__number")
    address = reverse("budget:time_entry_list", args=[standing.project.slug])
    return {key: f"{address}?item={number}" for key, number in numbers}


def idle_time(standing: Standing, project_keys: Sequence[int]) -> Mapping[int, str]:
    """What a week of paid capacity lately cost: the mean of the four weeks up to the newest hours.

    In money where the reader sees rates, which few weeks of one person would tell, and every hour of those weeks has
    one; else in hours.
    """
    last = hours_through(standing, project_keys).get(standing.project.pk)
    if last is None:
        return {}
    days = DayBurn.objects.filter(project=standing.project, worked_on__gt=last - IDLE_OVER)
    sums = days.aggregate(minutes=Sum("minutes"), unrated=Sum("unrated_minutes"), amount=Sum("amount"))
    week = {
        "hours": hours(Decimal(sums["minutes"]) / IDLE_WEEKS),
        "amount": money((sums["amount"] / IDLE_WEEKS).quantize(Decimal("0.01")), standing.project.currency),
    }
    if standing.can("view_rates") and not sums["unrated"]:
        text = _("In the four weeks before it cost %(amount)s a week, for %(hours)s h.")
    else:
        text = _("In the four weeks before it was %(hours)s h a week.")
    return {standing.project.pk: text % week}
