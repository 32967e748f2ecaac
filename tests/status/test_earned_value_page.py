"""The page of earned value, its files and its twin in the API: the same figures, for who may see them."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person, User
from alerts.actions import evaluate
from budget.models import TimeEntry
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from projects.actions import agree_rate
from projects.models import Project, Terms
from requirements_app.actions import add_work_item, report_progress
from requirements_app.models import WorkItem
from tests.api_client import Program

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]
H = 60


def june(day: int) -> dt.date:
    return dt.date(2026, 6, day)


def book(project: Project, person: Person, item: WorkItem | None, on: dt.date, minutes: int) -> None:
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(person.pk, on, minutes, item.pk if item else None)],
        source=TimeEntry.Source.FILE,
        recorded_by=project.created_by,
    )


@pytest.fixture
def worked(project: Project, client_manager: User, developer: Person) -> dict[str, WorkItem]:
    """The worked example of docs/calculations/earned-value.md below a group, in hours for minutes; 100 an hour."""
    Terms.objects.filter(pk=project.pk).update(
        budget_minutes=1250 * H, budget_amount=Decimal(100_000), cap_minutes=1300 * H, cap_amount=None
    )
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(100), first_day=dt.date(2026, 1, 1))
    group = add_work_item(actor=client_manager, project=project, title="Quay walls")
    a = add_work_item(actor=client_manager, project=project, title="Piles", parent=group, estimate_minutes=600 * H)
    b = add_work_item(actor=client_manager, project=project, title="Caps", parent=group, estimate_minutes=400 * H)
    WorkItem.objects.filter(pk=a.pk).update(planned_start_on=june(1), planned_finish_on=june(6))
    WorkItem.objects.filter(pk=b.pk).update(planned_start_on=june(3), planned_finish_on=june(10))
    for item, on, hours in ((a, 1, 240), (a, 2, 120), (None, 3, 100), (a, 4, 60), (b, 4, 100)):
        for _portion in range(hours // 20):
            book(project, developer, item, june(on), 20 * H)
    report_progress(actor=client_manager, item=a, on=june(2), remaining_minutes=540 * H)
    report_progress(actor=client_manager, item=a, on=june(4), remaining_minutes=380 * H)
    evaluate(project.pk)
    return {"group": group, "a": a, "b": b}


def page(client: Client, project: Project, **query: str) -> str:
    """The page's text, with plain spaces."""
    response = client.get(reverse("status:earned_value", args=[project.slug]), query)
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode().replace("\u00a0", " "))


def answer(html: str) -> str:
    found = re.search(r'<h1 class="answer">(.*?)</h1>', html)
    assert found
    return re.sub(r"<[^>]+>", "", found.group(1)).strip()


def row(html: str, key: str) -> list[str]:
    """The cells of an index as text, its name first."""
    found = re.search(rf'<tr id="{key}">(.*?)</tr>', html)
    assert found, key
    cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", found.group(1))
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", cell)).strip() for cell in cells]


# ── What it says ────────────────────────────────────────────────────────────────────────────────────
def test_page_answers_first(worked: None, project: Project, client_manager: User, sign_in: SignIn) -> None:
    assert answer(page(sign_in(client_manager), project)) == (
        "Work estimated at 415 h took 520 h: each hour earns 0.80 of an estimated one. "
        "500 h were planned by now: the work is in time. "
        "If the rest goes as so far, all takes 1,253 h instead of 1,000 h and is done about 12 Jun 2026; "
        "planned is 10 Jun 2026. Item by item, as the status page reckons, it is 1,200 h."
    )


