"""A file that comes again: rows that changed and entries it names no more, taken as corrections by choice."""

import datetime as dt
import threading
import uuid
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.urls import reverse
from pytest_django import Settings

from accounts.models import Person, User
from budget.entry_identity import identity_of_correction
from budget.models import DayBurn, TimeEntry
from budget.time_entries import reverse_time
from budget.time_import import check_timesheet, take_timesheet
from budget.time_statements import CORRECTION_OF
from budget.time_taking_back import take_timesheet_back, time_taking_back
from core.errors import DomainError
from projects.actions import add_person, agree_rate
from projects.import_work import look_first
from projects.models import Activity, ImportBatch, Project
from tests.budget.test_import_work import SignIn
from tests.budget.test_time_import import checked, counts, stored

HEAD = "Date,Person,Hours,Note,Entry id\n"
FIRST = HEAD + "2026-01-05,Dora Developer,1.5,a,1\n2026-01-06,Dora Developer,2,b,2\n2026-01-07,Dora Developer,4,c,3\n"
# The first says more hours, the second is gone, the third another day.
AGAIN = HEAD + "2026-01-05,Dora Developer,3,a,1\n2026-01-06,Dora Developer,4,c,3\n"
BOTH = {"corrects": True, "takes_back": True}


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def taken(project: Project, actor: User, text: str, **corrections: object) -> ImportBatch:
    batch = checked(project, actor, text, **({"corrections": corrections} if corrections else {}))
    take_timesheet(actor=actor, batch=batch, preview_hash=batch.preview_hash)
    return batch


def standing() -> list[tuple[str, int, str | None]]:
    found = TimeEntry.objects.filter(reverses=None, reversals=None).order_by("worked_on", "source_id")
    return [(entry.worked_on.isoformat(), entry.minutes, entry.source_id) for entry in found]


def burned() -> dict[str, int]:
    return {day.isoformat(): total for day, total in DayBurn.objects.values_list("worked_on", "minutes") if total}


def test_what_changed_and_what_is_gone_is_told_and_stays(
    project: Project, client_manager: User, developer: Person
) -> None:
    taken(project, client_manager, FIRST)
    batch = checked(project, client_manager, AGAIN + "2026-01-08,Dora Developer,1,d,4\n")
    assert counts(batch) == {"rows": 3, "new": 1, "same": 0, "left_out": 2, "wrong": 0}
    assert batch.outcome["codes"] == {"changed_since": 2}
    found = batch.outcome["totals"]["corrections"]
    assert [(each["row"], each["minutes_before"], each["minutes"]) for each in found["changes"]] == [
        (2, 90, 180),
        (3, 240, 240),
    ]
    assert [(each["person"], each["day"], each["note"]) for each in found["missing"]] == [
        ("Dora Developer", "2026-01-06", "b")
    ]
    take_timesheet(actor=client_manager, batch=batch, preview_hash=batch.preview_hash)
    assert burned() == {"2026-01-05": 90, "2026-01-06": 120, "2026-01-07": 240, "2026-01-08": 60}


def test_they_are_taken_as_reversals_and_new_entries(project: Project, client_manager: User, developer: Person) -> None:
    agree_rate(actor=client_manager, project=project, hourly_rate=60, first_day=dt.date(2026, 1, 1))
    taken(project, client_manager, FIRST)
    batch = checked(project, client_manager, AGAIN, corrections=BOTH)
    assert (counts(batch), batch.outcome["changed"], batch.outcome["removed"]) == (
        {"rows": 2, "new": 0, "same": 0, "left_out": 0, "wrong": 0},
        2,
        1,
    )
    # +1.5 h of the first, the third only moves, −2 h of the second.
    assert (batch.outcome["totals"]["minutes"], batch.outcome["codes"]) == (-30, {})
    take_timesheet(actor=client_manager, batch=batch, preview_hash=batch.preview_hash)
    assert standing() == [("2026-01-05", 180, "id:1"), ("2026-01-06", 240, "id:3")]
    assert burned() == {"2026-01-05": 180, "2026-01-06": 240}
    assert (batch.outcome["new"], batch.outcome["changed"], batch.outcome["totals"]["minutes"]) == (0, 2, -30)
    assert sum(DayBurn.objects.values_list("amount", flat=True)) == 420
    notes = set(TimeEntry.objects.filter(reverses__isnull=False).values_list("note", flat=True))
    assert notes == {"Corrected by january.csv.", "No longer in january.csv."}
    activity = Activity.objects.get(verb="time_corrected_by_file")
    assert activity.data == {"corrected": 2, "taken_back": 1, "hours": "-0.50", "filename": "january.csv"}
    assert Activity.objects.filter(verb="time_imported").count() == 1  # of the first file: the second brought none


