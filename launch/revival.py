"""Starting again what ended by itself, at once the first time and later each time it ends soon after its start."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from launch.children import Child

# What lived for so long had a reason of its own to end; it is started as if for the first time.
LIVED_WELL_SECONDS: Final = 60.0
LONGEST_WAIT_SECONDS: Final = 30.0
# What ends so often in a row, each time soon after its start, will not live: whoever watches has to know.
MOST_DEATHS: Final = 8


def wait_before(death: int) -> float:
    """Seconds to wait before the start that follows the ``death``-th end in a row: 0, 1, 2, 4 … 30."""
    return 0.0 if death <= 1 else min(2.0 ** (death - 2), LONGEST_WAIT_SECONDS)


@dataclass
class Revival:
    """One child that is watched; ``is_alive`` says whether it lives, or what took its place.

    ``end_rest`` ends what it had started itself: a gunicorn whose master was killed still holds the port for a while,
    and a worker's pool still works.
    """

    child: Child
    start: Callable[[], None]
    is_alive: Callable[[], bool]
    end_rest: Callable[[], None]
    deaths: int = 0
    started_at: float = field(default_factory=time.monotonic)
    again_at: float | None = None

    def look(self, now: float) -> str:
        """Note an end, or start again when it is time. What there is to say about it, or nothing."""
        if self.again_at is not None:
            if now < self.again_at:
                return ""
            self.again_at, self.started_at = None, now
            self.start()
            return f"The {self.child.name} is started again."
        if self.is_alive():
            return ""
        self.end_rest()
        lived_well = now - self.started_at >= LIVED_WELL_SECONDS
        self.deaths = 1 if lived_well else self.deaths + 1
        wait = wait_before(self.deaths)
        self.again_at = now + wait
        when = "at once" if not wait else f"in {wait:g} s"
        return f"The {self.child.name} ended by itself and is started again {when}. Its last words:\n{self.child.tail}"

    @property
    def is_hopeless(self) -> bool:
        return self.deaths > MOST_DEATHS
