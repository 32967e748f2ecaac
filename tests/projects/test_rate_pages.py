"""The rate card through its pages."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person, User
from projects.actions import agree_rate
from projects.models import Activity, Project, ProjectPerson, Rate
from projects.queries import RateGap, days_without_rate
from tests.undo import press_undo

SignIn = Callable[[User], Client]
DAY = dt.date


@pytest.fixture
def add_page(project: Project) -> str:
    return reverse("projects:rate_add", args=[project.slug])


def subjects() -> list[tuple[Any, ...]]:
    return list(Rate.objects.order_by("pk").values_list("person__name", "job_role", "category", "hourly_rate"))


def test_rate_add_agrees_a_rate_for_each_subject(
    project: Project, client_manager: User, developer: Person, add_page: str, sign_in: SignIn
) -> None:
    browser = sign_in(client_manager)
    dates = {"first_day": "2026-01-01", "last_day": "2026-06-30"}
    for data in (
        {"subject": "everyone", "hourly_rate": "60"},
        {"subject": f"person:{developer.uuid}", "hourly_rate": "85.1250"},
        {"subject": "role:Developer", "hourly_rate": "80"},
        {"subject": "new_role", "new_role": "Architect", "hourly_rate": "110"},
        {"subject": "category:test", "hourly_rate": "55.5"},
    ):
        assert browser.post(add_page, {**data, **dates}).status_code == 302
    assert subjects() == [
        (None, "", "", Decimal(60)),
        ("Dora Developer", "", "", Decimal("85.125")),
        (None, "Developer", "", Decimal(80)),
        (None, "Architect", "", Decimal(110)),
        (None, "", "test", Decimal("55.5")),
    ]
    assert {(rate.first_day, rate.last_day) for rate in Rate.objects.all()} == {(DAY(2026, 1, 1), DAY(2026, 6, 30))}
    told = Activity.objects.filter(verb="rate_added").order_by("pk").values_list("data__subject", flat=True)
    assert list(told) == ["everyone", "one person", "Developer", "Architect", "test"]


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        (
            {"first_day": "2026-06-30"},
            {"__all__": ["Another rate for the same subject already holds on some of these days."]},
        ),
        ({"last_day": "2026-06-01"}, {"last_day": ["The last day lies before the first."]}),
        ({"subject": "new_role"}, {"new_role": ["Name the role."]}),
        (
            {"subject": "person:nobody"},
            {"subject": ["Select a valid choice. person:nobody is not one of the available choices."]},
        ),
        ({"hourly_rate": "100000"}, {"__all__": ["A rate is a number from 0 to 99,999."]}),
        ({"hourly_rate": "NaN"}, {"hourly_rate": ["Enter a number."]}),
    ],
)
def test_rate_add_refuses_and_gives_back(
    wrong: dict[str, str],
    errors: dict[str, list[str]],
    project: Project,
    client_manager: User,
    add_page: str,
    sign_in: SignIn,
) -> None:
    agree_rate(
        actor=client_manager,
        project=project,
        hourly_rate=Decimal(60),
        first_day=DAY(2026, 1, 1),
        last_day=DAY(2026, 6, 30),
    )
    data = {"subject": "everyone", "hourly_rate": "70", "first_day": "2026-07-01", "last_day": "", **wrong}
    answer = sign_in(client_manager).post(add_page, data)
    assert (answer.status_code, answer.context["form"].errors) == (422, errors)
    assert subjects() == [(None, "", "", Decimal(60))]


def test_rate_end_sets_the_last_day(project: Project, client_manager: User, sign_in: SignIn) -> None:
    rate = agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(60), first_day=DAY(2026, 1, 1))
    url = reverse("projects:rate_end", args=[project.slug, rate.uuid])
    browser = sign_in(client_manager)
    assert browser.post(url, {"last_day": "2026-03-31", "version": 1}).status_code == 302
    rate = Rate.objects.get()
    assert (rate.last_day, rate.version) == (DAY(2026, 3, 31), 2)
    assert Activity.objects.get(verb="rate_ended").data == {"subject": "everyone", "last_day": "2026-03-31"}

    stale = browser.post(url, {"last_day": "2026-04-30", "version": 1})
    rows = [(row.label, row.mine, row.theirs) for row in stale.context["form"].conflict.rows]
    assert (stale.status_code, rows) == (409, [("Last day", "2026-04-30", "2026-03-31")])
    assert Rate.objects.get().last_day == DAY(2026, 3, 31)


@pytest.mark.parametrize("before", [None, DAY(2026, 12, 31)])
def test_the_end_of_a_rate_can_be_undone(
    project: Project, client_manager: User, sign_in: SignIn, before: dt.date | None
) -> None:
    first = DAY(2026, 1, 1)
    rate = agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(60), first_day=first, last_day=before)
    browser, card = sign_in(client_manager), reverse("projects:rate_list", args=[project.slug])
    end = reverse("projects:rate_end", args=[project.slug, rate.uuid])
    browser.post(end, {"last_day": "2026-03-31", "version": 1})
    said, answer = press_undo(browser, card)
    assert (said, answer.status_code) == ("The rate holds until 31 Mar 2026.", 302)
    rate = Rate.objects.get()
    assert (rate.first_day, rate.last_day, rate.version) == (first, before, 3)
    # Without an end there is nothing to say but a last day.
    if before is None:
        empty = browser.post(end, {"last_day": "", "version": 3})
        assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["last_day"])
    # Whoever presses it after somebody else's change gets both texts and overwrites nothing.
    browser.get(card)
    browser.post(end, {"last_day": "2026-04-30", "version": 3})
    Rate.objects.update(version=5)
    assert press_undo(browser, card)[1].status_code == 409
    assert Rate.objects.get().last_day == DAY(2026, 4, 30)


@time_machine.travel("2026-03-10 12:00Z", tick=False)
def test_rate_list_shows_what_holds_today_first(project: Project, client_manager: User, sign_in: SignIn) -> None:
    for first, last, rate in (
        (DAY(2025, 1, 1), DAY(2025, 12, 31), 50),
        (DAY(2026, 7, 1), None, 70),
        (DAY(2026, 1, 1), DAY(2026, 6, 30), 60),
    ):
        agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(rate), first_day=first, last_day=last)
    answer = sign_in(client_manager).get(reverse("projects:rate_list", args=[project.slug]))
    assert [(rate.hourly_rate, rate.standing) for rate in answer.context["page"]] == [
        (60, "current"),
        (70, "coming"),
        (50, "past"),
    ]
    assert answer.context["current_count"] == 1


def test_days_without_rate_are_named_by_person(project: Project, client_manager: User, developer: Person) -> None:
    Project.objects.update(planned_start_on=DAY(2026, 1, 1), planned_finish_on=DAY(2026, 12, 31))
    project.refresh_from_db()
    ProjectPerson.objects.update(starts_on=DAY(2026, 2, 1))
    today = DAY(2026, 3, 10)
    assert days_without_rate(project, today) == [RateGap("Dora Developer", DAY(2026, 2, 1), DAY(2026, 12, 31))]

    def agree(first: dt.date, last: dt.date, **subject: Any) -> None:
        agree_rate(
            actor=client_manager, project=project, hourly_rate=Decimal(1), first_day=first, last_day=last, **subject
        )

    agree(DAY(2026, 1, 1), DAY(2026, 3, 31), job_role="Developer")
    agree(DAY(2026, 1, 1), DAY(2026, 12, 31), job_role="Tester")
    agree(DAY(2026, 1, 1), DAY(2026, 12, 31), category="test")
    agree(DAY(2026, 5, 1), DAY(2026, 10, 31), person=developer)
    assert days_without_rate(project, today) == [
        RateGap("Dora Developer", DAY(2026, 4, 1), DAY(2026, 4, 30)),
        RateGap("Dora Developer", DAY(2026, 11, 1), DAY(2026, 12, 31)),
    ]
    agree(DAY(2026, 1, 1), DAY(2026, 12, 31))
    assert days_without_rate(project, today) == []


def test_rate_list_asks_the_same_for_3_and_30(project: Project, client_manager: User, sign_in: SignIn) -> None:
    browser = sign_in(client_manager)
    url = reverse("projects:rate_list", args=[project.slug])
    counts = []
    for number in range(30):
        person = Person.objects.create(organisation=project.vendor, name=f"Person {number}")
        ProjectPerson.objects.create(project=project, person=person)
        agree_rate(
            actor=client_manager,
            project=project,
            hourly_rate=Decimal(60),
            first_day=DAY(2026, 1, 1),
            person=person,
        )
        if number in (2, 29):
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(url).status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[1]
