"""People, members, invitations and calendars through the API: the page's actions, rights and refusals."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, Person, User
from core.models import Letter
from projects.actions import add_member, invite_member
from projects.models import Activity, DayOff, Invitation, Membership, Project, ProjectPerson, SideCalendar
from tests.api_client import Program
from tests.cast import new_project, new_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]


@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/"


def member_of(project: Project, user: User) -> Membership:
    return Membership.objects.get(project=project, user=user)


# ── People ──────────────────────────────────────────────────────────────────────────────────────────
def test_person_is_changed_by_version(
    program: Program, path: str, project: Project, vendor_manager: User, developer: Person
) -> None:
    api, one = program(vendor_manager), f"{path}people/{developer.uuid}/"
    read = api.get(one)
    assert (read["ETag"], read.json()["email"]) == ('"v1"', "dora@example.com")
    changed = api.patch(one, {"job_role": "Architect"}, If_Match=read["ETag"])
    assert (changed.status_code, changed["ETag"], changed.json()["job_role"]) == (200, '"v2"', "Architect")
    stale = api.patch(one, {"job_role": "Tester"}, If_Match=read["ETag"])
    assert (stale.status_code, stale.json()["code"], stale.json()["etag"]) == (412, "stale_version", '"v2"')
    assert api.patch(one, {"job_role": "Tester"}).status_code == 428
    wrong = api.patch(one, {"starts_on": "2026-03-02", "ends_on": "2026-03-01"}, If_Match='"v2"')
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/ends_on")
    assert ProjectPerson.objects.get(person=developer).job_role == "Architect"
    assert Activity.objects.filter(verb="person_changed").count() == 1


def test_address_of_a_person_is_told_to_who_looks_after_it(
    program: Program, path: str, project: Project, client_manager: User, vendor_member: User, developer: Person
) -> None:
    one = f"{path}people/{developer.uuid}/"
    for reader in (client_manager, vendor_member):
        assert "email" not in program(reader).get(one).json()
    named = program(client_manager).patch(one, {"email": "mine@example.com"}, If_Match='"v1"')
    assert (named.status_code, named.json()["code"]) == (422, "not_yours")
    Organisation.objects.filter(pk=developer.organisation_id).update(kept_by=project.client)
    named = program(client_manager).patch(one, {"email": "dora@vendor.example"}, If_Match='"v1"')
    assert (named.status_code, named.json()["email"]) == (200, "dora@vendor.example")


def test_people_of_the_other_side_are_its_own(program: Program, path: str, vendor_manager: User) -> None:
    refused = program(vendor_manager).post(f"{path}people/", {"name": "Ivo", "side": "client"})
    assert (refused.status_code, refused.json()["capability"]) == (403, "edit_people")


# ── Members ─────────────────────────────────────────────────────────────────────────────────────────
def test_membership_ends_and_is_handed_over(
    program: Program, path: str, project: Project, client_manager: User, client_member: User
) -> None:
    invite_member(actor=client_manager, project=project, email="n@client.example", side="client", role="viewer")
    leaving, staying = member_of(project, client_manager), member_of(project, client_member)
    api, one = program(client_manager), f"{path}members/{leaving.uuid}/"
    assert api.get(one).json()["holds"] == ["1 open invitation"]
    alone = api.post(f"{one}end/", {})
    assert (alone.status_code, alone.json()["code"]) == (409, "last_manager")
    for body in ({"with_role": True}, {"successor": str(leaving.uuid)}, {"successor": str(project.uuid)}):
        refused = api.post(f"{one}end/", body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/successor")
    ended = api.post(f"{one}end/", {"successor": str(staying.uuid), "with_role": True}, Idempotency_Key="leave")
    assert (ended.status_code, ended.json()["name"], ended.json()["ended_at"] is not None) == (
        200,
        "Clara Manager",
        True,
    )
    again = api.post(f"{one}end/", {"successor": str(staying.uuid), "with_role": True}, Idempotency_Key="leave")
    assert again.status_code == 404
    staying.refresh_from_db()
    assert (staying.role, Invitation.objects.get().invited_by) == ("manager", client_member)


def test_members_of_the_other_side_are_its_own(
    program: Program, path: str, project: Project, client_manager: User, vendor_manager: User
) -> None:
    one = f"{path}members/{member_of(project, vendor_manager).uuid}/"
    api = program(client_manager)
    assert [api.post(f"{one}{act}/", {}).status_code for act in ("end", "stand-ins")] == [403, 403]
    assert api.get(one).json()["holds"] == []


def test_colleague_stands_in_between_two_days(
    program: Program, path: str, project: Project, client_manager: User, client_approver: User
) -> None:
    today = timezone.now().date()
    elsewhere = new_project(
        name="Second",
        manager=client_manager,
        client=project.client,
        vendor=project.vendor,  # type: ignore[arg-type]
    )
    colleague = new_user("Cora Colleague")
    add_member(actor=client_manager, project=elsewhere, user=colleague, side="client", role="member")
    stranger = new_user("Sven Stranger")
    api, asked = program(client_manager), f"{path}members/{member_of(project, client_approver).uuid}/stand-ins/"
    days = {"starts_on": str(today), "ends_on": str(today + dt.timedelta(days=7))}
    unknown = [api.post(asked, {"user": email, **days}).json() for email in (stranger.email, "nobody@example.com")]
    assert unknown[0] == unknown[1]
    assert (unknown[0]["status"], unknown[0]["errors"][0]["code"]) == (422, "unknown")
    made = api.post(asked, {"user": colleague.email, **days})
    assert (made.status_code, made.json()["role"], made.json()["stands_in_for"]) == (
        201,
        "approver",
        str(member_of(project, client_approver).uuid),
    )
    assert api.get(made["Location"]).json()["name"] == "Cora Colleague"


# ── Invitations ─────────────────────────────────────────────────────────────────────────────────────
def test_invitation_is_made_sent_again_and_taken_back(
    program: Program, path: str, project: Project, client_manager: User
) -> None:
    """As on the page; the link is in the mail, and in no answer."""
    api, body = program(client_manager), {"email": "Vera@Vendor.example", "side": "vendor", "role": "manager"}
    made = api.post(f"{path}invitations/", body)
    assert (made.status_code, made.json()["email"], made.json()["has_run_out"]) == (201, "vera@vendor.example", False)
    assert [one["uuid"] for one in api.get(f"{path}invitations/").json()["results"]] == [made.json()["uuid"]]
    again = api.post(f"{path}invitations/{made.json()['uuid']}/again/")
    assert (again.status_code, again.json()["uuid"] != made.json()["uuid"]) == (201, True)
    token = Letter.objects.get().text.split("/invitations/")[1].split("/")[0]
    assert token not in again.content.decode()
    taken = api.post(f"{path}invitations/{again.json()['uuid']}/revoke/")
    assert (taken.status_code, Letter.objects.count(), api.get(f"{path}invitations/").json()["results"]) == (200, 0, [])


@pytest.mark.parametrize(
    ("who", "body"),
    [
        ("client_manager", {"side": "vendor", "role": "member"}),
        ("client_manager", {"side": "client", "role": "analyst"}),
        ("vendor_manager", {"side": "client", "role": "viewer"}),
    ],
)
def test_only_places_of_the_page_are_offered(
    who: str, body: dict[str, str], program: Program, path: str, request: pytest.FixtureRequest
) -> None:
    refused = program(request.getfixturevalue(who)).post(f"{path}invitations/", {"email": "n@x.example", **body})
    assert (refused.status_code, Invitation.objects.count()) == (422, 0)


def test_invitations_of_the_other_side_are_not_there(
    program: Program, path: str, project: Project, client_manager: User, vendor_manager: User
) -> None:
    theirs = invite_member(actor=client_manager, project=project, email="n@x.example", side="client", role="viewer")
    api = program(vendor_manager)
    assert api.get(f"{path}invitations/").json()["results"] == []
    assert api.post(f"{path}invitations/{theirs.uuid}/revoke/").status_code == 404


# ── Calendars ───────────────────────────────────────────────────────────────────────────────────────
def test_calendar_is_changed_by_version(
    program: Program, path: str, project: Project, client_manager: User, vendor_manager: User
) -> None:
    api, one = program(client_manager), f"{path}calendars/vendor/"
    read = api.get(one)
    changed = api.patch(one, {"country": "DE", "subdivision": "BY", "weekdays": "1234"}, If_Match=read["ETag"])
    assert (changed.status_code, changed["ETag"], changed.json()["weekdays"]) == (200, '"v2"', "1234")
    assert api.patch(one, {"weekdays": "5"}, If_Match=read["ETag"]).status_code == 412
    for body, pointer in (
        ({"weekdays": "54"}, "#/weekdays"),
        ({"country": "XX"}, "#/country"),
        ({"country": "FR", "subdivision": "BY"}, "#/subdivision"),
        ({"time_zone": "Mars/Olympus"}, "#/time_zone"),
    ):
        refused = api.patch(one, body, If_Match='"v2"')
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert api.patch(one, {"day_ends_at": "08:00"}, If_Match='"v2"').status_code == 422
    assert SideCalendar.objects.get(project=project, side="vendor").version == 2
    assert [row["side"] for row in program(vendor_manager).get(f"{path}calendars/").json()["results"]] == [
        "client",
        "vendor",
    ]
    assert program(vendor_manager).patch(one, {"weekdays": "1"}, If_Match='"v2"').status_code == 403
    assert api.get(f"{path}calendars/nobody/").status_code == 404


def test_day_off_is_added_once_and_removed(program: Program, path: str, client_manager: User) -> None:
    api, days = program(client_manager), f"{path}calendars/client/days-off/"
    body = {"on": "2026-12-24", "name": "Christmas Eve"}
    added, twice = api.post(days, body), api.post(days, body)
    assert (added.status_code, added.json()["days_off"]) == (201, [body])
    assert (twice.status_code, twice.json()["code"]) == (422, "already_off")
    removed = [api.post(f"{days}2026-12-24/remove/").status_code for _time in range(2)]
    assert (removed, DayOff.objects.count()) == ([200, 404], 0)