def test_a_correction_is_corrected_again_and_the_same_file_changes_nothing(
    project: Project, client_manager: User, developer: Person
) -> None:
    taken(project, client_manager, FIRST)
    taken(project, client_manager, AGAIN, **BOTH)
    again = checked(project, client_manager, AGAIN, corrections=BOTH)
    assert (counts(again)["same"], again.outcome["changed"], again.outcome["removed"]) == (2, 0, 0)
    taken(project, client_manager, AGAIN.replace(",3,a", ",5,a"), **BOTH)
    assert standing() == [("2026-01-05", 300, "id:1"), ("2026-01-06", 240, "id:3")]
    # What a correction brought goes, too, once no file names it.
    taken(project, client_manager, AGAIN.replace("05,Dora Developer,3,a,1", "05,Dora Developer,1,e,9"), **BOTH)
    assert standing() == [("2026-01-05", 60, "id:9"), ("2026-01-06", 240, "id:3")]
    assert sum(burned().values()) == 300


def test_single_ones_are_left_as_they_are(project: Project, client_manager: User, developer: Person) -> None:
    taken(project, client_manager, FIRST)
    first, second = TimeEntry.objects.get(source_id="id:1"), TimeEntry.objects.get(source_id="id:2")
    batch = taken(project, client_manager, AGAIN, **BOTH, left=[str(first.pk), str(second.pk)])
    assert (batch.outcome["changed"], batch.outcome["left_out"], batch.outcome["removed"]) == (1, 1, 0)
    assert standing() == [("2026-01-05", 90, "id:1"), ("2026-01-06", 120, "id:2"), ("2026-01-06", 240, "id:3")]


def test_what_was_taken_back_by_hand_is_recorded_anew_once_it_changed(
    project: Project, client_manager: User, developer: Person
) -> None:
    taken(project, client_manager, FIRST)
    reverse_time(actor=client_manager, entry=TimeEntry.objects.get(source_id="id:1"), reason="typed wrong")
    batch = checked(project, client_manager, AGAIN, corrections=BOTH)
    assert batch.outcome["totals"]["minutes"] == 60  # 180 − 0 of the first, −120 of the second
    take_timesheet(actor=client_manager, batch=batch, preview_hash=batch.preview_hash)
    assert burned() == {"2026-01-05": 180, "2026-01-06": 240}


def test_rows_without_an_id_are_gone_and_new(project: Project, client_manager: User, developer: Person) -> None:
    text = "Date,Person,Hours\n2026-01-05,Dora Developer,1\n2026-01-05,Dora Developer,1\n2026-01-06,Dora Developer,2\n"
    taken(project, client_manager, text)
    mended = "Date,Person,Hours\n2026-01-05,Dora Developer,1\n2026-01-06,Dora Developer,5\n"
    batch = taken(project, client_manager, mended, **BOTH)
    assert (batch.outcome["new"], batch.outcome["same"], batch.outcome["removed"]) == (1, 1, 2)
    assert burned() == {"2026-01-05": 60, "2026-01-06": 300}


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "2026-02-05,Dora Developer,1,x,7\n",  # other days
        HEAD + "2026-01-05,Otto Other,1,x,7\n2026-01-07,Otto Other,1,x,8\n",  # another person
        "Date,Person,Hours,Entry id\n2026-01-05,Dora Developer,1.5,1\n2026-01-07,Dora Developer,1,9\n",  # other columns
    ],
)
def test_what_the_file_does_not_speak_of_is_not_gone(
    project: Project, client_manager: User, developer: Person, text: str
) -> None:
    add_person(actor=client_manager, project=project, name="Otto Other", side="vendor")
    taken(project, client_manager, FIRST)
    assert "corrections" not in checked(project, client_manager, text, corrections=BOTH).outcome["totals"]


