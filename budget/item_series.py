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
    _write(items, after)
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
    return list(map(DayValue._make, zip(*columns, strict=True)))


# Series as texts of arrays: a list of lists of different lengths is no array, and Django's way through its fields takes
# longer than all the rest.
WRITE = """
    INSERT INTO budget_itemseries (project_id, work_item_id, made_of, hours_version, reports_version, path,
        estimate_minutes, planned_start_on, planned_finish_on, last_on, "on", used_minutes, matched_minutes,
        matched_amount, unrated_minutes, earned_minutes, remaining_minutes)
    SELECT project_id, work_item_id, made_of, hours_version, reports_version, path::bigint[],
        estimate_minutes, planned_start_on, planned_finish_on, last_on, "on"::date[], used::bigint[],
        matched::bigint[], amount::numeric[], unrated::bigint[], earned::numeric[], remaining::numeric[]
    FROM unnest(
        %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::integer[], %s::date[],
        %s::date[], %s::date[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]
    ) AS item (project_id, work_item_id, made_of, hours_version, reports_version, path, estimate_minutes,
        planned_start_on, planned_finish_on, last_on, "on", used, matched, amount, unrated, earned, remaining)
    ON CONFLICT (work_item_id) DO UPDATE SET
        made_of = excluded.made_of, hours_version = excluded.hours_version, reports_version = excluded.reports_version,
        path = excluded.path, estimate_minutes = excluded.estimate_minutes,
        planned_start_on = excluded.planned_start_on, planned_finish_on = excluded.planned_finish_on,
        last_on = excluded.last_on, "on" = excluded."on", used_minutes = excluded.used_minutes,
        matched_minutes = excluded.matched_minutes, matched_amount = excluded.matched_amount,
        unrated_minutes = excluded.unrated_minutes, earned_minutes = excluded.earned_minutes,
        remaining_minutes = excluded.remaining_minutes
"""


def _write(items: Mapping[int, Item], series_of: Mapping[int, Sequence[DayValue]]) -> None:
    """Write the series of all items with one statement."""
    rows = [_row(key, item, series_of[key]) for key, item in items.items()]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [list(column) for column in zip(*rows, strict=True)])


def _row(key: int, item: Item, series: Sequence[DayValue]) -> tuple[Any, ...]:
    return (
        item.project_id,
        key,
        item.made_of,
        item.hours_version,
        item.reports_version,
        _array(item.path),
        item.estimate,
        item.span.start_on,
        item.span.finish_on,
        series[-1].on if series else None,
        *(map(_array, zip(*series, strict=True)) if series else ["{}"] * len(DayValue._fields)),
    )


def _array(values: Iterable[object]) -> str:
    """Numbers or days as PostgreSQL reads an array."""
    return f"{{{','.join(map(str, values))}}}"


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
