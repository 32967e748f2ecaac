"""Hours by file: from the upload to the entries, and everything that may go wrong in between."""

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Person, PersonSourceId, User
from budget.models import DayBurn, ItemBurn, TimeEntry
from budget.time_entries import reverse_time
from budget.time_import import check_timesheet, take_timesheet
from core.errors import DomainError
from core.tabular.sentences import sentence_of
from launch.postgres import Urls
from projects.actions import agree_rate
from projects.audience import Side
from projects.import_files import discard_file, problems_of, store_file
from projects.models import Activity, ImportBatch, Project, ProjectPerson, Terms
from requirements_app.actions import add_work_item, change_work_item, report_progress

HEADER = "Date,Person,Hours,Work item,Note,Entry id\n"
TWO_ROWS = HEADER + "2026-01-05,Dora Developer,1.5,CL-2,first,1\n2026-01-06,Dora Developer,2,,second,2\n"

SignIn = Callable[[User | AnonymousUser], Client]


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def stored(project: Project, actor: User, text: str, side: str = Side.CLIENT) -> ImportBatch:
    return store_file(
        actor=actor,
        project=project,
        side=side,
        kind=ImportBatch.Kind.TIME_ENTRIES,
        upload=ContentFile(text.encode(), name="january.csv"),
    )


def checked(project: Project, actor: User, text: str, **options: object) -> ImportBatch:
    batch = stored(project, actor, text)
    check_timesheet(batch=batch, options=options)
    return batch


def take(batch: ImportBatch, actor: User, **options: bool) -> None:
    take_timesheet(actor=actor, batch=batch, preview_hash=batch.preview_hash, **options)


def counts(batch: ImportBatch) -> dict[str, int]:
    return {name: batch.outcome[name] for name in ("rows", "new", "same", "left_out", "wrong")}


def entries(project: Project) -> list[tuple[str, int, str]]:
    found = TimeEntry.objects.filter(project=project).order_by("worked_on", "pk")
    return [(entry.worked_on.isoformat(), entry.minutes, entry.note) for entry in found]


def test_rows_become_entries_of_the_batch_on_their_items(
    project: Project, client_manager: User, developer: Person
) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Import", outside_key="CL-2")
    batch = checked(project, client_manager, TWO_ROWS)
    assert counts(batch) == {"rows": 2, "new": 2, "same": 0, "left_out": 0, "wrong": 0}
    assert entries(project) == []
    take(batch, client_manager)
    first, second = TimeEntry.objects.filter(project=project).order_by("pk")
    assert (first.person, first.work_item, first.minutes, first.note) == (developer, item, 90, "first")
    assert (second.work_item, second.source, second.source_id, second.batch) == (None, "file", "id:2", batch)
    assert DayBurn.objects.get(project=project, worked_on="2026-01-05").minutes == 90
    assert ItemBurn.objects.get(project=project, work_item=item).minutes == 90


def test_preview_says_what_the_file_comes_to(project: Project, client_manager: User, developer: Person) -> None:
    batch = checked(project, client_manager, TWO_ROWS)
    assert batch.outcome["totals"] == {
        "minutes": 210,
        "unordered_minutes": 210,
        "used_before_minutes": 0,
        "first_day": "2026-01-05",
        "last_day": "2026-01-06",
        "people": [{"name": "Dora Developer", "rows": 2, "minutes": 210}],
    }
    assert batch.outcome["codes"] == {"item_unknown": 1}
    (problem,) = batch.outcome["problems"]
    assert (problem["row"], problem["column"], problem["value"]) == (2, "Work item", "CL-2")


def test_taking_a_file_leaves_an_activity_entry(project: Project, client_manager: User, developer: Person) -> None:
    take(checked(project, client_manager, TWO_ROWS), client_manager)
    activity = Activity.objects.get(project=project, verb="time_imported")
    assert activity.data == {"count": 2, "hours": "3.50", "filename": "january.csv"}
    assert (activity.actor, activity.side, activity.recorded_from) == (client_manager, "client", "january.csv")


