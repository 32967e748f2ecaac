"""Taking an imported estimate back: added items are dropped, changed ones as before, progress answered."""

import datetime as dt

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Person, User
from budget.time_entries import record_time, reverse_time
from core.errors import DomainError
from projects.models import Activity, ImportBatch, ObjectRef, Project
from requirements_app.actions import add_work_item, change_work_item, report_progress
from requirements_app.estimate_taking_back import estimate_taking_back, take_estimate_back
from requirements_app.models import ProgressReport, WorkItem
from tests.api_client import Program
from tests.requirements.test_estimate_import import (  # noqa: F401  (a fixture of every test)
    SignIn,
    files_of_this_test,
    taken,
)

TREE = "Key,Title,Parent key,Estimate (h),Done on\nA,Top,,,\nA-1,First,A,4,2026-01-05\nA-2,Second,A,8,\n"


def take_back(actor: User, batch: ImportBatch) -> None:
    take_estimate_back(actor=actor, batch=batch, shown=estimate_taking_back(batch).fingerprint)


def states(project: Project) -> dict[str, str]:
    return dict(WorkItem.objects.filter(project=project).values_list("outside_key", "state"))


def test_what_it_added_is_dropped(project: Project, client_manager: User) -> None:
    batch = taken(project, client_manager, TREE)
    found = estimate_taking_back(batch)
    assert found.goes == ("3 work items are dropped.", "1 progress report is answered by what held before it.")
    take_back(client_manager, batch)
    assert states(project) == {"A": "dropped", "A-1": "dropped", "A-2": "dropped"}
    activity = Activity.objects.get(verb="work_items_taken_back")
    assert (activity.actor, activity.data["dropped"]) == (client_manager, 3)


def test_what_it_changed_is_as_before(project: Project, client_manager: User) -> None:
    old, new = (add_work_item(actor=client_manager, project=project, title=name) for name in ("Old", "New"))
    item = add_work_item(
        actor=client_manager,
        project=project,
        title="Import",
        outside_key="X",
        estimate_minutes=60,
        estimate_recorded_from="mail of 3 Jan",
        planned_start_on=dt.date(2026, 1, 5),
        parent=old,
    )
    report_progress(actor=client_manager, item=item, on=dt.date(2026, 1, 6), remaining_minutes=30)
    head = "Key,Title,Parent key,Estimate (h),Planned start,Done on"
    text = f"{head}\nX,Imports,W-{new.ref.number},9,2026-01-07,2026-01-08\n"
    batch = taken(project, client_manager, text)
    item.refresh_from_db()
    assert (item.title, item.estimate_minutes, item.parent, item.is_done) == ("Imports", 540, new, True)
    assert (item.estimate_recorded_for, item.estimate_recorded_from) == ("vendor", "estimate.csv")
    take_back(client_manager, batch)
    item = WorkItem.objects.select_related("ref").get(pk=item.pk)
    assert (item.title, item.ref.title, item.estimate_minutes, item.parent) == ("Import", "Import", 60, old)
    assert (item.planned_start_on, item.state, item.remaining_minutes) == (dt.date(2026, 1, 5), "open", 30)
    assert item.estimate_recorded_from == "mail of 3 Jan"
    answer = ProgressReport.objects.order_by("pk").last()
    assert answer is not None
    assert (answer.on, answer.is_done, answer.remaining_minutes) == (dt.date(2026, 1, 8), False, 30)


def test_the_same_file_takes_up_what_was_dropped(project: Project, client_manager: User) -> None:
    take_back(client_manager, taken(project, client_manager, TREE))
    again = taken(project, client_manager, TREE)
    assert (again.outcome["totals"]["items_changed"], again.outcome["totals"]["estimate_after"]) == (3, 720)
    assert states(project) == {"A": "open", "A-1": "done", "A-2": "open"}
    assert ObjectRef.objects.filter(project=project, kind="requirements.workitem").count() == 3
    # And once more back: they were dropped before this file.
    take_back(client_manager, again)
    assert states(project) == {"A": "dropped", "A-1": "dropped", "A-2": "dropped"}


