"""What somebody is asked to confirm, frozen: its lines, one way to write it down, and what has changed since."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Line:
    """Minutes of a work item and, of hours, of a person. Number None: work that nobody ordered."""

    number: int | None
    title: str
    minutes: int
    person: str = ""
    name: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """What stays the same when titles and names are corrected."""
        return self.person, self.number or 0

    @property
    def label(self) -> str:
        return f"W-{self.number}" if self.number else ""


def estimate_content(lines: Sequence[Line]) -> dict[str, Any]:
    """All estimates, by number."""
    return {"subject": "estimate", "lines": _written(lines)}


def hours_content(first_day: dt.date, last_day: dt.date, lines: Sequence[Line]) -> dict[str, Any]:
    """The hours of a period by person and work item."""
    return {
        "subject": "hours",
        "first_day": first_day.isoformat(),
        "last_day": last_day.isoformat(),
        "lines": _written(lines),
    }


def _written(lines: Sequence[Line]) -> list[dict[str, Any]]:
    return [asdict(line) for line in sorted(lines, key=lambda line: (line.name, *line.key))]


def digest_of_content(content: Mapping[str, Any]) -> str:
    """SHA-256 of the content written in the one canonical way: sorted names, no spaces, UTF-8."""
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()


def lines_of(content: Mapping[str, Any]) -> tuple[Line, ...]:
    """The lines as they were written."""
    return tuple(Line(**line) for line in content["lines"])


@dataclass(frozen=True)
class Change:
    """A line as it was asked about and as it stands now; None where there was or is none."""

    before: Line | None
    now: Line | None

    @property
    def line(self) -> Line:
        found = self.now or self.before
        assert found is not None
        return found


def changes_between(before: Sequence[Line], now: Sequence[Line]) -> tuple[Change, ...]:
    """The lines that differ, those of before first."""
    then = {line.key: line for line in before}
    current = {line.key: line for line in now}
    keys = [*then, *(key for key in current if key not in then)]
    return tuple(Change(then.get(key), current.get(key)) for key in keys if then.get(key) != current.get(key))
