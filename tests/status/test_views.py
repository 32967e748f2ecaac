"""The pages that gather everything: who sees what of them, and that they stay quick."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, OrganisationLink, Person, User
from alerts.actions import acknowledge, evaluate
from alerts.models import Alert, Mark
from budget.models import TimeEntry
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from projects.actions import agree_rate, invite_member, open_project, set_status
from projects.models import ImportBatch, Project, Terms
from projects.topics import versions_for
from requirements_app.actions import add_work_item, report_progress
from requirements_app.models import WorkItem
from status.queries import counts_for, overviews_for
from status.turns import my_list

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]
H = 60
DONE = ' class="done"'


@pytest.fixture
def burning(project: Project, client_manager: User, developer: Person) -> Project:
    """390 of 400 agreed hours used in the last weeks, a quarter earned, rated at 100: critical."""
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(100), first_day=dt.date(2026, 1, 1))
    items = [
        add_work_item(actor=client_manager, project=project, title=title, estimate_minutes=100 * H)
        for title in ("Booking", "Berths", "Billing", "Reports")
    ]
    book(project, developer, items[1], hours=390)
    report_progress(actor=client_manager, item=items[0], on=timezone.localdate(), is_done=True)
    report_progress(actor=client_manager, item=items[1], on=timezone.localdate(), remaining_minutes=390 * H)
    evaluate(project.pk)
    return project


def book(project: Project, person: Person, item: WorkItem | None, *, hours: int, days_ago: int = 0) -> None:
    """Ten hours a day up to some days ago."""
    last = timezone.localdate() - dt.timedelta(days=days_ago)
    entries = [
        NewTimeEntry(person.pk, last - dt.timedelta(days=back), 10 * H, item.pk if item else None)
        for back in range(hours // 10)
    ]
    insert_time_entries(project=project, entries=entries, source=TimeEntry.Source.FILE, recorded_by=project.created_by)


def page(client: Client, name: str, *args: str, **query: str) -> str:
    """The page's text."""
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode().replace("\u00a0", " "))


def answer(html: str) -> str:
    """The sentences with which a page begins, without their links."""
    found = re.findall(r'<(?:h1 class="answer"|p class="answer-more")>(.*?)</(?:h1|p)>', html)
    assert found
    return " ".join(re.sub(r"<[^>]+>", "", part).strip() for part in found)


# ── A project's status ──────────────────────────────────────────────────────────────────────────────
def test_project_page_answers_first(burning: Project, client_manager: User, sign_in: SignIn) -> None:
    assert answer(page(sign_in(client_manager), "status:project_detail", burning.slug)) == (
        "390 h of 400 h are used for work worth 150 h. Burn is 60.0 points ahead of progress. "
        "At this pace the cap of 480 h is reached about "
        # Ninety hours are left, at seventy a week.
        + (timezone.localdate() + dt.timedelta(days=9)).strftime("%-d %b %Y")
        + "; likely 980 h in the end, 500 h above it. EUR 39,000.00 of the EUR 40,000.00 agreed are spent so far."
    )


def test_project_page_shows_chart_items_alerts_and_indices(
    burning: Project, client_manager: User, sign_in: SignIn
) -> None:
    html = page(sign_in(client_manager), "status:project_detail", burning.slug)
    assert html.count('<svg class="chart') == 2
    assert 'id="burn-up-data"' in html
    assert "Work items over their estimate and not done" in html
    assert re.findall(r'<dd class="over">([^<]+)</dd>', html) == ["0.38", "2.78", "204 %"]
    assert html.count("/acknowledge/") == Alert.objects.filter(project=burning).count()


