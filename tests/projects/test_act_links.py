"""Single-purpose links: each protection, through the page that everybody may open."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import time_machine
from django import forms
from django.conf import settings as django_settings
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person, User
from accounts.request_limits import LINKS_PER_MINUTE
from core.errors import DomainError
from core.letters import MOST_ATTEMPTS, send_due_letters
from core.models import Letter, RequestCount
from projects.act_links import ACTS, Act, ActPage, register_act
from projects.actions import add_member, add_person, change_person, invite_member
from projects.actions.act_links import LASTS, create_act_link, revoke_act_links
from projects.models import Activity, ActLink, Invitation, Project, ProjectPerson
from tests.letters import path_in_letter

TARGET = uuid.UUID("3f0c6f1e-4c1f-4a55-9a3e-0d8b9c6f2a11")
DEAD = "This link does not work"


class GreetingForm(forms.Form):
    word = forms.CharField()


def _greet(link: ActLink, *, word: str) -> str:
    if word == "refused":
        raise DomainError("Not this word.", field="word")
    Person.objects.filter(pk=link.person_id).update(name=f"{word} {link.person.name}")
    return "Thank you."


@pytest.fixture(autouse=True)
def greeting() -> Iterator[None]:
    """An act that leaves a mark each time it is done."""
    register_act(
        Act(
            name="greet",
            title="Greet",
            capability="ask_confirmation",
            form=GreetingForm,
            form_template="components/form.html",
            subject=lambda link: "a greeting",
            show=lambda link: ActPage("Say a word.", "components/empty.html", {}) if link.target == TARGET else None,
            perform=_greet,
        )
    )
    yield
    del ACTS["greet"]


@pytest.fixture
def make(project: Project, client_manager: User, developer: Person) -> Callable[..., tuple[ActLink, str]]:
    """A link, and its address below the site's, as it stands in the mail."""

    def make(**fields: Any) -> tuple[ActLink, str]:
        asked = {"actor": client_manager, "project": project, "person": developer, "act": "greet", "target": TARGET}
        link = create_act_link(**{**asked, **fields})
        return link, path_in_letter(link.uuid)

    return make


def words_of(response: Any) -> str:
    """The page without what differs each time: the marks against forged forms."""
    return re.sub(r"[A-Za-z0-9]{64}", "", response.content.decode())


def test_the_link_shows_and_a_post_acts(make: Callable[..., Any], client: Client, developer: Person) -> None:
    link, path = make()
    shown = client.get(path)
    assert (shown.status_code, "Say a word." in shown.content.decode()) == (200, True)
    done = client.post(path, {"word": "Kind"})
    assert (done.status_code, "Thank you." in done.content.decode()) == (200, True)
    developer.refresh_from_db()
    link.refresh_from_db()
    assert (developer.name, link.used_at is not None) == ("Kind Dora Developer", True)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_program_that_opens_links_changes_nothing(
    method: str, make: Callable[..., Any], client: Client, developer: Person
) -> None:
    _link, path = make()
    before = list(ActLink.objects.values()), Activity.objects.count()
    for _again in range(3):
        assert client.generic(method, path).status_code == 200
    assert (list(ActLink.objects.values()), Activity.objects.count()) == before
    assert client.post(path, {"word": "Kind"}).status_code == 200


def test_it_acts_once(make: Callable[..., Any], client: Client, developer: Person) -> None:
    _link, path = make()
    client.post(path, {"word": "Kind"})
    assert client.post(path, {"word": "Other"}).status_code == 404
    developer.refresh_from_db()
    assert developer.name == "Kind Dora Developer"


def test_what_is_refused_leaves_the_link_unused(make: Callable[..., Any], client: Client) -> None:
    _link, path = make()
    assert client.post(path, {}).status_code == 422
    refused = client.post(path, {"word": "refused"})
    assert (refused.status_code, "Not this word." in refused.content.decode()) == (422, True)
    assert client.post(path, {"word": "Kind"}).status_code == 200


