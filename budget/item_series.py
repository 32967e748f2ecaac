"""Writes the series of single work items from their entries and reports."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from budget.branch_sums import whole_of
from budget.earned_series import DayValue, ReportedProgress, SpentOnDay, first_difference, series_of_item
from budget.models import DaySeries, ItemSeries
from budget.planned_value import PlannedWork, Span
from requirements_app.models import ProgressReport

# Reversals take their hours back on the day of the entry they name, so sums by day may be zero.
SPENT = """
    SELECT work_item_id, worked_on, sum(minutes), coalesce(sum(amount), 0),
        coalesce(sum(minutes) FILTER (WHERE hourly_rate IS NULL), 0)
    FROM budget_timeentry WHERE project_id = ANY(%s) AND work_item_id = ANY(%s)
    GROUP BY work_item_id, worked_on
"""


@dataclass(frozen=True)
class Item:
    """A work item as it stands: where it is, what it counts, and what its series is made of.

    ``path`` are the items above it and itself; ``estimate`` is None where it does not count; ``made_of`` names method
    and rule; a version is empty without hours, or without reports.
    """

    project_id: int
    path: tuple[int, ...]
    estimate: int | None
    span: Span
    made_of: str
    hours_version: str
    reports_version: str

    @classmethod
    def of(cls, series: ItemSeries) -> "Item":
        """As it stood when its series was last written."""
        return cls(
            project_id=series.project_id,
            path=tuple(series.path),
            estimate=series.estimate_minutes,
            span=Span(series.planned_start_on, series.planned_finish_on),
            made_of=series.made_of,
            hours_version=series.hours_version,
            reports_version=series.reports_version,
        )

    @property
    def has_series(self) -> bool:
        return self.estimate is not None or bool(self.hours_version) or bool(self.reports_version)

    @property
    def branches(self) -> tuple[int, ...]:
        """The branches that it may belong to: its project's whole, the items above it, and itself."""
        return whole_of(self.project_id), *self.path

    @property
    def plan(self) -> tuple[Any, ...]:
        """What the planned curves of its branches depend on."""
        return self.path, self.estimate, self.span

    def planned_work(self) -> PlannedWork | None:
        start_on, finish_on = self.span.start_on, self.span.finish_on
        if not self.estimate or start_on is None or finish_on is None:
            return None
        return PlannedWork(self.estimate, start_on, finish_on)


def rewrite_items(items: Mapping[int, Item], rules: Mapping[int, str]) -> dict[int, dt.date]:
    """Work out and write the series of ``items``; the first day on which each one differs from what was kept of it.

    ``rules`` are the progress rules by project. An item whose series is as it was is left out of the answer.
    """
    if not items:
        return {}
    before = {series.work_item_id: values_of(series) for series in ItemSeries.objects.filter(work_item__in=items)}
    spent, reports = _spent_on(items), _reports_on(items)
    after = {
        key: series_of_item(rule=rules[item.project_id], estimate=item.estimate, spent=spent[key], reports=reports[key])
        for key, item in items.items()
    }
    rows = [_row(key, item, after[key]) for key, item in items.items()]
    ItemSeries.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["work_item"],
        update_fields=[
            field.name for field in ItemSeries._meta.concrete_fields if field.name not in {"id", "project", "work_item"}
        ],
        batch_size=500,
    )
    first = {key: first_difference(before.get(key, []), series) for key, series in after.items()}
    return {key: day for key, day in first.items() if day is not None}


def values_of(series: DaySeries) -> list[DayValue]:
    """The kept series, a value a day."""
    columns = (
        series.on,
        series.used_minutes,
        series.matched_minutes,
        series.matched_amount,
        series.unrated_minutes,
        series.earned_minutes,
        series.remaining_minutes,
    )
    return [DayValue(*values) for values in zip(*columns, strict=True)]


def _row(key: int, item: Item, series: Sequence[DayValue]) -> ItemSeries:
    return ItemSeries(
        project_id=item.project_id,
        work_item_id=key,
        made_of=item.made_of,
        hours_version=item.hours_version,
        reports_version=item.reports_version,
        path=list(item.path),
        estimate_minutes=item.estimate,
        planned_start_on=item.span.start_on,
        planned_finish_on=item.span.finish_on,
        last_on=series[-1].on if series else None,
        on=[value.on for value in series],
        used_minutes=[value.used for value in series],
        matched_minutes=[value.matched for value in series],
        matched_amount=[value.amount for value in series],
        unrated_minutes=[value.unrated for value in series],
        earned_minutes=[value.earned for value in series],
        remaining_minutes=[value.remaining for value in series],
    )


def _spent_on(items: Mapping[int, Item]) -> dict[int, list[SpentOnDay]]:
    found: dict[int, list[SpentOnDay]] = defaultdict(list)
    booked = [key for key, item in items.items() if item.hours_version]
    if booked:
        with connection.cursor() as cursor:
            cursor.execute(SPENT, [list({items[key].project_id for key in booked}), booked])
            for key, on, minutes, amount, unrated in cursor.fetchall():
                found[key].append(SpentOnDay(on, int(minutes), amount, int(unrated)))
    return found


def _reports_on(items: Mapping[int, Item]) -> dict[int, list[ReportedProgress]]:
    found: dict[int, list[ReportedProgress]] = defaultdict(list)
    rows: Iterable[tuple[int, dt.date, bool, int | None]] = (
        ProgressReport.objects.filter(work_item__in=[key for key, item in items.items() if item.reports_version])
        .order_by("on", "pk")
        .values_list("work_item", "on", "is_done", "remaining_minutes")
    )
    for key, on, is_done, remaining in rows:
        found[key].append(ReportedProgress(on, is_done, remaining))
    return found