@pytest.mark.parametrize(
    ("who", "sees_money", "sees_alerts"),
    [
        ("client_manager", True, True),
        ("client_approver", True, True),
        ("client_team_lead", False, True),
        ("client_member", False, False),
        ("client_viewer", True, True),
        ("vendor_manager", True, True),
        ("vendor_analyst", False, False),
        ("vendor_member", False, False),
        ("portfolio_viewer", True, True),
    ],
)
def test_project_page_tells_each_role_what_it_may_know(
    burning: Project, sign_in: SignIn, request: pytest.FixtureRequest, who: str, sees_money: bool, sees_alerts: bool
) -> None:
    Alert.objects.update(vendor_told_at=timezone.now())
    html = page(sign_in(request.getfixturevalue(who)), "status:project_detail", burning.slug)
    assert ("EUR" in html) is sees_money
    assert ('id="alerts"' in html) is sees_alerts
    assert ("Burn ahead of progress" in html) is sees_alerts


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("client_finance", 403),
        ("other_client", 404),
        ("other_vendor", 404),
        ("revoked_member", 404),
        ("organisation_admin", 404),
        ("anonymous", 302),
    ],
)
@pytest.mark.parametrize("name", ["status:project_detail", "status:activity_list", "alerts:alert_list"])
def test_project_pages_are_closed_to_who_has_no_right(
    project: Project, sign_in: SignIn, request: pytest.FixtureRequest, name: str, who: str, status: int
) -> None:
    client = sign_in(request.getfixturevalue(who))
    assert client.get(reverse(name, args=[project.slug])).status_code == status
    assert client.get(reverse(name, args=["no-such-project"])).status_code == (302 if who == "anonymous" else 404)


def test_vendor_reads_an_alert_only_once_it_was_told(burning: Project, vendor_manager: User, sign_in: SignIn) -> None:
    client = sign_in(vendor_manager)
    before = page(client, "status:project_detail", burning.slug)
    assert "Burn ahead of progress" not in before
    assert "on course" not in before
    Alert.objects.filter(rule="B2").update(vendor_told_at=timezone.now())
    after = page(client, "status:project_detail", burning.slug)
    assert "Burn ahead of progress" in after
    assert "hours running out" not in after


def test_first_use_offers_the_steps_to_who_may_take_them(
    client_manager: User, vendor_manager: User, project: Project, sign_in: SignIn
) -> None:
    html = page(sign_in(client_manager), "status:project_detail", project.slug)
    assert answer(html) == "400 h are agreed, and no hours are recorded yet."
    assert re.findall(r'<li( class="done")?><span class="step-mark', html) == [DONE, DONE, "", "", "", "", ""]
    assert f'href="{reverse("projects:rate_add", args=[project.slug])}"' in html
    # People come with the first timesheet, so that nobody has to be asked for them first.
    assert f'<a class="button first push" href="{reverse("projects:rate_add", args=[project.slug])}">Next:' in html
    vendors = page(sign_in(vendor_manager), "status:project_detail", project.slug)
    assert reverse("projects:rate_add", args=[project.slug]) not in vendors
    assert f'href="{reverse("requirements:work_item_import_new", args=[project.slug])}"' in vendors


def test_page_asks_soon_while_the_worker_is_not_done(burning: Project, client_manager: User, sign_in: SignIn) -> None:
    client = sign_in(client_manager)
    url = reverse("status:project_detail", args=[burning.slug])
    assert "data-live-soon" not in client.get(url).content.decode()
    Mark.objects.create(project=burning, cause="test")
    before = versions_for(client_manager, burning.slug, ["status"])["status"]
    assert "data-live-soon" in client.get(url).content.decode()
    evaluate(burning.pk)
    assert versions_for(client_manager, burning.slug, ["status"])["status"] == before + 1
    assert "data-live-soon" not in client.get(url).content.decode()


def test_project_page_costs_the_same_with_three_and_thirty_rows(
    burning: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("status:project_detail", args=[burning.slug]))
        return len(captured)

    few = queries()
    for number in range(30):
        item = add_work_item(actor=client_manager, project=burning, title=f"Item {number}", estimate_minutes=60)
        book(burning, developer, item, hours=10)
    evaluate(burning.pk)
    assert queries() == few