def test_a_choice_made_since_the_preview_was_seen_is_refused(
    project: Project, client_manager: User, developer: Person
) -> None:
    taken(project, client_manager, FIRST)
    batch = checked(project, client_manager, AGAIN, corrections=BOTH)
    seen = batch.preview_hash
    check_timesheet(batch=batch, options={"corrections": {"corrects": True}})
    with pytest.raises(DomainError) as refused:
        take_timesheet(actor=client_manager, batch=batch, preview_hash=seen)
    assert refused.value.code == "preview_changed"


def test_an_entry_taken_back_since_the_preview_is_seen_again(
    project: Project, client_manager: User, developer: Person
) -> None:
    taken(project, client_manager, FIRST)
    batch = checked(project, client_manager, AGAIN, corrections=BOTH)
    reverse_time(actor=client_manager, entry=TimeEntry.objects.get(source_id="id:2"), reason="by hand")
    with pytest.raises(DomainError) as refused:
        take_timesheet(actor=client_manager, batch=batch, preview_hash=batch.preview_hash)
    assert refused.value.code == "preview_changed"


def test_nobody_takes_an_entry_back_while_a_file_corrects_it(
    fresh_database: object, project: Project, client_manager: User, developer: Person
) -> None:
    taken(project, client_manager, FIRST)
    batch = checked(project, client_manager, AGAIN, corrections=BOTH)
    codes: list[str] = []

    def act() -> None:
        try:
            take_timesheet(actor=client_manager, batch=batch, preview_hash=batch.preview_hash)
        except DomainError as error:
            codes.append(str(error.code))
        finally:
            connection.close()

    with transaction.atomic():
        reverse_time(actor=client_manager, entry=TimeEntry.objects.get(source_id="id:1"), reason="by hand")
        thread = threading.Thread(target=act)
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)
    assert (codes, burned()) == (["preview_changed"], {"2026-01-06": 120, "2026-01-07": 240})


def test_what_was_chosen_of_one_file_is_not_chosen_of_the_next(
    project: Project, client_manager: User, developer: Person
) -> None:
    taken(project, client_manager, FIRST)
    taken(project, client_manager, AGAIN, **BOTH)
    batch = stored(project, client_manager, FIRST)
    look_first(batch=batch)
    assert (batch.outcome["changed"], batch.outcome["totals"]["corrections"]["changed"]) == (0, 2)


def test_taking_the_corrections_back_lets_stand_what_they_corrected(
    project: Project, client_manager: User, developer: Person
) -> None:
    first = taken(project, client_manager, FIRST)
    again = taken(project, client_manager, AGAIN, **BOTH)
    assert "Take that one back first." in time_taking_back(first).obstacle
    shown = time_taking_back(again).fingerprint
    take_timesheet_back(actor=client_manager, batch=again, shown=shown)
    assert burned() == {"2026-01-05": 90, "2026-01-06": 120, "2026-01-07": 240}
    assert time_taking_back(first).obstacle == ""


def test_the_database_makes_the_same_key_of_a_correction(project: Project) -> None:
    key = uuid.uuid4()
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + CORRECTION_OF.format(key="%(key)s::uuid"), {"key": str(key)})
        assert cursor.fetchone() == (identity_of_correction(key),)


def test_the_page_asks_and_counts_them_in(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    taken(project, client_manager, FIRST)
    batch = stored(project, client_manager, AGAIN)
    check_timesheet(batch=batch)
    client = sign_in(client_manager)
    page = reverse("budget:time_import_detail", args=[project.slug, batch.uuid])
    shown = client.get(page)
    assert "<b>2 rows</b> say something else than the entries they became." in shown.content.decode()
    assert (shown.context["step"], "taken back" in shown.content.decode()) == ("done", False)
    keys = shown.context["choices"].keys
    client.post(page, {"act": "choose", "corrects": "on", "takes_back": "on", "taken": keys[1:]})
    shown = client.get(page)
    assert (shown.context["outcome"].changed, shown.context["outcome"].removed) == (1, 1)
    assert "No new hours: what the file corrects changes the hours by <b>" in shown.content.decode()
    client.post(page, {"act": "take", "preview_hash": shown.context["form"]["preview_hash"].value()})
    taken_answer = client.get(page).content.decode()
    assert "Corrections changed the hours by <b>" in taken_answer
    assert "1 was corrected. 1 was taken back." in taken_answer
    assert "0 time entries" not in taken_answer
    assert standing() == [("2026-01-05", 90, "id:1"), ("2026-01-06", 240, "id:3")]
