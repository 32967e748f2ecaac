"""The terms and the calendars through their pages."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from projects.actions import add_day_off
from projects.history import FieldChange
from projects.models import Activity, DayOff, Project, SideCalendar, Terms
from projects.queries import FreeDay, side_weeks, terms_history
from tests.undo import press_undo

SignIn = Callable[[User], Client]

AGREED: dict[str, Any] = {
    "cooperation_model": "project",
    "billing_model": "time_and_material",
    "scope_mode": "fixed",
    "progress_rule": "hours_spent_and_remaining",
    "budget_minutes": "400",
    "budget_amount": "40000",
    "cap_minutes": "480",
    "cap_amount": "",
    "response_days": "3",
    "review_days": "10",
    "cure_days": "10",
    "warranty_days": "90",
    "payment_days": "30",
    "overhead_categories": ["management"],
    "person_figures": "off",
}


@pytest.fixture
def terms_page(project: Project) -> str:
    return reverse("projects:terms_edit", args=[project.slug])


def test_terms_edit_takes_hours_as_hours(
    project: Project, client_manager: User, terms_page: str, sign_in: SignIn
) -> None:
    data = {**AGREED, "budget_minutes": "1780:30", "cap_minutes": "1,780", "deemed_acceptance": "on", "version": 1}
    assert sign_in(client_manager).post(terms_page, data).status_code == 302
    row = Terms.objects.values_list("budget_minutes", "cap_minutes", "deemed_acceptance", "version").get()
    assert row == (106_830, 106_800, True, 2)
    entry = Activity.objects.get(verb="terms_changed")
    assert entry.data == {"fields": "agreed hours, cap in hours, silence accepts"}


def test_terms_edit_refuses_hours_that_read_in_two_ways(
    project: Project, client_manager: User, terms_page: str, sign_in: SignIn
) -> None:
    answer = sign_in(client_manager).post(terms_page, {**AGREED, "cap_minutes": "1.780", "version": 1})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["cap_minutes"])
    assert answer.context["form"]["cap_minutes"].value() == "1.780"
    assert Terms.objects.get().cap_minutes == 28_800


def test_terms_edit_of_a_stale_version_shows_both_texts(
    project: Project, client_manager: User, terms_page: str, sign_in: SignIn
) -> None:
    browser = sign_in(client_manager)
    browser.post(terms_page, {**AGREED, "review_days": "5", "version": 1})
    answer = browser.post(terms_page, {**AGREED, "review_days": "7", "version": 1})
    rows = [(row.label, row.mine, row.theirs) for row in answer.context["form"].conflict.rows]
    assert (answer.status_code, rows) == (409, [("Days to review a delivery", "7", "5")])
    assert Terms.objects.get().review_days == 5


def test_terms_history_tells_what_by_whom_and_hides_money(
    project: Project, client_manager: User, terms_page: str, sign_in: SignIn
) -> None:
    browser = sign_in(client_manager)
    browser.post(terms_page, {**AGREED, "review_days": "5", "budget_amount": "50000", "version": 1})
    browser.post(terms_page, {**AGREED, "review_days": "5", "budget_amount": "50000", "cap_minutes": "", "version": 2})
    project = Project.objects.select_related("terms").get()
    last, first = terms_history(project, with_money=True)
    assert (last.by, last.changes) == ("Clara Manager", (FieldChange("cap in hours", "480.0 h", "nothing"),))
    assert first.changes == (
        FieldChange("agreed amount", "EUR\u00a040,000.00", "EUR\u00a050,000.00"),
        FieldChange("days to review a delivery", "10", "5"),
    )
    assert terms_history(project, with_money=False)[1].changes == (FieldChange("days to review a delivery", "10", "5"),)


@pytest.mark.parametrize(
    ("role", "sees"), [("client_viewer", True), ("client_member", False), ("vendor_analyst", False)]
)
def test_terms_detail_shows_amounts_to_whom_they_are_for(
    role: str, sees: bool, request: pytest.FixtureRequest, project: Project, sign_in: SignIn
) -> None:
    answer = sign_in(request.getfixturevalue(role)).get(reverse("projects:terms_detail", args=[project.slug]))
    clause = next(clause for clause in answer.context["clauses"] if "budget_amount" in clause.fields)
    assert clause.sentence == ("Agreed: 400.0 h and EUR\u00a040,000.00." if sees else "Agreed: 400.0 h.")
    assert ("40,000" in answer.content.decode()) == sees


@time_machine.travel("2026-04-20 12:00Z", tick=False)
def test_side_weeks_name_the_working_days_that_are_free(project: Project, client_manager: User) -> None:
    calendar = SideCalendar.objects.get(side="client")
    SideCalendar.objects.filter(pk=calendar.pk).update(country="DE", subdivision="BY")
    DayOff.objects.create(project=project, calendar=calendar, on=dt.date(2026, 4, 27), name="Company outing")
    DayOff.objects.create(project=project, calendar=calendar, on=dt.date(2026, 9, 1), name="Too far ahead")
    client_week, vendor_week = side_weeks(project, dt.date(2026, 4, 20))
    assert (client_week.organisation, client_week.weekdays, client_week.place) == (
        "Harbour Authority",
        "Mon–Fri",
        "Germany, Bayern",
    )
    assert client_week.free_days == (
        FreeDay(dt.date(2026, 4, 27), "Company outing"),
        FreeDay(dt.date(2026, 5, 1), "Labor Day"),
        FreeDay(dt.date(2026, 5, 14), "Ascension Day"),
        FreeDay(dt.date(2026, 5, 25), "Pentecost Monday"),
        FreeDay(dt.date(2026, 6, 4), "Corpus Christi"),
    )
    assert vendor_week.free_days == ()


def test_calendar_edit_saves_days_and_place(project: Project, client_manager: User, sign_in: SignIn) -> None:
    url = reverse("projects:calendar_edit", args=[project.slug, "vendor"])
    data = {
        "time_zone": "Europe/Warsaw",
        "country": "PL",
        "subdivision": "",
        "weekdays": ["1", "2", "4"],
        "day_starts_at": "08:00",
        "day_ends_at": "16:30",
        "version": 1,
    }
    assert sign_in(client_manager).post(url, data).status_code == 302
    rows = SideCalendar.objects.order_by("side").values_list(
        "side", "time_zone", "country", "weekdays", "day_starts_at", "day_ends_at"
    )
    assert list(rows) == [
        ("client", "UTC", "", "12345", dt.time(9), dt.time(17)),
        ("vendor", "Europe/Warsaw", "PL", "124", dt.time(8), dt.time(16, 30)),
    ]
    assert Activity.objects.get(verb="calendar_changed").data == {"side": "vendor"}


def test_calendar_edit_shows_both_texts_when_somebody_was_faster(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    url = reverse("projects:calendar_edit", args=[project.slug, "client"])
    data = {"time_zone": "UTC", "weekdays": ["1", "2"], "day_starts_at": "09:00", "day_ends_at": "17:00", "version": 1}
    browser = sign_in(client_manager)
    assert browser.post(url, data).status_code == 302
    stale = browser.post(url, {**data, "weekdays": ["5"], "day_ends_at": "15:00"})
    rows = [(row.label, row.mine, row.theirs, row.raw) for row in stale.context["form"].conflict.rows]
    assert (stale.status_code, rows) == (
        409,
        [
            ("Working days", "Friday", "Monday, Tuesday", "1,2"),
            ("Day ends", "15:00", "17:00", "17:00"),
        ],
    )
    assert SideCalendar.objects.get(side="client").weekdays == "12"
    assert browser.post(url, {**data, "weekdays": ["5"], "version": 2}).status_code == 302


def test_calendar_edit_offers_the_parts_of_the_chosen_country(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    url = reverse("projects:calendar_edit", args=[project.slug, "client"])
    form = sign_in(client_manager).get(url, {"country": "GB"}).context["form"]
    assert [value for value, _name in form.fields["subdivision"].choices] == ["", "ENG", "NIR", "SCT", "WLS"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"weekdays": []}, "weekdays"),
        ({"day_ends_at": "08:00"}, "__all__"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"country": "DE", "subdivision": "ENG"}, "subdivision"),
    ],
)
def test_calendar_edit_refuses_what_is_no_calendar(
    wrong: dict[str, Any], field: str, project: Project, client_manager: User, sign_in: SignIn
) -> None:
    url = reverse("projects:calendar_edit", args=[project.slug, "client"])
    data = {"time_zone": "UTC", "weekdays": ["1"], "day_starts_at": "09:00", "day_ends_at": "17:00"}
    data |= {"version": 1, **wrong}
    answer = sign_in(client_manager).post(url, data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert SideCalendar.objects.get(side="client").weekdays == "12345"


def test_day_off_is_added_once_and_removed(project: Project, client_manager: User, sign_in: SignIn) -> None:
    browser = sign_in(client_manager)
    add = reverse("projects:day_off_add", args=[project.slug, "vendor"])
    data = {"on": "2026-12-24", "name": "Christmas Eve"}
    assert [browser.post(add, data).status_code for _time in range(2)] == [302, 422]
    rows = DayOff.objects.values_list("project", "calendar__side", "on", "name")
    assert list(rows) == [(project.pk, "vendor", dt.date(2026, 12, 24), "Christmas Eve")]
    remove = reverse("projects:day_off_remove", args=[project.slug, "vendor", dt.date(2026, 12, 24)])
    assert [browser.post(remove).status_code for _time in range(2)] == [302, 404]
    verbs = Activity.objects.filter(verb__startswith="day_off").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["day_off_added", "day_off_removed"]


def test_a_day_off_that_was_removed_comes_back_as_it_was(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    calendar = SideCalendar.objects.get(project=project, side="vendor")
    add_day_off(actor=client_manager, calendar=calendar, on=dt.date(2026, 12, 24), name="Eve & “outing”")
    browser = sign_in(client_manager)
    browser.post(reverse("projects:day_off_remove", args=[project.slug, "vendor", dt.date(2026, 12, 24)]))
    assert not DayOff.objects.exists()
    said, _answer = press_undo(browser, reverse("projects:calendar_edit", args=[project.slug, "vendor"]))
    assert said == "24 Dec 2026 is a working day again."
    assert list(DayOff.objects.values_list("calendar", "on", "name")) == [
        (calendar.pk, dt.date(2026, 12, 24), "Eve & “outing”")
    ]


def test_terms_refuse_an_amount_below_nothing(
    project: Project, client_manager: User, terms_page: str, sign_in: SignIn
) -> None:
    answer = sign_in(client_manager).post(terms_page, {**AGREED, "budget_amount": "-1", "version": 1})
    assert (answer.status_code, answer.context["form"].non_field_errors()) == (
        422,
        ["An agreed amount is a positive number."],
    )
    assert Terms.objects.get().budget_amount == Decimal(40_000)


def test_hours_and_cap_can_be_agreed_alone(project: Project, client_manager: User, sign_in: SignIn) -> None:
    browser = sign_in(client_manager)
    where = f"{reverse('projects:terms_edit', args=[project.slug])}?part=budget"
    before = Terms.objects.get()
    asked = {"budget_minutes", "cap_minutes", "budget_amount", "cap_amount", "version"}
    assert set(browser.get(where).context["form"].fields) == asked
    data = {"budget_minutes": "300", "cap_minutes": "320", "budget_amount": "", "cap_amount": "", "version": 1}
    assert browser.post(where, data).status_code == 302
    after = Terms.objects.get()
    assert (after.budget_minutes, after.cap_minutes, after.budget_amount) == (18_000, 19_200, None)
    assert (after.response_days, after.overhead_categories, after.scope_mode) == (
        before.response_days,
        before.overhead_categories,
        before.scope_mode,
    )
