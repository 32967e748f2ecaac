"""Figures, burn-up and activity through the API: the numbers of the page."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person, User
from budget.earned_history import rewrite_earned_series
from budget.queries import figures_of_project
from budget.time_entries import record_time
from projects.actions import agree_rate
from projects.activity import record
from projects.audience import Audience
from projects.models import Project
from requirements_app.actions import add_work_item, report_progress
from tests.api_client import Program

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 9, 1)


@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/"


@pytest.fixture
def worked(project: Project, developer: Person) -> None:
    """100 of 400 agreed hours used at EUR 80 for work worth 60; 25 hours without a rate are among them."""
    manager = project.created_by
    item = add_work_item(actor=manager, project=project, title="Quay", estimate_minutes=6000)
    agree_rate(actor=manager, project=project, hourly_rate=Decimal(80), first_day=DAY)
    for back, minutes in ((1, 1440), (1, 60), (0, 1440), (0, 1440), (0, 1440), (0, 180)):
        record_time(
            actor=manager,
            project=project,
            person=developer,
            worked_on=DAY - dt.timedelta(days=back),
            minutes=minutes,
            today=DAY,
            work_item=item,
        )
    report_progress(actor=manager, item=item, on=DAY, remaining_minutes=4000)
    rewrite_earned_series([project])


def test_figures_are_those_of_the_page(
    program: Program, path: str, project: Project, worked: None, client_viewer: User
) -> None:
    told = program(client_viewer).get(f"{path}figures/").json()
    assert {
        name: told[name]
        for name in (
            "hours_through",
            "compared_on",
            "budget_hours",
            "used_minutes",
            "used_hours",
            "used_ratio",
            "earned_hours",
            "earned_ratio",
            "ahead_ratio",
            "cost_performance_index",
            "remaining_minutes",
            "likely_hours",
            "budget_amount",
            "used_amount",
            "unrated_minutes",
        )
    } == {
        "hours_through": "2026-09-01",
        "compared_on": "2026-09-01",
        "budget_hours": "400.00",
        "used_minutes": 6000,
        "used_hours": "100.00",
        "used_ratio": "0.2500",
        "earned_hours": "60.00",
        "earned_ratio": "0.1500",
        "ahead_ratio": "0.1000",
        "cost_performance_index": "0.6000",
        "remaining_minutes": 4000,
        "likely_hours": "166.67",
        "budget_amount": "40000.00",
        "used_amount": "6000.00",
        "unrated_minutes": 1500,
    }
    figures = figures_of_project(project, timezone.localdate())
    assert told["used_minutes"] == figures.used_minutes
    assert told["being_recomputed"] == figures.being_recomputed


def test_figures_leave_amounts_out_for_who_may_not_see_money(
    program: Program, path: str, worked: None, client_viewer: User, client_member: User
) -> None:
    whole, bare = (set(program(user).get(f"{path}figures/").json()) for user in (client_viewer, client_member))
    assert whole - bare == {"budget_amount", "cap_amount", "used_amount", "unrated_minutes"}


def test_figures_of_an_empty_project_are_null_and_not_zero(program: Program, path: str, client_member: User) -> None:
    told = program(client_member).get(f"{path}figures/").json()
    assert (told["used_minutes"], told["hours_through"], told["earned_ratio"], told["cost_performance_index"]) == (
        0,
        None,
        None,
        None,
    )


def test_burn_up_gives_both_series(program: Program, path: str, worked: None, client_member: User) -> None:
    assert program(client_member).get(f"{path}burn-up/").json() == {
        "days": [
            {
                "on": "2026-08-31",
                "used_minutes": 1500,
                "used_hours": "25.00",
                "earned_minutes": "1500.00",
                "earned_hours": "25.00",
            },
            {
                "on": "2026-09-01",
                "used_minutes": 6000,
                "used_hours": "100.00",
                "earned_minutes": "3600.00",
                "earned_hours": "60.00",
            },
        ]
    }


def test_activity_is_told_to_its_audience(
    program: Program, path: str, project: Project, client_manager: User, vendor_manager: User
) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Quay")
    record(project, "rate_ended", actor=client_manager, audience=Audience.CLIENT, subject="x", last_day="2026-09-01")
    told = program(vendor_manager).get(f"{path}activity/").json()["results"]
    assert {one["verb"] for one in told} == {"project_opened", "member_added", "work_item_added"}
    added = next(one for one in told if one["verb"] == "work_item_added")
    assert (added["actor"], added["side"], added["sentence"], added["about"]) == (
        "Clara Manager",
        "client",
        "added W-1 Quay",
        item.ref.label,
    )
    assert len(program(client_manager).get(f"{path}activity/", about="rates").json()["results"]) == 1


def test_activity_filter_offers_only_who_acted_here(
    program: Program, path: str, client_manager: User, other_client: User
) -> None:
    api = program(client_manager)
    assert api.get(f"{path}activity/", person=str(client_manager.uuid)).status_code == 200
    assert api.get(f"{path}activity/", person=str(other_client.uuid)).status_code == 422


def test_activity_costs_the_same_queries_however_long(
    program: Program,
    path: str,
    project: Project,
    client_manager: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = program(client_manager)
    api.get(f"{path}activity/")
    for more in (3, 27):
        for _number in range(more):
            add_work_item(actor=client_manager, project=project, title="Quay")
        with django_assert_num_queries(5):
            api.get(f"{path}activity/")
