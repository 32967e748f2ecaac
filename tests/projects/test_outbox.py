"""Messages are told once, to whoever may still see them, however often a worker dies on the way."""

import datetime as dt
import smtplib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import User
from core.post_office import PostOffice
from projects.actions import end_membership
from projects.messages import KINDS, Telling, Wording, register_message
from projects.models import Membership, OutboxMessage, Project
from projects.outbox import (
    LEASE,
    LONGEST_WAIT_FOR_SERVER,
    RETRY_AFTER,
    claim_due,
    put_in_outbox,
    send_claimed,
    send_due,
)

pytestmark = pytest.mark.django_db

State = OutboxMessage.State


def word_greeting(tellings: Sequence[Telling]) -> list[Wording | None]:
    zone = timezone.get_current_timezone_name()
    return [
        None
        if telling.data.get("gone")
        else Wording(f"Hello {telling.standing.user.name}", f"It is {zone}.", f"<p>It is {zone}.</p>", "/")
        for telling in tellings
    ]


@pytest.fixture(autouse=True)
def greeting() -> Iterator[None]:
    register_message("greeting", word_greeting)
    yield
    del KINDS["greeting"]


@pytest.fixture
def put(project: Project) -> Callable[..., int]:
    def put(recipient: User, **fields: Any) -> int:
        return put_in_outbox(
            **{
                "project": project,
                "recipients": [recipient],
                "kind": "greeting",
                "data": {},
                "channels": ["mail"],
                "audience": "both",
                "dedupe": "greeting-1",
                **fields,
            }
        )

    return put


def test_a_message_is_sent_and_kept_as_sent(put: Callable[..., int], client_manager: User) -> None:
    put(client_manager)
    assert send_due() == 1
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == ([client_manager.email], f"Hello {client_manager.name}")
    kept = OutboxMessage.objects.get()
    assert (kept.state, kept.subject, kept.text) == (State.SENT, sent.subject, sent.body)


def test_it_speaks_in_the_time_zone_of_its_reader(put: Callable[..., int], client_manager: User) -> None:
    User.objects.filter(pk=client_manager.pk).update(time_zone="Asia/Kathmandu")
    put(client_manager)
    send_due()
    assert mail.outbox[0].body == "It is Asia/Kathmandu."


def test_the_same_event_is_told_once(put: Callable[..., int], client_manager: User) -> None:
    assert put(client_manager) == 1
    assert put(client_manager) == 0
    send_due()
    assert send_due() == 0
    assert len(mail.outbox) == 1


def test_the_inbox_has_it_with_the_commit(put: Callable[..., int], client_manager: User) -> None:
    put(client_manager, channels=["in_app"])
    assert OutboxMessage.objects.get().state == State.SENT
    assert send_due() == 0


def test_it_waits_until_it_is_due(put: Callable[..., int], client_manager: User) -> None:
    put(client_manager, due_at=timezone.now() + dt.timedelta(hours=1))
    assert send_due() == 0
    assert send_due(now=timezone.now() + dt.timedelta(hours=1, seconds=1)) == 1


def test_who_left_is_told_nothing_but_that(put: Callable[..., int], vendor_manager: User, client_manager: User) -> None:
    put(vendor_manager)
    end_membership(actor=client_manager, membership=Membership.objects.get(user=vendor_manager))
    assert send_due() == 1
    assert [sent.subject for sent in mail.outbox] == ["Berth booking: Clara Manager ended your part in this project"]
    assert OutboxMessage.objects.get(kind="greeting").state == State.WITHHELD


def test_one_side_is_not_told_what_the_other_keeps(put: Callable[..., int], vendor_manager: User) -> None:
    put(vendor_manager, audience="client")
    assert send_due() == 0
    assert OutboxMessage.objects.get().state == State.WITHHELD


def test_who_lost_the_capability_is_told_nothing(put: Callable[..., int], client_finance: User) -> None:
    put(client_finance)
    assert send_due() == 0
    assert OutboxMessage.objects.get().state == State.WITHHELD


