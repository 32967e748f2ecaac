"""Gathers what the rules compare, for many projects at once: a fixed number of queries over the rollups."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from budget.queries import ProjectFigures, figures_of
from budget.recent_days import (
    LOOKED_BACK_DAYS,
    Assignment,
    WorkedDay,
    complete_weeks,
    recently,
    reporting_of,
    silent_days,
)
from budget.rule_figures import RECENT_DAYS, Compared, FinishedWork, RuleFigures
from projects.audience import Side
from projects.calendars import calendars_of
from projects.models import Project
from projects.working_time import WorkingCalendar

# Items whose hours have told how their estimate held: done, or used up and not done.
FINISHED: Final = """
    SELECT series.project_id, count(*), sum(earned), sum(used),
        sum(earned * earned), sum(earned * used), sum(used * used)
    FROM budget_itemseries series JOIN requirements_workitem item ON item.id = series.work_item_id
    CROSS JOIN LATERAL (
        SELECT earned_minutes[cardinality("on")] AS earned, used_minutes[cardinality("on")]::numeric AS used
    ) AS newest
    WHERE series.project_id = ANY(%s) AND (item.state = 'done' OR used > series.estimate_minutes)
        AND series.estimate_minutes IS NOT NULL AND used IS NOT NULL
    GROUP BY series.project_id
"""

# Hours of the last four weeks on no item, or on one that nobody estimated. A group's items carry its estimate, and
# agreed overhead needs none.
UNESTIMATED: Final = """
    SELECT entry.project_id, sum(entry.minutes)
    FROM unnest(%s::bigint[], %s::date[]) AS wanted(project_id, through)
    JOIN projects_terms terms ON terms.project_id = wanted.project_id
    JOIN budget_timeentry entry ON entry.project_id = wanted.project_id
        AND entry.worked_on > wanted.through - %s AND entry.worked_on <= wanted.through
    LEFT JOIN requirements_workitem item ON item.id = entry.work_item_id
    WHERE item.id IS NULL OR item.estimate_minutes IS NULL AND item.category <> ALL(terms.overhead_categories)
        AND NOT EXISTS (SELECT FROM requirements_workitem child WHERE child.parent_id = item.id)
    GROUP BY entry.project_id
"""

# Open items, all and those with an estimate.
OPEN: Final = """
    SELECT project_id, count(*), count(estimate_minutes) FROM requirements_workitem
    WHERE project_id = ANY(%s) AND state = 'open' GROUP BY project_id
"""

# The last day on which a report showed progress. The newest report mostly does: read backwards, it is found at once.
PROGRESSED: Final = """
    SELECT wanted.project_id, shown."on"
    FROM unnest(%s::bigint[]) AS wanted(project_id)
    CROSS JOIN LATERAL (
        SELECT report."on" FROM requirements_progressreport report
        JOIN requirements_workitem item ON item.id = report.work_item_id AND item.state <> 'dropped'
        LEFT JOIN LATERAL (
            SELECT earlier.is_done, earlier.remaining_minutes FROM requirements_progressreport earlier
            WHERE earlier.work_item_id = report.work_item_id AND (earlier."on", earlier.id) < (report."on", report.id)
            ORDER BY earlier."on" DESC, earlier.id DESC LIMIT 1
        ) AS before ON true
        WHERE report.project_id = wanted.project_id AND (
            report.is_done AND before.is_done IS NOT TRUE
            OR NOT report.is_done
                AND report.remaining_minutes < coalesce(before.remaining_minutes, item.estimate_minutes)
        )
        ORDER BY report."on" DESC, report.id DESC LIMIT 1
    ) AS shown
"""

# People assigned by dates, with the last week in which each has hours.
ASSIGNED: Final = """
    SELECT assigned.project_id, assigned.person_id, assigned.side, assigned.starts_on, assigned.ends_on,
        max(burn.week_starts_on)
    FROM projects_projectperson assigned
    LEFT JOIN budget_personweekburn burn ON burn.project_id = assigned.project_id
        AND burn.person_id = assigned.person_id AND burn.minutes <> 0
    WHERE assigned.project_id = ANY(%s) AND assigned.starts_on IS NOT NULL
    GROUP BY assigned.id
