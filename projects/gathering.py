"""Several events of one kind within a short while become one message, so that a busy hour is no flood.

In the inbox an event joins the message of its kind as long as that is unread and fresh. A mail waits a minute before it
leaves, and takes along what comes meanwhile.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import User
from projects.models import ObjectRef, OutboxMessage, Project

FRESH_FOR: Final = dt.timedelta(minutes=10)
MAIL_WAITS: Final = dt.timedelta(minutes=1)
# What a message can still be read with; further events begin another one.
MOST_EVENTS: Final = 50


def events_of(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a message tells of, in the order in which it happened; a message that gathers nothing is its own event."""
    return list(data.get("events", ())) or [data]


def gather(
    *,
    project: Project,
    ref: ObjectRef | None,
    recipients: Iterable[User],
    kind: str,
    audience: str,
    channel: str,
    data: Mapping[str, Any],
) -> set[int]:
    """Let the event of ``data`` join what is still open to each of ``recipients``. The keys of those whom it reached.

    Only what the same person did joins: a message names who did it. A mail that a worker holds is left alone.
    """
    (event,) = data["events"]
    reached = set()
    for message in _open(project, ref, kind, audience, channel).filter(
        recipient__in=[recipient.pk for recipient in recipients], data__by=data["by"]
    ):
        known = events_of(message.data)
        if len(known) >= MOST_EVENTS or message.recipient_id in reached:
            continue
        reached.add(message.recipient_id)
        if event["key"] not in [one.get("key") for one in known]:
            message.data = {**message.data, "events": [*known, event]}
            # The inbox sorts by it; a mail keeps its time, or it would wait for ever.
            when = {"due_at": Now()} if channel == OutboxMessage.Channel.IN_APP else {}
            OutboxMessage.objects.filter(pk=message.pk).update(data=message.data, **when)
    return reached


def _open(project: Project, ref: ObjectRef | None, kind: str, audience: str, channel: str) -> QuerySet[OutboxMessage]:
    found = OutboxMessage.objects.select_for_update(of=("self",)).filter(
        project=project, ref=ref, kind=kind, audience=audience, channel=channel
    )
    if channel == OutboxMessage.Channel.IN_APP:
        found = found.filter(read_at=None, due_at__gt=Now() - FRESH_FOR)
    else:
        found = found.filter(state=OutboxMessage.State.WAITING, leased_until=None, attempts=0, due_at__gt=Now())
    # The newest first, and everybody's in one order, so that two writers never wait for each other.
    return found.order_by("recipient_id", "-pk")
