"""What is told to the programs of a side: a message for each of its webhooks that wants the kind."""

from collections.abc import Mapping
from typing import Any

from core.doorbell import ring
from projects.messages import KINDS, MessageKind
from projects.models import Project, Webhook, WebhookDelivery
from projects.roles import capabilities_of


def kinds_for_programs(side: str) -> dict[str, MessageKind]:
    """The kinds that a side may have told to its programs: what its managers read, alerts first."""
    held = capabilities_of(side, "manager")
    found = {kind: told for kind, told in KINDS.items() if told.for_programs and told.capability in held}
    return dict(sorted(found.items(), key=lambda one: one[1].capability != "view_alerts"))


def tell_programs(*, project: Project, side: str, kind: str, data: Mapping[str, Any], dedupe: str) -> int:
    """Write a message for each webhook of ``side`` that wants ``kind``, in the caller's transaction.

    ``dedupe`` names the event: each webhook is told once of it. Returns how many webhooks there are.
    """
    wanting = Webhook.objects.filter(project=project, side=side, ended_at=None, off_because="", kinds__contains=[kind])
    deliveries = [
        WebhookDelivery(
            project=project, webhook=webhook, kind=kind, data=dict(data), dedupe_key=f"{kind}:{dedupe}"[:200]
        )
        for webhook in wanting
    ]
    WebhookDelivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    if deliveries:
        ring("projects.send_to_programs")
    return len(deliveries)