@pytest.mark.parametrize(
    ("key", "value", "worked_out"),
    [
        ("bac", "1,000 h", "Σ estimates all estimates together = 1,000 h"),
        ("cv", "-105 h", "EV − AC 415 h − 520 h = -105 h"),
        ("sv", "-85 h", "EV − PV 415 h − 500 h = -85 h"),
        ("cpi", "0.80", "EV ÷ AC 415 h ÷ 520 h = 0.80"),
        ("spi", "0.83", "EV ÷ PV 415 h ÷ 500 h = 0.83"),
        ("complete", "41.5 %", "EV ÷ BAC 415 h ÷ 1,000 h = 41.5 %"),
        ("tcpi_bac", "1.22", "(BAC − EV) ÷ (BAC − AC) (1,000 h − 415 h) ÷ (1,000 h − 520 h) = 1.22"),
        # The hundred hours on no item have used up a part of what was agreed.
        ("tcpi_budget", "0.93", "(BAC − EV) ÷ (budget − AC) (1,000 h − 415 h) ÷ (1,250 h − 620 h) = 0.93"),
        ("tcpi_cap", "0.86", "(BAC − EV) ÷ (cap − AC) (1,000 h − 415 h) ÷ (1,300 h − 620 h) = 0.86"),
        ("es", "3.4 days", "the time at which PV = EV now where the planned value equals EV = 3.4 days"),
        ("spi_t", "0.86", "ES ÷ AT 3.4 days ÷ 4.0 days = 0.86"),
    ],
)
def test_each_index_shows_its_formula_with_the_figures_put_in(
    worked: None, project: Project, client_member: User, sign_in: SignIn, key: str, value: str, worked_out: str
) -> None:
    _name, shown, how, says = row(page(sign_in(client_member), project), key)
    assert (shown, how) == (value, worked_out)
    assert says


def test_forecasts_show_what_they_assume(worked: None, project: Project, client_member: User, sign_in: SignIn) -> None:
    html = page(sign_in(client_member), project)
    assert row(html, "eac_cpi")[1:5] == ["1,253 h", "733 h", "-253 h", "0.80"]
    assert row(html, "eac_cpi")[6:] == [
        "AC + (BAC − EV) ÷ CPI 585 h ÷ 0.798 = 733 h 520 h + 733 h = 1,253 h",
        "The rest goes as all work so far. The same as BAC ÷ CPI.",
    ]
    assert row(html, "eac_bottom_up")[1] == "1,200 h"
    assert row(html, "ieac_cost_and_pace")[1:4] == [
        "13.6 days",
        "14 Jun 2026",
        "AT + (PD − ES) ÷ (CPI × SPI(t)) 4.0 days + (10.0 days − 3.4 days) ÷ (0.798 × 0.858) = 13.6 days",
    ]


def test_hours_on_unestimated_work_are_named_beside_the_indices(
    worked: None, project: Project, client_member: User, sign_in: SignIn
) -> None:
    html = page(sign_in(client_member), project)
    found = re.search(r'<p id="outside">(.*?)</p>', html)
    assert found
    assert re.sub(r"<[^>]+>", "", found.group(1)) == (
        "100.0 h more went into work without an estimate. They can earn nothing and are in none of these indices. "
        "With them the cost index would be 0.67."
    )


def test_a_branch_is_read_like_the_project(
    worked: dict[str, WorkItem], project: Project, client_member: User, sign_in: SignIn
) -> None:
    client = sign_in(client_member)
    whole = page(client, project)
    assert re.findall(r'href="\?item=(W-\d)"', whole) == ["W-1"]
    group = page(client, project, item="W-1")
    assert row(group, "cpi") == row(whole, "cpi")
    assert row(group, "ev")[2] == "Σ done part of the estimates 315.0 + 100.0 = 415 h"
    # Limits are agreed for the whole project.
    assert "tcpi_cap" not in group
    leaf = page(client, project, item="W-3")
    assert row(leaf, "cpi")[1:3] == ["1.00", "EV ÷ AC 100 h ÷ 100 h = 1.00"]
    assert row(leaf, "spi")[2] == "EV ÷ PV 100 h ÷ 100 h = 1.00"
    assert '<a href="?item=W-1">Quay walls</a>' in leaf


def test_an_earlier_day_shows_what_was_so_then(
    worked: None, project: Project, client_member: User, sign_in: SignIn
) -> None:
    html = page(sign_in(client_member), project, on="2026-06-02")
    assert row(html, "cpi")[2] == "EV ÷ AC 240 h ÷ 360 h = 0.67"
    assert "All figures are of the end of 2 Jun 2026." in html
    assert "A later day cannot be told yet" not in html


