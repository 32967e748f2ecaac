import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_entries import record_time, reverse_time
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from projects.actions import add_person, agree_rate
from projects.audience import Side
from projects.models import Activity, Project
from requirements_app.actions import add_work_item
from requirements_app.models import WorkItem

pytestmark = pytest.mark.django_db

SignIn = Callable[[object], Client]
DAY = dt.date(2026, 9, 14)


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Import of claims", estimate_minutes=600)


@pytest.fixture
def rate(project: Project, client_manager: User) -> Decimal:
    """From the 14th on; hours of before have none."""
    return agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(80), first_day=DAY).hourly_rate


@pytest.fixture
def entries(
    project: Project, client_manager: User, developer: Person, item: WorkItem, rate: Decimal
) -> list[TimeEntry]:
    """6 h on W-1, 2 h on nothing, 1 h of the day before the rate, and 3 h of another person."""
    tester = add_person(actor=client_manager, project=project, name="Tess Tester", side=Side.VENDOR).person
    return [
        record_time(actor=client_manager, project=project, today=DAY, **entry)
        for entry in (
            {"person": developer, "worked_on": DAY, "minutes": 360, "work_item": item, "billable": "y"},
            {"person": developer, "worked_on": DAY, "minutes": 120, "note": "Planning"},
            {"person": developer, "worked_on": DAY - dt.timedelta(days=1), "minutes": 60, "work_item": item},
            {"person": tester, "worked_on": DAY, "minutes": 180, "work_item": item, "billable": "n"},
        )
    ]


def address(name: str, project: Project, *args: object) -> str:
    return reverse(f"budget:{name}", args=[project.slug, *args])


