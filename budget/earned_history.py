"""Keeps the series of used and earned hours: brought up by the worker to whatever changed what it is made of.

Reading a page must not scan time entries. A change names the first day it touches, and the series is worked out anew
from that day on, off the request, in the evaluation that has seen the change; where no day is known, whole.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection

from alerts.registry import Change
from budget.earned_series import DayValue, Opening, ReportedProgress, SpentMinutes, earned_series
from budget.models import EarnedDay
from projects.models import Project
from requirements_app.models import WorkItem
from requirements_app.progress import ItemProgress

# Changes that the series is not made of. What stands neither here nor has a day touches the whole series.
MOVES_NOTHING = frozenset({"projects_rate", "projects_project", "requirements_workitem_progress"})

# Sums by day and item from each project's day on, and with an empty day what their items had used before. Both in one
# statement: between two of them somebody could book, and the part before would count it twice.
# Reversals take their hours back on the day of the entry they name, so sums by day may be zero.
SPENT = """
    WITH wanted AS (
        SELECT * FROM unnest(%(projects)s::bigint[], %(days)s::date[]) AS wanted (project_id, since_on)
    ), since AS (
        SELECT entry.project_id, entry.worked_on, entry.work_item_id, sum(entry.minutes) AS minutes
        FROM wanted JOIN budget_timeentry entry
            ON entry.project_id = wanted.project_id AND entry.worked_on >= wanted.since_on
        GROUP BY entry.project_id, entry.worked_on, entry.work_item_id
    ), later AS (
        SELECT project_id, work_item_id, sum(minutes) AS minutes FROM since GROUP BY project_id, work_item_id
    )
    SELECT project_id, worked_on, work_item_id, minutes FROM since
    UNION ALL
    SELECT burn.project_id, NULL, burn.work_item_id, burn.minutes - coalesce(later.minutes, 0)
    FROM wanted JOIN budget_itemburn burn ON burn.project_id = wanted.project_id
    LEFT JOIN later ON later.project_id = burn.project_id AND later.work_item_id = burn.work_item_id
    WHERE burn.work_item_id IS NOT NULL AND (later.work_item_id IS NOT NULL OR burn.work_item_id = ANY(%(items)s))
"""


def keep_earned_days(projects: Sequence[Project], changes: Mapping[int, Sequence[Change]]) -> None:
    """Bring ``EarnedDay`` of each project up to its changes, in the caller's transaction; ``terms`` loaded beforehand.

    Nine statements, however many projects.
    """
    since = {
        project: _first_day(told)
        for project in projects
        if (told := [change for change in changes.get(project.pk, ()) if change.cause not in MOVES_NOTHING])
    }
    if since:
        _write(since, current_series(since))


def _first_day(changes: Iterable[Change]) -> dt.date:
    return min(change.since_on or dt.date.min for change in changes)


def current_series(since: Mapping[Project, dt.date]) -> dict[int, list[DayValue]]:
    """The series as the data stands now, by the project's key, each from its day on."""
    keys = {project.pk: day for project, day in since.items()}
    material = _gather(keys)
    return {
        project.pk: earned_series(
            rule=project.terms.progress_rule,
            estimates=material[project.pk].estimates,
            spent=material[project.pk].spent,
            reports=material[project.pk].reports,
            opening=material[project.pk].opening,
        )
        for project in since
    }


@dataclass
class _Material:
    """What one project's series is made of, from its day on."""

    estimates: dict[int, int] = field(default_factory=dict)
    spent: list[SpentMinutes] = field(default_factory=list)
    reports: list[ReportedProgress] = field(default_factory=list)
    spent_before: dict[int, int] = field(default_factory=dict)
    reported_before: dict[int, ReportedProgress] = field(default_factory=dict)
    value_before: tuple[int, Decimal] = (0, Decimal(0))

    @property
    def touched(self) -> set[int]:
        booked = {booking.item for booking in self.spent if booking.item is not None}
        return booked | {report.item for report in self.reports}

    @property
    def opening(self) -> Opening:
        used, earned = self.value_before
        return Opening(used, earned, {item: self._before(item) for item in self.estimates})

    def _before(self, item: int) -> ItemProgress:
        report = self.reported_before.get(item)
        return ItemProgress(
            estimate=self.estimates[item],
            spent=self.spent_before.get(item, 0),
            is_done=report is not None and report.is_done,
            is_reported=report is not None,
            reported_remaining=None if report is None or report.is_done else report.remaining,
        )


