"""What the product told a user in the product itself. Sending has no part in it: it is there with the commit."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Value
from django.utils import timezone

from accounts.models import User
from core.kept_query import KeptQuery
from projects.access import told_to
from projects.messages import KINDS, Reader, Wording
from projects.models import OutboxMessage
from projects.outbox import word_all


def messages_of(user: Any, now: dt.datetime | None = None, today: dt.date | None = None) -> QuerySet[OutboxMessage]:
    """The user's own messages whose time has come, of what they may still be told, newest first."""
    now = now or timezone.now()
    return (
        OutboxMessage.objects.filter(
            _still_told(Reader(user, now, today or now.date())),
            recipient=user,
            channel=OutboxMessage.Channel.IN_APP,
            due_at__lte=now,
        )
        .select_related("project")
        .order_by("-due_at", "-pk")
    )


def _still_told(reader: Reader) -> Q:
    """What ``word_all`` would ask of each message, as a condition: a message that is withheld is not counted either."""
    kinds, kept = defaultdict(list), defaultdict(list)
    for name, kind in KINDS.items():
        kinds[kind.capability].append(name)
        kept[kind.stands].append(name)
    # Each condition once for all kinds that share it: the database plans it anew with every question.
    conditions = [(names, stands(reader)) for stands, names in kept.items()]
    gone = Q(*(Q(kind__in=names) & ~condition for names, condition in conditions if condition), _connector=Q.OR)
    return told_to(reader.user, kinds, reader.today) & ~gone


def unread_of(user: Any, now: dt.datetime | None = None, today: dt.date | None = None) -> QuerySet[OutboxMessage]:
    """Those of ``messages_of`` that nobody has opened."""
    return messages_of(user, now, today).filter(read_at__isnull=True)


UNREAD: Final = KeptQuery(
    lambda user_id, now, today: (
        unread_of(User(pk=user_id), now, today)
        .order_by()
        .annotate(all=Value(1))
        .values("all")
        .annotate(count=Count("pk"))
        .values_list("count")
    ),
    user_id=int,
    now=dt.datetime,
    today=dt.date,
)


def count_unread(user: Any, now: dt.datetime) -> int:
    """How many those are, for what open pages ask every few seconds."""
    rows = UNREAD.rows(user_id=user.pk, now=now, today=now.date())
    return int(rows[0][0]) if rows else 0


@dataclass(frozen=True)
class InboxLine:
    """A message as the inbox shows it."""

    message: OutboxMessage
    wording: Wording


def inbox_lines(user: User, messages: list[OutboxMessage]) -> list[InboxLine]:
    """The worded messages; one whose matter the reader may no longer see is left out."""
    wordings = word_all(user, messages)
    return [InboxLine(message, wording) for message, wording in zip(messages, wordings, strict=True) if wording]


def mark_read(message: OutboxMessage) -> None:
    """Note when a message was first opened."""
    OutboxMessage.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=timezone.now())


def mark_all_read(user: User) -> int:
    """Mark everything in the user's inbox as read. Returns how many were unread."""
    return unread_of(user).update(read_at=timezone.now())
