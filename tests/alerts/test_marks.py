"""Whatever a rule reads leaves a mark when it changes, by whichever path it was written."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection

from accounts.models import Person, User
from alerts.models import Mark
from budget.models import TimeEntry
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from projects.models import Project, Rate, Terms
from requirements_app.actions import NewWorkItem, insert_progress, insert_work_items
from requirements_app.models import ProgressReport, WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(project: Project) -> WorkItem:
    (item,) = insert_work_items(project=project, new_items=[NewWorkItem(title="One", estimate_minutes=600)])
    return item


@pytest.fixture
def entry(project: Project, developer: Person, item: WorkItem, client_manager: User) -> TimeEntry:
    (key,) = insert_time_entries(
        project=project,
        entries=[NewTimeEntry(developer.pk, dt.date(2026, 9, 1), 60, item.pk)],
        source="file",
        recorded_by=client_manager,
    )
    return TimeEntry.objects.get(pk=key)


@pytest.fixture
def causes(project: Project) -> "Causes":
    return Causes(project)


class Causes:
    """The causes of the marks that were appended since the last look."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def forget(self) -> None:
        Mark.objects.all().delete()

    def seen(self) -> list[str]:
        found = sorted(Mark.objects.filter(project=self.project).values_list("cause", flat=True))
        self.forget()
        return found


def test_time_entries_by_each_path(project: Project, entry: TimeEntry, causes: Causes) -> None:
    assert "budget_timeentry" in causes.seen()
    TimeEntry.objects.filter(pk=entry.pk).update(minutes=90)
    assert causes.seen() == ["budget_timeentry"]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE budget_timeentry SET minutes = 30 WHERE uuid = %s", [entry.pk])
    assert causes.seen() == ["budget_timeentry"]
    TimeEntry.objects.filter(pk=entry.pk).delete()
    assert causes.seen() == ["budget_timeentry"]


def test_a_set_of_entries_leaves_one_mark(
    project: Project, developer: Person, client_manager: User, causes: Causes
) -> None:
    causes.forget()
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(developer.pk, dt.date(2026, 9, day), 60) for day in range(1, 29)],
        source="file",
        recorded_by=client_manager,
    )
    assert causes.seen() == ["budget_timeentry"]


def test_work_items_and_progress(project: Project, item: WorkItem, causes: Causes) -> None:
    causes.forget()
    WorkItem.objects.filter(pk=item.pk).update(estimate_minutes=700)
    assert causes.seen() == ["requirements_workitem"]
    insert_progress(
        project=project,
        reports=[ProgressReport(project=project, work_item=item, on=dt.date(2026, 9, 1), remaining_minutes=60)],
    )
    assert "requirements_progressreport" in causes.seen()


def test_terms_rates_and_the_project_itself(project: Project, causes: Causes) -> None:
    causes.forget()
    Terms.objects.filter(pk=project.pk).update(cap_minutes=6000)
    assert causes.seen() == ["projects_terms"]
    Rate.objects.create(project=project, hourly_rate=Decimal(80), valid=(dt.date(2031, 1, 1), dt.date(2032, 1, 1)))
    assert causes.seen() == ["projects_rate"]
    Project.objects.filter(pk=project.pk).update(status="paused")
    assert causes.seen() == ["projects_project"]


def test_a_change_of_one_project_marks_no_other(other_project: Project, entry: TimeEntry, causes: Causes) -> None:
    assert causes.seen() != []
    assert not Mark.objects.filter(project=other_project).exists()
