"""How many requests a token or an address sends a minute, counted in PostgreSQL: exact across processes, no Redis.

DRF's own throttle reads a list of times from the cache, adds one and writes it back: two requests at once both read
the old list, and with the database as cache each one costs five statements. Here it is one.
"""

from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from core.models import RequestCount

COUNT = """
    INSERT INTO core_requestcount AS known (client_id, minute, count) VALUES (%s, %s, 1)
    ON CONFLICT (client_id) DO UPDATE
        SET count = CASE WHEN known.minute = excluded.minute THEN known.count + 1 ELSE 1 END, minute = excluded.minute
    RETURNING count
"""


def requests_of_this_minute(client_id: str, second: int) -> int:
    """Count one more request of ``client_id`` in the minute of ``second``; how many that makes."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [client_id, second // 60])
        (count,) = cursor.fetchone()
    return int(count)


def forget_counts() -> int:
    """Delete the counts of minutes that are over. Returns how many those were."""
    this_minute = int(timezone.now().timestamp()) // 60
    forgotten, _by_model = RequestCount.objects.filter(minute__lt=this_minute).delete()
    return forgotten


class RequestLimit(BaseThrottle):
    """Refuses a token that sent more than ``API_REQUESTS_PER_MINUTE`` in this minute of the clock."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return True
        self.second = int(timezone.now().timestamp())
        count = requests_of_this_minute(str(request.auth.uuid), self.second)  # type: ignore[union-attr]  # our ApiToken
        return bool(count <= settings.API_REQUESTS_PER_MINUTE)

    def wait(self) -> float:
        """Seconds to the next minute."""
        return 60 - self.second % 60