def test_portfolio_holds_the_money_against_the_cap_where_there_is_one(
    burning: Project, client_manager: User, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)
    sums = []
    for terms in ({}, {"cap_amount": Decimal(45_000)}, {"cap_amount": None, "budget_amount": None}):
        Terms.objects.filter(project=burning).update(**terms)
        totals = client.get(reverse("status:portfolio")).context["totals"]
        sums += [(one.used_of_agreed, one.agreed, one.used_beside) for one in totals]
    # What is used where nothing is agreed is not held against what was agreed elsewhere.
    assert sums == [(39_000, 40_000, 0), (39_000, 45_000, 0), (0, 0, 39_000)]


# ── Activity ────────────────────────────────────────────────────────────────────────────────────────
def test_activity_is_filtered_by_person_and_subject(
    burning: Project, client_manager: User, client_approver: User, sign_in: SignIn
) -> None:
    alert = Alert.objects.filter(project=burning).first()
    assert alert
    acknowledge(actor=client_approver, alert=alert, side="client")
    client = sign_in(client_manager)
    assert answer(page(client, "status:activity_list", burning.slug, person=str(client_approver.uuid))).startswith(
        "1 change is noted."
    )
    assert answer(page(client, "status:activity_list", burning.slug, about="rates")).startswith("1 change is noted.")
    assert "saw the alert “" in page(client, "status:activity_list", burning.slug, about="alerts")


def test_acknowledging_early_tells_the_vendor_nothing(
    burning: Project, client_manager: User, vendor_manager: User, sign_in: SignIn
) -> None:
    untold, told = Alert.objects.filter(project=burning).order_by("pk")[:2]
    Alert.objects.filter(pk=told.pk).update(vendor_told_at=timezone.now())
    told.refresh_from_db()
    for alert in (untold, told):
        acknowledge(actor=client_manager, alert=alert, side="client")
    noted = [page(sign_in(user), "status:activity_list", burning.slug) for user in (client_manager, vendor_manager)]
    assert [html.count("saw the alert") for html in noted] == [2, 1]


# ── My work and the bar ─────────────────────────────────────────────────────────────────────────────
def test_my_work_lists_what_waits_for_me_and_the_bar_counts_it(
    burning: Project, client_manager: User, sign_in: SignIn
) -> None:
    ImportBatch.objects.create(
        project=burning,
        kind=ImportBatch.Kind.TIME_ENTRIES,
        state=ImportBatch.State.PREVIEWED,
        filename="week-38.csv",
        sha256="0" * 64,
        recorded_by_side="client",
        created_by=client_manager,
    )
    overviews = overviews_for(client_manager, timezone.now(), timezone.localdate())
    work = my_list(turn for overview in overviews for turn in overview.turns)
    titles = [turn.title for turn in work.decide]
    assert titles[0] == "Acknowledge: Burn ahead of progress"
    assert "Take or discard week-38.csv" in titles
    assert counts_for(client_manager, timezone.now())["waiting"] == len(titles)
    html = page(sign_in(client_manager), "status:my_work")
    assert answer(html) == f"{len(titles)} things wait for you."
    assert f'<span class="count mine">{len(titles)}<' in html


def test_my_work_shows_an_invitation_to_its_address_alone(
    project: Project, client_manager: User, other_client: User, sign_in: SignIn
) -> None:
    invite_member(actor=client_manager, project=project, email=other_client.email, side="client", role="viewer")
    html = page(sign_in(other_client), "status:my_work")
    assert answer(html) == "One thing waits for you."
    assert "Accept the invitation of" in html
    assert '<span class="count mine">1<' in html
    assert project.get_absolute_url() not in html
    assert sign_in(other_client).get(re.findall(r"/invitations/[^\"]+", html)[0]).status_code == 200
    assert "Accept the invitation of" not in page(sign_in(client_manager), "status:my_work")
    # Whoever opened the installation typed an address that nothing has proved.
    OrganisationLink.objects.create(
        role="admin", digest="0" * 64, expires_at=timezone.now(), used_at=timezone.now(), used_by=other_client
    )
    assert "Accept the invitation of" not in page(sign_in(other_client), "status:my_work")


