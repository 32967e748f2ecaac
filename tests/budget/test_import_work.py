"""Files that are left to a worker: asked for, watched, called off, and begun anew by another one."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Person, User
from budget.models import DayBurn, StagedEntry, TimeEntry
from budget.time_import import check_timesheet
from core.clock import database_now
from core.errors import DomainError
from launch.postgres import Urls
from projects import import_work
from projects.audience import Side
from projects.import_files import discard_file, store_file
from projects.import_work import ask_for_work, call_off, sweep_imports, under_way, work_on
from projects.models import ImportBatch, ImportWork, Project
from tests.processes import Broker, Process

SignIn = Callable[[User | AnonymousUser], Client]
HEADER = "Date,Person,Hours,Note\n"
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def process_environment(process_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """The worker finds the files of this test."""
    return {**process_environment, "MEDIA_ROOT": str(tmp_path)}


@pytest.fixture
def everything_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_work, "MOST_BYTES_IN_A_REQUEST", 10)


def sheet(rows: int) -> bytes:
    return (HEADER + "".join(f"2026-01-05,Dora Developer,0.1,{n}\n" for n in range(rows))).encode()


def stored(project: Project, actor: User, rows: int) -> ImportBatch:
    return store_file(
        actor=actor,
        project=project,
        side=Side.CLIENT,
        kind=ImportBatch.Kind.TIME_ENTRIES,
        upload=ContentFile(sheet(rows), name="january.csv"),
    )


def to_be_taken(project: Project, actor: User, rows: int) -> ImportBatch:
    """A file that was looked at, and is to be taken by whichever worker hears of it."""
    batch = stored(project, actor, rows)
    check_timesheet(batch=batch)
    choices = {"preview_hash": batch.preview_hash}
    ask_for_work(actor=actor, batch=batch, act=ImportWork.Act.TAKE, choices=choices)
    return batch


def eventually(holds: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.02)
    return holds()


def in_a_thread(act: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_long_file_is_read_and_taken_by_a_worker(
    fresh_database: object,
    everything_is_long: None,
    project: Project,
    client_manager: User,
    developer: Person,
    sign_in: SignIn,
) -> None:
    client = sign_in(client_manager)
    upload = ContentFile(sheet(20), name="january.csv")
    page = client.post(reverse("budget:time_import_new", args=[project.slug]), {"file": upload})["Location"]
    batch = ImportBatch.objects.get()
    assert "The file is being read." in client.get(page).content.decode()
    part = client.get(page, headers={"HX-Request": "true", "HX-Target": "import-progress"})
    assert ("Waiting for a worker." in part.content.decode(), "<h1" in part.content.decode()) == (True, False)
    work_on(batch.pk)
    over = client.get(page, headers={"HX-Request": "true", "HX-Target": "import-progress"})
    assert over["HX-Refresh"] == "true"
    shown = client.get(page)
    assert "<b>20 of 20 rows</b> are new" in shown.content.decode()
    client.post(page, {"act": "take", "preview_hash": shown.context["form"]["preview_hash"].value()})
    assert ("The file is being taken." in client.get(page).content.decode(), TimeEntry.objects.count()) == (True, 0)
    work_on(batch.pk)
    assert "<b>20 time entries</b> were taken" in client.get(page).content.decode()
    assert TimeEntry.objects.filter(batch=batch, recorded_by=client_manager).count() == 20
    assert not ImportWork.objects.exists()


def test_while_it_is_worked_on_nothing_else_is_done_to_a_file(
    everything_is_long: None, project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    batch = to_be_taken(project, client_manager, 3)
    with pytest.raises(DomainError) as refused:
        ask_for_work(actor=client_manager, batch=batch, act=ImportWork.Act.CHECK, choices={})
    assert refused.value.code == "under_way"
    page = reverse("budget:time_import_detail", args=[project.slug, batch.uuid])
    sign_in(client_manager).post(page, {"act": "discard"})
    batch.refresh_from_db()
    assert (batch.state, under_way(batch) is not None) == (ImportBatch.State.PREVIEWED, True)


def test_work_that_nobody_began_is_gone_once_it_is_called_off(
    everything_is_long: None, project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    batch = to_be_taken(project, client_manager, 3)
    page = reverse("budget:time_import_detail", args=[project.slug, batch.uuid])
    sign_in(client_manager).post(page, {"act": "call_off"})
    assert under_way(batch) is None
    work_on(batch.pk)
    assert TimeEntry.objects.count() == 0


def test_reading_ends_when_it_is_called_off_and_leaves_nothing(
    fresh_database: object, project: Project, client_manager: User, developer: Person
) -> None:
    batch = stored(project, client_manager, 150_000)
    ask_for_work(actor=client_manager, batch=batch, act=ImportWork.Act.CHECK, choices={})
    worker = in_a_thread(lambda: work_on(batch.pk))
    assert eventually(lambda: ImportWork.objects.filter(phase="reading", done__gt=0).exists())
    work = ImportWork.objects.get()
    assert (work.total, work.done < 150_000) == (150_000, True)
    call_off(batch=batch)
    worker.join(20)
    assert not worker.is_alive()
    assert (ImportWork.objects.count(), StagedEntry.objects.count()) == (0, 0)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.UPLOADED


def test_a_statement_that_waits_is_cancelled_too(
    fresh_database: object, project: Project, client_manager: User, developer: Person
) -> None:
    batch = to_be_taken(project, client_manager, 3)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        worker = in_a_thread(lambda: work_on(batch.pk))
        other = in_a_thread(
            lambda: (eventually(lambda: ImportWork.objects.filter(phase="writing").exists()), call_off(batch=batch))[1]
        )
        other.join(20)
        worker.join(20)
        assert not worker.is_alive()
    assert (ImportWork.objects.count(), TimeEntry.objects.count()) == (0, 0)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.PREVIEWED


def test_what_is_refused_is_told_on_the_page_and_can_be_tried_again(
    fresh_database: object,
    everything_is_long: None,
    project: Project,
    client_manager: User,
    developer: Person,
    sign_in: SignIn,
) -> None:
    batch = stored(project, client_manager, 3)
    check_timesheet(batch=batch)
    ask_for_work(actor=client_manager, batch=batch, act=ImportWork.Act.TAKE, choices={"preview_hash": "0" * 64})
    work_on(batch.pk)
    client, page = sign_in(client_manager), reverse("budget:time_import_detail", args=[project.slug, batch.uuid])
    assert "The file would now write something else than you saw" in client.get(page).content.decode()
    client.post(page, {"act": "take", "preview_hash": batch.preview_hash})
    work_on(batch.pk)
    assert TimeEntry.objects.count() == 3


def test_a_fault_is_tried_three_times_and_then_told(
    fresh_database: object,
    project: Project,
    client_manager: User,
    developer: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def trips(**_arguments: object) -> None:
        raise RuntimeError("out of luck")

    handler = import_work.HANDLERS["time_entries"]
    monkeypatch.setitem(import_work.HANDLERS, "time_entries", replace(handler, check=trips, take=trips))
    batch = stored(project, client_manager, 3)
    ask_for_work(actor=client_manager, batch=batch, act=ImportWork.Act.CHECK, choices={})
    for attempt in (1, 2, 3):
        work_on(batch.pk)
        work = ImportWork.objects.get()
        assert (work.attempts, bool(work.failure)) == (attempt, attempt == 3)
        ImportWork.objects.update(leased_until=None)
    work_on(batch.pk)
    assert ImportWork.objects.get().attempts == 3


KILLED_HALFWAY = """
import os, signal, sys, django
django.setup()
from budget import time_import
from projects.import_work import work_on
def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)
time_import.tell_of_new_time = die
work_on(int(sys.argv[1]))
"""


def test_another_worker_takes_over_from_one_that_was_killed(
    fresh_database: Urls, project: Project, client_manager: User, developer: Person, tmp_path: Path
) -> None:
    batch = to_be_taken(project, client_manager, 50)
    urls = {"DATABASE_URL": fresh_database.app, "DATABASE_OWNER_URL": fresh_database.owner}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_HALFWAY, str(batch.pk)],
        env={**os.environ, **urls, "MEDIA_ROOT": str(tmp_path), "DJANGO_SETTINGS_MODULE": "oversight.settings"},
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert (TimeEntry.objects.count(), DayBurn.objects.count()) == (0, 0)
    work_on(batch.pk)  # its lease has not run out yet
    assert TimeEntry.objects.count() == 0
    ImportWork.objects.update(leased_until=database_now() - DAY)
    work_on(batch.pk)
    assert (TimeEntry.objects.count(), DayBurn.objects.get().minutes) == (50, 300)


def test_a_worker_that_slept_through_its_lease_writes_nothing(
    fresh_database: object, project: Project, client_manager: User, developer: Person
) -> None:
    batch = to_be_taken(project, client_manager, 3)
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        sleeper = in_a_thread(lambda: work_on(batch.pk))
        taken_over = in_a_thread(
            lambda: (
                eventually(lambda: ImportWork.objects.filter(phase="writing").exists()),
                ImportWork.objects.update(attempts=2, phase="", leased_until=database_now() + DAY),
            )[1]
        )
        taken_over.join(20)
        sleeper.join(20)
        assert not sleeper.is_alive()
    # The row is the other worker's: neither ended nor renewed by the one that lost it.
    work = ImportWork.objects.get()
    assert (work.phase, work.failure, work.leased_until > database_now() + DAY / 2) == ("", "", True)
    assert TimeEntry.objects.count() == 0


def test_a_file_of_which_every_worker_died_is_given_up(
    project: Project, client_manager: User, developer: Person
) -> None:
    batch = to_be_taken(project, client_manager, 3)
    ImportWork.objects.update(attempts=3, leased_until=database_now() - DAY)
    work_on(batch.pk)
    assert (ImportWork.objects.get().attempts, TimeEntry.objects.count()) == (3, 0)
    sweep_imports()
    assert ImportWork.objects.get().failure.startswith("The file could not be worked on")


@pytest.mark.faults
def test_work_asked_for_without_a_broker_begins_by_the_sweep(
    fresh_database: object,
    project: Project,
    client_manager: User,
    developer: Person,
    broker: Broker,
    new_celery_worker: Callable[[], Process],
) -> None:
    broker.stop()
    batch = to_be_taken(project, client_manager, 3)
    broker.start()
    new_celery_worker()
    assert ImportWork.objects.get().attempts == 0
    sweep_imports()
    assert eventually(lambda: not ImportWork.objects.exists())
    batch.refresh_from_db()
    assert (batch.state, TimeEntry.objects.count()) == (ImportBatch.State.COMMITTED, 3)


def test_two_workers_that_hear_the_same_bell_do_it_once(
    fresh_database: object, project: Project, client_manager: User, developer: Person
) -> None:
    batch = to_be_taken(project, client_manager, 500)
    workers = [in_a_thread(lambda: work_on(batch.pk)) for _ in range(2)]
    for worker in workers:
        worker.join(20)
    assert (TimeEntry.objects.count(), ImportWork.objects.count()) == (500, 0)


def test_the_sweep_clears_the_stage_of_what_is_over_or_old(
    project: Project, client_manager: User, developer: Person
) -> None:
    fresh, old, over = (stored(project, client_manager, rows) for rows in (3, 4, 5))
    for batch in (fresh, old, over):
        check_timesheet(batch=batch)
    ImportBatch.objects.filter(pk=old.pk).update(created_at=database_now() - 8 * DAY)
    discard_file(batch=over)
    sweep_imports()
    assert set(StagedEntry.objects.values_list("batch", flat=True)) == {fresh.pk}
    assert list(ImportBatch.objects.exclude(reading={})) == [fresh]


def test_what_left_the_stage_is_read_from_the_file_again(
    project: Project, client_manager: User, developer: Person
) -> None:
    batch = to_be_taken(project, client_manager, 3)
    StagedEntry.objects.all().delete()  # as after a crash
    import_work.HANDLERS["time_entries"].take(actor=client_manager, batch=batch, preview_hash=batch.preview_hash)
    assert TimeEntry.objects.count() == 3


def test_the_stage_writes_no_log(project: Project) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, relpersistence FROM pg_class WHERE relname LIKE 'budget_staged%%' AND relkind = 'r'"
        )
        assert dict(cursor.fetchall()) == {"budget_stagedentry": "u", "budget_stagedname": "u"}
