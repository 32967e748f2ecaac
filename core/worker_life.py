"""A worker's sign of life, and its end when it no longer takes what waits for it.

After a broker was gone, a worker may go on living and never take a task again. Whoever starts workers starts one anew
when it has ended, so a stuck one ends itself.
"""

import logging
import os
import signal
import threading
import time
from typing import Any, Final

from celery import signals
from celery.worker import state
from django.conf import settings

from core.doorbell import tasks_waiting
from core.heartbeats import Heart

logger = logging.getLogger(__name__)

# An orderly end waits for tasks, of which a stuck worker has none; if it hangs there too, it is killed.
SECONDS_TO_END: Final = 10


def is_stuck(*, waiting: int, busy: int, seconds_idle: float, patience: float) -> bool:
    """Whether tasks wait while the worker has none in hand and has taken none for longer than ``patience`` seconds."""
    return waiting > 0 and busy == 0 and seconds_idle > patience


class Watch:
    """Looks from a thread of its own, since what it looks for is that the others stand still."""

    def __init__(self) -> None:
        self.last_taken = time.monotonic()
        self.patience = float(settings.WORKER_STUCK_AFTER.total_seconds())

    def taken(self, **_details: Any) -> None:
        self.last_taken = time.monotonic()

    def run(self) -> None:
        while True:
            time.sleep(self.patience / 4)
            if is_stuck(
                waiting=tasks_waiting(),
                busy=len(state.reserved_requests),
                seconds_idle=time.monotonic() - self.last_taken,
                patience=self.patience,
            ):
                logger.error("the worker takes nothing any more and ends itself")
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(SECONDS_TO_END)
                os.kill(os.getpid(), signal.SIGKILL)


def watch_over_the_worker(**_details: Any) -> None:
    watch = Watch()
    signals.task_received.connect(watch.taken, weak=False)
    threading.Thread(target=watch.run, name="watch", daemon=True).start()


def _beat_with(heart: Heart) -> Any:
    def beat(**_details: Any) -> None:
        heart.beat()

    return beat


def give_signs_of_life(**_details: Any) -> None:
    signals.heartbeat_sent.connect(_beat_with(Heart("worker")), weak=False)


signals.worker_init.connect(give_signs_of_life, weak=False)
signals.worker_ready.connect(watch_over_the_worker, weak=False)
