"""What the bar on top shows of each reader."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from status.machine import DRIFT, FAILING, LATE, PUT_OFF
from status.queries import counts_for


@dataclass(frozen=True)
class Navigation:
    """``waiting_count`` things wait for the reader, ``unread_count`` messages are new.

    The others say what stands still: by how many minutes alerts are late, for how many mails have been refused, how
    many of the reader's projects cannot be judged and how many of their figures differ from their source.
    """

    demo: bool
    waiting_count: int = 0
    unread_count: int = 0
    late_minutes: int = 0
    mail_minutes: int = 0
    failing_count: int = 0
    drift_count: int = 0

    @property
    def has_trouble(self) -> bool:
        return any((self.late_minutes, self.mail_minutes, self.failing_count, self.drift_count))


def navigation(request: HttpRequest) -> dict[str, object]:
    """``navigation``, counted in one query when a page asks for it; nothing is asked for who is not signed in."""
    return {"navigation": SimpleLazyObject(lambda: _navigation(request))}


def _navigation(request: HttpRequest) -> Navigation:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Navigation(settings.DEMO)
    counts = counts_for(user, timezone.now())
    return Navigation(
        demo=settings.DEMO,
        waiting_count=counts["waiting"],
        unread_count=counts["unread"],
        late_minutes=_minutes(counts[LATE]),
        mail_minutes=_minutes(counts[PUT_OFF]),
        failing_count=counts[FAILING],
        drift_count=counts[DRIFT],
    )


def _minutes(seconds: int) -> int:
    """Whole minutes, and never none of something that lasts."""
    return -(-seconds // 60)