def test_what_nobody_may_see_any_more_is_withheld(put: Callable[..., int], client_manager: User) -> None:
    put(client_manager, data={"gone": True})
    assert send_due() == 0
    assert OutboxMessage.objects.get().state == State.WITHHELD


def test_a_claimed_message_is_nobody_elses(put: Callable[..., int], client_manager: User) -> None:
    put(client_manager)
    assert len(claim_due()) == 1
    assert claim_due() == []
    assert send_due() == 0


def test_a_dead_workers_lease_runs_out(put: Callable[..., int], client_manager: User) -> None:
    put(client_manager)
    claim_due()
    assert send_due(now=timezone.now() + LEASE + dt.timedelta(seconds=1)) == 1
    assert len(mail.outbox) == 1


def test_a_worker_whose_clock_is_ahead_takes_nobodys_message(put: Callable[..., int], client_manager: User) -> None:
    """Leases run by the database's clock, which all workers share."""
    put(client_manager)
    claim_due()
    with time_machine.travel(timezone.now() + 10 * LEASE):
        assert send_due() == 0


def test_a_message_leaves_although_the_clock_of_who_wrote_it_is_ahead(
    put: Callable[..., int], client_manager: User
) -> None:
    with time_machine.travel(timezone.now() + dt.timedelta(hours=3)):
        put(client_manager)
    assert send_due() == 1


