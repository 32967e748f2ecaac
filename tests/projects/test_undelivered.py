"""Mails that did not get through: who sees them, and what can be done about them."""

import datetime as dt
import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from projects.models import Activity, OutboxMessage, Project
from projects.outbox import RETRY_AFTER, put_in_outbox, send_due, word
from projects.retention import forget_old_messages
from tests.api_client import Program

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]
State = OutboxMessage.State


class NoSuchBox(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such box")})


@pytest.fixture
def refuse(settings: Any) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.NoSuchBox"


def tell(project: Project, user: User, audience: str = "both") -> OutboxMessage:
    put_in_outbox(
        project=project,
        recipients=[user],
        kind="terms_changed",
        data={"fields": ["cap_minutes"], "by": "Clara"},
        channels=["mail"],
        audience=audience,
        dedupe=f"terms:{user.pk}:{audience}",
    )
    return OutboxMessage.objects.get(recipient=user, audience=audience)


def give_up() -> None:
    """Three days of refusals."""
    now = timezone.now()
    for wait in (*RETRY_AFTER, dt.timedelta()):
        send_due(now)
        now += wait + dt.timedelta(seconds=1)


def test_a_mail_that_was_given_up_stands_on_the_page_with_its_reason(
    project: Project, client_manager: User, client_approver: User, refuse: None, sign_in: SignIn
) -> None:
    tell(project, client_approver)
    give_up()
    page = sign_in(client_manager).get(reverse("projects:undelivered_list", args=[project.slug])).content.decode()
    assert "Berth booking: Clara changed the terms" in page
    assert "no such box" in page
    assert "given up" in page


def test_who_looks_after_the_sides_people_is_told_of_it(
    project: Project, client_manager: User, client_approver: User, vendor_manager: User, refuse: None
) -> None:
    tell(project, client_approver)
    give_up()
    (told,) = OutboxMessage.objects.filter(kind="mail_given_up").select_related("recipient", "project")
    assert (told.recipient, told.channel) == (client_manager, "in_app")
    wording = word(told)
    assert wording is not None
    assert wording.subject == "Berth booking: A mail to Cato Approver did not get through"
    assert wording.path == reverse("projects:undelivered_list", args=[project.slug])


def test_each_side_sees_the_mails_to_its_own_people(
    project: Project, client_manager: User, client_approver: User, vendor_manager: User, refuse: None, sign_in: SignIn
) -> None:
    tell(project, client_approver, "client")
    tell(project, vendor_manager)
    send_due()
    url = reverse("projects:undelivered_list", args=[project.slug])
    seen = [
        [message.recipient for message in sign_in(user).get(url).context["page"]]
        for user in (client_manager, vendor_manager)
    ]
    assert seen == [[client_approver], [vendor_manager]]


def test_sent_again_it_has_three_days_more(
    project: Project, client_manager: User, client_approver: User, settings: Any, sign_in: SignIn
) -> None:
    working = settings.EMAIL_BACKEND
    message = tell(project, client_approver)
    settings.EMAIL_BACKEND = f"{__name__}.NoSuchBox"
    give_up()
    settings.EMAIL_BACKEND = working
    url = reverse("projects:undelivered_send", args=[project.slug, message.uuid])
    assert sign_in(client_manager).get(url).status_code == 405
    assert sign_in(client_manager).post(url).status_code == 302
    assert send_due() == 1
    assert [sent.to for sent in mail.outbox] == [[client_approver.email]]
    assert Activity.objects.get(verb="message_sent_again").audience == "client"
    # Once it has left there is nothing left to do about it.
    assert sign_in(client_manager).post(url).status_code == 404


def test_discarded_it_is_tried_no_more(
    project: Project, client_manager: User, client_approver: User, refuse: None, sign_in: SignIn
) -> None:
    message = tell(project, client_approver)
    send_due()
    browser, url = sign_in(client_manager), reverse("projects:undelivered_discard", args=[project.slug, message.uuid])
    # It cannot be undone: a page says so before, and does nothing.
    assert "never sent and leaves this list for good" in browser.get(url).content.decode()
    message.refresh_from_db()
    assert message.state == State.WAITING
    browser.post(url)
    message.refresh_from_db()
    assert message.state == State.DISCARDED
    assert send_due(timezone.now() + dt.timedelta(days=2)) == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [("client_manager", 200), ("vendor_manager", 200), ("client_approver", 403), ("client_viewer", 403)],
)
def test_managers_look_after_undelivered_mails(
    project: Project, sign_in: SignIn, request: pytest.FixtureRequest, who: str, status: int
) -> None:
    url = reverse("projects:undelivered_list", args=[project.slug])
    assert sign_in(request.getfixturevalue(who)).get(url).status_code == status


def test_the_api_does_the_same(
    project: Project, client_manager: User, client_approver: User, refuse: None, program: Program
) -> None:
    message = tell(project, client_approver)
    send_due()
    api = program(client_manager)
    (shown,) = api.get(f"projects/{project.slug}/undelivered/").json()["results"]
    assert (shown["uuid"], shown["state"], shown["attempts"]) == (str(message.uuid), "waiting", 1)
    again = api.post(f"projects/{project.slug}/undelivered/{message.uuid}/send-again/")
    assert (again.status_code, again.json()["attempts"]) == (200, 0)


def test_list_costs_the_same_for_three_and_thirty(
    project: Project, client_manager: User, client_approver: User, sign_in: SignIn, django_assert_num_queries: Any
) -> None:
    browser = sign_in(client_manager)
    url = reverse("projects:undelivered_list", args=[project.slug])
    browser.get(url)
    counts = []
    for count in (3, 27):
        for number in range(count):
            message = tell(project, client_approver, "client")
            OutboxMessage.objects.filter(pk=message.pk).update(
                state=State.DEAD, dedupe_key=f"{count}:{number}", audience="both"
            )
        with django_assert_num_queries(9) as captured:
            browser.get(url)
        counts.append(len(captured))
    assert counts[0] == counts[1]


# ── How long messages are kept ──────────────────────────────────────────────────────────────────────
def test_what_has_left_is_forgotten_after_ninety_days(project: Project, client_manager: User) -> None:
    message = tell(project, client_manager)
    send_due()
    now = timezone.now()
    assert forget_old_messages(now + dt.timedelta(days=89)) == 0
    assert forget_old_messages(now + dt.timedelta(days=91)) == 1
    assert not OutboxMessage.objects.filter(pk=message.pk).exists()


def test_what_was_given_up_or_not_read_stays(project: Project, client_manager: User) -> None:
    message = tell(project, client_manager)
    OutboxMessage.objects.filter(pk=message.pk).update(state=State.DEAD)
    put_in_outbox(
        project=project,
        recipients=[client_manager],
        kind="terms_changed",
        data={"fields": [], "by": "Clara"},
        channels=["in_app"],
        audience="both",
        dedupe="unread",
    )
    assert forget_old_messages(timezone.now() + dt.timedelta(days=200)) == 0
    assert forget_old_messages(timezone.now() + dt.timedelta(days=400)) == 1
