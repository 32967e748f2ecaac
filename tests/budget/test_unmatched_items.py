"""Hours whose work item nobody knew: kept by name, assigned many at once, and remembered for the next file."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Person, User
from budget.models import DayBurn, ItemBurn, TimeEntry, UnmatchedItem
from budget.time_entries import reverse_time
from budget.time_import import take_timesheet
from budget.time_taking_back import take_timesheet_back, time_taking_back
from budget.unmatched_items import Assigned, assign_unmatched, unmatched_lines, unmatched_of
from core.errors import DomainError
from projects.actions import agree_rate
from projects.audience import Side
from projects.models import Activity, ImportBatch, Project
from requirements_app.actions import add_work_item, change_work_item
from requirements_app.models import WorkItem
from status.queries import counts_for
from tests.api_client import Program
from tests.budget.test_import_work import SignIn
from tests.budget.test_time_import import checked

TEXT = (
    "Date,Person,Hours,Work item\n2026-01-05,Dora Developer,1,CL-7\n2026-01-06,Dora Developer,2,CL-7\n"
    "2026-01-06,Dora Developer,4,Meetings\n2026-01-07,Dora Developer,8,\n"
)


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Import", category="test")


def taken(project: Project, actor: User, text: str = TEXT, **options: object) -> ImportBatch:
    batch = checked(project, actor, text, **options)
    take_timesheet(actor=actor, batch=batch, preview_hash=batch.preview_hash)
    return batch


def waiting(project: Project, side: str = Side.CLIENT) -> list[tuple[str, int, int]]:
    lines = unmatched_lines(list(unmatched_of(project, side)))
    return [(line.item.name, line.entries, line.minutes) for line in lines]


def assign(project: Project, actor: User, **meanings: WorkItem | None) -> Assigned:
    found = {item.name.replace("-", ""): item.uuid for item in unmatched_of(project, Side.CLIENT)}
    choices = {found[name]: item for name, item in meanings.items()}
    return assign_unmatched(actor=actor, project=project, side=Side.CLIENT, choices=choices)


def test_they_count_at_once_and_wait_by_name(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    taken(project, client_manager)
    assert waiting(project) == [("CL-7", 2, 180), ("Meetings", 1, 240)]
    assert waiting(project, Side.VENDOR) == []
    assert sum(DayBurn.objects.values_list("minutes", flat=True)) == 900


def test_many_are_assigned_at_once_with_the_rate_of_their_item(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    agree_rate(actor=client_manager, project=project, hourly_rate=60, first_day=dt.date(2026, 1, 1))
    agree_rate(actor=client_manager, project=project, hourly_rate=90, first_day=dt.date(2026, 1, 1), category="test")
    taken(project, client_manager)
    assert assign(project, client_manager, CL7=item) == Assigned(2, 180)
    of_item = ItemBurn.objects.get(work_item=item)
    assert (of_item.minutes, of_item.amount) == (180, 270)
    assert ItemBurn.objects.get(work_item=None).minutes == 720
    assert waiting(project) == [("Meetings", 1, 240)]
    activity = Activity.objects.get(verb="time_assigned")
    assert (activity.actor, activity.data) == (client_manager, {"count": 2, "hours": "3.00"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pgh_label, work_item_id, amount FROM budget_timeentryevent ORDER BY minutes")
        assert cursor.fetchall() == [("update", None, 60), ("update", None, 120)]


def test_the_next_file_asks_nothing(project: Project, client_manager: User, developer: Person, item: WorkItem) -> None:
    taken(project, client_manager)
    assign(project, client_manager, CL7=item, Meetings=None)
    assert (waiting(project), ItemBurn.objects.get(work_item=None).minutes) == ([], 720)
    again = taken(project, client_manager, TEXT.replace("2026-01", "2026-02").replace("CL-7", "cl-7"))
    assert (again.outcome["codes"], again.outcome["new"]) == ({}, 4)
    assert (waiting(project), ItemBurn.objects.get(work_item=item).minutes) == ([], 360)
    # Nor does the first one change anything: what was assigned since is no change.
    same = checked(project, client_manager, TEXT)
    assert (same.outcome["same"], same.outcome["codes"]) == (4, {})


def test_what_was_said_goes_before_an_item_that_was_dropped(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    old = add_work_item(actor=client_manager, project=project, title="Old", outside_key="CL-7")
    change_work_item(actor=client_manager, item=old, expected_version=old.version, is_dropped=True)
    taken(project, client_manager)
    assign(project, client_manager, CL7=item)
    assert checked(project, client_manager, TEXT.replace("01-", "02-")).outcome["codes"] == {"item_unknown": 1}


def test_what_was_taken_back_stays_on_no_item(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    taken(project, client_manager)
    reverse_time(actor=client_manager, entry=TimeEntry.objects.get(minutes=60), reason="twice")
    assert waiting(project)[0] == ("CL-7", 1, 120)
    assert assign(project, client_manager, CL7=item) == Assigned(1, 120)
    assert ItemBurn.objects.get(work_item=item).minutes == 120


def test_corrections_wait_under_their_name_too(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    text = "Date,Person,Hours,Work item,Entry id\n2026-01-05,Dora Developer,1,CL-7,1\n"
    taken(project, client_manager, text)
    taken(project, client_manager, text.replace(",1,CL", ",3,CL"), corrections={"corrects": True})
    assert waiting(project) == [("CL-7", 0, 0), ("CL-7", 1, 180)]
    # One answer is for all files of the side.
    assert assign(project, client_manager, CL7=item) == Assigned(1, 180)
    assert waiting(project) == []


def test_they_go_when_their_file_is_taken_back(project: Project, client_manager: User, developer: Person) -> None:
    batch = taken(project, client_manager)
    take_timesheet_back(actor=client_manager, batch=batch, shown=time_taking_back(batch).fingerprint)
    assert waiting(project) == []


def test_of_two_who_answer_the_second_is_told(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    taken(project, client_manager)
    choices = {each.uuid: item for each in unmatched_of(project, Side.CLIENT)}
    answer: Callable[[], Assigned] = lambda: assign_unmatched(  # noqa: E731
        actor=client_manager, project=project, side=Side.CLIENT, choices=choices
    )
    answer()
    with pytest.raises(DomainError) as refused:
        answer()
    assert refused.value.code == "assigned_meanwhile"


def test_a_dropped_item_takes_no_hours(
    project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    taken(project, client_manager)
    change_work_item(actor=client_manager, item=item, expected_version=item.version, is_dropped=True)
    with pytest.raises(DomainError) as refused:
        assign(project, client_manager, CL7=item)
    assert refused.value.code == "dropped"


def test_the_page_assigns_the_ticked_ones_together(
    project: Project,
    client_manager: User,
    client_member: User,
    vendor_manager: User,
    developer: Person,
    item: WorkItem,
    sign_in: SignIn,
) -> None:
    taken(project, client_manager)
    page = reverse("budget:unmatched_list", args=[project.slug])
    client = sign_in(client_manager)
    assert "<b>2 names</b> in your files mean no work item that is known." in client.get(page).content.decode()
    marks = {each.name: each.uuid.hex for each in UnmatchedItem.objects.all()}
    nothing = client.post(page, {"of_ticked": item.ref.label})
    assert (nothing.status_code, "Say of at least one name what it means." in nothing.content.decode()) == (422, True)
    shown = sign_in(vendor_manager).get(page).content.decode()
    assert "Every name in your files is understood." in shown
    assert "nobody ordered" not in shown
    ticks = {f"tick_{mark}": "on" for mark in marks.values()}
    client.post(page, {**ticks, "of_ticked": item.ref.label})
    assert ItemBurn.objects.get(work_item=item).minutes == 420
    assert "Every name in your files is understood." in client.get(page).content.decode()
    assert sign_in(client_member).get(page).status_code == 403


def test_my_work_counts_them_and_leads_there(
    project: Project, client_manager: User, vendor_manager: User, developer: Person, sign_in: SignIn
) -> None:
    now = timezone.now()
    before = counts_for(client_manager, now)["waiting"]
    taken(project, client_manager)
    assert counts_for(client_manager, now)["waiting"] == before + 1
    assert counts_for(vendor_manager, now)["waiting"] == 0
    page = sign_in(client_manager).get(reverse("status:my_work")).content.decode()
    assert "Say what 2 names mean" in page
    assert reverse("budget:unmatched_list", args=[project.slug]) in page


@pytest.mark.parametrize("names", [3, 30])
def test_a_page_of_names_costs_the_same(
    project: Project,
    client_manager: User,
    developer: Person,
    names: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    rows = "".join(f"2026-01-05,Dora Developer,0.1,CL-{n}\n" for n in range(names))
    taken(project, client_manager, "Date,Person,Hours,Work item\n" + rows)
    with django_assert_num_queries(6):
        assert len(unmatched_lines(list(unmatched_of(project, Side.CLIENT)))) == names


def test_programs_assign_too(
    project: Project, client_manager: User, developer: Person, item: WorkItem, program: Program
) -> None:
    taken(project, client_manager)
    api = program(client_manager)
    path = f"projects/{project.slug}/unmatched/"
    found = {each["name"]: each for each in api.get(path).json()["results"]}
    assert (found["CL-7"]["entries"], found["CL-7"]["hours"]) == (2, "3.00")
    unknown = api.post(f"{path}assign/", {"names": [{"uuid": found["CL-7"]["uuid"], "work_item": 999}]})
    assert unknown.status_code == 422
    names = [
        {"uuid": found["CL-7"]["uuid"], "work_item": item.ref.number},
        {"uuid": found["Meetings"]["uuid"], "work_item": None},
    ]
    assert api.post(f"{path}assign/", {"names": names}).json() == {"entries": 2, "minutes": 180, "hours": "3.00"}
    assert api.get(path).json()["results"] == []
