"""What is measured, and what it should cost."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench.client import Request

# Who signs in, and of how many projects each is a manager; None is all of them.
READERS: Final[Mapping[str, int | None]] = {
    "all@bench.example": None,
    "fifty@bench.example": 50,
    "twenty@bench.example": 20,
}
EVERYTHING: Final = "all@bench.example"


@dataclass(frozen=True)
class Measured:
    """A page or call: who asks, and how many rows its answer must hold at least, each with the text ``row``.

    ``times_floor`` is the most it may take as a multiple of the floor. ``today_ms`` is what the same costs in the
    system that people use for it today (docs/benchmarks.md); the aim is a tenth. ``same_rows`` marks what shows as
    many rows on small data as on large ones.
    """

    name: str
    path: str
    reader: str = EVERYTHING
    row: str = ""
    rows: int = 0
    times_floor: float | None = None
    today_ms: float | None = None
    same_rows: bool = False

    @property
    def is_api(self) -> bool:
        return self.path.startswith("/api/")

    def request(self, port: int, known: Mapping[str, Any], cookies: Mapping[str, str]) -> Request:
        """As its reader sends it; ``known`` is what the loading printed."""
        proof = {"Authorization": f"Bearer {known['token']}"} if self.is_api else {"Cookie": cookies[self.reader]}
        return Request(port, self.path.format(slug=known["slug"]), headers=proof)


LINE, HEAD = '<td class="key">', '<th scope="row">'
PAGES: Final = (
    Measured("project page", "/p/{slug}/", times_floor=6.5, today_ms=55),
    Measured("portfolio of 20 projects", "/portfolio/", "twenty@bench.example", HEAD, 20, same_rows=True),
    Measured("portfolio of 50 projects", "/portfolio/", "fifty@bench.example", HEAD, 20, 15, 679),
    Measured("portfolio of all projects", "/portfolio/", row=HEAD, rows=20),
    Measured("my work", "/"),
    Measured("100 work items", "/p/{slug}/work-items/", EVERYTHING, LINE, 100, 16, 131, same_rows=True),
    Measured("work item", "/p/{slug}/work-items/1/", today_ms=114),
    Measured("50 time entries", "/p/{slug}/time/", EVERYTHING, '<td class="when"><time', 50, 10, same_rows=True),
    Measured("alerts", "/p/{slug}/alerts/"),
    Measured("activity", "/p/{slug}/activity/"),
    Measured(
        "API: 100 time entries",
        "/api/v1/projects/{slug}/time-entries/?limit=100",
        row='"worked_on"',
        rows=100,
        times_floor=6,
        today_ms=73,
        same_rows=True,
    ),
)
POST: Final = Measured("API: POST a time entry", "", times_floor=4, today_ms=23)
IMPORT_TODAY_ROWS: Final = 18
COPY_SHARE: Final = 1 / 6
SAME_ROWS_RATIO: Final = 1.2
SLOWEST_FLOOR_MS: Final = 1.2
WEB_MB: Final = 160
IMPORT_MB: Final = 300
BYTES_AN_ENTRY: Final = 300


def post_request(port: int, known: Mapping[str, Any]) -> Request:
    """One time entry, as a program sends it."""
    entry = {
        "person": known["person"],
        "work_item": known["work_item"],
        "worked_on": "2025-10-31",
        "minutes": 60,
        "note": "a note of usual length",
    }
    headers = {"Authorization": f"Bearer {known['token']}", "Content-Type": "application/json"}
    return Request(
        port,
        f"/api/v1/projects/{known['slug']}/time-entries/",
        "POST",
        headers,
        json.dumps(entry).encode(),
        expected=201,
    )