def test_the_same_file_again_adds_nothing(project: Project, client_manager: User, developer: Person) -> None:
    text = "Date,Person,Hours\n" + "2026-01-05,Dora Developer,1\n" * 2
    take(checked(project, client_manager, text), client_manager)
    again = checked(project, client_manager, text)
    assert counts(again) == {"rows": 2, "new": 0, "same": 2, "left_out": 0, "wrong": 0}
    take(again, client_manager)
    assert entries(project) == [("2026-01-05", 60, ""), ("2026-01-05", 60, "")]


def test_an_entry_that_was_taken_back_does_not_return(
    project: Project, client_manager: User, developer: Person
) -> None:
    take(checked(project, client_manager, TWO_ROWS), client_manager)
    reverse_time(actor=client_manager, entry=TimeEntry.objects.get(source_id="id:1"), reason="twice")
    take(checked(project, client_manager, TWO_ROWS), client_manager)
    assert DayBurn.objects.get(project=project, worked_on="2026-01-05").minutes == 0


def test_a_row_that_changed_since_is_told_and_not_taken(
    project: Project, client_manager: User, developer: Person
) -> None:
    take(checked(project, client_manager, TWO_ROWS), client_manager)
    batch = checked(project, client_manager, TWO_ROWS.replace("1.5", "3"))
    assert (counts(batch), batch.outcome["codes"]) == (
        {"rows": 2, "new": 0, "same": 1, "left_out": 1, "wrong": 0},
        {"changed_since": 1},
    )


def test_what_changed_since_the_preview_refuses_the_taking(
    project: Project, client_manager: User, developer: Person
) -> None:
    """Somebody else takes those rows otherwise meanwhile: what was shown is no longer what would be written."""
    batch = checked(project, client_manager, TWO_ROWS)
    take(checked(project, client_manager, TWO_ROWS.replace("1.5", "3")), client_manager)
    before = entries(project)
    with pytest.raises(DomainError) as refused:
        take(batch, client_manager)
    assert (refused.value.code, entries(project)) == ("preview_changed", before)


def test_wrong_rows_block_unless_they_are_left_out_by_choice(
    project: Project, client_manager: User, developer: Person
) -> None:
    batch = checked(project, client_manager, TWO_ROWS + "2026-02-30,Dora Developer,1,,,3\n")
    with pytest.raises(DomainError) as refused:
        take(batch, client_manager)
    assert (refused.value.code, entries(project)) == ("wrong_rows", [])
    take(batch, client_manager, leave_out_wrong_rows=True)
    assert len(entries(project)) == 2
    assert counts(batch) == {"rows": 3, "new": 2, "same": 0, "left_out": 0, "wrong": 1}


def test_every_problem_has_a_sentence(project: Project, client_manager: User, developer: Person) -> None:
    text = TWO_ROWS + "2026-02-30,Dora Developer,1,,,3\n2026-01-05,Dora Developer,0,,,4\n"
    assert [
        sentence_of(each.code, row=each.row, column=each.column, value=each.value, **each.params)
        for each in problems_of(checked(project, client_manager, text))
    ] == [
        "Row 2: no work item is called “CL-2”. The hours count as unordered work.",
        "Row 4: the day 2026-02-30 in “Date” does not exist.",
        "Row 5 has no time and was left out.",
    ]


def test_a_commit_names_what_was_seen(project: Project, client_manager: User, developer: Person) -> None:
    batch = checked(project, client_manager, TWO_ROWS)
    add_work_item(actor=client_manager, project=project, title="Import", outside_key="CL-2")
    with pytest.raises(DomainError) as refused:
        take(batch, client_manager)
    assert (refused.value.code, entries(project)) == ("preview_changed", [])
    check_timesheet(batch=batch)
    take(batch, client_manager)
    assert len(entries(project)) == 2


def test_a_hash_from_elsewhere_is_refused(project: Project, client_manager: User, developer: Person) -> None:
    batch = checked(project, client_manager, TWO_ROWS)
    for preview_hash in ("", "0" * 64):
        with pytest.raises(DomainError) as refused:
            take_timesheet(actor=client_manager, batch=batch, preview_hash=preview_hash)
        assert refused.value.code == "preview_changed"


