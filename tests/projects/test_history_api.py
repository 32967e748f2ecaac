"""What was changed, for programs: the same words, and to nobody more than the pages tell."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_entries import record_time
from projects.actions import agree_rate, change_calendar, change_person, change_terms, end_rate
from projects.models import Project, ProjectPerson, SideCalendar
from projects.topics import touch
from requirements_app.actions import add_work_item, change_work_item
from tests.api_client import Program

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 9, 17)


def fields(answer: Any) -> list[tuple[str, str, str, str]]:
    return [
        (change["subject"], one["field"], one["before"], one["after"])
        for change in answer.json()["results"]
        for one in change["changes"]
    ]


def test_terms_and_calendars_are_told_together(
    project: Project, client_manager: User, vendor_member: User, program: Program
) -> None:
    change_terms(actor=client_manager, terms=project.terms, expected_version=1, cap_amount=Decimal(90_000), cure_days=5)
    calendar = SideCalendar.objects.get(project=project, side="client")
    change_calendar(
        actor=client_manager, calendar=calendar, expected_version=1, weekdays="1234", day_ends_at=dt.time(16, 30)
    )
    told = {
        user: fields(program(user).get(f"projects/{project.slug}/terms/history/"))
        for user in (client_manager, vendor_member)
    }
    of_calendar = [
        ("calendar of the client", "weekdays", "Mon–Fri", "Mon–Thu"),
        ("calendar of the client", "day_ends_at", "17:00", "16:30"),
    ]
    cure, cap = ("", "cure_days", "10", "5"), ("", "cap_amount", "nothing", "EUR\u00a090,000.00")
    assert sorted(told[vendor_member]) == sorted([*of_calendar, cure])
    assert sorted(told[client_manager]) == sorted([*of_calendar, cure, cap])


def test_people_rates_items_and_hours_tell_theirs(
    project: Project, client_manager: User, client_member: User, developer: Person, program: Program
) -> None:
    person = ProjectPerson.objects.get(person=developer)
    change_person(actor=client_manager, member=person, expected_version=1, job_role="Senior developer")
    rate = agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(80), first_day=DAY)
    end_rate(actor=client_manager, rate=rate, last_day=dt.date(2026, 12, 31), expected_version=1)
    item = add_work_item(actor=client_manager, project=project, title="Berth plan", estimate_minutes=600)
    change_work_item(actor=client_manager, item=item, expected_version=1, estimate_minutes=750)
    entry = record_time(
        actor=client_manager, project=project, person=developer, worked_on=DAY, minutes=90, today=DAY, note="Quay"
    )
    TimeEntry.objects.filter(pk=entry.pk).update(note="Quay wall", amount=Decimal(130))
    base, mine = f"projects/{project.slug}", program(client_manager)
    asked = {
        name: fields(mine.get(f"{base}/{path}history/"))
        for name, path in {
            "people": "people/",
            "rates": "rates/",
            "item": "work-items/1/",
            "entry": f"time-entries/{entry.uuid}/",
        }.items()
    }
    assert asked == {
        "people": [("Dora Developer", "job_role", "Developer", "Senior developer")],
        "rates": [("everyone", "valid", "17 Sep 2026 – …", "17 Sep 2026 – 31 Dec 2026")],
        "item": [("", "estimate_minutes", "10.0 h", "12.5 h")],
        "entry": [("", "note", "Quay", "Quay wall"), ("", "amount", "EUR\u00a0120.00", "EUR\u00a0130.00")],
    }
    others = program(client_member)
    assert others.get(f"{base}/rates/history/").status_code == 403
    assert fields(others.get(f"{base}/time-entries/{entry.uuid}/history/")) == [("", "note", "Quay", "Quay wall")]


def test_strangers_read_no_history(project: Project, other_client: User, program: Program) -> None:
    base = f"projects/{project.slug}"
    paths = ("terms/history/", "people/history/", "rates/history/", "topics/")
    assert [program(other_client).get(f"{base}/{path}").status_code for path in paths] == [404] * 4


def test_topics_rise_and_answer_304_meanwhile(
    project: Project, client_manager: User, vendor_manager: User, program: Program
) -> None:
    ours, theirs = program(client_manager), program(vendor_manager)
    where = f"projects/{project.slug}/topics/"
    first = ours.get(where)
    tags = {"If-None-Match": first["ETag"]}
    assert ours.http.get(ours.full(where), headers=tags).status_code == 304
    before = theirs.get(where).json()
    touch(project, "comments", "client")
    moved = ours.http.get(ours.full(where), headers=tags)
    assert moved.status_code == 200
    rose = {
        now["topic"]: now["version"] - was["version"]
        for now, was in zip(moved.json()["results"], first.json()["results"], strict=True)
    }
    assert {topic for topic, by in rose.items() if by} == {"comments"}
    assert theirs.get(where).json() == before
