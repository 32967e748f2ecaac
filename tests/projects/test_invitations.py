"""Inviting an address, and what its link opens for whom."""

import datetime as dt
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, OrganisationRole, Person, User
from core.errors import DomainError
from core.models import Letter
from launch.postgres import Urls
from projects.actions import accept_invitation, add_person, invite_member, open_project
from projects.invitation_links import digest_of, token_of
from projects.models import Activity, Invitation, Membership, Project
from tests.cast import new_user

SignIn = Callable[[User], Client]
ADDRESS = "nils.new@example.com"
GONE = "This link no longer works. Ask for a new one."
ACCOUNT = {"name": "Nils New", "password": "harbour-lantern-42", "locale": "en", "time_zone": "Europe/Berlin"}


def invite(project: Project, *, email: str = ADDRESS, side: str = "client", role: str = "approver") -> Invitation:
    return invite_member(actor=project.created_by, project=project, email=email, side=side, role=role)


def page_of(invitation: Invitation) -> str:
    return reverse("projects:invitation", args=[token_of(invitation)])


def members(project: Project) -> list[tuple[str, str, str]]:
    rows = Membership.objects.filter(project=project, ended_at__isnull=True).order_by("pk")
    return list(rows.values_list("user__email", "side", "role"))


@pytest.fixture
def kept_project(client_organisation: Organisation) -> Project:
    """A project whose vendor is a name that its client recorded."""
    return open_project(
        actor=new_user("Clara Manager"), client=client_organisation, name="Berths", vendor_name="northwind"
    )


# ── Inviting ────────────────────────────────────────────────────────────────────────────────────────
def test_invitation_keeps_the_hash_of_its_link_and_writes_the_mail(project: Project) -> None:
    invitation = invite(project, email=" Nils.New@Example.com ")
    token = token_of(invitation)
    letter = Letter.objects.get(about=invitation.uuid)
    assert (invitation.email, invitation.digest) == (ADDRESS, digest_of(token))
    assert invitation.expires_at - timezone.now() > dt.timedelta(days=13, hours=23)
    assert (letter.to, letter.subject) == (ADDRESS, "Clara Manager invites you to Berth booking")
    assert [text.count(f"/invitations/{token}/") for text in (letter.text, letter.html)] == [1, 1]


def test_invitation_is_told_to_the_inviting_side_only(project: Project) -> None:
    invite(project)
    entry = Activity.objects.get(verb="member_invited")
    assert (entry.audience, entry.data) == ("client", {"role": "approver"})


def test_address_is_invited_once(project: Project) -> None:
    invite(project)
    with pytest.raises(DomainError) as caught:
        invite(project)
    assert (caught.value.code, Invitation.objects.count()) == ("already_invited", 1)


def test_invitation_that_ran_out_makes_room(project: Project) -> None:
    Invitation.objects.filter(pk=invite(project).pk).update(expires_at=timezone.now())
    invite(project)
    assert [one.revoked_at is None for one in Invitation.objects.order_by("pk")] == [False, True]


