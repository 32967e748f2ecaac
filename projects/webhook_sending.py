"""Posting the messages to webhooks until they are taken.

As with the outbox a worker claims due rows for a lease and commits, asks once more what may be told, posts, marks. A
program that took a message and whose answer was lost gets it again, under the same id.
"""

import datetime as dt
import json
import logging
import zoneinfo
from enum import StrEnum
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone, translation
from standardwebhooks import Webhook as Signature

from core import outgoing
from core.clock import database_now
from projects.access import Standing, standings_to_be_told
from projects.actions import switch_webhook_off
from projects.messages import KINDS, MessageKind, Telling, Wording
from projects.models import Webhook, WebhookDelivery
from projects.outbox import RETRY_AFTER
from projects.webhook_secrets import secret_of

logger = logging.getLogger(__name__)

# Longer than a whole batch can take when every program hangs.
LEASE: Final = dt.timedelta(minutes=5)
# Few at once, and not for long: meanwhile the worker judges no alert.
BATCH: Final = 3
LONGEST_RUN: Final = dt.timedelta(seconds=20)
GONE: Final = 410


class Outcome(StrEnum):
    """What became of an attempt."""

    TAKEN = "taken"
    WITHHELD = "withheld"
    FAILED = "failed"


def claim_due(now: dt.datetime, limit: int = BATCH) -> list[WebhookDelivery]:
    """Take up to ``limit`` due messages for a lease. Two workers never hold the same one."""
    with transaction.atomic():
        claimed = list(
            WebhookDelivery.objects.due(now)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("webhook__owner", "project")
            # What was tried less comes first: a program that is down holds up no other.
            .order_by("attempts", "due_at", "pk")[:limit]
        )
        for delivery in claimed:
            delivery.leased_until = now + LEASE
            delivery.attempts += 1
        WebhookDelivery.objects.bulk_update(claimed, ["leased_until", "attempts"])
    return claimed


def send_due_to_programs(now: dt.datetime | None = None) -> int:
    """Post what is due, one message after the other. Returns how many were taken.

    A webhook that failed is not asked again in this run: what else waits for it is put off with it.
    """
    sent, began, down = 0, database_now(), set[int]()
    while claimed := claim_due(now or database_now()):
        for delivery in claimed:
            if delivery.webhook_id in down:
                _held(delivery).update(
                    due_at=(now or database_now()) + RETRY_AFTER[0], leased_until=None, attempts=delivery.attempts - 1
                )
            else:
                outcome = send_claimed(delivery, now)
                sent += outcome is Outcome.TAKEN
                if outcome is Outcome.FAILED:
                    down.add(delivery.webhook_id)
        if database_now() - began > LONGEST_RUN:
            # Beat rings again soon; meanwhile the worker may do something else.
            break
    return sent


def send_claimed(delivery: WebhookDelivery, now: dt.datetime | None = None) -> Outcome:
    """Post one claimed message and write down what became of it."""
    webhook, held = delivery.webhook, _held(delivery)
    try:
        body = body_of(delivery) if webhook.is_on else None
        if body is None:
            held.update(state=WebhookDelivery.State.WITHHELD, leased_until=None)
            return Outcome.WITHHELD
        sent_at = now or database_now()
        answer = outgoing.post(webhook.url, body=body.encode(), headers=headers_of(delivery, body, sent_at))
    except Exception as error:  # noqa: BLE001  (one bad message must not hold up the others; it is kept and shown)
        _put_off(delivery, held, str(error) or type(error).__name__, now or database_now(), None)
        return Outcome.FAILED
    if answer.is_success:
        held.update(
            state=WebhookDelivery.State.SENT,
            sent_at=now or Now(),
            leased_until=None,
            last_error="",
            body=body,
            **_answered(answer),
        )
        return Outcome.TAKEN
    held.update(body=body)
    if answer.status == GONE:
        if held.update(state=WebhookDelivery.State.DEAD, leased_until=None, last_error="410", **_answered(answer)):
            switch_webhook_off(webhook=webhook, because=Webhook.Off.GONE)
        return Outcome.FAILED
    _put_off(delivery, held, f"HTTP {answer.status}", now or database_now(), answer)
    return Outcome.FAILED


