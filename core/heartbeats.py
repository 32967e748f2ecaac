"""Signs of life of what works unseen: beat and each worker leave one every few seconds, by the database's clock."""

import datetime as dt
import logging
import os
import platform
import time
from typing import Final

from django.db import connection
from django.db.models import Max

from core.clock import database_now
from core.models import Heartbeat

logger = logging.getLogger(__name__)

EVERY_SECONDS: Final = 10
# Names of hosts and processes that were replaced are of no use for long.
FORGOTTEN_AFTER: Final = dt.timedelta(days=1)


class Heart:
    """Leaves a sign of life for one process, at most every ten seconds, and never trips over a missing database."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.name = f"{platform.node()}:{os.getpid()}"
        self.last = -float(EVERY_SECONDS)

    def beat(self) -> None:
        now = time.monotonic()
        if now - self.last < EVERY_SECONDS:
            return
        self.last = now
        try:
            note(self.kind, self.name)
        except Exception as error:  # noqa: BLE001  (its absence is the alarm; the process itself has to go on)
            logger.warning("no sign of life could be left", extra={"kind": self.kind, "error": str(error)})
        finally:
            # A process that only beats keeps no connection, and a forked one inherits none.
            if not connection.in_atomic_block:
                connection.close()


def note(kind: str, name: str) -> None:
    """Write that ``name`` lives now."""
    now = database_now()
    Heartbeat.objects.bulk_create(
        [Heartbeat(kind=kind, name=name, heard_at=now)],
        update_conflicts=True,
        unique_fields=["kind", "name"],
        update_fields=["heard_at"],
    )
    Heartbeat.objects.filter(heard_at__lt=now - FORGOTTEN_AFTER).delete()


def last_heard() -> dict[str, dt.datetime]:
    """When the last sign of life came, by kind; kinds that never gave one are missing."""
    return dict(Heartbeat.objects.order_by().values_list("kind").annotate(Max("heard_at")))
