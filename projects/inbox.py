"""What the product told a user in the product itself. Sending has no part in it: it is there with the commit."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from projects.access import projects_visible_to
from projects.messages import Wording
from projects.models import OutboxMessage
from projects.outbox import word_all


def messages_of(user: Any) -> QuerySet[OutboxMessage]:
    """The user's own messages whose time has come, of the projects they still see, newest first."""
    return (
        OutboxMessage.objects.filter(
            recipient=user,
            channel=OutboxMessage.Channel.IN_APP,
            due_at__lte=timezone.now(),
            project__in=projects_visible_to(user),
        )
        .select_related("project")
        .order_by("-due_at", "-pk")
    )


def unread_of(user: Any) -> QuerySet[OutboxMessage]:
    """Those of ``messages_of`` that nobody has opened."""
    return messages_of(user).filter(read_at__isnull=True)


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
