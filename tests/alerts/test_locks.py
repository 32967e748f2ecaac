"""What holds the alert machine together when two do something at once."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from accounts.models import Person
from alerts.actions import evaluate, sweep
from alerts.models import Alert, Mark
from alerts.registry import JUDGES, Judgement
from budget.time_entries import record_time
from launch.postgres import Urls
from projects.models import Project
from tests.alerts.held_lock import HeldLock


@contextmanager
def judging(judge: Any) -> Iterator[None]:
    """One rule more for a while."""
    JUDGES.append(judge)
    try:
        yield
    finally:
        JUDGES.remove(judge)


def in_a_thread(act: Any, *args: Any) -> Any:
    try:
        return act(*args)
    finally:
        connections.close_all()


def book_an_hour(project: Project, developer: Person) -> None:
    today = timezone.now().date()
    record_time(actor=project.created_by, project=project, person=developer, worked_on=today, minutes=60, today=today)


def test_of_two_evaluations_one_waits(fresh_database: Urls, project: Project, developer: Person) -> None:
    """While the first is at work the second stands at the lock, and then finds nothing left to do."""
    book_an_hour(project, developer)
    judged = []

    def judge(projects: Sequence[Project], now: dt.datetime, held: Any, scales: Any) -> Mapping[int, list[Judgement]]:
        judged.extend(one.pk for one in projects)
        if len(judged) == 1:
            second.append(threads.submit(in_a_thread, evaluate, project.pk))
            with pytest.raises(NotYet):
                second[0].result(timeout=1)
        return {}

    second: list[Any] = []
    with ThreadPoolExecutor(1) as threads, judging(judge):
        evaluate(project.pk)
        assert second[0].result(timeout=20) == []
    assert judged == [project.pk]


def test_a_mark_that_came_during_an_evaluation_stays(fresh_database: Urls, project: Project, developer: Person) -> None:
    """Hours that are booked after the figures were read are judged by the next evaluation."""
    book_an_hour(project, developer)

    def judge(projects: Sequence[Project], now: dt.datetime, held: Any, scales: Any) -> Mapping[int, list[Judgement]]:
        with ThreadPoolExecutor(1) as threads:
            threads.submit(in_a_thread, book_an_hour, project, developer).result(timeout=20)
        return {}

    with judging(judge):
        evaluate(project.pk)
    assert Mark.objects.filter(project=project).count() > 0


def test_a_project_that_is_being_judged_holds_up_no_other(
    fresh_database: Urls, project: Project, other_project: Project
) -> None:
    """The sweep leaves it to whoever holds its lock, and finds its mark the next time."""
    sweep()
    for one in (project, other_project):
        Mark.objects.create(project=one, cause="test")
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '3s'")  # whoever waits all the same fails instead of waiting for ever
    with HeldLock(project.pk):
        assert sweep() == 1
    assert list(Mark.objects.values_list("project", flat=True)) == [project.pk]
    assert sweep() == 1


@pytest.mark.django_db
def test_the_database_takes_an_alert_once(project: Project) -> None:
    once = {"project": project, "rule": "B2", "level": "warning", "episode": 1, "raised_at": timezone.now()}
    Alert.objects.create(**once)
    with pytest.raises(IntegrityError, match="alert_raised_once"), transaction.atomic():
        Alert.objects.create(**once)
