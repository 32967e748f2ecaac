"""What people do to the webhooks of their side, and what the machine does to those that no longer work."""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.doorbell import ring
from core.errors import DomainError, StaleVersion
from core.outgoing import FIRST_FREE_PORT, HTTPS_PORT, may_be_asked
from core.versions import save_version
from projects.access import recipients
from projects.activity import record, register_sentences
from projects.audience import Audience, Side
from projects.models import Membership, OutboxMessage, Project, Webhook, WebhookDelivery
from projects.outbox import put_in_outbox
from projects.telling_programs import kinds_for_programs
from projects.webhook_secrets import new_secret

# Each alert is posted to all of them.
MOST_WEBHOOKS = 10
# So long the previous secret signs beside the new one.
PREVIOUS_HOLDS = dt.timedelta(hours=24)
TEST = "webhook_test"

register_sentences(
    {
        "webhook_added": gettext_lazy("had the messages of this project posted to %(host)s"),
        "webhook_changed": gettext_lazy("changed the webhook to %(host)s"),
        "webhook_secret_changed": gettext_lazy("made a new secret for the webhook to %(host)s"),
        "webhook_switched_on": gettext_lazy("switched the webhook to %(host)s on"),
        "webhook_switched_off": gettext_lazy("switched the webhook to %(host)s off"),
        "webhook_fell_silent": gettext_lazy("switched the webhook to %(host)s off: its messages do not get through"),
        "webhook_ended": gettext_lazy("removed the webhook to %(host)s"),
    },
    seen_with="view_webhooks",
)


@transaction.atomic
def add_webhook(*, actor: User, project: Project, side: str, url: str, kinds: Sequence[str]) -> tuple[Webhook, str]:
    """A new webhook of ``side``, and its secret, which cannot be shown again."""
    refuse_address(url)
    _refuse_kinds(side, kinds)
    # Two at once wait for each other here, so that the limit holds.
    Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if Webhook.objects.filter(project=project, side=side, ended_at=None).count() >= MOST_WEBHOOKS:
        raise DomainError(
            _("More than %(limit)s webhooks are not possible. Remove one that nobody needs.")
            % {"limit": MOST_WEBHOOKS},
            code="too_many_webhooks",
        )
    text, sealed = new_secret()
    webhook = Webhook.objects.create(
        project=project, side=side, url=url, kinds=sorted(kinds), owner=actor, sealed_secret=sealed
    )
    _note("webhook_added", webhook, actor)
    return webhook, text


