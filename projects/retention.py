"""How long messages are kept: what has left, or never will, for ninety days; what somebody has not read, for a year."""

import datetime as dt
from typing import Final

from django.db.models import Q

from core.clock import database_now
from core.models import Letter
from projects.models import OutboxMessage

SENT_IS_KEPT: Final = dt.timedelta(days=90)
UNREAD_IS_KEPT: Final = dt.timedelta(days=365)


def forget_old_messages(now: dt.datetime | None = None) -> int:
    """Delete messages and letters whose time is over. Returns how many. What waits or was given up stays."""
    now = now or database_now()
    state = OutboxMessage.State
    done = Q(state__in=[state.SENT, state.WITHHELD, state.DISCARDED])
    unread = Q(channel=OutboxMessage.Channel.IN_APP, read_at=None)
    old = OutboxMessage.objects.filter(
        done & ~unread & Q(due_at__lt=now - SENT_IS_KEPT) | done & unread & Q(due_at__lt=now - UNREAD_IS_KEPT)
    )
    letters = Letter.objects.filter(state=Letter.State.SENT, sent_at__lt=now - SENT_IS_KEPT)
    return old.delete()[0] + letters.delete()[0]