def test_a_batch_is_taken_once(project: Project, client_manager: User, developer: Person) -> None:
    batch = checked(project, client_manager, TWO_ROWS)
    take(batch, client_manager)
    for act in (lambda: take(batch, client_manager), lambda: discard_file(batch=batch)):
        with pytest.raises(DomainError) as refused:
            act()
        assert refused.value.code == "already_taken"


def test_a_lost_file_is_said_plainly(project: Project, client_manager: User, developer: Person) -> None:
    batch = checked(project, client_manager, TWO_ROWS)
    Path(batch.file.path).unlink()
    with pytest.raises(DomainError) as refused:
        take(batch, client_manager)
    assert refused.value.code == "file_lost"


def test_unknown_people_are_asked_about_once_and_remembered(
    project: Project, client_manager: User, developer: Person
) -> None:
    text = "Date,User,Hours\n2026-01-05,dd,1\n2026-01-05,Nora New,2\n2026-01-05,Guest,4\n"
    batch = checked(project, client_manager, text)
    assert [(each["name"], each["minutes"]) for each in batch.outcome["people"]] == [
        ("dd", 60),
        ("Guest", 240),
        ("Nora New", 120),
    ]
    with pytest.raises(DomainError) as refused:
        take(batch, client_manager)
    assert refused.value.code == "not_settled"
    answers = {
        "dd": {"as": str(developer.uuid), "name": ""},
        "nora new": {"as": "new", "name": "Nora Newman"},
        "guest": {"as": "skip", "name": ""},
    }
    check_timesheet(batch=batch, options={"people": answers})
    assert counts(batch) == {"rows": 3, "new": 2, "same": 0, "left_out": 1, "wrong": 0}
    take(batch, client_manager)
    added = ProjectPerson.objects.get(project=project, person__name="Nora Newman")
    assert (added.side, added.person.organisation) == (Side.VENDOR, project.vendor)
    assert dict(PersonSourceId.objects.values_list("source_id", "person__name")) == {
        "dd": "Dora Developer",
        "nora new": "Nora Newman",
    }
    next_file = checked(project, client_manager, "Date,User,Hours\n2026-02-05,DD,1\n2026-02-05,Nora New,2\n")
    assert (list(next_file.outcome["people"]), next_file.outcome["new"]) == ([], 2)


def test_two_people_of_one_name_are_asked_about(project: Project, client_manager: User, developer: Person) -> None:
    twin = Person.objects.create(organisation=project.vendor, name="Dora Developer")
    ProjectPerson.objects.create(project=project, person=twin, side=Side.VENDOR)
    batch = checked(project, client_manager, TWO_ROWS)
    assert [each["name"] for each in batch.outcome["people"]] == ["Dora Developer"]


def test_hours_on_a_dropped_item_count_as_unordered(project: Project, client_manager: User, developer: Person) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Import", outside_key="CL-2")
    change_work_item(actor=client_manager, item=item, expected_version=item.version, state="dropped")
    batch = checked(project, client_manager, TWO_ROWS)
    assert (batch.outcome["codes"], batch.outcome["totals"]["unordered_minutes"]) == ({"item_dropped": 1}, 210)


def test_hours_after_an_item_was_done_count_and_are_told(
    project: Project, client_manager: User, developer: Person
) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Import", outside_key="CL-2")
    report_progress(actor=client_manager, item=item, on=dt.date(2026, 1, 4), is_done=True)
    batch = checked(project, client_manager, TWO_ROWS)
    assert (batch.outcome["new"], batch.outcome["codes"]) == (2, {"after_done": 1})


@pytest.mark.parametrize("text", ["CL-2", "cl-2", "CL-2 Import of claims", "W-1", "Import of claims", "Story #CL: x"])
def test_items_are_found_by_key_number_or_title(
    project: Project, client_manager: User, developer: Person, text: str
) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Import of claims", outside_key="CL-2")
    take(
        checked(project, client_manager, f"Date,Person,Hours,Work item\n2026-01-05,Dora Developer,1,{text}\n"),
        client_manager,
    )
    assert TimeEntry.objects.get(project=project).work_item == (None if text == "Story #CL: x" else item)


