"""Time entries name people, work items, files and users that exist: checked once for a statement, whoever writes it."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from projects.audience import Side
from projects.models import ImportBatch, Project, ProjectPerson
from requirements_app.actions import add_work_item
from requirements_app.models import WorkItem

DAY = dt.date(2026, 9, 14)


@pytest.fixture
def item(database: None, project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Import")


@pytest.fixture
def batch(project: Project, client_manager: User) -> ImportBatch:
    return ImportBatch.objects.create(
        project=project, kind="time_entries", recorded_by_side=Side.CLIENT, created_by=client_manager
    )


def written(project: Project, actor: User, *entries: NewTimeEntry, batch: ImportBatch | None = None) -> None:
    insert_time_entries(project=project, entries=entries, source="file", recorded_by=actor, batch=batch)


def run(statement: str, *params: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)


@contextmanager
def refused(name: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=f'"{name}"'), transaction.atomic():
        yield


def test_one_row_among_many_that_names_nothing_refuses_all(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    entries = [NewTimeEntry(developer.pk, DAY, 1 + number, item.pk) for number in range(20)]
    with refused("entry_item_same_project"):
        written(project, client_manager, *entries, NewTimeEntry(developer.pk, DAY, 60, 2**40))
    with refused("entry_person_of_project"):
        written(project, client_manager, *entries, NewTimeEntry(2**40, DAY, 60))
    assert TimeEntry.objects.count() == 0
    written(project, client_manager, *entries)
    assert TimeEntry.objects.count() == 20


def test_what_belongs_to_another_project_is_nothing(
    project: Project, other_project: Project, client_manager: User, developer: Person, batch: ImportBatch
) -> None:
    ProjectPerson.objects.create(project=other_project, person=developer, side=Side.VENDOR)
    with refused("entry_batch_same_project"):
        written(other_project, client_manager, NewTimeEntry(developer.pk, DAY, 60), batch=batch)


def test_an_update_is_held_to_the_same(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    written(project, client_manager, NewTimeEntry(developer.pk, DAY, 60, item.pk))
    for statement, name in (
        ("UPDATE budget_timeentry SET work_item_id = 1099511627776", "entry_item_same_project"),
        ("UPDATE budget_timeentry SET person_id = 1099511627776", "entry_person_of_project"),
        ("UPDATE budget_timeentry SET batch_id = 1099511627776", "entry_batch_same_project"),
        ("UPDATE budget_timeentry SET recorded_by_id = 1099511627776", "entry_recorded_by_user"),
    ):
        with refused(name):
            run(statement)
    run("UPDATE budget_timeentry SET work_item_id = NULL, batch_id = NULL")


def test_what_entries_name_can_neither_go_nor_change_its_key(
    project: Project, client_manager: User, developer: Person, item: WorkItem, batch: ImportBatch
) -> None:
    written(project, client_manager, NewTimeEntry(developer.pk, DAY, 60, item.pk), batch=batch)
    for statement, key, name in (
        ("DELETE FROM requirements_workitem WHERE id = %s", item.pk, "entry_item_same_project"),
        ("UPDATE requirements_workitem SET id = -id WHERE id = %s", item.pk, "entry_item_same_project"),
        ("DELETE FROM projects_importbatch WHERE id = %s", batch.pk, "entry_batch_same_project"),
        ("DELETE FROM accounts_user WHERE id = %s", client_manager.pk, "entry_recorded_by_user"),
    ):
        with refused(name):
            run(statement, key)
    with refused("entry_person_of_project"):
        run("DELETE FROM projects_projectperson WHERE project_id = %s AND person_id = %s", project.pk, developer.pk)
    run("UPDATE requirements_workitem SET title = 'Imports' WHERE id = %s", item.pk)
    TimeEntry.objects.all().delete()
    run("DELETE FROM requirements_workitem WHERE id = %s", item.pk)


# ── At once: whoever comes second waits, and then finds what the first one did ───────────────────────


def outcome_of(act: Callable[[], None], then: Callable[[], None]) -> str:
    """What becomes of ``then``, begun by another connection while ``act`` is not committed yet."""
    found: list[str] = []

    def second() -> None:
        try:
            then()
            found.append("done")
        except IntegrityError as error:
            found.append(str(error.__cause__.diag.constraint_name))  # type: ignore[union-attr]
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        act()
        thread.start()
        thread.join(0.5)
        waited = thread.is_alive()
    thread.join(10)
    assert waited
    return found[0]


def test_an_entry_waits_for_its_item_to_be_gone_and_is_refused(
    fresh_database: object, project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    refusal = outcome_of(
        lambda: run("DELETE FROM requirements_workitem WHERE id = %s", item.pk),
        lambda: written(project, client_manager, NewTimeEntry(developer.pk, DAY, 60, item.pk)),
    )
    assert (refusal, TimeEntry.objects.count()) == ("entry_item_same_project", 0)


def test_an_item_waits_for_its_entry_and_then_stays(
    fresh_database: object, project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    refusal = outcome_of(
        lambda: written(project, client_manager, NewTimeEntry(developer.pk, DAY, 60, item.pk)),
        lambda: run("DELETE FROM requirements_workitem WHERE id = %s", item.pk),
    )
    assert (refusal, WorkItem.objects.filter(pk=item.pk).exists()) == ("entry_item_same_project", True)