class RefusingBackend(EmailBackend):
    """A mail server that knows no such address. Tests of the outbox run against it by settings."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such box")})


class AbsentBackend(EmailBackend):
    """A mail server that is not there; counts how often it was asked."""

    asked = 0

    def open(self) -> bool:
        AbsentBackend.asked += 1
        raise ConnectionRefusedError("no mail today")


class ChokingBackend(EmailBackend):
    """A mail server that breaks down over one mail and takes all others."""

    def send_messages(self, messages: Any) -> int:
        if "choke" in messages[0].body:
            raise smtplib.SMTPServerDisconnected("gone")
        return int(super().send_messages(messages))


REFUSING, ABSENT, CHOKING = (f"{__name__}.{name}Backend" for name in ("Refusing", "Absent", "Choking"))


def test_a_refusal_is_written_down_and_tried_again(
    put: Callable[..., int], client_manager: User, settings: Any
) -> None:
    put(client_manager)
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = REFUSING
    assert send_due() == 0
    waiting = OutboxMessage.objects.get()
    assert (waiting.state, waiting.attempts, waiting.last_error) == (
        State.WAITING,
        1,
        "SMTPRecipientsRefused: {'clara.manager@example.com': (550, b'no such box')}",
    )
    settings.EMAIL_BACKEND = backend
    assert send_due() == 0
    assert send_due(now=timezone.now() + RETRY_AFTER[0] + dt.timedelta(seconds=1)) == 1
    assert OutboxMessage.objects.get().state == State.SENT


def test_after_three_days_it_is_given_up_where_people_see_it(
    put: Callable[..., int], client_manager: User, settings: Any
) -> None:
    settings.EMAIL_BACKEND = REFUSING
    put(client_manager)
    started = now = timezone.now()
    for wait in (*RETRY_AFTER, dt.timedelta()):
        send_due(now=now)
        now += wait + dt.timedelta(seconds=1)
    dead = OutboxMessage.objects.get(channel="mail")
    assert (dead.state, dead.attempts) == (State.DEAD, len(RETRY_AFTER) + 1)
    assert dt.timedelta(days=2, hours=20) < now - started < dt.timedelta(days=3, hours=4)


def test_one_message_that_fails_holds_up_no_other(
    put: Callable[..., int], client_manager: User, client_approver: User
) -> None:
    put(client_manager, kind="greeting", dedupe="a")
    OutboxMessage.objects.update(kind="nobody knows this kind")
    put(client_approver, dedupe="b")
    assert send_due() == 1
    assert mail.outbox[0].to == [client_approver.email]


def test_the_same_message_has_the_same_id_at_each_attempt(put: Callable[..., int], client_manager: User) -> None:
    put(client_manager)
    send_due()
    OutboxMessage.objects.update(state=State.WAITING)
    send_due()
    first, second = (sent.extra_headers["Message-ID"] for sent in mail.outbox)
    assert first == second


def test_texts_are_worded_when_sent(put: Callable[..., int], client_manager: User) -> None:
    """What is stored is data, so that a message can still be worded in another language when it is sent."""
    put(client_manager, data={"count": 3})
    assert OutboxMessage.objects.get().data == {"count": 3}
    assert OutboxMessage.objects.get().text == ""


def test_a_late_failure_leaves_another_workers_lease_alone(
    put: Callable[..., int], client_manager: User, settings: Any
) -> None:
    put(client_manager)
    (mine,) = claim_due()
    (theirs,) = claim_due(now=timezone.now() + LEASE + dt.timedelta(seconds=1))
    settings.EMAIL_BACKEND = REFUSING
    with PostOffice() as post_office:
        send_claimed(mine, post_office)
    assert OutboxMessage.objects.get().leased_until == theirs.leased_until


# ── A mail server that is down ──────────────────────────────────────────────────────────────────────
def test_a_server_that_is_down_is_asked_once_a_run(
    put: Callable[..., int], client_manager: User, settings: Any
) -> None:
    for number in range(12):
        put(client_manager, dedupe=f"greeting-{number}")
    settings.EMAIL_BACKEND, AbsentBackend.asked = ABSENT, 0
    assert send_due() == 0
    assert AbsentBackend.asked == 1
    # Only the one that found out was tried; the others lose nothing of their three days.
    assert sorted(OutboxMessage.objects.values_list("attempts", flat=True)) == [0] * 11 + [1]


def test_what_waited_for_the_server_leaves_as_soon_as_it_takes_mails_again(
    put: Callable[..., int], client_manager: User, settings: Any
) -> None:
    working = settings.EMAIL_BACKEND
    for number in range(3):
        put(client_manager, dedupe=f"greeting-{number}")
    settings.EMAIL_BACKEND = ABSENT
    send_due()
    OutboxMessage.objects.update(due_at=timezone.now() + dt.timedelta(minutes=14))
    settings.EMAIL_BACKEND = working
    put(client_manager, dedupe="a later one")
    assert send_due() == 1
    assert send_due() == 3


def test_a_server_that_was_down_for_hours_is_asked_again_within_a_quarter_of_an_hour(
    put: Callable[..., int], client_manager: User, settings: Any
) -> None:
    put(client_manager)
    settings.EMAIL_BACKEND = ABSENT
    now = timezone.now()
    waits = []
    for _number in range(10):
        send_due(now=now)
        waits.append(OutboxMessage.objects.get(channel="mail").due_at - now)
        now = OutboxMessage.objects.get(channel="mail").due_at
    assert waits[-1] == LONGEST_WAIT_FOR_SERVER
    assert OutboxMessage.objects.get(channel="mail").state == State.WAITING
    send_due(now=now + dt.timedelta(days=3))
    assert OutboxMessage.objects.get(channel="mail").state == State.DEAD


def test_a_mail_that_breaks_the_server_holds_up_no_other(
    put: Callable[..., int], client_manager: User, client_approver: User, settings: Any
) -> None:
    register_message("choking", lambda tellings: [Wording("choke", "choke", "choke", "/") for _ in tellings])
    try:
        put(client_manager, kind="choking", dedupe="first")
        put(client_approver, dedupe="second")
        settings.EMAIL_BACKEND = CHOKING
        now = timezone.now()
        send_due(now=now)
        send_due(now=now + RETRY_AFTER[0])
        assert [sent.to for sent in mail.outbox] == [[client_approver.email]]
    finally:
        del KINDS["choking"]