"""


def rule_figures_of(projects: Sequence[Project], now: dt.datetime | None = None) -> dict[int, RuleFigures]:
    """What the rules compare in each project, by its key, ``terms`` loaded beforehand. Fourteen queries."""
    now = now or timezone.now()
    if not projects:
        return {}
    keys = [project.pk for project in projects]
    figures = figures_of(projects, now.date())
    worked = _worked_days(figures)
    through = {key: of.hours_through for key, of in figures.items() if of.hours_through is not None}
    unestimated = dict(_rows(UNESTIMATED, list(through), list(through.values()), RECENT_DAYS))
    progressed = dict(_rows(PROGRESSED, keys))
    opened = {key: counts for key, *counts in _rows(OPEN, keys)}
    finished = {key: FinishedWork(*sums) for key, *sums in _rows(FINISHED, keys)}
    calendars = calendars_of(keys, around=now.date())
    silent = _silent_days(keys, calendars, through, now)
    return {
        project.pk: _figures(
            project,
            figures[project.pk],
            now,
            vendor=calendars[project.pk, Side.VENDOR],
            worked=worked[project.pk],
            unestimated=int(unestimated.get(project.pk, 0)),
            finished=finished.get(project.pk, FinishedWork()),
            opened=opened.get(project.pk, (0, 0)),
            progressed_on=progressed.get(project.pk),
            silent=silent[project.pk],
        )
        for project in projects
    }


def _figures(
    project: Project,
    of: ProjectFigures,
    now: dt.datetime,
    *,
    vendor: WorkingCalendar,
    worked: Sequence[WorkedDay],
    unestimated: int,
    finished: FinishedWork,
    opened: Sequence[int],
    progressed_on: dt.date | None,
    silent: tuple[int, ...],
) -> RuleFigures:
    weeks = complete_weeks(worked)
    compared = None
    if of.compared_on is not None and of.earned_minutes_at_compared is not None:
        compared = Compared(
            on=of.compared_on,
            used=of.used_minutes_at_compared or 0,
            matched=of.matched_minutes_at_compared or 0,
            earned=of.earned_minutes_at_compared,
        )
    return RuleFigures(
        at=now,
        vendor=vendor,
        currency=project.currency,
        budget_minutes=of.budget_minutes,
        budget_is_agreed=of.budget_source == "agreed",
        cap_minutes=of.cap_minutes,
        budget_amount=of.budget_amount,
        cap_amount=of.cap_amount,
        opened_on=project.created_at.astimezone(vendor.zone).date(),
        planned_start_on=project.planned_start_on,
        planned_finish_on=project.planned_finish_on,
        used_minutes=of.used_minutes,
        used_amount=of.used_amount,
        hours_through=of.hours_through,
        progress_through=of.progress_through,
        compared=compared,
        finished=finished,
        estimated_minutes=of.estimated_minutes,
        remaining_minutes=of.remaining_minutes,
        item_count=of.item_count,
        open_count=opened[0],
        open_estimated_count=opened[1],
        over_count=of.over_count,
        over_minutes=of.over_minutes,
        recent_minutes=sum(day.minutes for day in recently(worked)),
        recent_unestimated_minutes=unestimated,
        weeks_from=weeks.begins_on if weeks else None,
        weekly_minutes=weeks.minutes if weeks else (),
        weekly_amounts=weeks.amounts if weeks else (),
        reporting=reporting_of(
            worked, reported_on=of.progress_through, progressed_on=progressed_on, silent_days=silent
        ),
    )


def _worked_days(figures: Mapping[int, ProjectFigures]) -> dict[int, list[WorkedDay]]:
    """The days with hours of each project, as far back as any rule looks."""
    rows = _rows(
        """
        SELECT burn.project_id, burn.worked_on, burn.minutes, burn.amount
        FROM unnest(%s::bigint[], %s::date[]) AS wanted(project_id, since)
        JOIN budget_dayburn burn ON burn.project_id = wanted.project_id AND burn.worked_on >= wanted.since
        WHERE burn.minutes <> 0 ORDER BY burn.project_id, burn.worked_on
        """,
        *_since(figures),
    )
    days: dict[int, list[WorkedDay]] = defaultdict(list)
    for key, on, minutes, amount in rows:
        days[key].append(WorkedDay(on, minutes, amount))
    return days


def _since(figures: Mapping[int, ProjectFigures]) -> tuple[list[int], list[dt.date]]:
    back = dt.timedelta(days=LOOKED_BACK_DAYS)
    since = {key: of.hours_through - back for key, of in figures.items() if of.hours_through is not None}
    return list(since), list(since.values())


def _silent_days(
    keys: Sequence[int],
    calendars: Mapping[tuple[int, str], WorkingCalendar],
    through: Mapping[int, dt.date],
    now: dt.datetime,
) -> dict[int, tuple[int, ...]]:
    """Of each project's assigned people, how long they have had no hours while the project has."""
    silent: dict[int, list[int]] = {key: [] for key in keys}
    for key, person, side, starts_on, ends_on, last_week in _rows(ASSIGNED, keys):
        calendar = calendars[key, side]
        assigned = Assignment(person, starts_on, ends_on, calendar)
        if key in through and assigned.holds_on(now.astimezone(calendar.zone).date()):
            silent[key].append(silent_days(assigned, last_week, through[key]))
    return {key: tuple(days) for key, days in silent.items()}


def _rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())
