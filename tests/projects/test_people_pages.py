"""Members and people through their pages."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, Person, User
from core.errors import DomainError
from projects.actions import add_member, add_person
from projects.audience import Side
from projects.models import Activity, Invitation, Membership, Project, ProjectPerson
from tests.cast import new_project, new_user

SignIn = Callable[[User], Client]


@pytest.fixture
def add_page(project: Project) -> str:
    return reverse("projects:member_add", args=[project.slug])


def places(answer: Any) -> list[str]:
    return [value for _group, roles in answer.context["form"].fields["place"].choices for value, _words in roles]


def test_member_add_invites_an_address(project: Project, client_manager: User, add_page: str, sign_in: SignIn) -> None:
    data = {"email": " Nils.New@Example.com ", "place": "client:approver"}
    assert sign_in(client_manager).post(add_page, data).status_code == 302
    assert list(Invitation.objects.values_list("email", "side", "role", "invited_by")) == [
        ("nils.new@example.com", "client", "approver", client_manager.pk)
    ]


@pytest.mark.parametrize("case", ["nobody", "somebody", "inactive", "reads for the vendor"])
def test_member_add_answers_alike_whoever_an_address_belongs_to(
    case: str, project: Project, client_manager: User, add_page: str, sign_in: SignIn
) -> None:
    if case != "nobody":
        user = new_user("Nils New")
    if case == "inactive":
        User.objects.filter(pk=user.pk).update(is_active=False)
    if case == "reads for the vendor":
        project.vendor.roles.create(user=user, role="portfolio_viewer")  # type: ignore[union-attr]
    data = {"email": "nils.new@example.com", "place": "client:member"}
    answer = sign_in(client_manager).post(add_page, data, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["nils.new@example.com is invited."]
    assert list(Membership.objects.values_list("user", flat=True)) == [client_manager.pk]


def test_member_add_names_who_takes_part_already(
    project: Project, client_manager: User, vendor_member: User, add_page: str, sign_in: SignIn
) -> None:
    answer = sign_in(client_manager).post(add_page, {"email": vendor_member.email, "place": "client:member"})
    assert answer.context["form"].errors == {"email": ["Vito Member already takes part in this project."]}


def test_member_who_left_comes_back_with_a_new_role(
    project: Project, client_manager: User, revoked_member: User
) -> None:
    before = Membership.objects.get(user=revoked_member)
    add_member(actor=client_manager, project=project, user=revoked_member, side="vendor", role="analyst")
    after = Membership.objects.get(user=revoked_member)
    assert (after.pk, after.side, after.role, after.ended_at) == (before.pk, "vendor", "analyst", None)


def test_client_names_the_first_manager_of_the_vendor_and_no_other(
    project: Project, client_manager: User, add_page: str, sign_in: SignIn, request: pytest.FixtureRequest
) -> None:
    browser = sign_in(client_manager)
    own = ["client:manager", "client:approver", "client:team_lead", "client:finance", "client:member", "client:viewer"]
    asked = browser.get(add_page)
    assert places(asked) == [*own, "vendor:manager"]
    # An explanation, and no answer in the size of a headline.
    assert "<p>The vendor’s first manager is named by you" in asked.content.decode()
    request.getfixturevalue("vendor_manager")
    assert places(browser.get(add_page)) == own
    data = {"email": "nils.new@example.com", "place": "vendor:manager"}
    assert browser.post(add_page, data).status_code == 422
    assert not Invitation.objects.exists()


def test_vendor_manager_adds_to_the_vendor_only(
    project: Project, vendor_manager: User, add_page: str, sign_in: SignIn
) -> None:
    browser = sign_in(vendor_manager)
    assert places(browser.get(add_page)) == ["vendor:manager", "vendor:analyst", "vendor:member", "vendor:viewer"]
    data = {"email": "nils.new@example.com"}
    assert browser.post(add_page, {**data, "place": "client:manager"}).status_code == 422
    assert browser.post(add_page, {**data, "place": "vendor:analyst"}).status_code == 302
    assert Invitation.objects.values_list("side", "role").get() == ("vendor", "analyst")


def test_member_end_takes_access_away_at_once(
    project: Project, vendor_manager: User, vendor_member: User, sign_in: SignIn
) -> None:
    member = Membership.objects.get(user=vendor_member)
    url = reverse("projects:member_end", args=[project.slug, member.uuid])
    terms = reverse("projects:terms_detail", args=[project.slug])
    leaving = sign_in(vendor_member)
    assert leaving.get(terms).status_code == 200
    page = sign_in(vendor_manager).get(url)
    assert "Vito Member loses access to Berth booking at once." in page.content.decode()
    assert sign_in(vendor_manager).post(url).status_code == 302
    assert leaving.get(terms).status_code == 404
    assert Activity.objects.get(verb="member_ended").data == {"name": "Vito Member"}


def test_last_manager_of_the_client_stays(project: Project, client_manager: User, sign_in: SignIn) -> None:
    member = Membership.objects.get(user=client_manager)
    answer = sign_in(client_manager).post(reverse("projects:member_end", args=[project.slug, member.uuid]))
    assert (answer.status_code, Membership.objects.get().ended_at) == (422, None)


def test_client_records_a_person_of_the_vendor_and_says_from_what(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    data = {
        "name": "Dario Dev",
        "email": "dario@example.com",
        "side": "vendor",
        "job_role": "Tester",
        "starts_on": "2026-02-01",
        "ends_on": "2026-08-31",
        "recorded_from": "mail of 30 Jan",
    }
    Organisation.objects.filter(pk=project.vendor_id).update(kept_by=project.client)
    sign_in(client_manager).post(reverse("projects:person_add", args=[project.slug]), data)
    row = ProjectPerson.objects.values_list("person__name", "person__organisation", "side", "job_role", "starts_on")
    assert list(row) == [("Dario Dev", project.vendor_id, "vendor", "Tester", dt.date(2026, 2, 1))]
    entry = Activity.objects.get(verb="person_added")
    assert (entry.side, entry.recorded_from) == ("client", "mail of 30 Jan")


def test_vendor_cannot_add_a_person_of_the_client(project: Project, vendor_manager: User, sign_in: SignIn) -> None:
    url = reverse("projects:person_add", args=[project.slug])
    answer = sign_in(vendor_manager).post(url, {"name": "Dario Dev", "side": "client"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["side"])
    assert not ProjectPerson.objects.exists()


def test_person_edit_changes_role_and_dates(
    project: Project, vendor_manager: User, developer: Person, sign_in: SignIn
) -> None:
    url = reverse("projects:person_edit", args=[project.slug, developer.uuid])
    browser = sign_in(vendor_manager)
    reversed_dates = {"job_role": "Architect", "starts_on": "2026-05-01", "ends_on": "2026-04-01", "version": 1}
    reversed_dates |= {"name": developer.name, "email": developer.email}
    assert browser.post(url, reversed_dates).context["form"].errors == {
        "ends_on": ["The last day lies before the first."]
    }
    assert browser.post(url, {**reversed_dates, "ends_on": ""}).status_code == 302
    row = ProjectPerson.objects.values_list("job_role", "starts_on", "ends_on").get()
    assert row == ("Architect", dt.date(2026, 5, 1), None)
    assert Activity.objects.get(verb="person_changed").data == {"name": "Dora Developer"}


def test_person_edit_shows_both_texts_when_somebody_was_faster(
    project: Project, vendor_manager: User, developer: Person, sign_in: SignIn
) -> None:
    url = reverse("projects:person_edit", args=[project.slug, developer.uuid])
    browser, sent = (
        sign_in(vendor_manager),
        {"name": "Dora D.", "job_role": "Architect", "email": developer.email, "version": 1},
    )
    assert browser.post(url, sent).status_code == 302
    stale = browser.post(url, {**sent, "job_role": "Tester", "email": "d@vendor.example"})
    conflict = stale.context["form"].conflict
    assert stale.status_code == 409
    assert [(row.label, row.mine, row.theirs) for row in conflict.rows] == [
        ("Mail address", "d@vendor.example", developer.email),
        ("Role", "Tester", "Architect"),
    ]
    assert ProjectPerson.objects.get(person=developer).job_role == "Architect"
    assert browser.post(url, {**sent, "job_role": "Tester", "version": 2}).status_code == 302


def test_an_address_changed_in_one_project_is_stale_in_the_other(
    project: Project, vendor_manager: User, developer: Person, sign_in: SignIn
) -> None:
    """The address is the person's, whatever project it was read in."""
    second = new_project(
        name="Second", manager=project.created_by, client=project.client, vendor=developer.organisation
    )
    add_member(actor=project.created_by, project=second, user=vendor_manager, side="vendor", role="manager")
    ProjectPerson.objects.create(project=second, person=developer, side="vendor")
    browser = sign_in(vendor_manager)
    urls = [reverse("projects:person_edit", args=[one.slug, developer.uuid]) for one in (project, second)]
    sent = {"name": "Dora Developer", "job_role": "Developer", "version": 1}
    assert browser.post(urls[0], {**sent, "email": "new@vendor.example"}).status_code == 302
    assert browser.post(urls[1], {**sent, "email": "other@vendor.example"}).status_code == 409
    developer.refresh_from_db()
    assert developer.email == "new@vendor.example"
    assert list(Activity.objects.values_list("verb", flat=True)[:1]) == ["person_corrected"]


