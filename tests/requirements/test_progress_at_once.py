"""Several people report on one item at the same moment."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_entries import NewTimeEntry, record_times
from launch.postgres import Urls
from projects.models import Project
from requirements_app.actions import add_work_item, insert_progress, report_progress
from requirements_app.models import ProgressReport, WorkItem

AT_ONCE = 4
ROUNDS = 6


def at_once(act: Callable[[int, int], object]) -> None:
    """``act`` in each of several threads, round after round, all of a round together."""
    start = Barrier(AT_ONCE)

    def rounds(place: int) -> None:
        try:
            for number in range(ROUNDS):
                start.wait(20)
                act(place, number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(rounds, range(AT_ONCE)))


@pytest.fixture
def item(fresh_database: Urls, project: Project) -> WorkItem:
    return add_work_item(actor=project.created_by, project=project, title="Quay", estimate_minutes=6000)


def test_reports_at_once_wait_for_each_other(item: WorkItem, client_manager: User) -> None:
    """Without a second attempt: no deadlock to begin with, and the item is as far as its newest report."""
    today = timezone.localdate()

    def report(place: int, number: int) -> None:
        on = today - dt.timedelta(days=(place + number) % AT_ONCE)
        said: dict[str, Any] = {"project": item.project, "work_item": item, "reported_by": client_manager, "on": on}
        with transaction.atomic():
            insert_progress(
                project=item.project, reports=[ProgressReport(**said, remaining_minutes=100 * place + number + 1)]
            )

    at_once(report)
    newest = ProgressReport.objects.order_by("on", "pk").last()
    item.refresh_from_db()
    assert newest is not None
    assert (ProgressReport.objects.count(), item.remaining_minutes, item.version) == (
        AT_ONCE * ROUNDS,
        newest.remaining_minutes,
        1 + AT_ONCE * ROUNDS,
    )


def test_hours_and_progress_at_once_all_count(item: WorkItem, client_manager: User, developer: Person) -> None:
    """Whatever locks which row first, everybody's act ends well."""
    today = timezone.localdate()

    def act(place: int, number: int) -> None:
        if place % 2:
            report_progress(actor=client_manager, item=item, on=today, remaining_minutes=60 * (number + 1))
            return
        entries = [
            NewTimeEntry(person_id=developer.pk, worked_on=today - dt.timedelta(days=day), minutes=10, work_item_id=key)
            for day in (range(3) if place else reversed(range(3)))
            for key in (item.pk, None)
        ]
        record_times(actor=client_manager, project=item.project, entries=entries, today=today, source="page")

    at_once(act)
    assert (ProgressReport.objects.count(), TimeEntry.objects.count()) == (2 * ROUNDS, 2 * ROUNDS * 6)
