"""Programs are told what their side may see, signed, once, and by nobody's leave but their owner's."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings
from standardwebhooks import Webhook as Receiver
from standardwebhooks import WebhookVerificationError

from accounts.models import User
from core.errors import DomainError, StaleVersion
from core.models import IdempotencyKey
from core.sealing import unseal
from projects import actions
from projects.actions.webhooks import MOST_WEBHOOKS
from projects.models import Activity, Membership, OutboxMessage, Project, Webhook, WebhookDelivery
from projects.notifications import tell_other_side
from projects.outbox import RETRY_AFTER
from projects.webhook_secrets import PURPOSE
from projects.webhook_sending import LEASE, claim_due, event_name, send_claimed, send_due_to_programs
from tests.api_client import Program
from tests.web_listener import Listener, listening

pytestmark = pytest.mark.django_db

State = WebhookDelivery.State


@pytest.fixture
def listener(settings: Settings) -> Iterator[Listener]:
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with listening() as found:
        yield found


@pytest.fixture
def add(project: Project, listener: Listener) -> Callable[..., tuple[Webhook, str]]:
    def add(actor: User, side: str = "vendor", **fields: Any) -> tuple[Webhook, str]:
        wanted = {"url": listener.url, "kinds": ["terms_changed", "rates_changed"], **fields}
        return actions.add_webhook(actor=actor, project=project, side=side, **wanted)

    return add


@pytest.fixture
def tell(project: Project, client_manager: User) -> Callable[..., None]:
    """The client changes something, which the vendor is told."""

    def tell(kind: str = "terms_changed", dedupe: str = "1") -> None:
        tell_other_side(
            project=project, actor=client_manager, kind=kind, data={"fields": ["cap_minutes"]}, dedupe=dedupe
        )

    return tell


# ── What is posted ──────────────────────────────────────────────────────────────────────────────────
def test_a_message_is_signed_and_says_what_happened(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener, project: Project
) -> None:
    _webhook, secret = add(vendor_manager)
    tell()
    assert send_due_to_programs() == 1
    (asked,) = listener.asked
    told = Receiver(secret).verify(asked.body, dict(asked.headers))
    delivery = WebhookDelivery.objects.get()
    assert told == {
        "type": "terms.changed",
        "timestamp": delivery.created_at.isoformat(),
        "data": {
            "project": {"slug": project.slug, "name": "Berth booking"},
            "side": "vendor",
            "summary": "Berth booking: Clara Manager changed the terms",
            "address": f"http://127.0.0.1:8000{reverse('projects:terms_detail', args=[project.slug])}",
            "details": {"by": "Clara Manager"},
        },
    }
    assert asked.headers["webhook-id"] == f"msg_{delivery.uuid.hex}"
    assert (delivery.state, delivery.answer_status, delivery.body) == (State.SENT, 204, asked.body.decode())


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("alerts_raised", "alerts.raised"),
        ("change_request_signed", "change_request.signed"),
        ("commented", "commented"),
    ],
)
def test_events_are_named_as_programs_read_them(kind: str, name: str) -> None:
    assert event_name(kind) == name


def test_a_changed_body_does_not_verify(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener
) -> None:
    _webhook, secret = add(vendor_manager)
    tell()
    send_due_to_programs()
    (asked,) = listener.asked
    with pytest.raises(WebhookVerificationError):
        Receiver(secret).verify(asked.body.replace(b"Clara", b"Carla"), dict(asked.headers))


def test_an_event_is_posted_once_however_often_it_is_told(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener
) -> None:
    add(vendor_manager)
    tell()
    tell()
    tell(dedupe="2")
    send_due_to_programs()
    send_due_to_programs()
    assert len(listener.asked) == 2


def test_only_the_told_side_and_the_chosen_kinds_are_posted(
    add: Callable[..., Any],
    tell: Callable[..., None],
    vendor_manager: User,
    client_manager: User,
    listener: Listener,
) -> None:
    add(client_manager, side="client")
    add(vendor_manager, kinds=["rates_changed"])
    tell()
    assert send_due_to_programs() == 0
    assert listener.asked == []


def test_whoever_lost_their_place_tells_their_program_nothing(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener, project: Project
) -> None:
    """Written while they stood there, sent when they no longer do: it is withheld, and the webhook is off."""
    webhook, _secret = add(vendor_manager)
    tell()
    Membership.objects.filter(user=vendor_manager).update(ended_at=timezone.now())
    assert send_due_to_programs() == 0
    webhook.refresh_from_db()
    assert listener.asked == []
    assert WebhookDelivery.objects.get().state == State.WITHHELD
    assert webhook.off_because == Webhook.Off.OWNER_LEFT


def test_whoever_lost_the_right_tells_their_program_nothing(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener
) -> None:
    add(vendor_manager)
    tell()
    Membership.objects.filter(user=vendor_manager).update(role=Membership.Role.VIEWER)
    assert send_due_to_programs() == 0
    assert listener.asked == []


def test_what_was_withdrawn_meanwhile_is_withheld(
    add: Callable[..., Any], vendor_manager: User, client_manager: User, listener: Listener, project: Project
) -> None:
    add(vendor_manager, kinds=["commented"])
    comment = actions.add_comment(actor=client_manager, project=project, side="client", text="Hello")
    actions.withdraw_comment(actor=client_manager, comment=comment)
    assert send_due_to_programs() == 0
    assert WebhookDelivery.objects.get().state == State.WITHHELD
    assert listener.asked == []


def test_an_internal_note_is_told_to_no_program_of_the_other_side(
    add: Callable[..., Any], vendor_manager: User, client_manager: User, listener: Listener, project: Project
) -> None:
    add(vendor_manager, kinds=["commented"])
    own, _secret = add(client_manager, side="client", kinds=["commented"])
    actions.add_comment(actor=client_manager, project=project, side="client", text="Between us", audience="client")
    assert [delivery.webhook for delivery in WebhookDelivery.objects.all()] == [own]


# ── What goes wrong ─────────────────────────────────────────────────────────────────────────────────
def test_a_refusal_is_tried_again_under_the_same_id(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener
) -> None:
    add(vendor_manager)
    tell()
    listener.statuses = [500, 200]
    assert send_due_to_programs() == 0
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.answer_status, delivery.last_error) == (State.WAITING, 500, "HTTP 500")
    assert send_due_to_programs() == 0
    assert send_due_to_programs(timezone.now() + RETRY_AFTER[0] + dt.timedelta(seconds=5)) == 1
    first, second = listener.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


def test_after_three_days_of_failing_it_is_given_up_and_the_side_is_told(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener
) -> None:
    webhook, _secret = add(vendor_manager)
    tell()
    listener.statuses = [503]
    moment = timezone.now() + dt.timedelta(seconds=1)
    for wait in RETRY_AFTER:
        send_due_to_programs(moment)
        moment += wait + dt.timedelta(seconds=1)
    assert WebhookDelivery.objects.get().state == State.WAITING
    send_due_to_programs(moment)
    webhook.refresh_from_db()
    assert WebhookDelivery.objects.get().state == State.DEAD
    assert webhook.off_because == Webhook.Off.FAILING
    assert len(listener.asked) == len(RETRY_AFTER) + 1


def test_gone_switches_off_and_tells_the_side(
    add: Callable[..., Any],
    tell: Callable[..., None],
    vendor_manager: User,
    client_manager: User,
    listener: Listener,
    project: Project,
) -> None:
    webhook, _secret = add(vendor_manager)
    tell()
    listener.statuses = [410]
    send_due_to_programs()
    webhook.refresh_from_db()
    assert webhook.off_because == Webhook.Off.GONE
    told = OutboxMessage.objects.filter(kind="webhook_off")
    assert sorted(told.values_list("recipient", "channel", "audience")) == [
        (vendor_manager.pk, "in_app", "vendor"),
        (vendor_manager.pk, "mail", "vendor"),
    ]
    entry = Activity.objects.get(project=project, verb="webhook_fell_silent")
    assert (entry.actor, entry.audience, entry.data) == (None, "vendor", {"host": "127.0.0.1"})
    tell(dedupe="2")
    assert send_due_to_programs() == 0
    assert len(listener.asked) == 1


def test_a_program_that_is_down_is_asked_once_a_run_and_holds_up_no_other(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener
) -> None:
    with listening() as gone:
        pass
    add(vendor_manager, url=gone.url)
    add(vendor_manager)
    for number in range(3):
        tell(dedupe=str(number))
    assert send_due_to_programs() == 3
    tried = WebhookDelivery.objects.filter(state=State.WAITING).order_by("-attempts").values_list("attempts", flat=True)
    assert list(tried) == [1, 0, 0]


def test_a_claimed_message_is_nobody_elses(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User
) -> None:
    add(vendor_manager)
    tell()
    now = timezone.now() + dt.timedelta(seconds=1)
    assert len(claim_due(now)) == 1
    assert claim_due(now) == []
    assert len(claim_due(now + LEASE + dt.timedelta(seconds=1))) == 1


def test_a_late_failure_leaves_another_workers_lease_alone(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener
) -> None:
    add(vendor_manager)
    tell()
    now = timezone.now() + dt.timedelta(seconds=1)
    (slow,) = claim_due(now)
    (other,) = claim_due(now + LEASE + dt.timedelta(seconds=1))
    listener.statuses = [500]
    send_claimed(slow, now)
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.leased_until) == (State.WAITING, other.leased_until)


def test_the_guard_refuses_this_machine(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener, settings: Settings
) -> None:
    """What resolves to a private network is refused when it is asked; the log says so."""
    add(vendor_manager)
    tell()
    settings.WEBHOOK_ALLOWED_NETWORKS = []
    assert send_due_to_programs() == 0
    assert listener.asked == []
    assert WebhookDelivery.objects.get().last_error == "127.0.0.1 is an address of a private network"


# ── Secrets ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_secret_is_sealed_in_the_database(add: Callable[..., Any], vendor_manager: User) -> None:
    webhook, secret = add(vendor_manager)
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in webhook.sealed_secret
    assert unseal(webhook.sealed_secret, PURPOSE) == secret


def test_both_secrets_sign_for_a_day(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener
) -> None:
    webhook, old = add(vendor_manager)
    new = actions.change_webhook_secret(actor=vendor_manager, webhook=webhook)
    tell()
    send_due_to_programs()
    both = listener.asked.pop()
    for secret in (old, new):
        Receiver(secret).verify(both.body, dict(both.headers))
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25), tick=False):
        tell(dedupe="later")
        send_due_to_programs(timezone.now())
        later = listener.asked.pop()
        Receiver(new).verify(later.body, dict(later.headers))
        with pytest.raises(WebhookVerificationError):
            Receiver(old).verify(later.body, dict(later.headers))


# ── What people do ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/",
        "ftp://hooks.example/",
        "https://",
        "https://user:word@hooks.example/",
        "https://hooks.example:25/",
        "https://hooks.example:x/",
        "javascript:alert(1)",
        "https://127.0.0.1/told",
        "https://10.1.2.3:8443/",
        "https://[::1]/",
        "https://[::ffff:192.168.0.1]/",
        "https://localhost/",
    ],
)
def test_addresses_that_are_none_are_refused(project: Project, client_manager: User, url: str) -> None:
    with pytest.raises(DomainError) as refused:
        actions.add_webhook(actor=client_manager, project=project, side="client", url=url, kinds=["terms_changed"])
    assert (refused.value.code, refused.value.field) == ("webhook_address", "url")


@pytest.mark.parametrize("kinds", [[], ["mentioned"], ["confirmation_asked"], ["nothing"]])
def test_kinds_that_no_program_is_told_are_refused(project: Project, client_manager: User, kinds: list[str]) -> None:
    with pytest.raises(DomainError) as refused:
        actions.add_webhook(
            actor=client_manager, project=project, side="client", url="https://hooks.example/", kinds=kinds
        )
    assert refused.value.code == "webhook_kinds"


def test_a_side_has_ten_at_most(add: Callable[..., Any], vendor_manager: User) -> None:
    for _number in range(MOST_WEBHOOKS):
        add(vendor_manager)
    with pytest.raises(DomainError) as refused:
        add(vendor_manager)
    assert refused.value.code == "too_many_webhooks"


def test_two_editors_do_not_overwrite_each_other(add: Callable[..., Any], vendor_manager: User) -> None:
    webhook, _secret = add(vendor_manager)
    mine, theirs = Webhook.objects.get(pk=webhook.pk), Webhook.objects.get(pk=webhook.pk)
    change = {"url": webhook.url, "expected_version": 1}
    actions.change_webhook(actor=vendor_manager, webhook=theirs, kinds=["rates_changed"], **change)
    with pytest.raises(StaleVersion):
        actions.change_webhook(actor=vendor_manager, webhook=mine, kinds=["terms_changed"], **change)


def test_switched_on_by_a_colleague_it_is_theirs(
    add: Callable[..., Any], vendor_manager: User, vendor_viewer: User
) -> None:
    webhook, _secret = add(vendor_manager)
    actions.switch_webhook_off(actor=vendor_manager, webhook=webhook, because=Webhook.Off.BY_HAND)
    actions.switch_webhook_on(actor=vendor_viewer, webhook=webhook)
    webhook.refresh_from_db()
    assert (webhook.owner, webhook.off_because, webhook.off_at) == (vendor_viewer, "", None)


def test_removed_it_takes_no_more_and_keeps_no_secret(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener
) -> None:
    webhook, _secret = add(vendor_manager)
    tell()
    actions.end_webhook(actor=vendor_manager, webhook=webhook)
    assert send_due_to_programs() == 0
    webhook.refresh_from_db()
    assert (webhook.sealed_secret, webhook.sealed_previous_secret) == ("", "")
    assert listener.asked == []


def test_a_message_is_sent_again_by_hand_under_the_same_id(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User, listener: Listener
) -> None:
    add(vendor_manager)
    tell()
    send_due_to_programs()
    actions.send_delivery_again(delivery=WebhookDelivery.objects.get())
    assert send_due_to_programs() == 1
    assert len({asked.headers["webhook-id"] for asked in listener.asked}) == 1
    assert len(listener.asked) == 2


def test_a_message_that_a_worker_holds_is_not_sent_again_by_hand(
    add: Callable[..., Any], tell: Callable[..., None], vendor_manager: User
) -> None:
    add(vendor_manager)
    tell()
    (held,) = claim_due(timezone.now() + dt.timedelta(seconds=1))
    with pytest.raises(DomainError):
        actions.send_delivery_again(delivery=held)


# ── Pages and API ───────────────────────────────────────────────────────────────────────────────────
def test_the_page_shows_the_secret_once(
    project: Project, client_manager: User, sign_in: Callable[[User], Client]
) -> None:
    browser = sign_in(client_manager)
    path = reverse("projects:webhook_add", args=[project.slug])
    assert "alerts_raised" in browser.get(path).content.decode()
    shown = browser.post(path, {"url": "https://hooks.example/a", "kinds": ["terms_changed"]}).content.decode()
    webhook = Webhook.objects.get()
    secret = unseal(webhook.sealed_secret, PURPOSE)
    assert secret in shown
    detail = reverse("projects:webhook_detail", args=[project.slug, webhook.uuid])
    for path in (detail, reverse("projects:webhook_list", args=[project.slug])):
        assert secret not in browser.get(path).content.decode()


def test_the_page_tries_and_shows_the_answer(
    add: Callable[..., Any],
    project: Project,
    vendor_manager: User,
    sign_in: Callable[[User], Client],
    listener: Listener,
) -> None:
    webhook, _secret = add(vendor_manager)
    browser = sign_in(vendor_manager)
    where = [project.slug, webhook.uuid]
    browser.post(reverse("projects:webhook_test", args=where))
    send_due_to_programs()
    assert json.loads(listener.asked[0].body)["type"] == "webhook.test"
    page = browser.get(reverse("projects:webhook_detail", args=where)).content.decode()
    assert "webhook.test" in page
    assert '<span class="key">204</span>' in page


def test_the_other_sides_webhooks_are_nowhere(
    add: Callable[..., Any], project: Project, vendor_manager: User, client_manager: User, sign_in: Callable[..., Any]
) -> None:
    webhook, _secret = add(vendor_manager)
    browser = sign_in(client_manager)
    assert browser.get(reverse("projects:webhook_detail", args=[project.slug, webhook.uuid])).status_code == 404
    assert "127.0.0.1" not in browser.get(reverse("projects:webhook_list", args=[project.slug])).content.decode()
    activity = browser.get(reverse("status:activity_list", args=[project.slug])).content.decode()
    assert "had the messages of this project posted" not in activity


def test_lists_cost_the_same_with_many(
    add: Callable[..., Any],
    tell: Callable[..., None],
    project: Project,
    vendor_manager: User,
    sign_in: Callable[[User], Client],
    django_assert_num_queries: Any,
) -> None:
    webhook, _secret = add(vendor_manager)
    browser = sign_in(vendor_manager)
    paths = [
        reverse("projects:webhook_list", args=[project.slug]),
        reverse("projects:webhook_detail", args=[project.slug, webhook.uuid]),
    ]
    for count in (1, 7):
        for number in range(count):
            tell(dedupe=f"{count}-{number}")
        for path, queries in zip(paths, QUERIES, strict=True):
            browser.get(path)
            with django_assert_num_queries(queries):
                browser.get(path)
        for _number in range(count):
            add(vendor_manager)


QUERIES = (8, 10)


def test_the_api_makes_one_and_keeps_no_secret_for_repeats(
    program: Program, project: Project, vendor_manager: User
) -> None:
    client = program(vendor_manager)
    path = reverse("api:webhook_list", args=[project.slug])
    sent = {"url": "https://hooks.example/a", "kinds": ["terms_changed"]}
    refused = client.post(path, sent, Idempotency_Key="once")
    assert refused.status_code == 422
    made = client.post(path, sent)
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("whsec_")
    assert IdempotencyKey.objects.count() == 0
    assert "secret" not in client.get(made["Location"]).json()