def body_of(delivery: WebhookDelivery) -> str | None:
    """The message as JSON, in its owner's language, of what they may still see; None when that is nothing."""
    webhook = delivery.webhook
    standing = standing_of(webhook)
    if standing is None:
        switch_webhook_off(webhook=webhook, because=Webhook.Off.OWNER_LEFT)
        return None
    telling = Telling(delivery.data, standing)
    with (
        translation.override(webhook.owner.locale),
        timezone.override(zoneinfo.ZoneInfo(webhook.owner.time_zone)),
    ):
        told = KINDS[delivery.kind]
        wording = told.write([telling])[0] if standing.can(told.capability) else None
        if wording is None:
            return None
        return json.dumps(_content(delivery, telling, told, wording), ensure_ascii=False)


def standing_of(webhook: Webhook) -> Standing | None:
    """Where its owner stands, if they may still have programs of the side told."""
    standing = standings_to_be_told(webhook.owner, {webhook.project_id}).get(webhook.project_id)
    if standing is None or standing.side != webhook.side or not standing.can("edit_webhooks"):
        return None
    return standing


def _content(delivery: WebhookDelivery, telling: Telling, told: MessageKind, wording: Wording) -> dict[str, Any]:
    project = telling.project
    return {
        "type": event_name(delivery.kind),
        "timestamp": delivery.created_at.isoformat(),
        "data": {
            "project": {"slug": project.slug, "name": project.name},
            "side": delivery.webhook.side,
            "summary": wording.subject,
            "address": settings.SITE_URL + wording.path,
            "details": told.details(telling),
        },
    }


def event_name(kind: str) -> str:
    """The kind as programs read it: alerts.raised."""
    return ".".join(part for part in kind.rpartition("_")[::2] if part)


def headers_of(delivery: WebhookDelivery, body: str, sent_at: dt.datetime) -> dict[str, str]:
    """As Standard Webhooks name them: who signed, when and what; by both secrets while the previous one holds."""
    webhook, name = delivery.webhook, f"msg_{delivery.uuid.hex}"
    sealed = [webhook.sealed_secret]
    if webhook.previous_until is not None and sent_at < webhook.previous_until:
        sealed.append(webhook.sealed_previous_secret)
    signatures = [Signature(secret_of(one)).sign(name, sent_at, body) for one in sealed]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Oversight",
        "webhook-id": name,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


# ── What became of it ───────────────────────────────────────────────────────────────────────────────
def _held(delivery: WebhookDelivery) -> QuerySet[WebhookDelivery]:
    """Finds nothing once the lease has run out: another worker has the message then."""
    return WebhookDelivery.objects.filter(
        pk=delivery.pk, state=WebhookDelivery.State.WAITING, leased_until=delivery.leased_until
    )


def _answered(answer: outgoing.Answer | None) -> dict[str, int | None]:
    return {
        "answer_status": answer.status if answer else None,
        "answer_milliseconds": answer.milliseconds if answer else None,
    }


def _put_off(
    delivery: WebhookDelivery,
    held: QuerySet[WebhookDelivery],
    reason: str,
    now: dt.datetime,
    answer: outgoing.Answer | None,
) -> None:
    logger.warning("message not taken", extra={"delivery_uuid": str(delivery.uuid), "error": reason})
    said = {"last_error": reason[:300], "leased_until": None, **_answered(answer)}
    if delivery.attempts <= len(RETRY_AFTER):
        held.update(due_at=now + RETRY_AFTER[delivery.attempts - 1], **said)
    elif held.update(state=WebhookDelivery.State.DEAD, **said):
        later = WebhookDelivery.objects.filter(webhook=delivery.webhook, sent_at__gt=delivery.created_at)
        if not later.exists():
            switch_webhook_off(webhook=delivery.webhook, because=Webhook.Off.FAILING)
