"""What people did is told to those alone who may see what was done."""

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Person, User
from alerts.actions import acknowledge
from alerts.models import Alert
from budget.time_entries import record_time
from projects.access import standing_in
from projects.actions import agree_rate, change_terms
from projects.activity import VERBS, activities_seen_by, record, register_sentences
from projects.models import Activity, Project
from projects.roles import CAPABILITIES
from projects.topics import versions_for
from requirements_app.actions import add_work_item
from tests.access.test_every_route import NUMBERS, TODAY
from tests.api_client import Program

pytestmark = pytest.mark.django_db

EVERYBODY = {"project_opened", "work_item_added", "terms_changed", "person_added", "time_recorded"}
SEEN: dict[str, set[str]] = {
    "client_manager": EVERYBODY | {"rate_added", "alert_acknowledged", "terms_in_money_changed"},
    "client_approver": EVERYBODY | {"rate_added", "alert_acknowledged", "terms_in_money_changed"},
    "client_team_lead": EVERYBODY | {"alert_acknowledged"},
    "client_member": EVERYBODY,
    "client_viewer": EVERYBODY | {"alert_acknowledged", "terms_in_money_changed"},
    "portfolio_viewer": EVERYBODY | {"alert_acknowledged", "terms_in_money_changed"},
    "vendor_member": EVERYBODY,
}


@pytest.fixture
def done(project: Project, client_manager: User, developer: Person) -> str:
    """One deed for each capability that reads; the day of the newest one."""
    item = add_work_item(actor=client_manager, project=project, title="Quay")
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(80), first_day=TODAY)
    record_time(
        actor=client_manager,
        project=project,
        person=developer,
        worked_on=TODAY,
        minutes=60,
        today=TODAY,
        work_item=item,
    )
    alert = Alert.objects.create(
        project=project, rule="B2", level="warning", episode=1, raised_at="2026-09-17T09:00Z", numbers=NUMBERS
    )
    acknowledge(actor=client_manager, alert=alert, side="client")
    changes = {"cap_amount": Decimal(50_000), "review_days": 7}
    change_terms(actor=client_manager, terms=project.terms, expected_version=project.terms.version, **changes)
    return f"/api/v1/projects/{project.slug}/activity/"


@pytest.mark.parametrize("reader", SEEN)
def test_each_reads_of_what_their_role_sees(
    reader: str, done: str, project: Project, program: Program, request: pytest.FixtureRequest, sign_in: Any
) -> None:
    """On the page, through the API, and whether an open page is told that something moved."""
    user: User = request.getfixturevalue(reader)
    told = program(user).get(done.removeprefix("/api/v1/")).json()["results"]
    assert {one["verb"] for one in told} - {"member_added"} == SEEN[reader]
    page = sign_in(user).get(reverse("status:activity_list", args=[project.slug]))
    assert [line.activity.verb for line in page.context["lines"]] == [one["verb"] for one in told]
    assert versions_for(user, project.slug, ["activity"]) == {
        "activity": Activity.objects.filter(project=project, verb__in=SEEN[reader] | {"member_added"}).count()
    }


def test_what_moved_unseen_moves_nobodys_page(project: Project, client_member: User, client_approver: User) -> None:
    before = versions_for(client_member, project.slug, ["activity"])
    agree_rate(actor=project.created_by, project=project, hourly_rate=Decimal(80), first_day=TODAY)
    assert versions_for(client_member, project.slug, ["activity"]) == before
    assert versions_for(client_approver, project.slug, ["activity"]) != before


def test_activity_costs_one_query_whoever_reads(
    done: str, project: Project, client_member: User, django_assert_num_queries: Any
) -> None:
    standing = standing_in(client_member, project.slug)
    with django_assert_num_queries(1):
        list(activities_seen_by(standing)[:50])


def test_every_verb_names_a_capability_that_reads() -> None:
    assert [name for name, verb in VERBS.items() if verb.capability not in CAPABILITIES] == []
    assert {verb.capability for verb in VERBS.values()} == {
        "view_project",
        "view_people",
        "view_hours",
        "view_rates",
        "view_alerts",
        "view_money",
        "view_webhooks",
        "import_time",
    }


def test_a_verb_that_nobody_registered_is_refused(project: Project) -> None:
    with pytest.raises(KeyError):
        record(project, "rained", actor=None)
    with pytest.raises(KeyError):
        register_sentences({"rained": "made it rain"}, seen_with="view_weather")
    assert "rained" not in VERBS