def test_a_title_that_two_items_share_names_neither(project: Project, client_manager: User, developer: Person) -> None:
    for _ in range(2):
        add_work_item(actor=client_manager, project=project, title="Tests")
    batch = checked(project, client_manager, "Date,Person,Hours,Work item\n2026-01-05,Dora Developer,1,Tests\n")
    assert batch.outcome["codes"] == {"item_unknown": 1}


def test_an_unreadable_file_says_why_and_is_kept(project: Project, client_manager: User) -> None:
    batch = checked(project, client_manager, 'Date,Person,Hours\n2026-01-05,"Ann,1\n')
    assert batch.outcome["refusal"] == {"code": "unclosed_quote", "asks": "", "params": {"line": 2}}
    assert batch.state == ImportBatch.State.UPLOADED
    assert Path(batch.file.path).exists()


# ── At once, and interrupted ────────────────────────────────────────────────────────────────────────


def test_the_same_file_in_two_tabs_at_once_counts_once(
    fresh_database: object, project: Project, client_manager: User, developer: Person
) -> None:
    text = "Date,Person,Hours,Note\n" + "".join(f"2026-01-05,Dora Developer,0.1,{n}\n" for n in range(500))
    batches = [checked(project, client_manager, text) for _ in range(2)]
    start = threading.Barrier(2)
    failures: list[Exception] = []

    def act(batch: ImportBatch) -> None:
        try:
            start.wait(10)
            take(batch, client_manager)
        except Exception as error:  # noqa: BLE001  (whatever it is, the test has to see it)
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=[batch]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert TimeEntry.objects.filter(project=project).count() == 500
    assert sorted(batch.outcome["new"] for batch in batches) == [0, 500]
    assert DayBurn.objects.get(project=project).minutes == 3000


KILLED_HALFWAY = """
import os, signal, sys, django
django.setup()
from budget import time_import
from projects.models import ImportBatch
batch = ImportBatch.objects.get(uuid=sys.argv[1])
def die(*arguments):
    os.kill(os.getpid(), signal.SIGKILL)
# What comes next once every entry is written.
time_import.tell_of_new_time = die
time_import.take_timesheet(actor=batch.created_by, batch=batch, preview_hash=batch.preview_hash)
"""


def test_a_kill_in_the_middle_leaves_nothing_and_the_file_can_be_taken_again(
    fresh_database: Urls, project: Project, client_manager: User, developer: Person, tmp_path: Path
) -> None:
    batch = checked(project, client_manager, TWO_ROWS)
    urls = {"DATABASE_URL": fresh_database.app, "DATABASE_OWNER_URL": fresh_database.owner}
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_HALFWAY, str(batch.uuid)],
        env={**os.environ, **urls, "MEDIA_ROOT": str(tmp_path), "DJANGO_SETTINGS_MODULE": "oversight.settings"},
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert (entries(project), list(DayBurn.objects.filter(project=project))) == ([], [])
    batch.refresh_from_db()
    take(batch, client_manager)
    assert len(entries(project)) == 2


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────


def upload(client: Client, project: Project, content: bytes, name: str = "january.csv") -> str:
    response = client.post(
        reverse("budget:time_import_new", args=[project.slug]), {"file": SimpleUploadedFile(name, content)}
    )
    assert response.status_code == 302, response.content.decode()
    return str(response["Location"])


def test_a_file_without_date_and_hours_is_asked_for_exactly_these_and_first(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)
    shown = client.get(upload(client, project, b"Foo,User,Bar\n2026-04-03,Nora New,1.5\n"))
    assert (
        "This file has no column that we recognise as “Date” and as “Hours or duration”: say which they are."
        in shown.content.decode()
    )
    assert list(shown.context["form"].fields)[1:3] == ["column_worked_on", "column_duration"]


