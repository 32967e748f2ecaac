"""Reads a project's past for the replay of rules: hours, reports, and what is agreed today."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from budget.models import TimeEntry
from budget.past_figures import Past, PastHours, PastReport
from budget.recent_days import Assignment
from budget.rule_figures import RuleFigures
from core.errors import DomainError
from projects.audience import Side
from projects.calendars import calendars_of
from projects.models import Project, ProjectPerson
from requirements_app.models import ProgressReport, WorkItem

MOST_ENTRIES: Final = 25_000

# By the day they were worked on; a reversal takes its hours back on the day of the entry that it names.
HOURS: Final = """
    SELECT worked_on, sum(minutes), work_item_id, person_id, coalesce(sum(amount), 0)
    FROM budget_timeentry WHERE project_id = %s
    GROUP BY worked_on, work_item_id, person_id ORDER BY worked_on
"""


def past_of(project: Project) -> Past:
    """Everything that the rules would have read of ``project``, ``terms`` loaded beforehand. Seven queries."""
    terms = project.terms
    hours = list(_hours(project))
    estimates = dict(WorkItem.objects.countable().filter(project=project).values_list("pk", "estimate_minutes"))
    today = timezone.now()
    calendars = calendars_of([project.pk], around=today.date(), since=hours[0].on if hours else None)
    return Past(
        progress_rule=terms.progress_rule,
        agreed=RuleFigures(
            at=today,
            vendor=calendars[project.pk, Side.VENDOR],
            currency=project.currency,
            budget_minutes=terms.budget_minutes
            if terms.budget_minutes is not None
            else sum(minutes or 0 for minutes in estimates.values()) or None,
            budget_is_agreed=terms.budget_minutes is not None,
            cap_minutes=terms.cap_minutes,
            budget_amount=terms.budget_amount,
            cap_amount=terms.cap_amount,
            opened_on=project.created_at.astimezone(calendars[project.pk, Side.VENDOR].zone).date(),
            planned_start_on=project.planned_start_on,
            planned_finish_on=project.planned_finish_on,
        ),
        estimates=estimates,
        exempt=frozenset(_exempt(project, terms.overhead_categories)),
        hours=hours,
        reports=[
            PastReport(*row)
            for row in ProgressReport.objects.filter(project=project)
            .order_by("on", "pk")
            .values_list("on", "work_item", "is_done", "remaining_minutes")
        ],
        assignments=[
            Assignment(person, starts_on, ends_on, calendars[project.pk, side])
            for person, side, starts_on, ends_on in ProjectPerson.objects.filter(
                project=project, starts_on__isnull=False
            ).values_list("person", "side", "starts_on", "ends_on")
            if starts_on is not None
        ],
    )


def _hours(project: Project) -> Iterator[PastHours]:
    with connection.cursor() as cursor:
        cursor.execute(HOURS, [project.pk])
        for on, minutes, item, person, amount in cursor.fetchall():
            yield PastHours(on, int(minutes), item, person, amount)


def _exempt(project: Project, overhead: Sequence[str]) -> Iterator[int]:
    """Items whose hours nobody has to estimate: overhead, groups whose items have their own, and what was dropped."""
    children = WorkItem.objects.filter(parent=OuterRef("pk"))
    without = Q(estimate_minutes=None) & (Q(category__in=overhead) | Q(Exists(children)))
    dropped = Q(estimate_minutes__isnull=False, state=WorkItem.State.DROPPED)
    yield from WorkItem.objects.filter(without | dropped, project=project).values_list("pk", flat=True)


def replay_is_short(project: Project) -> bool:
    """Whether a page may replay the project's past: at some twenty thousand rows it takes about two seconds."""
    return TimeEntry.objects.filter(project=project).order_by()[: MOST_ENTRIES + 1].count() <= MOST_ENTRIES


def require_short_past(project: Project) -> None:
    """DomainError where the past is too long for a request."""
    if not replay_is_short(project):
        raise DomainError(
            _("This past is too long to be replayed here. Ask the command replay_alerts."), code="too_long"
        )
