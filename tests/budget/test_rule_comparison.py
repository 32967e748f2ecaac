"""What another rule of progress would count is said before it is agreed, and comes true when it is."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person, User
from alerts.actions import evaluate
from budget.earned_queries import known_through
from budget.models import BranchSeries, TimeEntry
from budget.rule_comparison import earned_by_rule
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from projects.actions import change_terms
from projects.models import Activity, Project, Terms
from requirements_app.actions import add_work_item, report_progress
from tests.api_client import Program

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]


def june(day: int) -> dt.date:
    return dt.date(2026, 6, day)


@pytest.fixture
def begun(project: Project, client_manager: User, developer: Person) -> Project:
    """One item done for more than its estimate, one begun and reported with hours since, one untouched, one unknown."""

    def work(title: str, estimate: int | None, *booked: tuple[int, int]) -> Any:
        item = add_work_item(actor=client_manager, project=project, title=title, estimate_minutes=estimate)
        entries = [NewTimeEntry(developer.pk, june(day), minutes, item.pk) for day, minutes in booked]
        insert_time_entries(project=project, entries=entries, source=TimeEntry.Source.FILE, recorded_by=client_manager)
        return item

    done, half = work("Done", 600, (1, 700)), work("Half", 400, (1, 100), (3, 60), (9, 40))
    work("Untouched", 200)
    work("Unknown", None, (2, 90))
    report_progress(actor=client_manager, item=done, on=june(2), is_done=True)
    report_progress(actor=client_manager, item=half, on=june(2), remaining_minutes=300)
    report_progress(actor=client_manager, item=half, on=june(5), remaining_minutes=200)
    evaluate(project.pk)
    return project


def test_each_rule_counts_the_same_hours_and_reports(begun: Project) -> None:
    assert known_through(begun) == june(5)
    found = earned_by_rule(begun, june(5))
    # Half: 400 × 160 ÷ (160 + 200).
    expected = {
        "hours_spent_and_remaining": Decimal(600) + Decimal(400 * 160) / 360,
        "zero_hundred": Decimal(600),
        "fifty_fifty": Decimal(800),
    }
    assert {rule: values.ev for rule, values in found.items()} == expected
    assert {(values.bac, values.ac) for values in found.values()} == {(Decimal(1200), Decimal(860))}
    # On 4 June the report of 2 June holds, and 60 minutes were booked since.
    assert earned_by_rule(begun, june(4))["hours_spent_and_remaining"].ev == 600 + Decimal(400 * 160) / (160 + 240)


@pytest.mark.parametrize("rule", Terms.ProgressRule.values)
def test_what_was_said_of_a_rule_is_what_it_counts(begun: Project, client_manager: User, rule: str) -> None:
    said = {day: earned_by_rule(begun, day)[rule].ev for day in map(june, (1, 2, 3, 5, 9))}
    change_terms(actor=client_manager, terms=begun.terms, expected_version=begun.terms.version, progress_rule=rule)
    evaluate(begun.pk)
    series = BranchSeries.objects.get(project=begun, work_item=None)
    kept = dict(zip(series.on, series.earned_minutes, strict=True))
    assert {day: round(ev or Decimal(0), 6) for day, ev in said.items()} == {day: kept[day] for day in said}


def test_changing_the_rule_is_told_and_kept_in_mind(begun: Project, client_manager: User) -> None:
    change_terms(
        actor=client_manager, terms=begun.terms, expected_version=begun.terms.version, progress_rule="zero_hundred"
    )
    told = Activity.objects.get(project=begun, verb="terms_changed")
    assert told.data["fields"] == "how progress counts"
    before = Terms.pgh_event_model.objects.get(pgh_obj=begun.pk, version=begun.terms.version - 1)  # type: ignore[attr-defined]
    assert before.progress_rule == "hours_spent_and_remaining"


def test_the_page_says_what_each_rule_would_count(begun: Project, client_manager: User, sign_in: SignIn) -> None:
    page = sign_in(client_manager).get(reverse("projects:terms_edit", args=[begun.slug]))
    text = page.content.decode().replace("\u00a0", " ")
    assert "<dt>hours spent and remaining <small>agreed</small></dt>" in text
    assert "10.0 h earned, 50 % of the estimates, for 14.3 h: cost index 0.70." in text
    assert "13.3 h earned, 67 % of the estimates, for 14.3 h: cost index 0.93." in text


def test_before_there_are_hours_nothing_is_said_of_rules(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    page = sign_in(client_manager).get(reverse("projects:terms_edit", args=[project.slug]))
    assert "rule-effects" not in page.content.decode()


def test_api_tells_what_each_rule_would_count(
    begun: Project, client_member: User, client_finance: User, program: Program
) -> None:
    path = f"projects/{begun.slug}/earned-value/rules/"
    told = program(client_member).get(path).json()
    assert told["as_of"] == "2026-06-05"
    assert told["rules"][1] == {
        "rule": "zero_hundred",
        "is_agreed": False,
        "budget_hours": "20.00",
        "earned_hours": "10.00",
        "actual_hours": "14.33",
        "cpi": "0.6977",
    }
    assert program(client_finance).get(path).status_code == 403