def test_only_who_speaks_for_an_organisation_names_addresses(
    project: Project, client_manager: User, developer: Person, sign_in: SignIn
) -> None:
    url = reverse("projects:person_edit", args=[project.slug, developer.uuid])
    browser = sign_in(client_manager)
    browser.post(url, {"job_role": "Developer", "version": 1, "email": "mine@example.com", "name": "Somebody"})
    developer.refresh_from_db()
    offered = {"name", "email"} & browser.get(url).context["form"].fields.keys()
    assert (offered, developer.name, developer.email) == (set(), "Dora Developer", "dora@example.com")
    Organisation.objects.filter(pk=developer.organisation_id).update(kept_by=project.client)
    sent = {"name": "Dora Dee", "job_role": "Developer", "version": 2, "email": "dora@vendor.example"}
    assert browser.post(url, sent).status_code == 302
    developer.refresh_from_db()
    assert (developer.name, developer.email) == ("Dora Dee", "dora@vendor.example")
    found = browser.get(reverse("projects:search"), {"q": "Dee"}).content.decode()
    assert "Dora Dee" in found


def test_person_list_parts_the_sides(
    project: Project, client_member: User, vendor_manager: User, developer: Person, sign_in: SignIn
) -> None:
    add_person(actor=project.created_by, project=project, name="Ivo Inhouse", side=Side.CLIENT)
    sides = sign_in(client_member).get(reverse("projects:person_list", args=[project.slug])).context["sides"]
    found = [
        (
            one["name"],
            [member.user.name for member in one["members"]],
            [person.person.name for person in one["people"]],
        )
        for one in sides
    ]
    assert found == [
        ("Harbour Authority", ["Clara Manager", "Cyril Member"], ["Ivo Inhouse"]),
        ("Northwind Software", ["Vera Manager"], ["Dora Developer"]),
    ]