def test_a_day_later_than_the_data_is_held_back(
    worked: None, project: Project, client_member: User, developer: Person, sign_in: SignIn
) -> None:
    book(project, developer, None, june(9), 60)
    evaluate(project.pk)
    html = page(sign_in(client_member), project, on="2026-06-09")
    assert "Hours to 9 Jun 2026 · progress to 4 Jun 2026" in html
    assert "All figures are of the end of 4 Jun 2026. A later day cannot be told yet" in html


def test_without_planned_days_time_is_undefined_and_says_what_to_do(
    worked: None, project: Project, client_manager: User, client_member: User, sign_in: SignIn
) -> None:
    WorkItem.objects.update(planned_start_on=None, planned_finish_on=None)
    evaluate(project.pk)
    html = page(sign_in(client_manager), project)
    assert (
        row(html, "spi")[1:4]
        == ["–", "–", "EV ÷ PV Undefined: not all estimated work has planned days."][:1] + row(html, "spi")[2:4]
    )
    assert "Undefined: not all estimated work has planned days." in row(html, "spi")[3]
    assert row(html, "eac_cpi")[1].startswith("1,253 h")
    assert "Give the project its planned days" in html
    assert "Give the project its planned days" not in page(sign_in(client_member), project)
    assert "1,000.0 h</b> of the estimates have no planned days" in html


def test_before_the_first_hours_the_page_says_what_will_stand_there(
    project: Project, client_member: User, sign_in: SignIn
) -> None:
    html = page(sign_in(client_member), project)
    assert answer(html) == "Nothing is estimated and no hours are recorded yet: there is nothing to compare."
    assert "Earned value will stand here" in html


@pytest.mark.parametrize(
    "query", [{"item": "W-99"}, {"item": "Nothing so called"}, {"on": "yesterday"}, {"on": "9999-12-31"}]
)
def test_what_cannot_be_read_is_said_and_left_out(
    worked: None, project: Project, client_member: User, sign_in: SignIn, query: dict[str, str]
) -> None:
    html = page(sign_in(client_member), project, **query)
    assert 'class="errors"' in html
    assert row(html, "cpi")[1] == "0.80"


# ── Who sees what ───────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("who", "whole", "branch", "earlier"),
    [
        ("client_manager", True, True, True),
        # Without rates the cost of a part, beside its hours, would be one.
        ("client_viewer", True, False, False),
        ("client_member", False, False, False),
        ("vendor_manager", True, True, True),
        ("vendor_member", False, False, False),
    ],
)
def test_amounts_are_shown_to_who_may_see_them(
    worked: None,
    project: Project,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
    who: str,
    whole: bool,
    branch: bool,
    earlier: bool,
) -> None:
    client = sign_in(request.getfixturevalue(who))
    shown = [
        "EUR" in page(client, project),
        "EUR" in page(client, project, item="W-1"),
        "EUR" in page(client, project, on="2026-06-02"),
    ]
    assert shown == [whole, branch, earlier]


def test_in_money_work_counts_at_the_agreed_rate(
    worked: None, project: Project, client_manager: User, sign_in: SignIn
) -> None:
    html = page(sign_in(client_manager), project)
    # 100,000 agreed for 1,250 h: 80 an hour; each hour costs 100.
    assert row(html, "bac")[2] == "EUR 80,000.00"
    assert row(html, "cpi")[1:3] == ["0.80", "0.64"]
    assert "EUR 33,200.00 ÷ EUR 52,000.00 = 0.64" in row(html, "cpi")[3]
    assert "In money estimated work counts at EUR 80.00 an hour" in html


def test_without_an_agreed_amount_work_counts_at_what_an_hour_cost(
    worked: None, project: Project, client_manager: User, sign_in: SignIn
) -> None:
    Terms.objects.filter(pk=project.pk).update(budget_amount=None)
    html = page(sign_in(client_manager), project, item="W-3")
    assert row(html, "bac")[2] == "EUR 40,000.00"
    assert "No amount is agreed: in money estimated work counts at EUR 100.00 an hour" in html


def test_hours_without_a_rate_leave_the_cost_undefined(
    worked: None, project: Project, client_manager: User, sign_in: SignIn
) -> None:
    TimeEntry.objects.filter(worked_on=june(1)).update(hourly_rate=None, amount=None)
    evaluate(project.pk)
    html = page(sign_in(client_manager), project)
    assert row(html, "ac")[2] == "–"
    assert "some of the hours have no rate" in row(html, "cpi")[3]
    assert row(html, "cpi")[1] == "0.80"


