"""How a page is timed: in turns with the floor, so that both meet the same moods of the machine."""

import threading
import time
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.client import Connection, Request
from bench.processes import ProcessorTime

WARM_UP: Final = 10
TURNS: Final = 8
ASKED_A_TURN: Final = 20
CLIENTS: Final = 8
# Whatever is slow is asked less often: no page may hold up the run.
SECONDS_A_PAGE: Final = 8.0
SECONDS_TOGETHER: Final = 2.5


@dataclass(frozen=True)
class Timing:
    """Medians in milliseconds at one client, processor milliseconds a request, and requests a second at eight."""

    ms: float
    floor_ms: float
    cpu_app_ms: float
    cpu_database_ms: float
    floor_cpu_ms: float
    asked: int
    a_second: float = 0.0

    @property
    def times_floor(self) -> float:
        return self.ms / self.floor_ms


@dataclass(frozen=True)
class Processes:
    """Whose processor time counts: the web server's, the floor's server's, the database's."""

    app: int
    floor: int
    database: int


def time_in_turns(page: Request, floor: Request, processes: Processes) -> Timing:
    """The page and the floor, some requests each in turn."""
    of_page, of_floor = Connection(page.port), Connection(floor.port)
    try:
        for _ in range(WARM_UP):
            of_page.timed(page)
            of_floor.timed(floor)
        taken: list[float] = []
        taken_by_floor: list[float] = []
        app, database, floors = (ProcessorTime(pid) for pid in (processes.app, processes.database, processes.floor))
        deadline = time.monotonic() + SECONDS_A_PAGE
        for _ in range(TURNS):
            floors.begin()
            taken_by_floor += [of_floor.timed(floor) for _ in range(ASKED_A_TURN)]
            floors.end()
            app.begin()
            database.begin()
            taken += [of_page.timed(page) for _ in range(ASKED_A_TURN)]
            app.end()
            database.end()
            if time.monotonic() > deadline:
                break
        asked = len(taken)
        return Timing(
            ms=median(taken),
            floor_ms=median(taken_by_floor),
            cpu_app_ms=app.spent / asked,
            cpu_database_ms=database.spent / asked,
            floor_cpu_ms=floors.spent / asked,
            asked=asked,
        )
    finally:
        of_page.close()
        of_floor.close()


def throughput(page: Request) -> float:
    """Answers a second to eight clients at once."""
    counts: list[int] = []
    failures: list[Exception] = []
    deadline = time.monotonic() + SECONDS_TOGETHER

    def ask() -> None:
        connection, count = Connection(page.port), 0
        try:
            while time.monotonic() < deadline:
                connection.timed(page)
                count += 1
        except Exception as error:  # noqa: BLE001  (raised again below, in the thread that reports)
            failures.append(error)
        finally:
            connection.close()
            counts.append(count)

    begin = time.monotonic()
    threads = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return sum(counts) / (time.monotonic() - begin)
