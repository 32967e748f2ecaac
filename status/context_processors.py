"""What the bar on top shows of each reader."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from status.queries import counts_for


@dataclass(frozen=True)
class Navigation:
    """``waiting_count`` things wait for the reader, ``unread_count`` messages are new."""

    waiting_count: int
    unread_count: int
    demo: bool


def navigation(request: HttpRequest) -> dict[str, object]:
    """``navigation``, counted in one query when a page asks for it; nothing is asked for who is not signed in."""
    return {"navigation": SimpleLazyObject(lambda: _navigation(request))}


def _navigation(request: HttpRequest) -> Navigation:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Navigation(0, 0, settings.DEMO)
    counts = counts_for(user, timezone.now())
    return Navigation(counts["waiting"], counts["unread"], settings.DEMO)
