"""Keeps the series of used and earned hours: rewritten by the worker whenever what it is made of has changed.

Reading a page must not scan time entries, and a late report changes days long past: so the whole series is worked
out anew, off the request, in the evaluation that has seen the change.
"""

from django.db import connection

from budget.earned_series import DayValue, ReportedProgress, SpentMinutes, earned_series
from budget.models import EarnedDay
from projects.models import Project
from requirements_app.models import ProgressReport, WorkItem

# Reversals take their hours back on the day of the entry they name, so sums by day may be zero.
SPENT = """
    SELECT worked_on, sum(minutes), work_item_id
    FROM budget_timeentry WHERE project_id = %s
    GROUP BY worked_on, work_item_id
"""


def rewrite_earned_days(project: Project) -> list[DayValue]:
    """Work out the project's series and bring ``EarnedDay`` up to it, in the caller's transaction.

    Only days that differ are written. ``project.terms`` names the progress rule.
    """
    series = current_series(project)
    wanted = {value.on: value for value in series}
    kept = {day.on: day for day in EarnedDay.objects.filter(project=project)}
    EarnedDay.objects.filter(pk__in=[day.pk for on, day in kept.items() if on not in wanted]).delete()
    EarnedDay.objects.bulk_create(
        [
            EarnedDay(project=project, on=value.on, used_minutes=value.used, earned_minutes=value.earned)
            for value in series
            if (day := kept.get(value.on)) is None
            or (day.used_minutes, day.earned_minutes) != (value.used, value.earned)
        ],
        update_conflicts=True,
        unique_fields=["project", "on"],
        update_fields=["used_minutes", "earned_minutes"],
        batch_size=2000,
    )
    return series


def current_series(project: Project) -> list[DayValue]:
    """The series as the data stands now."""
    estimated = WorkItem.objects.countable().filter(project=project).values_list("pk", "estimate_minutes")
    estimates = {key: minutes for key, minutes in estimated if minutes is not None}
    with connection.cursor() as cursor:
        cursor.execute(SPENT, [project.pk])
        spent = [SpentMinutes(on, int(minutes), item) for on, minutes, item in cursor.fetchall()]
    reports = [
        ReportedProgress(*row)
        for row in ProgressReport.objects.filter(project=project)
        .order_by("on", "pk")
        .values_list("on", "work_item", "is_done", "remaining_minutes")
    ]
    return earned_series(rule=project.terms.progress_rule, estimates=estimates, spent=spent, reports=reports)
