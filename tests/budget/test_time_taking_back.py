"""Taking an imported timesheet back: what goes, what stays, and what stands in the way."""

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Person, User
from alerts.models import Mark
from budget.models import DayBurn, ItemBurn, PersonWeekBurn, RecordConfirmation, TimeEntry
from budget.time_entries import record_time, reverse_time
from budget.time_import import check_timesheet, take_timesheet
from budget.time_taking_back import take_timesheet_back, time_taking_back
from core.errors import DomainError
from projects.audience import Side
from projects.import_files import store_file
from projects.import_work import ask_for_work, work_on
from projects.models import Activity, ImportBatch, ImportWork, OutboxMessage, Project
from tests.api_client import Program
from tests.budget.test_import_work import SignIn

TWO_ROWS = "Date,Person,Hours,Entry id\n2026-01-05,Dora Developer,1.5,1\n2026-01-06,Dora Developer,2,2\n"


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def taken(project: Project, actor: User, text: str = TWO_ROWS, side: str = Side.CLIENT) -> ImportBatch:
    batch = store_file(
        actor=actor,
        project=project,
        side=side,
        kind=ImportBatch.Kind.TIME_ENTRIES,
        upload=ContentFile(text.encode(), name="january.csv"),
    )
    check_timesheet(batch=batch)
    take_timesheet(actor=actor, batch=batch, preview_hash=batch.preview_hash)
    return batch


def take_back(actor: User, batch: ImportBatch) -> None:
    take_timesheet_back(actor=actor, batch=batch, shown=time_taking_back(batch).fingerprint)


def refusal_of(actor: User, batch: ImportBatch) -> str:
    with pytest.raises(DomainError) as refused, transaction.atomic():
        take_back(actor, batch)
    return str(refused.value.code)


def test_its_entries_go_and_the_sums_with_them(project: Project, client_manager: User, developer: Person) -> None:
    day = dt.date(2026, 1, 5)
    by_hand = record_time(actor=client_manager, project=project, person=developer, worked_on=day, minutes=30, today=day)
    batch = taken(project, client_manager)
    found = time_taking_back(batch)
    assert found.goes == ("2 time entries: 3.5 h",)
    assert "Whoever takes no part is given a last day on People." in found.stays[0]
    Mark.objects.all().delete()
    take_back(client_manager, batch)
    assert list(TimeEntry.objects.all()) == [by_hand]
    for sums in (DayBurn, ItemBurn, PersonWeekBurn):
        assert sum(sums.objects.values_list("minutes", flat=True)) == 30
    assert Mark.objects.get(cause="budget_timeentry").since_on == day
    batch.refresh_from_db()
    assert (batch.state, batch.taken_back_by) == (ImportBatch.State.TAKEN_BACK, client_manager)


def test_it_is_told_and_its_history_stays(
    project: Project, client_manager: User, vendor_manager: User, developer: Person
) -> None:
    batch = taken(project, client_manager)
    take_back(client_manager, batch)
    activity = Activity.objects.get(verb="time_import_taken_back")
    assert activity.data == {"count": 2, "hours": "3.50", "filename": "january.csv"}
    assert (activity.actor, activity.recorded_from) == (client_manager, "january.csv")
    told = OutboxMessage.objects.filter(kind="timesheet_taken_back", recipient=vendor_manager)
    assert told.filter(channel="in_app").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_label, minutes, batch_id FROM budget_timeentryevent ORDER BY minutes")
        assert cursor.fetchall() == [("delete", 90, batch.pk), ("delete", 120, batch.pk)]


def test_the_same_file_can_be_taken_again(project: Project, client_manager: User, developer: Person) -> None:
    take_back(client_manager, taken(project, client_manager))
    again = taken(project, client_manager, TWO_ROWS.replace("1.5", "3"))
    assert (again.outcome["new"], again.outcome["codes"]) == (2, {})
    assert sum(DayBurn.objects.values_list("minutes", flat=True)) == 300


def test_it_is_taken_back_once_and_only_if_it_was_taken(
    project: Project, client_manager: User, developer: Person
) -> None:
    batch = taken(project, client_manager)
    take_back(client_manager, batch)
    assert refusal_of(client_manager, batch) == "not_taken"
    with pytest.raises(DomainError) as refused:
        take_timesheet(actor=client_manager, batch=batch, preview_hash=batch.preview_hash)
    assert refused.value.code == "taken_back"


def test_what_was_taken_back_by_hand_stays_with_its_reason(
    project: Project, client_manager: User, developer: Person
) -> None:
    batch = taken(project, client_manager)
    reverse_time(actor=client_manager, entry=TimeEntry.objects.get(source_id="id:1"), reason="twice")
    found = time_taking_back(batch)
    assert found.counts == {"entries": 1, "minutes": 120, "entries_that_stay": 1}
    assert "1 time entry that was taken back by hand already: it counts nothing." in found.stays
    take_back(client_manager, batch)
    assert sorted(TimeEntry.objects.values_list("minutes", flat=True)) == [-90, 90]
    assert sum(DayBurn.objects.values_list("minutes", flat=True)) == 0


