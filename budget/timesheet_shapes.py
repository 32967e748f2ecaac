"""How a timesheet lays hours out: an entry a row, a day a column, or log cells beside an issue. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from budget.timesheet_columns import TRANSLATIONS
from core.tabular.cell_values import BLANKS, DateOrder, read_date
from core.tabular.problems import CellRefused
from core.tabular.read import normalised

# Jira names every column of logged work the same; ours tells them apart by a number.
LOG_COLUMN: Final = re.compile(rf"(?:{'|'.join(('log work', *TRANSLATIONS['log work']))})(?: \(\d+\))?")
FEWEST_DAYS: Final = 2


@dataclass(frozen=True)
class Part:
    """What one cell of a row says for itself; None where the row's own column says it."""

    index: int
    day: str
    duration: str
    person: str | None = None
    note: str | None = None
    started_at: str = ""


@dataclass(frozen=True)
class Shape:
    """``days`` are columns named by their date, ``logs`` columns of logged work; without either a row is an entry."""

    days: Mapping[int, str]
    logs: tuple[int, ...] = ()

    @property
    def is_plain(self) -> bool:
        return not self.days and not self.logs

    @property
    def required(self) -> tuple[str, ...]:
        """The columns without which nothing can be read."""
        return () if self.logs else ("person",) if self.days else ("worked_on", "duration", "person")

    def ends_with_logs(self, header: Sequence[str]) -> bool:
        """Whether the last column is one of logged work."""
        return bool(self.logs) and self.logs[-1] == len(header) - 1

    def parts(self, cells: Sequence[str]) -> Iterator[Part]:
        """The entries of a row that is not one itself."""
        for index, day in self.days.items():
            if (cell := cells[index].strip()) not in BLANKS:
                yield Part(index, day, cell)
        for index in self.logs:
            if (cell := cells[index].strip()) not in BLANKS:
                yield _logged(index, cell)


def shape_of(header: Sequence[str], mapping: Mapping[str, str]) -> Shape:
    """By the column names: log cells first, then days, unless a column of its own holds the date."""
    logs = tuple(index for index, name in enumerate(header) if LOG_COLUMN.fullmatch(normalised(name)))
    if logs:
        return Shape({}, logs)
    days = {index: name for index, name in enumerate(header) if _is_day(name)}
    return Shape(days if len(days) >= FEWEST_DAYS and not mapping.get("worked_on") else {})


def _is_day(name: str) -> bool:
    for order in DateOrder:
        try:
            read_date(name, order)
        except CellRefused:
            continue
        return True
    return False


def _logged(index: int, cell: str) -> Part:
    """``comment;date;author;seconds``, or ``date;author;duration`` with more text behind it."""
    parts = cell.split(";")
    if len(parts) >= 4 and parts[-1].strip().isdecimal():
        comment = ";".join(parts[:-3]).strip()
        day, author, seconds = (part.strip() for part in parts[-3:])
        return Part(index, day, f"{seconds}s", author, comment, day)
    day, author, duration, *more = (part.strip() for part in [*parts, "", ""][: max(len(parts), 3)])
    return Part(index, day, f"{duration}s" if duration.isdecimal() else duration, author, ";".join(more), day)
