"""What the pages of webhooks show."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet

from projects.access import Standing
from projects.actions.webhooks import TEST, host_of
from projects.models import Webhook, WebhookDelivery
from projects.telling_programs import kinds_for_programs
from projects.webhook_sending import event_name

State = WebhookDelivery.State


def webhooks_of(standing: Standing) -> QuerySet[Webhook]:
    """Those of the reader's side that have not been removed, with how they do. One query."""
    return (
        Webhook.objects.filter(project=standing.project, side=standing.side, ended_at=None)
        .select_related("owner", "project")
        .annotate(
            waiting_count=Count("deliveries", filter=Q(deliveries__state=State.WAITING)),
            dead_count=Count("deliveries", filter=Q(deliveries__state=State.DEAD)),
            last_sent_at=Max("deliveries__sent_at"),
        )
        .order_by("pk")
    )


@dataclass(frozen=True)
class WebhookLine:
    """A webhook as the pages show it: never with more of its address than the machine, where many may look over."""

    webhook: Webhook
    host: str
    told_of: list[str]

    @classmethod
    def of(cls, webhook: Webhook) -> "WebhookLine":
        names = kinds_for_programs(webhook.side)
        return cls(
            webhook, host_of(webhook.url), [str(told.name) for kind, told in names.items() if kind in webhook.kinds]
        )


def deliveries_of(webhook: Webhook) -> QuerySet[WebhookDelivery]:
    """Every message to it that is still kept, the newest first."""
    return WebhookDelivery.objects.filter(webhook=webhook).order_by("-created_at", "-pk")


@dataclass(frozen=True)
class DeliveryLine:
    """A message in the log: what it tells, what was answered, and whether it can be posted again."""

    delivery: WebhookDelivery
    event: str
    is_test: bool
    can_be_sent: bool
    answered_after: dt.timedelta | None

    @classmethod
    def of(cls, delivery: WebhookDelivery) -> "DeliveryLine":
        milliseconds = delivery.answer_milliseconds
        return cls(
            delivery,
            event_name(delivery.kind),
            delivery.kind == TEST,
            delivery.state != State.WAITING or delivery.attempts > 0,
            dt.timedelta(milliseconds=milliseconds) if milliseconds is not None else None,
        )