def test_an_alert_is_late_once_it_should_have_been_answered(burning: Project, client_manager: User) -> None:
    def late() -> set[bool]:
        overviews = overviews_for(client_manager, timezone.now(), timezone.localdate())
        return {turn.is_late for one in overviews for turn in one.turns if turn.alert and turn.urgency == "critical"}

    assert late() == {False}
    Alert.objects.update(raised_at=timezone.now() - dt.timedelta(days=10))
    assert late() == {True}


def test_my_work_shows_fifty_things_and_the_way_to_the_others(
    burning: Project, client_manager: User, sign_in: SignIn
) -> None:
    for number in range(51):
        ImportBatch.objects.create(
            project=burning,
            kind=ImportBatch.Kind.TIME_ENTRIES,
            state=ImportBatch.State.PREVIEWED,
            filename=f"week-{number}.csv",
            sha256=f"{number:064}",
            recorded_by_side="client",
            created_by=client_manager,
        )
    waiting = counts_for(client_manager, timezone.now())["waiting"]
    browser = sign_in(client_manager)
    first, second = (browser.get(reverse("status:my_work"), {"page": number}).content.decode() for number in (1, 2))
    assert answer(second) == f"{waiting} things wait for you."
    assert f"1 to 50 of {waiting}" in first
    assert [len(re.findall(r'<li>\s*<svg class="turn', html)) for html in (first, second)] == [50, waiting - 50]
    assert sum(html.count("Take or discard week-") for html in (first, second)) == 51


def test_count_follows_role_side_and_acknowledgement(
    burning: Project,
    client_manager: User,
    client_team_lead: User,
    vendor_manager: User,
    other_client: User,
) -> None:
    def waiting(user: User) -> int:
        return counts_for(user, timezone.now())["waiting"]

    standing = Alert.objects.filter(project=burning).count()
    assert [waiting(user) for user in (client_manager, client_team_lead, vendor_manager, other_client)] == [
        standing,
        0,
        0,
        0,
    ]
    alert = Alert.objects.get(project=burning, rule="B2")
    Alert.objects.filter(pk=alert.pk).update(vendor_told_at=timezone.now())
    assert waiting(vendor_manager) == 1
    acknowledge(actor=client_manager, alert=alert, side="client")
    assert [waiting(user) for user in (client_manager, vendor_manager)] == [standing - 1, 1]
    set_status(actor=client_manager, project=burning, status=Project.Status.CLOSED)
    assert waiting(client_manager) == 0


def test_late_hours_are_the_turn_of_who_brings_them(
    project: Project, client_manager: User, vendor_manager: User, developer: Person, sign_in: SignIn
) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Berths", estimate_minutes=100 * H)
    book(project, developer, item, hours=20, days_ago=15)
    evaluate(project.pk)
    assert "Bring in the hours" in page(sign_in(vendor_manager), "status:my_work")
    clients = page(sign_in(client_manager), "status:my_work")
    assert "One waits for the other side." in answer(clients)
    Organisation.objects.filter(pk=project.vendor_id).update(kept_by=project.client)
    assert "Bring in the hours" in page(sign_in(client_manager), "status:my_work")


def test_somebody_without_a_project_is_told_what_to_do(organisation_admin: User, sign_in: SignIn) -> None:
    html = page(sign_in(organisation_admin), "status:my_work")
    assert answer(html) == "You take part in no project yet."
    assert f'href="{reverse("projects:project_new")}"' in html


def test_bar_asks_one_query_and_none_for_the_stranger(
    client_manager: User, django_assert_num_queries: DjangoAssertNumQueries, client: Client
) -> None:
    with django_assert_num_queries(1):
        counts_for(client_manager, timezone.now())
    with django_assert_num_queries(0):
        client.get(reverse("account_login"))


# ── The portfolio ───────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def many_projects(client_manager: User, client_organisation: Organisation) -> Callable[[int], None]:
    def open_many(count: int) -> None:
        for number in range(count):
            open_project(
                actor=client_manager,
                client=client_organisation,
                name=f"Project {number}",
                vendor_name=f"Vendor {number % 3}",
                currency=("EUR", "CHF")[number % 2],
                terms={"budget_minutes": 100 * H, "budget_amount": Decimal(9000)},
            )

    return open_many


