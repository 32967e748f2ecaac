"""Nobody learns whether an address has an account: neither by words, nor by a status, nor by how long it takes.

Times vary with the machine, so the work is counted: how often a password is hashed, which is all that takes long, and
how many statements the database gets.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, OrganisationLink, OrganisationRole, Person, User
from accounts.organisations import invite_to_organisation
from accounts.password_requests import answer_password_requests
from core.letters import send_due_letters
from core.models import Letter
from projects.actions import invite_member, revoke_invitation
from projects.actions.act_links import create_act_link
from projects.models import ActLink, Invitation, Project
from tests.cast import new_user
from tests.letters import path_in_letter

pytestmark = pytest.mark.django_db

PASSWORD = "harbour-lantern-42"
ADDRESSES = {
    "known": "nils.new@example.com",
    "inactive": "ina.left@example.com",
    "without a password": "olga.open@example.com",
    "unknown": "nobody@example.com",
}
runs: list[str] = []


class CountingHasher(PBKDF2PasswordHasher):
    """The hasher of production with few rounds, which notes each time it works."""

    iterations = 2

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        runs.append("hashed")
        return super().encode(password, salt, iterations)


@pytest.fixture(autouse=True)
def counting(db: None, settings: Any) -> Iterator[None]:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    cache.clear()
    yield
    runs.clear()


@pytest.fixture
def users() -> None:
    for name in ("Nils New", "Ina Left"):
        user = new_user(name)
        user.set_password(PASSWORD)
        user.save()
    new_user("Olga Open")
    User.objects.filter(email=ADDRESSES["inactive"]).update(is_active=False)


def words(response: Any) -> str:
    """The page without what is random in it, and without the address that was typed."""
    page = re.sub(r"\b\w{64}\b", "", response.content.decode())
    for address in ADDRESSES.values():
        page = page.replace(address, "-")
    return page


def work_of(act: Callable[[], Any]) -> tuple[int, str, str, int, int, int]:
    """What an answer shows and what it took: status, words, where it leads, hashes, statements, letters."""
    runs.clear()
    before = Letter.objects.count()
    with CaptureQueriesContext(connection) as queries:
        response = act()
    letters = Letter.objects.count() - before
    return response.status_code, words(response), response.get("Location", ""), len(runs), len(queries), letters


# ── Signing in ──────────────────────────────────────────────────────────────────────────────────────
def test_a_wrong_password_takes_the_same_work_for_every_address(users: None) -> None:
    page = reverse("account_login")
    work = {}
    for case, address in ADDRESSES.items():
        cache.clear()
        work[case] = work_of(lambda address=address: Client().post(page, {"login": address, "password": "wrong-wrong"}))  # type: ignore[misc]
    assert {case: found == work["unknown"] for case, found in work.items()} == dict.fromkeys(ADDRESSES, True)
    status, _words, _leads, hashed, _statements, letters = work["unknown"]
    assert (status, hashed, letters) == (200, 1, 0)


# ── A new password ──────────────────────────────────────────────────────────────────────────────────
def test_asking_for_a_new_password_takes_the_same_work(users: None) -> None:
    """The request only notes the address; a worker looks the account up and writes, later."""
    page = reverse("account_reset_password")
    work = {}
    for case, address in ADDRESSES.items():
        cache.clear()
        work[case] = work_of(lambda address=address: Client().post(page, {"email": address}))  # type: ignore[misc]
    assert work == dict.fromkeys(ADDRESSES, work["unknown"])
    assert (work["unknown"][0], work["unknown"][2]) == (302, reverse("account_reset_password_done"))
    assert (answer_password_requests(), send_due_letters()) == (4, 4)
    told = {one.to[0]: one.subject for one in mail.outbox}
    assert told == {
        ADDRESSES["known"]: "Oversight: choose a new password",
        ADDRESSES["without a password"]: "Oversight: choose a new password",
        ADDRESSES["inactive"]: "Oversight: no account with this address",
        ADDRESSES["unknown"]: "Oversight: no account with this address",
    }


@pytest.mark.parametrize("key", ["0-xxxxxx-0123456789abcdef0123456789abcdef", "zz-1-2"])
def test_a_wrong_link_for_a_new_password_says_the_same_for_everybody(key: str, users: None) -> None:
    uid, _dash, token = key.partition("-")
    real = User.objects.get(email=ADDRESSES["known"]).pk
    pages = [
        reverse("account_reset_password_from_key", kwargs={"uidb36": one, "key": token}) for one in (uid, str(real))
    ]
    answers = [Client().get(page) for page in pages]
    assert words(answers[0]) == words(answers[1])
    assert [answer.status_code for answer in answers] == [200, 200]


# ── Inviting ────────────────────────────────────────────────────────────────────────────────────────
def test_inviting_into_a_project_tells_the_inviter_nothing(users: None, project: Project, client_manager: User) -> None:
    page = reverse("projects:member_add", args=[project.slug])
    browser = Client()
    browser.force_login(client_manager)
    browser.get(page)

    def invite(address: str) -> Any:
        return browser.post(page, {"email": address, "name": "", "place": "client:viewer"})

    work = {case: work_of(lambda address=address: invite(address)) for case, address in ADDRESSES.items()}  # type: ignore[misc]
    assert work == dict.fromkeys(ADDRESSES, work["unknown"])
    assert (work["unknown"][0], work["unknown"][5]) == (302, 1)
    texts = {re.sub(r"/invitations/\S+", "", one.text.replace(one.to, "-")) for one in Letter.objects.all()}
    assert len(texts) == 1


def test_inviting_into_an_organisation_tells_the_inviter_nothing(users: None, organisation_admin: User) -> None:
    organisation = Organisation.objects.get(roles__user=organisation_admin)
    page = reverse("accounts:organisation_invite", args=[organisation.uuid])
    browser = Client()
    browser.force_login(organisation_admin)
    browser.get(page)

    def invite(address: str) -> Any:
        return browser.post(page, {"email": address, "role": "portfolio_viewer"})

    work = {case: work_of(lambda address=address: invite(address)) for case, address in ADDRESSES.items()}  # type: ignore[misc]
    assert work == dict.fromkeys(ADDRESSES, work["unknown"])
    assert (work["unknown"][0], work["unknown"][5]) == (302, 1)


# ── Links ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def dead_links(project: Project, client_manager: User, developer: Person) -> dict[str, list[str]]:
    """Of each kind: an unknown link, one that was taken back, one that has run out."""
    now = timezone.now()
    invitations = [
        invite_member(actor=client_manager, project=project, email=email, side="client", role="viewer")
        for email in (ADDRESSES["known"], "other@example.com")
    ]
    paths = [path_in_letter(one.uuid) for one in invitations]
    revoke_invitation(actor=client_manager, invitation=invitations[0])
    Invitation.objects.filter(pk=invitations[1].pk).update(expires_at=now)
    OrganisationRole.objects.create(organisation=project.client, user=client_manager, role="admin")
    joining = [
        invite_to_organisation(actor=client_manager, organisation=project.client, email=email, role="portfolio_viewer")
        for email in (ADDRESSES["known"], "other@example.com")
    ]
    joined = [path_in_letter(one.uuid) for one in joining]
    OrganisationLink.objects.filter(pk=joining[0].pk).update(revoked_at=now)
    OrganisationLink.objects.filter(pk=joining[1].pk).update(expires_at=now)
    acts = []
    for field in ("revoked_at", "expires_at"):
        link = create_act_link(
            actor=client_manager, project=project, person=developer, act="confirm_record", target=project.uuid
        )
        acts.append(path_in_letter(link.uuid))
        ActLink.objects.filter(pk=link.pk).update(**{field: now})
    return {
        "invitation": [reverse("projects:invitation", args=["x" * 43]), *paths],
        "join": [reverse("accounts:join", args=["x" * 43]), *joined],
        "act": [reverse("projects:act_link", args=["x" * 43]), *acts],
    }


@pytest.mark.parametrize("kind", ["invitation", "join", "act"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_dead_link_takes_the_same_work_whatever_it_was(
    kind: str, method: str, users: None, dead_links: dict[str, list[str]]
) -> None:
    work = [work_of(lambda path=path: getattr(Client(), method)(path)) for path in dead_links[kind]]  # type: ignore[misc]
    assert work == [work[0]] * 3
    assert (work[0][0], work[0][3], work[0][5]) == (404, 0, 0)


def test_a_stranger_and_nothing_there_take_the_same_work(project: Project, other_client: User) -> None:
    browser = Client()
    browser.force_login(other_client)
    pages = [reverse("status:project_detail", args=[slug]) for slug in (project.slug, "nothing-0a0a0a")]
    browser.get(pages[0])
    there, nothing = (work_of(lambda page=page: browser.get(page)) for page in pages)  # type: ignore[misc]
    assert (there[0], there[3:]) == (nothing[0], nothing[3:])