@pytest.mark.parametrize("name", ["status:earned_value", "status:earned_value_indices", "status:earned_value_days"])
@pytest.mark.parametrize(("who", "status"), [("client_finance", 403), ("other_vendor", 404), ("anonymous", 302)])
def test_pages_are_closed_to_who_has_no_right(
    project: Project, sign_in: SignIn, request: pytest.FixtureRequest, name: str, who: str, status: int
) -> None:
    assert sign_in(request.getfixturevalue(who)).get(reverse(name, args=[project.slug])).status_code == status


# ── What it costs ───────────────────────────────────────────────────────────────────────────────────
def test_queries_do_not_grow_with_the_work(
    worked: dict[str, WorkItem], project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)

    def cost(**query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, project, **query)
        assert not any("budget_timeentry" in query["sql"] for query in captured)
        return len(captured)

    cost()
    few = cost(), cost(item="W-1"), cost(order="-cpi")
    deep = worked["group"]
    for number in range(30):
        deep = add_work_item(
            actor=client_manager, project=project, title=f"Part {number}", parent=deep, estimate_minutes=60
        )
        add_work_item(actor=client_manager, project=project, title=f"Beside {number}", estimate_minutes=60)
        book(project, developer, deep, june(4), 30)
    evaluate(project.pk)
    assert (cost(), cost(item="W-1"), cost(order="-cpi")) == few
    deep.refresh_from_db()
    # The path of thirty names costs what one costs.
    assert cost(item=deep.ref.label) <= few[1] + 2