def test_what_the_file_would_cost_the_agreement_is_said_before_it_is_taken(
    project: Project, client_manager: User, sign_in: SignIn, developer: Person
) -> None:
    Terms.objects.filter(project=project).update(budget_minutes=60)
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(100), first_day=dt.date(2026, 1, 6))
    Project.objects.filter(pk=project.pk).update(planned_start_on=dt.date(2026, 1, 6), planned_finish_on=None)
    client = sign_in(client_manager)
    shown = client.get(upload(client, project, TWO_ROWS.encode()))
    page = " ".join(shown.content.decode().split())
    assert "With this file the hours used pass the 1.0 h agreed by 2.5 h." in page
    assert '<dd class="over">3.5 h' in page
    assert "Row 2: no rate is agreed for Dora Developer on that day." in page
    assert "Row 2 lies before the planned start, 6 Jan 2026." in page
    outcome = shown.context["outcome"]
    assert (outcome.codes["without_rate"], outcome.codes["before_start"], outcome.new) == (1, 1, 2)


def test_pages_lead_from_the_file_to_the_entries(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)
    text = "When,User,Hours\n03/04/2026,Nora New,1.5\n05/04/2026,Dora Developer,x\n"
    page = upload(client, project, text.encode())
    asked = client.get(page).content.decode()
    assert "no column that we recognise as “Date”: say which it is." in asked
    client.post(page, {"act": "read", "column_worked_on": "When", "column_duration": "Hours", "column_person": "User"})
    assert "03/04/2026" in client.get(page).content.decode()
    client.post(page, {"act": "read", "date_order": "dmy"})
    shown = client.get(page)
    assert "<b>1 person</b> in the file is not known" in shown.content.decode()
    form = shown.context["form"]
    client.post(page, {"act": "people", **{name: form[name].initial for name in form.fields if name != "act"}})
    shown = client.get(page)
    answer = " ".join(shown.content.decode().split())
    assert "<b>1 of 2 rows</b> are new: <b>1.5 h</b>, 3 Apr 2026 – 3 Apr 2026, 1 person." in answer
    decision = {"act": "take", "preview_hash": shown.context["form"]["preview_hash"].value()}
    refused = client.post(page, decision)
    assert (refused.status_code, entries(project)) == (422, [])
    client.post(page, {**decision, "leave_out_wrong_rows": "on"})
    assert entries(project) == [("2026-04-03", 90, "")]
    assert "<b>1 time entry</b> was taken: <b>1.5 h</b>." in client.get(page).content.decode()


def test_what_was_answered_once_holds_for_the_next_file_with_these_columns(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)
    text = "When,User,Dauer\n{day}/04/2026,Dora Developer,{length}\n"
    page = upload(client, project, text.format(day="03", length="90").encode())
    client.post(page, {"act": "read", "column_worked_on": "When", "column_duration": "Dauer", "column_person": "User"})
    client.post(page, {"act": "read", "date_order": "dmy", "unit": "minutes"})
    client.post(page, {"act": "take", "preview_hash": client.get(page).context["form"]["preview_hash"].value()})
    next_page = upload(client, project, text.format(day="04", length="30").encode())
    shown = client.get(next_page)
    assert "The file is read as the last one with these columns was." in shown.content.decode()
    client.post(next_page, {"act": "take", "preview_hash": shown.context["form"]["preview_hash"].value()})
    assert entries(project) == [("2026-04-03", 90, ""), ("2026-04-04", 30, "")]