def test_person_list_asks_the_same_for_3_and_30(project: Project, client_manager: User, sign_in: SignIn) -> None:
    browser = sign_in(client_manager)
    url = reverse("projects:person_list", args=[project.slug])
    counts = []
    for number in range(30):
        user = new_user(f"Member {number}")
        add_member(actor=client_manager, project=project, user=user, side=Side.CLIENT, role="member")
        add_person(actor=client_manager, project=project, name=f"Person {number}", side=Side.VENDOR)
        if number in (2, 29):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert browser.get(url).status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_client_finds_nobody_of_the_vendors_other_projects(
    project: Project, client_manager: User, vendor_manager: User
) -> None:
    """Typing an address tells nothing of who works for the vendor elsewhere; the vendor itself finds its people."""
    grace = Person.objects.create(organisation=project.vendor, name="Grace Secret", email="grace@vendor.example")
    codes = []
    for email in (grace.email, "nobody@vendor.example"):
        with pytest.raises(DomainError) as refused:
            add_person(actor=client_manager, project=project, name="Anybody", side="vendor", email=email)
        codes.append(refused.value.code)
    assert codes == ["not_yours", "not_yours"]
    recorded = add_person(actor=client_manager, project=project, name="Grace Secret", side="vendor")
    assert recorded.person != grace
    own = add_person(actor=vendor_manager, project=project, name="Grace Secret", side="vendor")
    assert own.person == grace


def test_stand_in_says_what_it_takes_while_nobody_can(
    project: Project, client_manager: User, client_member: User, sign_in: SignIn
) -> None:
    member = Membership.objects.get(project=project, user=client_member)
    page = reverse("projects:stand_in_add", args=[project.slug, member.uuid])
    assert "Nobody can stand in yet" in sign_in(client_manager).get(page).content.decode()
    elsewhere = new_project(name="Second", manager=client_manager, client=project.client, vendor=project.vendor)
    add_member(actor=client_manager, project=elsewhere, user=new_user("Cora Colleague"), side="client", role="member")
    shown = sign_in(client_manager).get(page)
    assert ("Nobody can stand in yet" in shown.content.decode(), str(shown.context["form"]["starts_on"].value())) == (
        False,
        str(timezone.localdate()),
    )


def test_the_vendors_first_manager_is_one_click_away(project: Project, client_manager: User, sign_in: SignIn) -> None:
    browser, people = sign_in(client_manager), reverse("projects:person_list", args=[project.slug])
    shown = browser.get(people).content.decode()
    (link,) = re.findall(r'href="([^"]+)"[^>]*>Invite its manager<', shown)
    assert browser.get(link).context["form"]["place"].value() == "vendor:manager"
    add_member(actor=client_manager, project=project, user=new_user("Vera V"), side="vendor", role="manager")
    assert "Invite its manager" not in browser.get(people).content.decode()