def _gather(keys: Mapping[int, dt.date]) -> dict[int, _Material]:
    found = {key: _Material() for key in keys}
    for key, report in _reports(keys, "report.on >= wanted.since_on"):
        found[key].reports.append(report)
    reported = sorted({report.item for material in found.values() for report in material.reports})
    for key, day, item, minutes in _rows(SPENT, keys, items=reported):
        if day is None:
            found[key].spent_before[item] = int(minutes)
        else:
            found[key].spent.append(SpentMinutes(day, int(minutes), item))
    touched = sorted({item for material in found.values() for item in material.touched})
    for key, report in _reports(keys, "report.on < wanted.since_on AND report.work_item_id = ANY(%(items)s)", touched):
        found[key].reported_before[report.item] = report
    estimated = WorkItem.objects.countable().filter(pk__in=touched, estimate_minutes__isnull=False)
    for key, item, minutes in estimated.values_list("project", "pk", "estimate_minutes"):
        found[key].estimates[item] = minutes or 0
    for key, used, earned in _rows(VALUE_BEFORE, keys):
        found[key].value_before = used, earned
    return found


VALUE_BEFORE = """
    SELECT DISTINCT ON (day.project_id) day.project_id, day.used_minutes, day.earned_minutes
    FROM unnest(%(projects)s::bigint[], %(days)s::date[]) AS wanted (project_id, since_on)
    JOIN budget_earnedday day ON day.project_id = wanted.project_id AND day.on < wanted.since_on
    ORDER BY day.project_id, day.on DESC
"""


def _reports(
    keys: Mapping[int, dt.date], condition: str, items: Sequence[int] = ()
) -> Iterable[tuple[int, ReportedProgress]]:
    rows = _rows(
        f"""
        SELECT report.project_id, report.on, report.work_item_id, report.is_done, report.remaining_minutes
        FROM unnest(%(projects)s::bigint[], %(days)s::date[]) AS wanted (project_id, since_on)
        JOIN requirements_progressreport report ON report.project_id = wanted.project_id AND {condition}
        ORDER BY report.on, report.id
        """,  # noqa: S608  (conditions of this file alone)
        keys,
        items=items,
    )
    for key, on, item, is_done, remaining in rows:
        yield key, ReportedProgress(on, item, is_done, remaining)


def _rows(statement: str, keys: Mapping[int, dt.date], items: Sequence[int] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"projects": list(keys), "days": list(keys.values()), "items": list(items)})
        return list(cursor.fetchall())


def _write(since: Mapping[Project, dt.date], series: Mapping[int, Sequence[DayValue]]) -> None:
    """Bring the kept days up to the series; only those that differ are written."""
    wanted = {(key, value.on): value for key, values in series.items() for value in values}
    kept = {
        (key, on): (pk, used, earned)
        for key, on, pk, used, earned in _rows(KEPT, {project.pk: day for project, day in since.items()})
    }
    EarnedDay.objects.filter(pk__in=[row[0] for place, row in kept.items() if place not in wanted]).delete()
    EarnedDay.objects.bulk_create(
        [
            EarnedDay(project_id=key, on=on, used_minutes=value.used, earned_minutes=value.earned)
            for (key, on), value in wanted.items()
            if kept.get((key, on), (0, None, None))[1:] != (value.used, value.earned)
        ],
        update_conflicts=True,
        unique_fields=["project", "on"],
        update_fields=["used_minutes", "earned_minutes"],
        batch_size=2000,
    )


KEPT = """
    SELECT day.project_id, day.on, day.id, day.used_minutes, day.earned_minutes
    FROM unnest(%(projects)s::bigint[], %(days)s::date[]) AS wanted (project_id, since_on)
    JOIN budget_earnedday day ON day.project_id = wanted.project_id AND day.on >= wanted.since_on
"""
