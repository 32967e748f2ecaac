"""What one side records for the other says so, wherever it is read: in the activity, on its page and in the API."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_entries import record_time, reverse_time
from projects.actions import (
    add_day_off,
    add_person,
    agree_rate,
    change_calendar,
    change_person,
    change_terms,
    end_rate,
    remove_day_off,
)
from projects.activity import ActivityLine
from projects.models import Activity, Project, ProjectPerson, SideCalendar
from requirements_app.actions import add_work_item, change_work_item, report_progress
from requirements_app.models import WorkItem
from tests.api_client import Program

DAY = dt.date(2026, 9, 14)
SOURCE = "mail of 14 Sep"
SignIn = Callable[[User], Client]


def marks(project: Project) -> list[tuple[str, str]]:
    """What was done, and by which mark, in order."""
    entries = Activity.objects.filter(project=project).order_by("pk")
    return [(entry.verb, ActivityLine.of(entry).mark) for entry in entries]


def acts_of_the_vendor(actor: User, project: Project, developer: Person) -> None:
    """Estimate, hours and progress, as either side can record them; then each once more, otherwise."""
    item = add_work_item(
        actor=actor, project=project, title="Map", estimate_minutes=600, estimate_recorded_from="offer.xlsx"
    )
    change_work_item(actor=actor, item=item, expected_version=1, title="Map of berths")
    change_work_item(actor=actor, item=item, expected_version=2, estimate_minutes=660)
    said: dict[str, Any] = {"actor": actor, "project": project, "person": developer, "today": DAY}
    entry = record_time(**said, worked_on=DAY, minutes=60, recorded_from=SOURCE)
    reverse_time(actor=actor, entry=entry, reason="Not on this day")
    report_progress(actor=actor, item=item, on=DAY, remaining_minutes=60)


VERBS = (
    "work_item_added",
    "work_item_changed",
    "work_item_changed",
    "time_recorded",
    "time_reversed",
    "progress_reported",
)


def test_the_vendors_acts_are_marked_when_the_client_records_them(
    project: Project, client_manager: User, developer: Person
) -> None:
    before = len(marks(project))
    acts_of_the_vendor(client_manager, project, developer)
    plain = "recorded by the client"
    assert marks(project)[before:] == list(
        zip(VERBS, (f"{plain} from offer.xlsx", "", plain, f"{plain} from {SOURCE}", plain, plain), strict=True)
    )


def test_the_vendor_records_its_own_acts_without_a_mark(
    project: Project, vendor_manager: User, developer: Person
) -> None:
    before = len(marks(project))
    acts_of_the_vendor(vendor_manager, project, developer)
    assert marks(project)[before:] == [(verb, "") for verb in VERBS]
    assert WorkItem.objects.get().estimate_recorded_from == ""


def test_what_both_agree_and_the_client_writes_down_is_marked(project: Project, client_manager: User) -> None:
    before = len(marks(project))
    change_terms(
        actor=client_manager, terms=project.terms, expected_version=1, review_days=7, recorded_from="contract of 3 Mar"
    )
    change_terms(actor=client_manager, terms=project.terms, expected_version=2, review_days=8)
    rate = agree_rate(
        actor=client_manager, project=project, hourly_rate=Decimal(90), first_day=DAY, recorded_from="rate card"
    )
    end_rate(actor=client_manager, rate=rate, last_day=DAY, expected_version=1)
    plain = "recorded by the client"
    assert marks(project)[before:] == [
        ("terms_changed", f"{plain} from contract of 3 Mar"),
        ("terms_changed", plain),
        ("rate_added", f"{plain} from rate card"),
        ("rate_ended", plain),
    ]


def test_calendar_and_people_are_marked_where_they_are_the_vendors(project: Project, client_manager: User) -> None:
    before = len(marks(project))
    for side in ("client", "vendor"):
        calendar = SideCalendar.objects.get(project=project, side=side)
        source = {"recorded_from": SOURCE} if side == "vendor" else {}
        change_calendar(actor=client_manager, calendar=calendar, expected_version=1, country="EE", **source)
        day = add_day_off(actor=client_manager, calendar=calendar, on=DAY)
        remove_day_off(actor=client_manager, day=day)
        member = add_person(actor=client_manager, project=project, name=f"Somebody of the {side}", side=side)
        change_person(actor=client_manager, member=member, expected_version=1, job_role="Tester")
    plain = "recorded by the client"
    verbs = ("calendar_changed", "day_off_added", "day_off_removed", "person_added", "person_changed")
    assert marks(project)[before:] == [
        *((verb, "") for verb in verbs),
        *zip(verbs, (f"{plain} from {SOURCE}", plain, plain, plain, plain), strict=True),
    ]


def test_the_vendor_takes_the_mark_off_an_estimate_by_estimating_itself(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    item = add_work_item(
        actor=client_manager, project=project, title="Map", estimate_minutes=600, estimate_recorded_from=SOURCE
    )
    assert (item.estimate_recorded_for, item.estimate_recorded_from) == ("vendor", SOURCE)
    change_work_item(actor=vendor_manager, item=item, expected_version=1, title="Map of berths")
    assert (item.estimate_recorded_for, item.estimate_recorded_from) == ("vendor", SOURCE)
    change_work_item(actor=vendor_manager, item=item, expected_version=2, estimate_minutes=540)
    assert (item.estimate_recorded_for, item.estimate_recorded_from) == ("", "")
    # Nor does the client claim by naming a source that the vendor's own estimate was its word.
    change_work_item(actor=client_manager, item=item, expected_version=3, estimate_recorded_from="hearsay")
    assert (item.estimate_recorded_for, item.estimate_recorded_from) == ("", "")
    change_work_item(actor=client_manager, item=item, expected_version=4, estimate_minutes=None)
    assert item.estimate_recorded_for == ""


def test_pages_show_the_mark(sign_in: SignIn, project: Project, client_manager: User, developer: Person) -> None:
    acts_of_the_vendor(client_manager, project, developer)
    change_terms(
        actor=client_manager, terms=project.terms, expected_version=1, review_days=7, recorded_from="contract of 3 Mar"
    )
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(90), first_day=DAY, recorded_from="rate card")
    calendar = SideCalendar.objects.get(project=project, side="vendor")
    change_calendar(actor=client_manager, calendar=calendar, expected_version=1, country="EE", recorded_from="call")
    entry = TimeEntry.objects.get(minutes__gt=0)
    browser, home = sign_in(client_manager), f"/p/{project.slug}"
    for path, sources in (
        ("activity/", ["offer.xlsx", SOURCE, "contract of 3 Mar", "rate card", "call"]),
        ("work-items/1/", ["offer.xlsx"]),
        (f"time/{entry.uuid}/", [SOURCE]),
        ("time/", [SOURCE]),
        ("terms/", ["contract of 3 Mar", "call"]),
        ("rates/", ["rate card"]),
    ):
        page = browser.get(f"{home}/{path}").content.decode()
        assert [source for source in sources if f"recorded by the client from {source}" not in page] == [], path


def test_programs_name_the_source_and_read_the_mark(
    program: Program, project: Project, client_manager: User, vendor_manager: User, developer: Person
) -> None:
    home = f"/api/v1/projects/{project.slug}"
    hours = {"person": str(developer.uuid), "worked_on": "2026-09-14", "minutes": 60, "recorded_from": SOURCE}
    sent = {
        "work-items/": {"title": "Map", "estimate_minutes": 600, "estimate_recorded_from": SOURCE},
        "work-items/1/progress/": {"on": "2026-09-14", "is_done": True, "recorded_from": SOURCE},
        "time-entries/": hours,
        "rates/": {"hourly_rate": "90", "first_day": "2026-09-14", "recorded_from": SOURCE},
    }
    told = [program(client_manager).post(f"{home}/{path}", body) for path, body in sent.items()]
    assert [answer.status_code for answer in told] == [201] * 4
    item, progress, entry, rate = (answer.json() for answer in told)
    assert (item["estimate_recorded_for"], item["estimate_recorded_from"]) == ("vendor", SOURCE)
    assert [(one["recorded_for"], one["recorded_from"]) for one in (progress, entry)] == [("vendor", SOURCE)] * 2
    assert rate["recorded_from"] == SOURCE
    # Many at once, each with its own; the activity names a source that is theirs together.
    program(client_manager).post(f"{home}/time-entries/", [{**hours, "minutes": 30}, {**hours, "minutes": 45}])
    newest = program(client_manager).get(f"{home}/activity/").json()["results"][0]
    assert (newest["recorded_for"], newest["recorded_from"]) == ("vendor", SOURCE)
    # The vendor's own hours are its own, and it passes on nobody's word.
    own = program(vendor_manager).post(f"{home}/time-entries/", {**hours, "recorded_from": ""}).json()
    assert (own["recorded_for"], own["recorded_from"]) == ("", "")
    assert program(vendor_manager).post(f"{home}/time-entries/", hours).status_code == 422
    refused = program(vendor_manager).post(f"{home}/work-items/", {"title": "X", "estimate_recorded_from": SOURCE})
    assert refused.status_code == 422


def test_people_of_the_client_carry_no_mark(project: Project, client_manager: User, program: Program) -> None:
    member: ProjectPerson = add_person(actor=client_manager, project=project, name="Own Hand", side="client")
    record_time(actor=client_manager, project=project, person=member.person, worked_on=DAY, minutes=60, today=DAY)
    assert marks(project)[-1] == ("time_recorded", "")
    (entry,) = program(client_manager).get(f"/api/v1/projects/{project.slug}/time-entries/").json()["results"]
    assert (entry["recorded_for"], entry["recorded_from"]) == ("", "")


@pytest.mark.parametrize("field", ["estimate_recorded_from"])
def test_only_the_client_is_asked_where_it_has_an_estimate_from(
    field: str, sign_in: SignIn, project: Project, client_manager: User, vendor_manager: User
) -> None:
    shown = [
        field in sign_in(user).get(f"/p/{project.slug}/work-items/add/").context["form"].fields
        for user in (client_manager, vendor_manager)
    ]
    assert shown == [True, False]