def test_client_invites_the_vendors_first_manager_and_no_other(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    page = reverse("projects:member_add", args=[project.slug])
    browser = sign_in(client_manager)
    statuses = [
        browser.post(page, {"email": f"{role}@example.com", "place": f"vendor:{role}"}).status_code
        for role in ("analyst", "manager")
    ]
    assert (statuses, list(Invitation.objects.values_list("side", "role"))) == ([422, 302], [("vendor", "manager")])


def test_side_manages_its_own_invitations(
    project: Project, client_manager: User, vendor_manager: User, sign_in: SignIn
) -> None:
    invitation = invite(project)
    page = reverse("projects:invitation_revoke", args=[project.slug, invitation.uuid])
    assert [sign_in(user).get(page).status_code for user in (vendor_manager, client_manager)] == [404, 200]
    people = reverse("projects:person_list", args=[project.slug])
    shown = [ADDRESS in sign_in(user).get(people).content.decode() for user in (vendor_manager, client_manager)]
    assert shown == [False, True]


def test_taking_back_stops_the_mail_and_the_link(project: Project, client_manager: User, sign_in: SignIn) -> None:
    invitation = invite(project)
    sign_in(client_manager).post(reverse("projects:invitation_revoke", args=[project.slug, invitation.uuid]))
    assert Letter.objects.filter(about=invitation.uuid).count() == 0
    assert Client().get(page_of(invitation)).status_code == 404


def test_sending_again_makes_a_new_link_and_ends_the_old_one(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    before = invite(project)
    sign_in(client_manager).post(reverse("projects:invitation_again", args=[project.slug, before.uuid]))
    after = Invitation.objects.get(revoked_at__isnull=True)
    assert [Client().get(page_of(one)).status_code for one in (before, after)] == [404, 200]


# ── The link ────────────────────────────────────────────────────────────────────────────────────────
def spoil(case: str, invitation: Invitation) -> str:
    row = Invitation.objects.filter(pk=invitation.pk)
    if case == "unknown":
        return reverse("projects:invitation", args=["x" * 43])
    if case == "closed project":
        Project.objects.filter(pk=invitation.project_id).update(status="closed")
    if case == "expired":
        row.update(expires_at=timezone.now())
    if case == "revoked":
        row.update(revoked_at=timezone.now())
    if case == "used":
        row.update(accepted_at=timezone.now(), accepted_by=invitation.invited_by)
    return page_of(invitation)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("case", ["unknown", "expired", "revoked", "used", "closed project"])
def test_every_dead_link_gets_the_same_answer(case: str, method: str, project: Project) -> None:
    page = spoil(case, invite(project))
    answer = getattr(Client(), method)(page, ACCOUNT)
    nothing = Client().get(reverse("projects:invitation", args=["y" * 43]))
    assert (answer.status_code, GONE in answer.content.decode()) == (404, True)
    assert [template.name for template in answer.templates][:1] == [nothing.templates[0].name]
    assert len(answer.content) == len(nothing.content)
    assert not Membership.objects.filter(user__email=ADDRESS).exists()


def test_looking_at_the_link_changes_nothing(project: Project) -> None:
    invitation = invite(project)
    answer = Client().get(page_of(invitation))
    assert (answer.status_code, Invitation.objects.get().accepted_at) == (200, None)
    assert "no-store" in answer["Cache-Control"]


def test_new_account_takes_the_place_that_was_offered(project: Project) -> None:
    browser, invitation = Client(), invite(project)
    answer = browser.post(page_of(invitation), ACCOUNT)
    assert answer.status_code == 302
    user = User.objects.get(email=ADDRESS)
    assert (user.name, user.time_zone, user.check_password(ACCOUNT["password"])) == ("Nils New", "Europe/Berlin", True)
    assert members(project)[-1] == (ADDRESS, "client", "approver")
    assert browser.get(answer["Location"]).status_code == 200
    assert Activity.objects.get(verb="invitation_accepted").data == {
        "inviter": "Clara Manager",
        "role": "approver",
        "side": "client",
    }
    assert Client().get(page_of(invitation)).status_code == 404


@pytest.mark.parametrize("password", ["short", "administrator", "nils.new@example.com"])
def test_weak_password_opens_no_account(password: str, project: Project) -> None:
    answer = Client().post(page_of(invite(project)), {**ACCOUNT, "password": password})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["password"])
    assert not User.objects.filter(email=ADDRESS).exists()


def test_whoever_has_an_account_signs_in_first(project: Project) -> None:
    new_user("Nils New")
    invitation = invite(project)
    asked, tried = Client().get(page_of(invitation)), Client().post(page_of(invitation), ACCOUNT)
    assert [f"?next={page_of(invitation)}" in answer.content.decode() for answer in (asked, tried)] == [True, True]
    assert (members(project), User.objects.filter(email=ADDRESS).count()) == (
        [(project.created_by.email, "client", "manager")],
        1,
    )


def test_signed_in_user_accepts_with_a_click(project: Project, sign_in: SignIn) -> None:
    user = new_user("Nils New")
    assert sign_in(user).post(page_of(invite(project))).status_code == 302
    assert members(project)[-1] == (ADDRESS, "client", "approver")


def test_somebody_elses_invitation_is_not_accepted(project: Project, client_manager: User, sign_in: SignIn) -> None:
    invitation = invite(project)
    answer = sign_in(client_manager).post(page_of(invitation), ACCOUNT)
    assert "the invitation is for nils.new@example.com" in answer.content.decode()
    assert Invitation.objects.get().accepted_at is None


def test_whoever_stands_on_the_other_side_is_refused(project: Project, sign_in: SignIn) -> None:
    user = new_user("Nils New")
    OrganisationRole.objects.create(organisation=project.vendor, user=user, role="portfolio_viewer")
    answer = sign_in(user).post(page_of(invite(project)))
    assert (answer.status_code, Invitation.objects.get().accepted_at) == (422, None)


def test_booked_person_with_the_address_becomes_the_user(project: Project) -> None:
    person = add_person(actor=project.created_by, project=project, name="N. New", side="vendor").person
    Person.objects.filter(pk=person.pk).update(email=ADDRESS)
    Client().post(page_of(invite(project, side="vendor", role="member")), ACCOUNT)
    assert Person.objects.get(pk=person.pk).user == User.objects.get(email=ADDRESS)


def test_two_acceptances_at_once_make_one_account(fresh_database: Urls, project: Project) -> None:
    invitation = invite(project)

    def accept(_turn: int) -> str:
        try:
            accept_invitation(invitation=invitation, account=dict(ACCOUNT))
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "accepted"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(accept, range(2))) == ["accepted", "not_open"]


