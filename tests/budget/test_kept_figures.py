"""The figures that pages read: always what they would be if they were worked out on the spot."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, User
from alerts.actions import evaluate
from budget.kept_figures import current_figures
from budget.models import KeptFigures
from budget.queries import ProjectFigures, figures_of
from budget.time_entries import record_time
from projects.actions import agree_rate, change_terms
from projects.models import Project
from requirements_app.actions import add_work_item, report_progress
from requirements_app.models import WorkItem

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 9, 17)
NOON = dt.datetime(2026, 9, 17, 12, tzinfo=dt.UTC)


@pytest.fixture
def item(project: Project, client_manager: User, developer: Person) -> WorkItem:
    """A hundred hours of work, of which thirty are used and sixty are left."""
    agree_rate(
        actor=client_manager, project=project, hourly_rate=Decimal("92.35"), first_day=TODAY - dt.timedelta(days=90)
    )
    item = add_work_item(actor=client_manager, project=project, title="All of it", estimate_minutes=6000)
    book(project, client_manager, developer, item, 24)
    book(project, client_manager, developer, item, 6, days_ago=8)
    report_progress(actor=client_manager, item=item, on=TODAY, remaining_minutes=3600)
    return item


def book(
    project: Project, actor: User, person: Person, item: WorkItem | None, hours: int, *, days_ago: int = 0
) -> None:
    record_time(
        actor=actor,
        project=project,
        person=person,
        worked_on=TODAY - dt.timedelta(days=days_ago),
        minutes=hours * 60,
        today=TODAY,
        work_item=item,
    )


def read(*projects: Project) -> tuple[list[ProjectFigures], int]:
    """The current figures, without when they were kept, and the queries that they took."""
    with CaptureQueriesContext(connection) as asked:
        found = current_figures(projects, TODAY)
    return [dataclasses.replace(found[project.pk], kept_at=None) for project in projects], len(asked)


def worked_out(*projects: Project) -> list[ProjectFigures]:
    found = figures_of(projects, TODAY)
    return [found[project.pk] for project in projects]


def test_kept_figures_are_read_in_one_query_and_are_the_same(project: Project, item: WorkItem) -> None:
    evaluate(project.pk, NOON)
    figures, queries = read(project)
    assert (figures, queries) == (worked_out(project), 1)
    assert (figures[0].used_minutes, figures[0].used_amount) == (1800, Decimal("2770.50"))
    assert (figures[0].remaining_minutes, figures[0].being_recomputed) == (3600, False)
    assert [minutes for _monday, minutes in figures[0].weekly_minutes[-2:]] == [360, 1440]


def test_what_was_booked_since_counts_before_the_worker_has_seen_it(
    project: Project, item: WorkItem, client_manager: User, developer: Person
) -> None:
    evaluate(project.pk, NOON)
    book(project, client_manager, developer, item, 5)
    (figures,), _queries = read(project)
    assert (figures.used_minutes, figures.being_recomputed) == (2100, True)
    evaluate(project.pk, NOON)
    (figures,), queries = read(project)
    assert (figures.used_minutes, figures.being_recomputed, queries) == (2100, False, 1)


def test_new_terms_count_at_once(project: Project, item: WorkItem, client_manager: User) -> None:
    evaluate(project.pk, NOON)
    terms = project.terms
    change_terms(actor=client_manager, terms=terms, expected_version=terms.version, budget_minutes=120 * 60)
    (figures,), _queries = read(project)
    assert figures.budget_minutes == 7200


def test_one_project_that_changed_is_worked_out_beside_those_that_are_kept(
    project: Project, other_project: Project, item: WorkItem, client_manager: User, developer: Person
) -> None:
    for each in (project, other_project):
        evaluate(each.pk, NOON)
    book(project, client_manager, developer, None, 2)
    figures, _queries = read(project, other_project)
    assert figures == worked_out(project, other_project)


def test_figures_that_an_earlier_version_kept_are_worked_out(project: Project, item: WorkItem) -> None:
    evaluate(project.pk, NOON)
    kept = KeptFigures.objects.get(project=project)
    del kept.figures["over_count"]
    kept.figures["forgotten"] = 1
    kept.save()
    assert read(project)[0] == worked_out(project)