def test_every_dead_link_gets_the_same_answer(
    make: Callable[..., Any], client: Client, project: Project, developer: Person
) -> None:
    """Unknown, used, revoked, replaced, expired, with nothing left to do, of a person who left: nobody learns which."""
    _used, used = make()
    client.post(used, {"word": "Kind"})
    _revoked, revoked = make()
    revoke_act_links(project=project, act="greet", target=TARGET)
    _replaced, replaced = make()
    expired_link, expired = make()
    ActLink.objects.filter(pk=expired_link.pk).update(expires_at=timezone.now())
    _gone, gone = make(target=developer.uuid)
    _left, left = make()
    Person.objects.filter(pk=developer.pk).update(is_active=False)
    unknown = reverse("projects:act_link", args=["x" * 43])
    answers = [client.get(path) for path in (unknown, used, revoked, replaced, expired, gone, left)]
    answers += [client.post(path, {"word": "Late"}) for path in (unknown, used, revoked, replaced, expired, gone, left)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({words_of(answer) for answer in answers}) == 1
    assert DEAD in words_of(answers[0])


def test_a_link_of_a_closed_project_is_dead(
    make: Callable[..., Any], client: Client, project: Project, client_manager: User
) -> None:
    _link, path = make()
    Project.objects.filter(pk=project.pk).update(status=Project.Status.CLOSED)
    assert client.get(path).status_code == 404


def test_it_lasts_two_weeks(make: Callable[..., Any], client: Client) -> None:
    _link, path = make()
    with time_machine.travel(timezone.now() + LASTS - dt.timedelta(minutes=1), tick=False):
        assert client.get(path).status_code == 200
    with time_machine.travel(timezone.now() + LASTS + dt.timedelta(minutes=1), tick=False):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("token", ["", "x" * 43])
def test_nobody_else_learns_the_address(token: str, make: Callable[..., Any], client: Client) -> None:
    """Headers of living and of dead links are the same."""
    path = reverse("projects:act_link", args=[token]) if token else make()[1]
    headers = client.get(path).headers
    assert {name: headers[name] for name in ("Cache-Control", "Referrer-Policy", "X-Robots-Tag")} == {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
    }


def test_logs_do_not_hold_the_token(make: Callable[..., Any], project: Project, client_manager: User) -> None:
    """As a server writes them: the lines of each request, and what complains of a page that is not there."""
    _link, path = make()
    program = (
        "import django; django.setup()\n"
        "from django.test import Client\n"
        f"Client(HTTP_HOST='127.0.0.1').get({path!r} + 'more/')\n"
    )
    environment = {**os.environ, "LOG_LEVEL": "INFO"}
    root = django_settings.BASE_DIR
    shown = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        cwd=root,
    )
    lines = [json.loads(line) for line in (shown.stdout + shown.stderr).splitlines()]
    assert [line["event"] for line in lines] == ["request_started", "request_finished", "Not Found: /l/…/more/"]
    assert path.split("/")[2] not in shown.stdout + shown.stderr


def test_an_address_is_limited_and_others_are_not(make: Callable[..., Any], client: Client) -> None:
    _link, path = make()
    with time_machine.travel(timezone.now().replace(second=5), tick=False):
        statuses = [client.get(path).status_code for _again in range(LINKS_PER_MINUTE + 1)]
        other = client.get(path, REMOTE_ADDR="203.0.113.9").status_code
    assert statuses == [200] * LINKS_PER_MINUTE + [429]
    assert other == 200
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2), tick=False):
        assert client.get(path).status_code == 200
    assert RequestCount.objects.filter(client_id="link:127.0.0.1").count() == 1


@pytest.mark.parametrize("who", ["client_manager", "client_member"])
def test_the_side_that_asks_sees_it_and_cannot_answer(
    who: str,
    make: Callable[..., Any],
    developer: Person,
    sign_in: Callable[[User], Client],
    request: pytest.FixtureRequest,
) -> None:
    link, path = make()
    asking = sign_in(request.getfixturevalue(who))
    shown = asking.get(path)
    assert (shown.status_code, 'name="word"' in words_of(shown)) == (200, False)
    assert asking.post(path, {"word": "Forged"}).status_code == 403
    link.refresh_from_db()
    developer.refresh_from_db()
    assert (link.used_at, developer.name) == (None, "Dora Developer")


def test_a_colleague_of_the_person_may_be_signed_in(
    make: Callable[..., Any], vendor_member: User, sign_in: Callable[[User], Client]
) -> None:
    _link, path = make()
    assert sign_in(vendor_member).post(path, {"word": "Kind"}).status_code == 200


def test_only_the_hash_is_kept_and_the_letter_is_emptied(make: Callable[..., Any], developer: Person) -> None:
    link, path = make(person=developer)
    token = path.split("/")[2]
    assert (len(link.digest), token in str(ActLink.objects.values())) == (64, False)
    assert send_due_letters() == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, path in sent.body) == (
        ["dora@example.com"],
        "Berth booking: a greeting",
        True,
    )
    letter = Letter.objects.get(about=link.uuid)
    assert (letter.state, letter.text, letter.html) == ("sent", "", "")
    assert send_due_letters() == 0


def test_a_link_that_was_taken_back_is_not_mailed(
    make: Callable[..., Any], project: Project, developer: Person
) -> None:
    make(person=developer)
    revoke_act_links(project=project, act="greet", target=TARGET)
    assert (send_due_letters(), mail.outbox) == (0, [])


