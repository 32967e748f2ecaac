"""Projects, terms, people, rates, imports and the inbox through the API."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Organisation, User
from projects.actions import add_member, add_person, agree_rate, open_project
from projects.audience import Audience, Side
from projects.models import Activity, ImportBatch, Membership, OutboxMessage, Project, ProjectPerson, Rate
from tests.api_client import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/"


# ── Projects ────────────────────────────────────────────────────────────────────────────────────────
def test_project_is_told_as_the_caller_stands_in_it(
    program: Program, path: str, project: Project, vendor_member: User, vendor_organisation: Organisation
) -> None:
    assert program(vendor_member).get(path).json() == {
        "slug": project.slug,
        "name": "Berth booking",
        "status": "active",
        "currency": "EUR",
        "client": {"uuid": str(project.client.uuid), "name": "Harbour Authority"},
        "vendor": {"uuid": str(vendor_organisation.uuid), "name": "Northwind Software"},
        "planned_start_on": None,
        "planned_finish_on": None,
        "side": "vendor",
        "role": "member",
    }


def test_projects_are_those_that_the_caller_may_read(
    program: Program, project: Project, other_project: Project, two_sided_person: User, client_finance: User
) -> None:
    shown = program(two_sided_person).get("projects/").json()["results"]
    assert [(one["name"], one["side"]) for one in shown] == [("Berth booking", "client"), ("Patient letters", "vendor")]
    assert program(client_finance).get("projects/").json()["results"] == []


def test_projects_cost_the_same_queries_however_many(
    program: Program,
    client_manager: User,
    client_organisation: Organisation,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = program(client_manager)
    api.get("projects/")
    for more in (2, 27):
        for number in range(more):
            open_project(actor=client_manager, client=client_organisation, name=f"Project {number}")
        with django_assert_num_queries(5):
            api.get("projects/")


def test_project_is_opened(program: Program, client_manager: User, client_organisation: Organisation) -> None:
    opened = program(client_manager).post(
        "projects/",
        {
            "name": "Pilot plan",
            "client": str(client_organisation.uuid),
            "vendor_name": "Tide Ltd",
            "currency": "CHF",
            "planned_start_on": "2026-10-01",
            "terms": {"billing_model": "fixed_price", "budget_minutes": 6000, "budget_amount": "12000.00"},
        },
    )
    assert opened.status_code == 201
    project = Project.objects.get(name="Pilot plan")
    assert opened["Location"] == f"http://testserver/api/v1/projects/{project.slug}/"
    assert (opened.json()["side"], opened.json()["role"]) == ("client", "manager")
    assert (str(project.vendor), project.currency, project.terms.billing_model, project.terms.budget_minutes) == (
        "Tide Ltd",
        "CHF",
        "fixed_price",
        6000,
    )


def test_project_is_opened_only_for_ones_own_organisation(
    program: Program, client_manager: User, other_project: Project, project: Project
) -> None:
    refused = program(client_manager).post("projects/", {"name": "Theirs", "client": str(other_project.client.uuid)})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/client")
    assert not Project.objects.filter(name="Theirs").exists()


def test_project_is_changed_paused_and_closed(
    program: Program, path: str, client_manager: User, project: Project
) -> None:
    api = program(client_manager)
    changed = api.patch(path, {"name": "Berths", "planned_finish_on": "2027-01-31"}, If_Match=api.get(path)["ETag"])
    assert (changed.json()["name"], changed.json()["planned_finish_on"]) == ("Berths", "2027-01-31")
    closed = api.post(f"{path}status/", {"status": "closed"})
    assert (closed.json()["status"], closed["ETag"]) == ("closed", f'"v{Project.objects.get().version}"')
    refused = api.patch(path, {"name": "Again"}, If_Match=closed["ETag"])
    assert (refused.status_code, refused.json()["code"]) == (409, "project_closed")
    assert api.post(f"{path}status/", {"status": "draft"}).json()["code"] == "no_such_step"
    said = api.get(f"{path}status/").json()
    assert ([step["status"] for step in said["steps"]], said["open_things"]) == (["active"], [])
    assert "The rules judge the figures at once" in " ".join(said["steps"][0]["sentences"])
    old = api.post(f"{path}status/", {"status": "active", "shown": "of another day"})
    assert (old.status_code, old.json()["code"]) == (409, "said_otherwise")
    assert api.post(f"{path}status/", {"status": "active", "shown": said["shown"]}).json()["status"] == "active"
    assert Project.objects.get().name == "Berths"


def test_vendor_is_named_once(program: Program, path: str, client_manager: User, project: Project) -> None:
    Project.objects.update(vendor=None)
    api = program(client_manager)
    assert api.post(f"{path}vendor/", {"vendor_name": "Tide Ltd"}).json()["vendor"]["name"] == "Tide Ltd"
    twice = api.post(f"{path}vendor/", {"vendor_name": "Ebb Ltd"})
    assert (twice.status_code, twice.json()["code"]) == (422, "vendor_exists")


# ── Terms ───────────────────────────────────────────────────────────────────────────────────────────
def test_terms_leave_amounts_out_for_who_may_not_see_money(
    program: Program, path: str, client_manager: User, vendor_member: User
) -> None:
    whole, bare = (program(user).get(f"{path}terms/").json() for user in (client_manager, vendor_member))
    assert (whole["budget_minutes"], whole["budget_hours"], whole["budget_amount"]) == (24000, "400.00", "40000.00")
    assert set(whole) - set(bare) == {"budget_amount", "cap_amount"}


def test_terms_are_changed_by_version(program: Program, path: str, client_manager: User, project: Project) -> None:
    api = program(client_manager)
    tag = api.get(f"{path}terms/")["ETag"]
    changed = api.patch(f"{path}terms/", {"review_days": 5, "cap_amount": "45000.50"}, If_Match=tag)
    assert (changed.json()["review_days"], changed.json()["cap_amount"]) == (5, "45000.50")
    stale = api.patch(f"{path}terms/", {"review_days": 6}, If_Match=tag)
    assert (stale.status_code, stale.json()["etag"]) == (412, changed["ETag"])
    wrong = api.patch(f"{path}terms/", {"cap_amount": "-1.00"}, If_Match=changed["ETag"])
    assert (wrong.status_code, wrong.json()["errors"][0]["detail"]) == (422, "An agreed amount is a positive number.")
    project.terms.refresh_from_db()
    assert project.terms.review_days == 5
    assert Activity.objects.filter(verb="terms_changed").count() == 1


# ── People ──────────────────────────────────────────────────────────────────────────────────────────
def test_person_is_added_by_each_side_for_itself_and_by_the_client_for_the_vendor(
    program: Program, path: str, client_manager: User, vendor_manager: User
) -> None:
    person = {"name": "Nora New", "side": "vendor", "job_role": "Tester", "starts_on": "2026-09-01"}
    added = program(client_manager).post(f"{path}people/", {**person, "recorded_from": "mail of 1 Sep"})
    member = ProjectPerson.objects.get()
    assert added.json() == {**person, "uuid": str(member.person.uuid), "ends_on": None}
    assert Activity.objects.get(verb="person_added").recorded_from == "mail of 1 Sep"
    refused = program(vendor_manager).post(f"{path}people/", {"name": "Carl Client", "side": "client"})
    assert (refused.status_code, refused.json()["capability"]) == (403, "edit_people")
    said = program(vendor_manager).post(f"{path}people/", {**person, "name": "Ole", "recorded_from": "mail"})
    assert (said.status_code, said.json()["errors"][0]["code"]) == (422, "not_client")


def test_people_and_members_cost_the_same_queries_however_many(
    program: Program,
    path: str,
    project: Project,
    client_manager: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = program(client_manager)
    api.get(path)
    for first, last in ((0, 3), (3, 30)):
        for number in range(first, last):
            add_person(actor=client_manager, project=project, name=f"Person {number}", side=Side.VENDOR)
            user = User.objects.create_user(email=f"m{number}@example.com", name=f"Member {number}")
            add_member(actor=client_manager, project=project, user=user, side=Side.VENDOR, role=Membership.Role.VIEWER)
        for resource, rows in (("people", last), ("members", last + 1)):
            with django_assert_num_queries(5):
                assert len(api.get(f"{path}{resource}/").json()["results"]) == rows


# ── Rates ───────────────────────────────────────────────────────────────────────────────────────────
def test_rate_is_agreed_and_ended(program: Program, path: str, client_manager: User) -> None:
    api = program(client_manager)
    agreed = api.post(f"{path}rates/", {"job_role": "Tester", "hourly_rate": "72.5", "first_day": "2026-09-01"})
    rate = Rate.objects.get()
    assert agreed.json() == {
        "uuid": str(rate.uuid),
        "person": None,
        "job_role": "Tester",
        "category": "",
        "hourly_rate": "72.5000",
        "first_day": "2026-09-01",
        "last_day": None,
        "standing": "current",
        "recorded_from": "",
    }
    one = f"{path}rates/{rate.uuid}/"
    ended = api.patch(one, {"last_day": "2026-09-30"}, If_Match=agreed["ETag"])
    assert (ended.json()["last_day"], ended.json()["standing"], ended["ETag"]) == ("2026-09-30", "past", '"v2"')
    before = api.patch(one, {"last_day": "2026-08-01"}, If_Match=ended["ETag"])
    assert (before.status_code, before.json()["code"]) == (422, "dates_reversed")
    again = api.patch(one, {"last_day": None}, If_Match=ended["ETag"])
    assert (again.json()["last_day"], again["ETag"]) == (None, '"v3"')
    assert api.patch(one, {"last_day": None}, If_Match=again["ETag"]).json()["code"] == "no_end"
    same = api.post(f"{path}rates/", {"job_role": "Tester", "hourly_rate": "80", "first_day": "2026-09-15"})
    assert same.status_code == 422


def test_rates_are_not_told_to_who_may_not_see_them(program: Program, path: str, client_viewer: User) -> None:
    assert program(client_viewer).get(f"{path}rates/").status_code == 403


def test_rate_of_another_project_is_not_there(
    program: Program, path: str, client_manager: User, other_project: Project
) -> None:
    rate = agree_rate(
        actor=other_project.created_by, project=other_project, hourly_rate=Decimal(80), first_day=dt.date(2026, 9, 1)
    )
    api = program(client_manager)
    assert api.get(f"{path}rates/{rate.uuid}/").status_code == 404
    assert api.patch(f"{path}rates/{rate.uuid}/", {"last_day": "2026-09-30"}, If_Match='"v1"').status_code == 404


# ── Imports ─────────────────────────────────────────────────────────────────────────────────────────
def batch(project: Project, user: User, side: str, **fields: Any) -> ImportBatch:
    return ImportBatch.objects.create(
        project=project, created_by=user, recorded_by_side=side, filename="hours.csv", sha256="0" * 64, **fields
    )


def test_imports_are_those_of_ones_own_side(
    program: Program, path: str, project: Project, client_manager: User, vendor_manager: User
) -> None:
    mine = batch(project, client_manager, "client", kind="time_entries", outcome={"rows": 3, "new": 2, "same": 1})
    theirs = batch(project, vendor_manager, "vendor", kind="time_entries")
    api = program(client_manager)
    assert api.get(f"{path}time-imports/").json()["results"] == [
        {
            "uuid": str(mine.uuid),
            "filename": "hours.csv",
            "state": "uploaded",
            "created_by": "Clara Manager",
            "created_at": mine.created_at.isoformat().replace("+00:00", "Z"),
            "committed_at": None,
            "taken_back_at": None,
            "counts": {"rows": 3, "new": 2, "changed": 0, "same": 1, "left_out": 0, "wrong": 0},
        }
    ]
    assert api.get(f"{path}work-item-imports/").json()["results"] == []
    assert api.get(f"{path}time-imports/{theirs.uuid}/").status_code == 404


# ── Inbox ───────────────────────────────────────────────────────────────────────────────────────────
def message_to(user: User, project: Project) -> OutboxMessage:
    now = timezone.now()
    return OutboxMessage.objects.create(
        project=project,
        recipient=user,
        channel="in_app",
        audience=Audience.BOTH,
        kind="alerts_raised",
        data={"alerts": []},
        dedupe_key=f"{user.pk}",
        due_at=now,
    )


def test_message_of_somebody_else_is_not_there(
    program: Program, project: Project, client_manager: User, client_approver: User
) -> None:
    message = message_to(client_approver, project)
    assert program(client_manager).post(f"inbox/{message.uuid}/read/").status_code == 404
    message.refresh_from_db()
    assert message.read_at is None