def test_branches_are_sorted_and_paginated_by_the_database(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    for number in range(53):
        item = add_work_item(actor=client_manager, project=project, title=f"Part {number:02}", estimate_minutes=600)
        book(project, developer, item, june(1), 60 + number)
        report_progress(actor=client_manager, item=item, on=june(1), remaining_minutes=540)
    evaluate(project.pk)
    client = sign_in(client_manager)

    def titles(**query: str) -> list[str]:
        return re.findall(r'href="\?item=W-\d+">(Part \d\d)</a>', page(client, project, **query))

    assert titles()[:2] == ["Part 00", "Part 01"]
    assert len(titles()) == 50
    assert titles(page="2") == ["Part 50", "Part 51", "Part 52"]
    # The more hours the same report costs, the lower the index.
    assert titles(order="-ac", page="2") == ["Part 02", "Part 01", "Part 00"]
    assert titles(order="ac")[0] == "Part 00"
    assert titles(order="cpi")[0] == titles(order="cv")[0]
    assert titles(order="nonsense")[0] == "Part 00"
    assert titles(order="-title")[0] == "Part 52"


# ── Files ───────────────────────────────────────────────────────────────────────────────────────────
def table(client: Client, name: str, project: Project, **query: str) -> list[dict[str, str]]:
    response = client.get(reverse(f"status:{name}", args=[project.slug]), query)
    assert response["Content-Disposition"].startswith("attachment; filename=")
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_file_of_indices_holds_the_page(
    worked: None, project: Project, client_manager: User, client_viewer: User, sign_in: SignIn
) -> None:
    rows = {row["key"]: row for row in table(sign_in(client_manager), "earned_value_indices", project)}
    assert (rows["cpi"]["value"], rows["cpi"]["money"]) == ("0.7981", "0.6385")
    assert (rows["cv"]["unit"], rows["cv"]["value"]) == ("hours", "-105.00")
    assert (rows["eac_cpi_spi"]["value"], rows["eac_cpi_spi"]["assumes"] != "") == ("1403.15", True)
    assert (rows["ieac_earned_pace"]["value"], rows["ieac_earned_pace"]["finish_on"]) == ("11.6505", "2026-06-12")
    bare = table(sign_in(client_viewer), "earned_value_indices", project, item="W-1")
    assert "money" not in bare[0]


def test_file_of_days_holds_every_day(
    worked: None, project: Project, client_manager: User, client_viewer: User, sign_in: SignIn
) -> None:
    rows = table(sign_in(client_manager), "earned_value_days", project)
    assert [
        [
            row[name]
            for name in ("day", "planned_hours", "earned_hours", "actual_hours", "used_hours", "remaining_hours")
        ]
        for row in rows
    ] == [
        ["2026-06-01", "100.00", "240.00", "240.00", "240.00", "760.00"],
        ["2026-06-02", "200.00", "240.00", "360.00", "360.00", "940.00"],
        ["2026-06-03", "350.00", "240.00", "360.00", "460.00", "940.00"],
        ["2026-06-04", "500.00", "415.00", "520.00", "620.00", "680.00"],
    ]
    assert (rows[-1]["cpi"], rows[-1]["spi_t"], rows[-1]["actual_amount"]) == ("0.7981", "0.8583", "52000.00")
    assert "actual_amount" not in table(sign_in(client_viewer), "earned_value_days", project)[0]
    assert len(table(sign_in(client_manager), "earned_value_days", project, on="2026-06-02")) == 2


# ── The API ─────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/earned-value/"


def test_api_tells_what_the_page_tells(program: Program, path: str, worked: None, client_manager: User) -> None:
    told = program(client_manager).get(path).json()
    indices = {one.pop("key"): one for one in told.pop("indices")}
    assert told == {
        "item": None,
        "as_of": "2026-06-04",
        "compared_on": "2026-06-04",
        "hours_through": "2026-06-04",
        "progress_through": "2026-06-04",
        "being_recomputed": False,
        "progress_rule": "hours_spent_and_remaining",
        "outside_minutes": 6000,
        "undated_minutes": 0,
    }
    assert indices["cpi"] == {
        "name": "Cost performance index",
        "unit": "index",
        "value": "0.7981",
        "undefined": None,
        "formula": "EV ÷ AC",
        "worked": "415\u00a0h ÷ 520\u00a0h = 0.80",
        "assumes": "",
        "finish_on": None,
        "money": "0.6385",
    }


def test_api_says_why_an_index_is_undefined(program: Program, path: str, worked: None, client_member: User) -> None:
    WorkItem.objects.update(planned_start_on=None, planned_finish_on=None)
    evaluate(WorkItem.objects.first().project_id)  # type: ignore[union-attr]
    indices = {one["key"]: one for one in program(client_member).get(path).json()["indices"]}
    assert (indices["spi"]["value"], indices["spi"]["undefined"]) == (None, "no_plan")
    assert {one["money"] for one in indices.values()} == {None}


def test_api_lists_days_and_branches(
    program: Program, path: str, worked: None, client_manager: User, client_viewer: User
) -> None:
    api = program(client_manager)
    days = api.get(f"{path}days/", item=2).json()["days"]
    assert [(day["day"], day["earned_hours"], day["actual_amount"]) for day in days] == [
        ("2026-06-01", "240.00", "24000.00"),
        ("2026-06-02", "240.00", "36000.00"),
        ("2026-06-04", "315.00", "42000.00"),
    ]
    assert "actual_amount" not in program(client_viewer).get(f"{path}days/").json()["days"][0]
    first = api.get(f"{path}branches/", item=1, limit=1).json()
    assert first["results"] == [
        {
            "number": 2,
            "title": "Piles",
            "is_group": False,
            "used_minutes": 420 * H,
            "budget_hours": "600.00",
            "earned_hours": "315.00",
            "actual_hours": "420.00",
            "cpi": "0.7500",
        }
    ]
    assert [one["number"] for one in api.get(first["next"]).json()["results"]] == [3]


def test_api_refuses_what_it_cannot_read(program: Program, path: str, worked: None, client_member: User) -> None:
    answer = program(client_member).get(path, item="999", on="soon")
    assert answer.status_code == 422
    assert [one["parameter"] for one in answer.json()["errors"]] == ["item", "on"]


def test_api_before_the_first_hours_has_no_indices(program: Program, path: str, client_member: User) -> None:
    told = program(client_member).get(path).json()
    assert (told["as_of"], told["indices"]) == (None, [])
    assert program(client_member).get(f"{path}days/").json() == {"days": []}
    assert program(client_member).get(f"{path}branches/").json() == {"next": None, "results": []}