def rows(html: str) -> list[str]:
    """The projects of the portfolio, from top to bottom."""
    return re.findall(r'<th scope="row"><a href="[^"]+"><b>([^<]+)</b>', html)


def test_portfolio_puts_the_worst_first_and_names_it(
    burning: Project, client_manager: User, many_projects: Callable[[int], None], sign_in: SignIn
) -> None:
    many_projects(2)
    html = page(sign_in(client_manager), "status:portfolio")
    assert rows(html) == ["Berth booking", "Project 0", "Project 1"]
    waiting = Alert.objects.filter(project=burning).count() + 2
    assert answer(html) == (f"Berth booking needs you to act: Burn ahead of progress. {waiting} things wait for us.")


def test_portfolio_is_filtered_and_grouped_by_its_address(
    burning: Project, client_manager: User, many_projects: Callable[[int], None], sign_in: SignIn
) -> None:
    many_projects(4)
    client = sign_in(client_manager)
    vendor = Organisation.objects.get(name="Vendor 0")
    assert rows(page(client, "status:portfolio", light="act")) == ["Berth booking"]
    assert rows(page(client, "status:portfolio", vendor=str(vendor.uuid))) == ["Project 0", "Project 3"]
    assert rows(page(client, "status:portfolio", vendor=str(uuid4()))) == rows(page(client, "status:portfolio"))
    assert rows(page(client, "status:portfolio", status="paused")) == []
    grouped = page(client, "status:portfolio", group="vendor")
    assert re.findall(r'colspan="\d+">([^<]+)<', grouped) == ["Northwind Software", "Vendor 0", "Vendor 1", "Vendor 2"]


def test_portfolio_sums_each_currency_for_those_who_see_money(
    burning: Project,
    client_manager: User,
    client_team_lead: User,
    many_projects: Callable[[int], None],
    sign_in: SignIn,
) -> None:
    many_projects(2)
    html = page(sign_in(client_manager), "status:portfolio")
    assert re.findall(r"<dd>([A-Z]{3} [\d,.]+)<small>(\d+) % of ([A-Z]{3} [\d,.]+) agreed", html) == [
        ("CHF 0.00", "0", "CHF 9,000.00"),
        ("EUR 39,000.00", "80", "EUR 49,000.00"),
    ]
    assert "EUR" not in page(sign_in(client_team_lead), "status:portfolio")


def test_portfolio_of_a_person_of_two_sides_reads_each_project_from_its_side(
    burning: Project, other_project: Project, two_sided_person: User
) -> None:
    overviews = overviews_for(two_sided_person, timezone.now(), timezone.localdate())
    assert [(one.project.name, one.standing.side) for one in overviews] == [
        ("Berth booking", "client"),
        ("Patient letters", "vendor"),
    ]


def test_portfolio_names_nothing_of_others(burning: Project, other_client: User, sign_in: SignIn) -> None:
    html = page(sign_in(other_client), "status:portfolio")
    assert rows(html) == ["Patient letters"]
    assert "Berth booking" not in html
    assert "Northwind" not in html


# My work asks for open invitations as well.
@pytest.mark.parametrize(("name", "queries"), [("status:portfolio", 19), ("status:my_work", 20)])
def test_pages_across_projects_cost_the_same_for_three_and_thirty(
    name: str,
    queries: int,
    burning: Project,
    client_manager: User,
    many_projects: Callable[[int], None],
    sign_in: SignIn,
) -> None:
    client = sign_in(client_manager)
    counts = []
    for more in (2, 27):
        many_projects(more)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name)).status_code == 200
        counts.append(len(captured))
    assert counts == [queries, queries]


def test_portfolio_shows_fifty_projects_a_page(
    client_manager: User, many_projects: Callable[[int], None], sign_in: SignIn
) -> None:
    many_projects(51)
    client = sign_in(client_manager)
    assert [len(rows(page(client, "status:portfolio", page=str(number)))) for number in (1, 2)] == [50, 2]
