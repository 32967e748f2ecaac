"""Who gets which page of a project: 200 for whom it is, 403 for members without the right, 404 for strangers."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Person, User
from projects.models import Project

SignIn = Callable[[User], Client]

ROLES = (
    "client_manager",
    "client_approver",
    "client_team_lead",
    "client_finance",
    "client_member",
    "client_viewer",
    "vendor_manager",
    "vendor_analyst",
    "vendor_member",
    "vendor_viewer",
    "portfolio_viewer",
    "organisation_admin",
    "revoked_member",
    "two_sided_person",
    "other_client",
    "other_vendor",
)
STRANGERS = {"organisation_admin": 404, "revoked_member": 404, "other_client": 404, "other_vendor": 404}
READERS = {role: 200 for role in ROLES if role not in STRANGERS and role != "client_finance"}
NOBODY = {role: 403 for role in ROLES if role not in STRANGERS}

PAGES: dict[str, tuple[dict[str, str], dict[str, int]]] = {
    "terms_detail": ({}, {**NOBODY, **READERS, **STRANGERS}),
    "person_list": ({}, {**NOBODY, **READERS, **STRANGERS}),
    "rate_list": (
        {},
        {**NOBODY, **STRANGERS, "client_manager": 200, "client_approver": 200, "vendor_manager": 200},
    ),
    "project_edit": ({}, {**NOBODY, **STRANGERS, "client_manager": 200}),
    "project_status": ({}, {**NOBODY, **STRANGERS, "client_manager": 200}),
    "vendor_record": ({}, {**NOBODY, **STRANGERS, "client_manager": 200}),
    "terms_edit": ({}, {**NOBODY, **STRANGERS, "client_manager": 200}),
    "calendar_edit": ({"side": "vendor"}, {**NOBODY, **STRANGERS, "client_manager": 200}),
    "day_off_add": ({"side": "client"}, {**NOBODY, **STRANGERS, "client_manager": 200}),
    "member_add": ({}, {**NOBODY, **STRANGERS, "client_manager": 200, "vendor_manager": 200}),
    "person_add": ({}, {**NOBODY, **STRANGERS, "client_manager": 200, "vendor_manager": 200}),
    "rate_add": ({}, {**NOBODY, **STRANGERS, "client_manager": 200}),
}


@pytest.mark.parametrize("page", PAGES)
def test_page_is_for_its_roles(page: str, request: pytest.FixtureRequest, project: Project, sign_in: SignIn) -> None:
    arguments, expected = PAGES[page]
    url = reverse(f"projects:{page}", kwargs={"slug": project.slug, **arguments})
    got = {role: sign_in(request.getfixturevalue(role)).get(url).status_code for role in ROLES}
    assert got == expected


@pytest.mark.parametrize("page", PAGES)
def test_page_sends_an_anonymous_reader_to_sign_in(page: str, project: Project, client: Client) -> None:
    arguments, _expected = PAGES[page]
    url = reverse(f"projects:{page}", kwargs={"slug": project.slug, **arguments})
    answer = client.get(url)
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, reverse("account_login"))


def test_person_of_the_other_side_is_edited_by_the_client_and_not_by_the_vendor(
    project: Project, client_manager: User, vendor_manager: User, developer: Person, sign_in: SignIn
) -> None:
    url = reverse("projects:person_edit", args=[project.slug, developer.uuid])
    assert [sign_in(user).get(url).status_code for user in (client_manager, vendor_manager)] == [200, 200]
    project.people.update(side="client")
    assert [sign_in(user).get(url).status_code for user in (client_manager, vendor_manager)] == [200, 403]


def test_member_is_ended_by_their_own_side_only(
    project: Project, client_manager: User, vendor_manager: User, vendor_member: User, sign_in: SignIn
) -> None:
    member = project.memberships.get(user=vendor_member)
    url = reverse("projects:member_end", args=[project.slug, member.uuid])
    assert [sign_in(user).get(url).status_code for user in (client_manager, vendor_manager)] == [403, 200]


@pytest.mark.parametrize(("page", "number_of_ids"), [("person_edit", 1), ("member_end", 1), ("rate_end", 1)])
def test_unknown_address_is_nothing(
    page: str, number_of_ids: int, project: Project, client_manager: User, sign_in: SignIn
) -> None:
    url = reverse(f"projects:{page}", args=[project.slug, *[uuid.uuid4()] * number_of_ids])
    assert sign_in(client_manager).get(url).status_code == 404


def test_calendar_of_no_side_is_nothing(project: Project, client_manager: User, sign_in: SignIn) -> None:
    url = reverse("projects:calendar_edit", args=[project.slug, "both"])
    assert sign_in(client_manager).get(url).status_code == 404


def test_closed_project_takes_no_change_but_the_one_that_opens_it(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    Project.objects.filter(pk=project.pk).update(status=Project.Status.CLOSED)
    browser = sign_in(client_manager)
    got = {
        page: browser.get(reverse(f"projects:{page}", kwargs={"slug": project.slug, **arguments})).status_code
        for page, (arguments, _expected) in PAGES.items()
    }
    readable = {"terms_detail", "person_list", "rate_list", "project_status"}
    assert got == {page: 200 if page in readable else 409 for page in PAGES}
