"""Who looks after an organisation, how they come in, and how an installation begins."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, OrganisationLink, OrganisationRole, User
from accounts.organisations import end_organisation_role, invite_to_organisation
from core.errors import DomainError
from core.models import Letter
from projects.models import Project
from tests.cast import new_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
ADDRESS = "nils.new@example.com"
ACCOUNT = {"name": "Nils New", "password": "harbour-lantern-42", "locale": "en", "time_zone": "Europe/Berlin"}
GONE = "This link no longer works. Ask for a new one."


def roles(organisation: Organisation) -> list[tuple[str, str]]:
    return list(organisation.roles.order_by("role", "user__email").values_list("user__email", "role"))


def link_in(text: str) -> str:
    (path,) = {word.split("://", 1)[1].split("/", 1)[1] for word in text.split() if "/join/" in word and "://" in word}
    return f"/{path}"


def invite(admin: User, organisation: Organisation, role: str = "portfolio_viewer") -> str:
    """The path of a new link for ``ADDRESS``."""
    link = invite_to_organisation(actor=admin, organisation=organisation, email=" Nils.New@Example.com", role=role)
    return link_in(Letter.objects.get(about=link.uuid).text)


# ── The beginning ───────────────────────────────────────────────────────────────────────────────────
def first_link() -> str:
    out = StringIO()
    call_command("first_organisation_link", stdout=out, stderr=StringIO())
    return link_in(out.getvalue())


BEGINNING = {**ACCOUNT, "organisation_name": "Harbour Authority", "address": " Ada@Example.com "}


def test_first_link_opens_the_organisation_and_its_administrator() -> None:
    browser, path = Client(), first_link()
    answer = browser.post(path, BEGINNING)
    assert (answer.status_code, answer["Location"]) == (302, reverse("status:my_work"))
    assert browser.get("/").status_code == 200
    organisation = Organisation.objects.get()
    assert (organisation.name, roles(organisation)) == ("Harbour Authority", [("ada@example.com", "admin")])
    assert Client().get(path).status_code == 404


def test_first_link_is_stored_by_its_hash_and_replaces_the_earlier_one() -> None:
    earlier, later = first_link(), first_link()
    assert [Client().get(path).status_code for path in (earlier, later)] == [404, 200]
    token = later.strip("/").split("/")[1]
    assert [token in str(vars(link)) for link in OrganisationLink.objects.all()] == [False, False]


def test_installation_begins_once(client_organisation: Organisation) -> None:
    with pytest.raises(CommandError, match="This installation has an organisation"):
        first_link()


def test_link_printed_before_somebody_else_began_opens_nothing() -> None:
    path = first_link()
    Organisation.objects.create(name="Meadow Clinics")
    answer = Client().post(path, BEGINNING)
    assert (answer.status_code, User.objects.count(), Organisation.objects.count()) == (422, 0, 1)


# ── Inviting ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", ["admin", "portfolio_viewer"])
def test_new_account_takes_the_role(role: str, organisation_admin: User, client_organisation: Organisation) -> None:
    path = invite(organisation_admin, client_organisation, role)
    assert Client().post(path, ACCOUNT).status_code == 302
    assert (ADDRESS, role) in roles(client_organisation)
    assert Client().post(path, ACCOUNT).status_code == 404


def test_account_that_exists_signs_in_first_and_then_agrees(
    organisation_admin: User, client_organisation: Organisation, sign_in: SignIn
) -> None:
    user, path = new_user("Nils New"), invite(organisation_admin, client_organisation)
    assert f"?next={path}" in Client().post(path, ACCOUNT).content.decode()
    assert sign_in(organisation_admin).post(path).status_code == 200
    assert roles(client_organisation) == [(organisation_admin.email, "admin")]
    assert sign_in(user).post(path).status_code == 302
    assert roles(client_organisation)[-1] == (ADDRESS, "portfolio_viewer")


@pytest.mark.parametrize("case", ["unknown", "expired", "revoked"])
def test_every_dead_link_gets_the_same_answer(
    case: str, organisation_admin: User, client_organisation: Organisation
) -> None:
    path = invite(organisation_admin, client_organisation)
    if case == "unknown":
        path = reverse("accounts:join", args=["x" * 43])
    field = {"expired": "expires_at", "revoked": "revoked_at"}.get(case, "created_at")
    OrganisationLink.objects.update(**{field: timezone.now()})
    answer = Client().post(path, ACCOUNT)
    assert (answer.status_code, GONE in answer.content.decode(), User.objects.count()) == (404, True, 1)


def test_whoever_stands_on_the_other_side_of_its_project_is_refused(
    project: Project, organisation_admin: User, client_organisation: Organisation, vendor_member: User, sign_in: SignIn
) -> None:
    User.objects.filter(pk=vendor_member.pk).update(email=ADDRESS)
    answer = sign_in(vendor_member).post(invite(organisation_admin, client_organisation))
    assert (answer.status_code, roles(client_organisation)) == (422, [(organisation_admin.email, "admin")])


# ── Looking after ───────────────────────────────────────────────────────────────────────────────────
def test_pages_are_for_administrators(
    organisation_admin: User,
    portfolio_viewer: User,
    client_manager: User,
    other_client: User,
    client_organisation: Organisation,
    sign_in: SignIn,
) -> None:
    page = reverse("accounts:organisation_people", args=[client_organisation.uuid])
    readers = (organisation_admin, portfolio_viewer, client_manager, other_client)
    assert [sign_in(user).get(page).status_code for user in readers] == [200, 404, 404, 404]
    assert [page in sign_in(user).get(reverse("accounts:profile")).content.decode() for user in readers] == [
        True,
        False,
        False,
        False,
    ]


def test_administrator_invites_and_takes_back(
    organisation_admin: User, client_organisation: Organisation, sign_in: SignIn
) -> None:
    browser = sign_in(organisation_admin)
    page = reverse("accounts:organisation_invite", args=[client_organisation.uuid])
    assert browser.post(page, {"email": ADDRESS, "role": "admin"}).status_code == 302
    assert browser.post(page, {"email": ADDRESS, "role": "admin"}).status_code == 422
    link = OrganisationLink.objects.get()
    browser.post(reverse("accounts:organisation_link_revoke", args=[client_organisation.uuid, link.uuid]))
    assert (OrganisationLink.objects.open().count(), Letter.objects.count()) == (0, 0)


def test_role_is_ended_at_once(
    organisation_admin: User,
    portfolio_viewer: User,
    client_organisation: Organisation,
    project: Project,
    sign_in: SignIn,
) -> None:
    reading, page = sign_in(portfolio_viewer), reverse("status:project_detail", args=[project.slug])
    assert reading.get(page).status_code == 200
    end = [client_organisation.uuid, portfolio_viewer.uuid, "portfolio_viewer"]
    browser, ending = sign_in(organisation_admin), reverse("accounts:organisation_role_end", args=end)
    assert "Paul Portfolio is no longer portfolio viewer of Harbour Authority" in browser.get(ending).content.decode()
    browser.post(ending)
    assert reading.get(page).status_code == 404


def test_last_administrator_stays(organisation_admin: User, client_organisation: Organisation) -> None:
    role = OrganisationRole.objects.get(user=organisation_admin)
    with pytest.raises(DomainError) as caught:
        end_organisation_role(actor=organisation_admin, role=role)
    assert (caught.value.code, roles(client_organisation)) == ("last_admin", [(organisation_admin.email, "admin")])
    OrganisationRole.objects.create(organisation=client_organisation, user=new_user("Nils New"), role="admin")
    end_organisation_role(actor=organisation_admin, role=role)
    assert roles(client_organisation) == [(ADDRESS, "admin")]