def test_only_what_was_shown_is_taken_back(project: Project, client_manager: User, developer: Person) -> None:
    batch = taken(project, client_manager)
    shown = time_taking_back(batch).fingerprint
    reverse_time(actor=client_manager, entry=TimeEntry.objects.get(source_id="id:1"), reason="twice")
    with pytest.raises(DomainError) as refused:
        take_timesheet_back(actor=client_manager, batch=batch, shown=shown)
    assert (refused.value.code, TimeEntry.objects.count()) == ("preview_changed", 3)


@pytest.mark.parametrize(("state", "code"), [("confirmed", "rests_on_it"), ("withdrawn", "")])
def test_hours_that_the_vendor_confirmed_stay(
    project: Project, client_manager: User, developer: Person, state: str, code: str
) -> None:
    batch = taken(project, client_manager)
    RecordConfirmation.objects.create(
        project=project,
        subject="hours",
        first_day=dt.date(2026, 1, 1),
        last_day=dt.date(2026, 1, 31),
        content={},
        digest="0" * 64,
        person=developer,
        asked_by=client_manager,
        state=state,
        answered_at=batch.committed_at,
    )
    if code:
        assert refusal_of(client_manager, batch) == code
        assert TimeEntry.objects.count() == 2
    else:
        take_back(client_manager, batch)
        assert TimeEntry.objects.count() == 0


def test_an_entry_taken_back_meanwhile_is_no_half_removal(
    fresh_database: object, project: Project, client_manager: User, developer: Person
) -> None:
    """Somebody takes one entry back and has not committed yet: whoever takes the import back waits, and looks anew."""
    batch = taken(project, client_manager)
    shown = time_taking_back(batch).fingerprint
    errors: list[str] = []

    def act() -> None:
        try:
            take_timesheet_back(actor=client_manager, batch=batch, shown=shown)
        except DomainError as error:
            errors.append(str(error.code))
        finally:
            connection.close()

    with transaction.atomic():
        reverse_time(actor=client_manager, entry=TimeEntry.objects.get(source_id="id:1"), reason="twice")
        thread = threading.Thread(target=act)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)
    assert (errors, TimeEntry.objects.count()) == (["preview_changed"], 3)


def test_a_worker_takes_a_long_one_back(
    fresh_database: object, project: Project, client_manager: User, developer: Person
) -> None:
    batch = taken(project, client_manager)
    choices = {"shown": time_taking_back(batch).fingerprint}
    ask_for_work(actor=client_manager, batch=batch, act=ImportWork.Act.TAKE_BACK, choices=choices)
    work_on(batch.pk)
    assert (ImportWork.objects.count(), TimeEntry.objects.count()) == (0, 0)


def test_the_page_says_what_goes_and_does_it(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    batch = taken(project, client_manager)
    client = sign_in(client_manager)
    page = reverse("budget:time_import_take_back", args=[project.slug, batch.uuid])
    detail = reverse("budget:time_import_detail", args=[project.slug, batch.uuid])
    assert f'href="{page}"' in client.get(detail).content.decode()
    shown = client.get(page)
    assert "2 time entries: 3.5 h" in shown.content.decode()
    stale = client.post(page, {"shown": "0" * 64})
    assert (stale.status_code, "the project changed. Look again." in stale.content.decode()) == (422, True)
    assert client.post(page, {"shown": stale.context["form"]["shown"].value()})["Location"] == detail
    assert "This import was taken back." in client.get(detail).content.decode()
    assert TimeEntry.objects.count() == 0


def test_each_side_takes_back_its_own(
    project: Project,
    client_manager: User,
    vendor_manager: User,
    client_team_lead: User,
    developer: Person,
    sign_in: SignIn,
) -> None:
    batch = taken(project, vendor_manager, side=Side.VENDOR)
    page = reverse("budget:time_import_take_back", args=[project.slug, batch.uuid])
    found = {"shown": time_taking_back(batch).fingerprint}
    assert sign_in(client_manager).post(page, found).status_code == 404
    assert sign_in(client_team_lead).post(page, found).status_code == 403
    assert TimeEntry.objects.count() == 2
    assert sign_in(vendor_manager).post(page, found).status_code == 302
    assert TimeEntry.objects.count() == 0


def test_programs_take_back_what_they_were_shown(
    project: Project, client_manager: User, developer: Person, program: Program
) -> None:
    batch, api = taken(project, client_manager), program(client_manager)
    path = f"projects/{project.slug}/time-imports/{batch.uuid}/take-back/"
    found = api.get(path).json()
    assert (found["counts"], found["obstacle"]) == ({"entries": 2, "minutes": 210, "entries_that_stay": 0}, "")
    assert api.post(path, {"shown": "0" * 64}).json()["code"] == "preview_changed"
    done = api.post(path, {"shown": found["shown"]})
    assert (done.status_code, done.json()["state"], TimeEntry.objects.count()) == (200, "taken_back", 0)
    assert api.get(path).json()["obstacle"] == "This import has been taken back already."