def test_what_somebody_changed_or_booked_on_since_stays(
    project: Project, client_manager: User, developer: Person
) -> None:
    batch = taken(project, client_manager, TREE)
    first, second = WorkItem.objects.get(outside_key="A-1"), WorkItem.objects.get(outside_key="A-2")
    day = dt.date(2026, 1, 5)
    record_time(
        actor=client_manager, project=project, person=developer, worked_on=day, minutes=5, today=day, work_item=first
    )
    change_work_item(actor=client_manager, item=second, expected_version=second.version, title="Mine")
    found = estimate_taking_back(batch)
    # The first has hours and its parent holds it; the second was changed.
    assert found.counts["items_in_use"] == 2
    assert found.counts["items_changed_since"] == 1
    assert found.obstacle == (
        "Nothing that this file brought can go. This stays: 1 work item that was changed since."
        " 2 work items that have hours or others below them."
    )
    with pytest.raises(DomainError) as refused:
        take_back(client_manager, batch)
    assert refused.value.code == "rests_on_it"


def test_hours_that_were_taken_back_by_hand_stay_with_their_item_and_are_named(
    project: Project, client_manager: User, developer: Person
) -> None:
    batch = taken(project, client_manager, "Key,Title,Estimate (h)\nA-1,Only,2\n")
    item, day = WorkItem.objects.get(outside_key="A-1"), dt.date(2026, 1, 5)
    entry = record_time(
        actor=client_manager, project=project, person=developer, worked_on=day, minutes=5, today=day, work_item=item
    )
    reverse_time(actor=client_manager, entry=entry, reason="of another project")
    assert estimate_taking_back(batch).obstacle == (
        "Nothing that this file brought can go. This stays:"
        " 1 work item: hours were booked on it and taken back; they stay in the record."
    )
    # As taking a file of hours back leaves it: a sum, and no entry.
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM budget_timeentry")
    take_back(client_manager, batch)
    assert states(project) == {"A-1": "dropped"}


def test_what_has_something_else_below_it_stays(project: Project, client_manager: User) -> None:
    batch = taken(project, client_manager, TREE)
    add_work_item(actor=client_manager, project=project, title="Mine", parent=WorkItem.objects.get(outside_key="A-2"))
    take_back(client_manager, batch)
    assert states(project) == {"A": "open", "A-1": "dropped", "A-2": "open", "": "open"}


def test_a_former_parent_that_stands_below_by_now_is_not_closed_into_a_circle(
    project: Project, client_manager: User
) -> None:
    old = add_work_item(actor=client_manager, project=project, title="Old")
    item = add_work_item(actor=client_manager, project=project, title="Import", outside_key="X", parent=old)
    batch = taken(project, client_manager, "Key,Title,Parent key\nY,New,\nX,Import,Y\n")
    item.refresh_from_db()
    change_work_item(actor=client_manager, item=old, expected_version=old.version, parent=item)
    with pytest.raises(DomainError) as refused:
        take_back(client_manager, batch)
    assert refused.value.code == "rests_on_it"


def test_a_new_parent_is_dropped_once_what_it_got_is_back_in_its_place(project: Project, client_manager: User) -> None:
    old = add_work_item(actor=client_manager, project=project, title="Old")
    item = add_work_item(actor=client_manager, project=project, title="Import", outside_key="X", parent=old)
    take_back(client_manager, taken(project, client_manager, "Key,Title,Parent key\nY,New,\nX,Import,Y\n"))
    item.refresh_from_db()
    assert (item.parent, states(project)["Y"]) == (old, "dropped")


def test_pages_and_programs_take_it_back(
    project: Project, client_manager: User, vendor_manager: User, sign_in: SignIn, program: Program
) -> None:
    batch = taken(project, client_manager, TREE)
    page = reverse("requirements:work_item_import_take_back", args=[project.slug, batch.uuid])
    assert sign_in(vendor_manager).get(page).status_code == 404
    shown = sign_in(client_manager).get(page)
    assert "3 work items are dropped." in shown.content.decode()
    path = f"projects/{project.slug}/work-item-imports/{batch.uuid}/take-back/"
    api = program(client_manager)
    assert api.post(path, {"shown": api.get(path).json()["shown"]}).json()["state"] == "taken_back"
    assert states(project) == {"A": "dropped", "A-1": "dropped", "A-2": "dropped"}