def test_a_letter_waits_for_the_mail_server(make: Callable[..., Any], developer: Person, settings: Any) -> None:
    """The Message-ID stays, and what cannot be delivered is given up and emptied."""
    link, _path = make(person=developer)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    now = timezone.now()
    for attempt in range(MOST_ATTEMPTS):
        assert send_due_letters(now + dt.timedelta(days=2 * attempt)) == 0
    letter = Letter.objects.get(about=link.uuid)
    assert (letter.state, letter.attempts, letter.text, "ConnectionRefusedError" in letter.last_error) == (
        "dead",
        MOST_ATTEMPTS,
        "",
        True,
    )


def test_a_link_goes_to_no_address_of_the_side_that_asks(
    make: Callable[..., Any],
    project: Project,
    developer: Person,
    client_member: User,
    organisation_admin: User,
) -> None:
    """Or the client would answer for the vendor under the vendor's name."""
    Person.objects.create(organisation=project.client, name="Nora Nosy", email="nora@client.example")
    invite_member(actor=project.created_by, project=project, email="ina@example.com", side="client", role="viewer")
    invited = Letter.objects.count()
    theirs = [client_member.email.upper(), organisation_admin.email, project.created_by.email, "nora@client.example"]
    theirs += ["nora+kelp@client.example", "ina@example.com"]
    for email in theirs:
        Person.objects.filter(pk=developer.pk).update(email=email)
        developer.refresh_from_db()
        with pytest.raises(DomainError) as refused:
            make(person=developer)
        assert refused.value.code == "address_of_askers"
    assert (ActLink.objects.count(), Letter.objects.count()) == (0, invited)


def test_a_link_is_dead_once_its_mailbox_is_read_by_the_side_that_asked(
    make: Callable[..., Any], client: Client, project: Project, developer: Person
) -> None:
    _link, path = make()
    assert client.get(path).status_code == 200
    changed_sides = User.objects.create_user(email=developer.email, name="Dora Developer")
    add_member(actor=project.created_by, project=project, user=changed_sides, side="client", role="viewer")
    assert (client.get(path).status_code, client.post(path, {"word": "Kind"}).status_code) == (404, 404)


def test_the_client_names_no_mailbox_of_its_own_as_the_vendors(project: Project, developer: Person) -> None:
    """Neither for somebody new, nor for who is known, nor in the invitation that brings who speaks for the vendor."""
    vendor = project.vendor
    assert vendor is not None
    vendor.kept_by = project.client
    vendor.save(update_fields=["kept_by"])
    member = ProjectPerson.objects.select_related("project", "person__organisation").get(person=developer)
    own = {"actor": project.created_by, "email": "Clara.Manager+kelp@example.com"}
    for name in (
        partial(add_person, **own, project=project, name="Ann Lee", side="vendor"),
        partial(change_person, **own, member=member, expected_version=1),
        partial(invite_member, **own, project=project, side="vendor", role="manager"),
    ):
        with pytest.raises(DomainError) as refused:
            name()
        assert (refused.value.code, refused.value.field) == ("address_of_askers", "email")
    assert Invitation.objects.count() == 0


def test_nobody_learns_whose_an_address_is_on_the_other_side(
    project: Project, vendor_manager: User, organisation_admin: User
) -> None:
    """The vendor invites an address of the client's, and hears no word of that."""
    email = organisation_admin.email
    invited = invite_member(actor=vendor_manager, project=project, email=email, side="vendor", role="viewer")
    assert invited.email == email


def test_without_an_address_there_is_no_link(make: Callable[..., Any], developer: Person) -> None:
    Person.objects.filter(pk=developer.pk).update(email="")
    developer.refresh_from_db()
    with pytest.raises(DomainError) as refused:
        make(person=developer)
    assert (refused.value.code, ActLink.objects.count()) == ("no_address", 0)


def test_a_stranger_to_the_project_gets_no_link(make: Callable[..., Any], other_project: Project) -> None:
    assert other_project.vendor is not None
    stranger = Person.objects.create(organisation=other_project.vendor, name="Sven Stranger")
    with pytest.raises(DomainError) as refused:
        make(person=stranger)
    assert refused.value.code == "not_of_project"


def test_two_at_once_act_once(fresh_database: object, make: Callable[..., Any], developer: Person) -> None:
    _link, path = make()
    statuses: list[int] = []
    start = threading.Barrier(2)

    def post(word: str) -> None:
        try:
            start.wait(10)
            statuses.append(Client().post(path, {"word": word}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[word]) for word in ("One", "Two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(statuses) == [200, 404]
    developer.refresh_from_db()
    assert developer.name in {"One Dora Developer", "Two Dora Developer"}