def text_of(html: str) -> str:
    """What a reader sees, in one line."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html)).replace("\xa0", " ").strip()


def answer_of(html: str) -> str:
    found = re.search(r'<h1 class="answer">(.*?)</h1>', html, re.DOTALL)
    assert found is not None
    return text_of(found[1])


def rows_of(html: str) -> list[list[str]]:
    body = re.search(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    rows = re.findall(r"<tr.*?</tr>", body[1], re.DOTALL) if body else []
    return [[text_of(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)] for row in rows]


def sums_of(html: str) -> list[str]:
    foot = re.search(r"<tfoot>(.*?)</tfoot>", html, re.DOTALL)
    assert foot is not None
    return [text_of(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", foot[1], re.DOTALL)]


READERS = {
    "client_manager": True,
    "client_approver": False,
    "client_team_lead": True,
    "client_member": False,
    "client_viewer": False,
    "vendor_manager": True,
    "vendor_analyst": False,
    "vendor_member": True,
    "vendor_viewer": False,
    "portfolio_viewer": False,
}


@pytest.mark.parametrize(("who", "records"), READERS.items())
def test_pages_open_for_whoever_holds_the_capability(
    request: pytest.FixtureRequest, sign_in: SignIn, project: Project, entries: list[TimeEntry], who: str, records: bool
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    pages = [("time_entry_list", []), ("time_entry_add", []), ("time_entry_reverse", [entries[0].uuid])]
    statuses = [browser.get(address(name, project, *args)).status_code for name, args in pages]
    assert statuses == [200, *[200 if records else 403] * 2]


@pytest.mark.parametrize("who", ["other_client", "other_vendor", "revoked_member", "organisation_admin"])
def test_strangers_learn_nothing(
    request: pytest.FixtureRequest, sign_in: SignIn, project: Project, entries: list[TimeEntry], who: str
) -> None:
    browser = sign_in(request.getfixturevalue(who))
    pages = [address("time_entry_list", project), address("time_entry_reverse", project, entries[0].uuid)]
    answers = [browser.get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_list_answers_in_a_sentence(
    sign_in: SignIn, project: Project, client_manager: User, entries: list[TimeEntry]
) -> None:
    html = sign_in(client_manager).get(address("time_entry_list", project)).content.decode()
    assert answer_of(html) == (
        "12.0 h by 2 people to 14 Sep 2026, EUR 640.00; 2.0 h on no work item; 1.0 h without a rate."
    )
    assert sums_of(html) == ["4 entries, 13 Sep 2026 – 14 Sep 2026", "12.0", "", "EUR 640.00", ""]
    assert rows_of(html)[0] == [
        "14 Sep 2026",
        "Tess Tester by client",
        "W-1 Import of claims",
        "3.0",
        "not billable",
        "EUR 0.00",
        "take back",
    ]


def test_whoever_may_not_see_money_sees_none(
    sign_in: SignIn, project: Project, vendor_member: User, entries: list[TimeEntry]
) -> None:
    html = sign_in(vendor_member).get(address("time_entry_list", project)).content.decode()
    assert answer_of(html) == "12.0 h by 2 people to 14 Sep 2026; 2.0 h on no work item."
    assert [len(row) for row in rows_of(html)] == [6] * 4
    assert not re.search(r"EUR|[Aa]mount|[Rr]ate\b", text_of(html))


def test_who_sees_money_and_no_rates_cannot_work_a_rate_out(
    sign_in: SignIn, project: Project, client_viewer: User, entries: list[TimeEntry]
) -> None:
    """The project's total is money. What some hours cost, however few a filter leaves, is somebody's rate."""
    browser, page = sign_in(client_viewer), address("time_entry_list", project)
    of_one = {"person": entries[0].person.uuid, "since": entries[0].worked_on, "until": entries[0].worked_on}
    for query in ({}, of_one, {"order": "-amount"}):
        html = browser.get(page, query).content.decode()
        assert answer_of(html) == (
            "12.0 h by 2 people to 14 Sep 2026, EUR 640.00; 2.0 h on no work item; 1.0 h without a rate."
        )
        assert {len(row) for row in rows_of(html)} == {5}
        assert text_of(html).count("EUR") == 1
    plain, sorted_by_amount = (rows_of(browser.get(page, {"order": one}).content.decode()) for one in ("", "amount"))
    assert sorted_by_amount == plain
    detail = browser.get(address("time_entry_detail", project, entries[0].uuid)).content.decode()
    assert re.search(r"EUR|[Aa]mount|[Rr]ate\b", text_of(detail)) is None


def test_no_order_or_filter_tells_of_money_to_whoever_may_not_see_it(
    sign_in: SignIn, project: Project, vendor_member: User, entries: list[TimeEntry]
) -> None:
    browser = sign_in(vendor_member)
    pages = [
        rows_of(browser.get(address("time_entry_list", project) + query).content.decode())
        for query in ("", "?order=amount", "?order=-amount", "?unrated=true")
    ]
    assert pages[1:] == [pages[0]] * 3


FILTERS = [
    ("?q=plan", ["2.0"], "EUR 160.00"),
    ("?item=W-1", ["3.0", "6.0", "1.0"], "EUR 480.00"),
    ("?item=1&billable=y", ["6.0"], "EUR 480.00"),
    ("?unordered=true", ["2.0"], "EUR 160.00"),
    ("?unrated=true", ["1.0"], "EUR 0.00"),
    ("?since=2026-09-14", ["3.0", "2.0", "6.0"], "EUR 640.00"),
    ("?until=2026-09-13", ["1.0"], "EUR 0.00"),
    ("?order=minutes", ["1.0", "2.0", "3.0", "6.0"], "EUR 640.00"),
    ("?order=nonsense", ["3.0", "2.0", "6.0", "1.0"], "EUR 640.00"),
]


@pytest.mark.parametrize(("query", "hours", "amount"), FILTERS)
def test_sums_go_over_what_the_filters_leave(
    sign_in: SignIn,
    project: Project,
    client_manager: User,
    entries: list[TimeEntry],
    query: str,
    hours: list[str],
    amount: str,
) -> None:
    html = sign_in(client_manager).get(address("time_entry_list", project) + query).content.decode()
    assert [row[3] for row in rows_of(html)] == hours
    total = sum(map(Decimal, hours))
    assert (sums_of(html)[1], sums_of(html)[3]) == (f"{total:.1f}", amount)


def test_person_is_chosen_by_a_random_id_and_only_of_this_project(
    sign_in: SignIn,
    project: Project,
    client_manager: User,
    other_project: Project,
    other_client: User,
    entries: list[TimeEntry],
) -> None:
    stranger = add_person(actor=other_client, project=other_project, name="Sven Secret", side=Side.VENDOR).person
    page = address("time_entry_list", project)
    browser = sign_in(client_manager)
    html = browser.get(page, {"person": entries[3].person.uuid}).content.decode()
    assert [row[1] for row in rows_of(html)] == ["Tess Tester by client"]
    html = browser.get(page, {"person": stranger.uuid}).content.decode()
    assert (len(rows_of(html)), "Sven Secret" in html) == (4, False)


def test_entry_that_was_taken_back_stays_struck_and_names_its_reversal(
    sign_in: SignIn, project: Project, client_manager: User, entries: list[TimeEntry]
) -> None:
    reversal = reverse_time(actor=client_manager, entry=entries[0], reason="Wrong item")
    html = sign_in(client_manager).get(address("time_entry_list", project)).content.decode()
    struck = re.findall(r'<tr id="([^"]+)" class="taken-back">', html)
    assert struck == [str(entries[0].uuid)]
    links = re.findall(rf'#({entries[0].uuid}|{reversal.uuid})"', html)
    assert sorted(links) == sorted([str(entries[0].uuid), str(reversal.uuid)])
    # Neither can be taken back again; three others can.
    assert [row[-1] for row in rows_of(html)].count("take back") == 3
    assert answer_of(html).startswith("6.0 h by 2 people to 14 Sep 2026, EUR 160.00;")


def test_page_without_hours_offers_the_first_step_to_whoever_may_take_it(
    sign_in: SignIn, project: Project, client_manager: User, client_viewer: User
) -> None:
    add = address("time_entry_add", project)
    pages = [
        sign_in(user).get(address("time_entry_list", project)).content.decode()
        for user in (client_manager, client_viewer)
    ]
    assert [answer_of(page) for page in pages] == ["No hours yet."] * 2
    assert [add in page for page in pages] == [True, False]


# Whatever the number of rows.
LIST_QUERIES = 13


@pytest.mark.parametrize("rows", [3, 30])
def test_list_page_asks_as_often_for_many_rows_as_for_few(
    sign_in: SignIn,
    project: Project,
    client_manager: User,
    developer: Person,
    item: WorkItem,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
) -> None:
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(developer.pk, DAY, 15, item.pk) for _ in range(rows)],
        source="file",
        recorded_by=client_manager,
    )
    reverse_time(actor=client_manager, entry=TimeEntry.objects.all()[0], reason="twice")
    browser = sign_in(client_manager)
    with django_assert_num_queries(LIST_QUERIES):
        answer = browser.get(address("time_entry_list", project))
    assert len(rows_of(answer.content.decode())) == rows + 1


def test_fifty_entries_stand_on_a_page(
    sign_in: SignIn, project: Project, client_manager: User, developer: Person
) -> None:
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(developer.pk, DAY, 15) for _ in range(60)],
        source="file",
        recorded_by=client_manager,
    )
    browser = sign_in(client_manager)
    pages = [
        len(rows_of(browser.get(address("time_entry_list", project), {"page": number}).content.decode()))
        for number in ("1", "2", "99", "x")
    ]
    assert pages == [50, 10, 10, 50]


def typed(person: Person, **other: str) -> dict[str, str]:
    return {"person": str(person.uuid), "worked_on": "2026-09-14", "minutes": "7,5", "billable": "y", **other}


def test_record_writes_what_was_typed(
    sign_in: SignIn, project: Project, client_manager: User, developer: Person, item: WorkItem, rate: Decimal
) -> None:
    data = typed(developer, work_item="W-1 Import of claims", note="Reader")
    answer = sign_in(client_manager).post(address("time_entry_add", project), data)
    assert (answer.status_code, answer["Location"]) == (302, address("time_entry_list", project))
    entry = TimeEntry.objects.get()
    assert (entry.person, entry.worked_on, entry.minutes, entry.work_item, entry.billable, entry.note) == (
        developer,
        DAY,
        450,
        item,
        "y",
        "Reader",
    )
    assert (entry.amount, entry.recorded_by, entry.source) == (Decimal(600), client_manager, "page")


def test_record_and_add_another_keeps_person_day_and_item(
    sign_in: SignIn, project: Project, client_manager: User, developer: Person, item: WorkItem
) -> None:
    browser = sign_in(client_manager)
    data = typed(developer, work_item="1", note="Reader", billable="n", another="1")
    answer = browser.post(address("time_entry_add", project), data, follow=True)
    form = answer.context["form"]
    shown = {name: str(form[name].value() or "") for name in form.fields}
    assert shown == {
        "person": str(developer.uuid),
        "worked_on": "2026-09-14",
        "work_item": "W-1",
        "minutes": "",
        "billable": "n",
        "note": "",
        "recorded_from": "",
    }
    assert [str(message) for message in answer.context["messages"]] == [
        "7.5 h of Dora Developer on 14 Sep 2026 were recorded."
    ]


def test_only_the_client_records_what_the_vendor_claims(
    sign_in: SignIn, project: Project, client_manager: User, vendor_manager: User, developer: Person
) -> None:
    for user in (client_manager, vendor_manager):
        sign_in(user).post(address("time_entry_add", project), typed(developer, recorded_from="mail of 14 Sep"))
    recorded = Activity.objects.filter(project=project, verb="time_recorded").order_by("pk")
    assert [(entry.actor, entry.recorded_from) for entry in recorded] == [
        (client_manager, "mail of 14 Sep"),
        (vendor_manager, ""),
    ]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"minutes": "25"}, "minutes"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": ""}, "minutes"),
        ({"work_item": "W-99"}, "work_item"),
        ({"person": "f6a1b1f0-0000-4000-8000-000000000000"}, "person"),
        ({"worked_on": (timezone.localdate() + dt.timedelta(days=2)).isoformat()}, "worked_on"),
    ],
)
def test_record_refuses_beside_the_field_and_keeps_what_was_typed(
    sign_in: SignIn, project: Project, client_manager: User, developer: Person, wrong: dict[str, str], field: str
) -> None:
    answer = sign_in(client_manager).post(address("time_entry_add", project), typed(developer, note="Kept") | wrong)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert 'value="Kept"' in answer.content.decode()
    assert TimeEntry.objects.count() == 0


def test_record_proposes_the_writer_where_they_are_one_of_the_people(
    sign_in: SignIn, project: Project, vendor_member: User, developer: Person
) -> None:
    Person.objects.filter(pk=developer.pk).update(user=vendor_member)
    answer = sign_in(vendor_member).get(address("time_entry_add", project))
    assert answer.context["form"]["person"].value() == developer.uuid


def test_taking_back_says_what_will_happen_and_asks_for_the_reason(
    sign_in: SignIn, project: Project, client_manager: User, entries: list[TimeEntry]
) -> None:
    page = address("time_entry_reverse", project, entries[0].uuid)
    browser = sign_in(client_manager)
    text = text_of(browser.get(page).content.decode())
    assert "6.0 h of Dora Developer on 14 Sep 2026 on W-1 Import of claims." in text
    assert "A counter-entry takes off the same hours and exactly EUR 480.00." in text
    assert browser.post(page, {"reason": " "}).status_code == 422
    assert browser.post(page, {"reason": "Wrong item"}).status_code == 302
    assert browser.post(page, {"reason": "Wrong item"}).status_code == 422
    assert list(entries[0].reversals.values_list("minutes", "amount", "note")) == [(-360, Decimal(-480), "Wrong item")]


def test_entry_of_another_project_cannot_be_taken_back_here(
    sign_in: SignIn, project: Project, other_project: Project, other_client: User, entries: list[TimeEntry]
) -> None:
    page = address("time_entry_reverse", other_project, entries[0].uuid)
    assert sign_in(other_client).post(page, {"reason": "Mine"}).status_code == 404
    assert entries[0].reversals.count() == 0


def test_closed_project_is_read_and_not_changed(
    sign_in: SignIn, project: Project, client_manager: User, developer: Person, entries: list[TimeEntry]
) -> None:
    Project.objects.filter(pk=project.pk).update(status=Project.Status.CLOSED)
    browser = sign_in(client_manager)
    html = browser.get(address("time_entry_list", project)).content.decode()
    answers = [
        browser.post(address("time_entry_add", project), typed(developer)),
        browser.post(address("time_entry_reverse", project, entries[0].uuid), {"reason": "Late"}),
    ]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert address("time_entry_add", project) not in html
    assert TimeEntry.objects.count() == 4


def test_item_page_leads_to_its_hours(
    sign_in: SignIn, project: Project, client_manager: User, entries: list[TimeEntry]
) -> None:
    browser = sign_in(client_manager)
    html = browser.get(reverse("requirements:work_item_detail", args=[project.slug, 1])).content.decode()
    assert f'href="{address("time_entry_list", project)}?item=1"' in html


def test_time_list_marks_what_the_client_recorded_for_the_vendor(
    project: Project, client_manager: User, vendor_manager: User, developer: Person, sign_in: SignIn
) -> None:
    own = add_person(actor=client_manager, project=project, name="Cara Own", side="client", job_role="Tester").person
    today = timezone.localdate()
    for actor, person, minutes in (
        (client_manager, developer, 60),
        (vendor_manager, developer, 90),
        (client_manager, own, 30),
    ):
        record_time(actor=actor, project=project, person=person, worked_on=today, minutes=minutes, today=today)
    for reader in (client_manager, vendor_manager):
        client = sign_in(reader)
        entries = client.get(address("time_entry_list", project)).context["page"]
        assert {entry.minutes: entry.recorded_by_client for entry in entries} == {60: True, 90: False, 30: False}
        for side, shown in (("client", [60]), ("vendor", [30, 90])):
            found = client.get(address("time_entry_list", project), {"recorded": side}).context["page"]
            assert sorted(entry.minutes for entry in found) == shown
