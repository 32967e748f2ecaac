"""What rings the worker again and again: the schedule of the settings, by a clock that only goes forward.

Celery's own scheduler goes by the wall clock, which may jump back and then ring nothing for as long, and keeps a file
that a kill can break. This one keeps nothing: it rings everything when it starts and then at its interval. Whether
something is due is asked of the database by whoever is rung, so that a second beat does no harm.
"""

import time
from typing import Any, Final

from celery import beat

from core.doorbell import ring_now, tasks_waiting
from core.heartbeats import Heart

LONGEST_SLEEP_SECONDS: Final = 5.0
MOST_WAITING: Final = 500


class Scheduler(beat.Scheduler):  # type: ignore[misc]  # Celery has no types
    """Named in CELERY_BEAT_SCHEDULER. A broker that is gone costs each ring half a second and is asked again."""

    def setup_schedule(self) -> None:
        self.merge_inplace(self.app.conf.beat_schedule)
        self.due = dict.fromkeys(self.schedule, 0.0)
        self.heart = Heart("beat")

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Ring what is due; the seconds to sleep until the next ring."""
        due = [entry for name, entry in self.schedule.items() if self.due[name] <= time.monotonic()]
        # Without a worker the rings pile up, and one of each is enough.
        is_enough = bool(due) and tasks_waiting() > MOST_WAITING
        for entry in due:
            self.due[entry.name] = time.monotonic() + entry.schedule.run_every.total_seconds()
            if not is_enough:
                ring_now(entry.task, tuple(entry.args))
        self.heart.beat()
        until_next = min(self.due.values(), default=LONGEST_SLEEP_SECONDS) - time.monotonic()
        return max(0.0, min(until_next, LONGEST_SLEEP_SECONDS))