def test_the_list_of_imports_costs_the_same_however_long(
    project: Project,
    client_manager: User,
    sign_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = sign_in(client_manager)
    page = reverse("budget:time_import_new", args=[project.slug])
    client.get(page)
    with CaptureQueriesContext(connection) as without_any:
        client.get(page)
    for number in range(5):
        stored(project, client_manager, TWO_ROWS + f"{number}\n")
    with django_assert_num_queries(len(without_any)):
        assert client.get(page).content.decode().count("january.csv") == 5


def test_an_encoding_that_nobody_can_know_is_asked_for(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)
    page = upload(client, project, TWO_ROWS.replace("second", "für Jürgen").encode("cp1252"))
    assert "Line 3 is not UTF-8 text." in client.get(page).content.decode()
    client.post(page, {"act": "read", "encoding": "cp1252"})
    shown = client.get(page)
    client.post(page, {"act": "take", "preview_hash": shown.context["form"]["preview_hash"].value()})
    assert [note for *_, note in entries(project)] == ["first", "für Jürgen"]


def test_an_answer_from_a_stale_tab_writes_nothing(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)
    page = upload(client, project, TWO_ROWS.encode())
    stale = client.get(page).context["form"]["preview_hash"].value()
    add_work_item(actor=client_manager, project=project, title="Import", outside_key="CL-2")
    refused = client.post(page, {"act": "take", "preview_hash": stale})
    assert (refused.status_code, entries(project)) == (422, [])
    assert "The file would now write something else than you saw" in refused.content.decode()


def test_problems_can_be_downloaded(project: Project, client_manager: User, developer: Person, sign_in: SignIn) -> None:
    client = sign_in(client_manager)
    page = upload(client, project, (TWO_ROWS + "2026-02-30,=cmd,1,,,3\n").encode())
    lines = client.get(page + "problems.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Row,Column,Value,Code,Level,What is the matter"
    assert lines[2].startswith("4,Date,2026-02-30,no_such_day,error,")


def test_a_discarded_import_is_gone_with_its_file(
    fresh_database: object, project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)
    page = upload(client, project, TWO_ROWS.encode())
    batch = ImportBatch.objects.get(project=project)
    asked = client.get(f"{page}?step=discard").content.decode()
    assert ("Nothing of it was written" in asked, f'action="{page}"' in asked) == (True, True)
    assert Path(batch.file.path).exists()
    client.post(page, {"act": "discard"})
    batch.refresh_from_db()
    assert (batch.state, Path(batch.file.path).exists(), entries(project)) == ("discarded", False, [])
    assert "This import was discarded" in client.get(page).content.decode()
    assert "This import was discarded" in client.get(f"{page}?step=discard").content.decode()


@pytest.mark.parametrize("extension", ["csv", "xlsx"])
def test_the_example_file_is_itself_understood(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn, extension: str
) -> None:
    client = sign_in(client_manager)
    example = client.get(reverse("budget:time_import_template", args=[project.slug, extension])).content
    upload(client, project, example, f"example.{extension}")
    assert [each["name"] for each in ImportBatch.objects.get(project=project).outcome["people"]] == ["Ada Lovelace"]


def test_a_side_sees_its_own_imports_only(
    project: Project, client_manager: User, vendor_manager: User, developer: Person, sign_in: SignIn
) -> None:
    page = upload(sign_in(client_manager), project, TWO_ROWS.encode())
    client = sign_in(vendor_manager)
    assert client.get(page).status_code == 404
    assert "january.csv" not in client.get(reverse("budget:time_import_new", args=[project.slug])).content.decode()


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("client_manager", 200),
        ("vendor_manager", 200),
        ("client_team_lead", 403),
        ("vendor_member", 403),
        ("client_viewer", 403),
        ("other_client", 404),
        ("revoked_member", 404),
    ],
)
def test_only_managers_import_hours(
    project: Project, sign_in: SignIn, request: pytest.FixtureRequest, who: str, status: int
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse("budget:time_import_new", args=[project.slug])).status_code == status


def test_answers_of_another_client_do_not_steer_this_import(
    project: Project, other_project: Project, client_manager: User, developer: Person
) -> None:
    """Two clients of one vendor: what the one answered about a name means nothing in the other's file."""
    twin = Person.objects.create(organisation=project.vendor, name="Somebody Else")
    ProjectPerson.objects.create(project=project, person=twin, side=Side.VENDOR)
    PersonSourceId.objects.create(
        organisation=project.vendor, client=other_project.client, person=twin, source="", source_id="dd"
    )
    batch = checked(project, client_manager, "Date,User,Hours\n2026-02-05,DD,1\n")
    assert [each["name"] for each in batch.outcome["people"]] == ["DD"]


def test_an_empty_file_says_what_to_do(project: Project, client_manager: User, sign_in: SignIn) -> None:
    answer = sign_in(client_manager).post(
        reverse("budget:time_import_new", args=[project.slug]), {"file": SimpleUploadedFile("empty.csv", b"")}
    )
    assert answer.context["form"].errors == {"file": ["The file is empty. Export it again, then choose it here."]}
