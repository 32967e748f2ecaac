"""How long messages are kept: what has left, or never will, for ninety days; what somebody has not read, for a year.

Messages to programs go after ninety days too, those that were given up among them.
"""

import datetime as dt
from typing import Final

from django.db.models import Q

from core.clock import database_now
from core.models import Letter
from projects.models import OutboxMessage, WebhookDelivery

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
    posted = WebhookDelivery.objects.exclude(state=WebhookDelivery.State.WAITING)
    return old.delete()[0] + letters.delete()[0] + posted.filter(created_at__lt=now - SENT_IS_KEPT).delete()[0]