# ── The vendor's first manager ──────────────────────────────────────────────────────────────────────
def test_kept_vendor_becomes_its_managers_own(kept_project: Project) -> None:
    person = add_person(
        actor=kept_project.created_by, project=kept_project, name="Dora Developer", side="vendor"
    ).person
    page = page_of(invite(kept_project, side="vendor", role="manager"))
    form: Any = Client().get(page).context["form"]
    assert (list(form.fields)[-1], form["organisation_name"].value()) == ("organisation_name", "northwind")
    assert Client().post(page, {**ACCOUNT, "organisation_name": "Northwind Ltd"}).status_code == 302
    vendor = Project.objects.get(pk=kept_project.pk).vendor
    assert vendor is not None
    assert (vendor.pk, vendor.name, vendor.kept_by) == (kept_project.vendor_id, "Northwind Ltd", None)
    assert list(vendor.roles.values_list("user__email", "role")) == [(ADDRESS, "admin")]
    assert list(vendor.people.all()) == [person]


def test_manager_brings_an_organisation_that_exists(
    kept_project: Project, vendor_organisation: Organisation, sign_in: SignIn
) -> None:
    person = add_person(
        actor=kept_project.created_by, project=kept_project, name="Dora Developer", side="vendor"
    ).person
    user = new_user("Nils New")
    OrganisationRole.objects.create(organisation=vendor_organisation, user=user, role="admin")
    page = page_of(invite(kept_project, side="vendor", role="manager"))
    assert sign_in(user).post(page, {"organisation": vendor_organisation.pk}).status_code == 302
    assert Project.objects.get(pk=kept_project.pk).vendor == vendor_organisation
    assert Person.objects.get(pk=person.pk).organisation == vendor_organisation


def test_own_organisation_of_the_vendors_name_is_chosen_and_a_second_one_asked_about(
    kept_project: Project, sign_in: SignIn
) -> None:
    user = new_user("Nils New")
    for name in ("Aardvark", " NORTHWIND  "):
        own = Organisation.objects.create(name=name)
        OrganisationRole.objects.create(organisation=own, user=user, role="admin")
    page, browser = page_of(invite(kept_project, side="vendor", role="manager")), sign_in(user)
    form: Any = browser.get(page).context["form"]
    assert (form["organisation"].value(), "is_another" in form.fields) == (own.pk, False)
    second = {"organisation": "", "organisation_name": "northwind"}
    refused = browser.post(page, second)
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["is_another"]
    assert Project.objects.get(pk=kept_project.pk).vendor == kept_project.vendor
    assert not OrganisationRole.objects.filter(user=user, organisation=kept_project.vendor).exists()
    assert browser.post(page, {**second, "is_another": "on"}).status_code == 302
    assert OrganisationRole.objects.filter(user=user, organisation=kept_project.vendor).exists()


def test_own_organisation_of_another_name_is_chosen_too(kept_project: Project, sign_in: SignIn) -> None:
    user, own = new_user("Nils New"), Organisation.objects.create(name="Aardvark")
    OrganisationRole.objects.create(organisation=own, user=user, role="admin")
    page, browser = page_of(invite(kept_project, side="vendor", role="manager")), sign_in(user)
    form: Any = browser.get(page).context["form"]
    assert form["organisation"].value() == own.pk
    assert browser.post(page, {"organisation_name": "northwind"}).status_code == 302


def test_organisation_of_somebody_else_is_not_offered(
    kept_project: Project, vendor_organisation: Organisation, client_organisation: Organisation, sign_in: SignIn
) -> None:
    user = new_user("Nils New")
    OrganisationRole.objects.create(organisation=Organisation.objects.create(name="Own"), user=user, role="admin")
    browser, page = sign_in(user), page_of(invite(kept_project, side="vendor", role="manager"))
    asked: Any = browser.get(page).context["form"].fields["organisation"].queryset
    assert [one.name for one in asked] == ["Own"]
    answers = [browser.post(page, {"organisation": one.pk}) for one in (vendor_organisation, client_organisation)]
    assert [answer.status_code for answer in answers] == [422, 422]


def test_later_members_are_asked_for_no_organisation(project: Project) -> None:
    answer: Any = Client().get(page_of(invite(project, side="vendor", role="manager")))
    assert list(answer.context["form"].fields) == ["name", "password", "locale", "time_zone"]


# ── Who may still invite ────────────────────────────────────────────────────────────────────────────
def test_an_invitation_is_worth_what_its_inviter_may_do_now(project: Project) -> None:
    """Two were invited to manage for the vendor: once the first is in, only the vendor names another."""
    first = invite(project, side="vendor", role="manager")
    second = invite(project, email="second@example.org", side="vendor", role="manager")
    accept_invitation(invitation=first, user=new_user_at(first.email))
    with pytest.raises(DomainError) as refused:
        accept_invitation(invitation=second, user=new_user_at(second.email))
    assert refused.value.code == "not_open"
    assert not Membership.objects.filter(user__email=second.email).exists()


def test_whoever_left_invites_nobody(project: Project) -> None:
    invitation = invite(project)
    Membership.objects.filter(project=project, user=invitation.invited_by).update(ended_at=timezone.now())
    with pytest.raises(DomainError) as refused:
        accept_invitation(invitation=invitation, user=new_user_at(invitation.email))
    assert refused.value.code == "not_open"


def new_user_at(address: str) -> User:
    return User.objects.create_user(email=address, name="Ina Invited")