@transaction.atomic
def change_webhook(*, actor: User, webhook: Webhook, url: str, kinds: Sequence[str], expected_version: int) -> Webhook:
    """Another address, or other kinds. Raises StaleVersion when somebody saved first."""
    refuse_address(url)
    _refuse_kinds(webhook.side, kinds)
    _refuse_ended(webhook)
    if expected_version != webhook.version:
        raise StaleVersion(
            _("Somebody else changed this in the meantime. Nothing of yours was saved yet."), current=webhook
        )
    wanted = {"url": url, "kinds": sorted(kinds)}
    if any(getattr(webhook, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(webhook, name, value)
        save_version(webhook, expected_version=expected_version, fields=list(wanted))
        _note("webhook_changed", webhook, actor)
    return webhook


@transaction.atomic
def change_webhook_secret(*, actor: User, webhook: Webhook) -> str:
    """A new secret, which cannot be shown again; the one so far signs too for a day."""
    locked = Webhook.objects.select_for_update().get(pk=webhook.pk)
    _refuse_ended(locked)
    text, sealed = new_secret()
    Webhook.objects.filter(pk=locked.pk).update(
        sealed_secret=sealed,
        sealed_previous_secret=locked.sealed_secret,
        previous_until=timezone.now() + PREVIOUS_HOLDS,
    )
    _note("webhook_secret_changed", locked, actor)
    return text


@transaction.atomic
def switch_webhook_on(*, actor: User, webhook: Webhook) -> None:
    """Post again from now on. Whoever switches it on answers for what it tells, and becomes its owner."""
    if (
        Webhook.objects.filter(pk=webhook.pk, ended_at=None)
        .exclude(off_because="")
        .update(off_because="", off_at=None, owner=actor)
    ):
        _note("webhook_switched_on", webhook, actor)


@transaction.atomic
def switch_webhook_off(*, webhook: Webhook, because: str, actor: User | None = None) -> None:
    """Post no more; what waits is withheld. Without an ``actor`` the machine does it, and tells the side's managers."""
    done = Webhook.objects.filter(pk=webhook.pk, ended_at=None, off_because="").update(
        off_because=because, off_at=Now()
    )
    if not done:
        return
    if actor is not None:
        _note("webhook_switched_off", webhook, actor)
        return
    _note("webhook_fell_silent", webhook, None)
    put_in_outbox(
        project=webhook.project,
        recipients=recipients(webhook.project, webhook.side, (Membership.Role.MANAGER,)),
        kind="webhook_off",
        data={"webhook": str(webhook.uuid), "host": host_of(webhook.url), "because": because},
        channels=[OutboxMessage.Channel.IN_APP, OutboxMessage.Channel.MAIL],
        audience=Audience(webhook.side),
        dedupe=f"webhook_off:{webhook.uuid}:{timezone.now().isoformat()}",
    )


@transaction.atomic
def end_webhook(*, actor: User, webhook: Webhook) -> None:
    """Remove it for good: nothing is posted any more, and its secrets are forgotten."""
    done = Webhook.objects.filter(pk=webhook.pk, ended_at=None).update(
        ended_at=Now(), sealed_secret="", sealed_previous_secret="", previous_until=None
    )
    if done:
        _note("webhook_ended", webhook, actor)


@transaction.atomic
def test_webhook(*, actor: User, webhook: Webhook) -> WebhookDelivery:
    """Post a message that says nothing, so that the receiver can be tried."""
    _refuse_silent(webhook)
    delivery = WebhookDelivery.objects.create(
        project=webhook.project,
        webhook=webhook,
        kind=TEST,
        data={"by": actor.name},
        dedupe_key=f"{TEST}:{timezone.now().isoformat()}",
    )
    ring("projects.send_to_programs")
    return delivery


@transaction.atomic
def send_delivery_again(*, delivery: WebhookDelivery) -> None:
    """Post a message once more, under the same id; the receiver may have lost it."""
    _refuse_silent(delivery.webhook)
    done = WebhookDelivery.objects.filter(pk=delivery.pk, leased_until=None).update(
        state=WebhookDelivery.State.WAITING, attempts=0, due_at=Now(), sent_at=None, last_error=""
    )
    if not done:
        raise DomainError(_("This message is being sent just now."), code="being_sent")
    ring("projects.send_to_programs")


# ── What is refused ─────────────────────────────────────────────────────────────────────────────────
def refuse_address(url: str) -> None:
    """What can be seen of an address by reading it; to where its name leads is looked at when it is asked."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise _refused_address(_("This is no address.")) from error
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOK_ALLOWED_NETWORKS):
        raise _refused_address(_("The address has to begin with https://, so that nobody reads along."))
    if not parts.hostname:
        raise _refused_address(_("The address names no machine."))
    if parts.username or parts.password:
        raise _refused_address(_("Leave name and password out of the address: every message is signed."))
    if port is not None and port != HTTPS_PORT and port < FIRST_FREE_PORT:
        raise _refused_address(_("The port has to be 443, or 1024 or more."))
    if not may_be_asked(parts.hostname):
        raise _refused_address(_("This is an address of a private network, which no message may reach."))


def _refused_address(message: str) -> DomainError:
    return DomainError(message, code="webhook_address", field="url")


def _refuse_kinds(side: str, kinds: Sequence[str]) -> None:
    if not kinds or set(kinds) - kinds_for_programs(side).keys():
        raise DomainError(_("Choose at least one thing that is told."), code="webhook_kinds", field="kinds")


def _refuse_ended(webhook: Webhook) -> None:
    if webhook.ended_at is not None:
        raise DomainError(_("This webhook has been removed."), code="webhook_ended")


def _refuse_silent(webhook: Webhook) -> None:
    if not Webhook.objects.filter(pk=webhook.pk, ended_at=None, off_because="").exists():
        raise DomainError(_("The webhook is off: switch it on first."), code="webhook_off")


def host_of(url: str) -> str:
    """The machine alone: the rest of an address may be a secret of its own."""
    return urlsplit(url).hostname or ""


def _note(verb: str, webhook: Webhook, actor: User | None) -> Any:
    return record(webhook.project, verb, actor=actor, audience=Audience(Side(webhook.side)), host=host_of(webhook.url))
