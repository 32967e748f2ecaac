"""A timesheet's rows as hours of somebody on a day: pure, one after the other, before anyone is looked up.

Texts repeat: days, durations, names. Each is understood once and remembered, so that a million rows take seconds.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, Final, Generic, NamedTuple, TypeVar

from budget.entry_identity import digits_of_name, identity_of_content
from budget.timesheet_shapes import Part, Shape
from budget.timesheet_survey import Settled
from core.tabular.cell_values import BLANKS, read_date, read_minutes, read_yes_no, whole_minutes
from core.tabular.columns import Layout
from core.tabular.problems import ERROR, WARNING, CellRefused, Problem, ProblemLog, Unreadable

T = TypeVar("T")

DAY_MINUTES: Final = 24 * 60
LONGEST_NOTE: Final = 500
LONGEST_NAME: Final = 150
LONGEST_SOURCE_ID: Final = 100
BREAKS: Final = frozenset({"break", "pause", "breaks"})
# Rows without time are left out; whatever else is amiss makes a row wrong.
LEFT_OUT: Final = frozenset({"zero_minutes", "under_half_a_minute"})
NO_TIMES: Final = ("", "")
ROWS_BETWEEN_LOOKS: Final = 2000
MOST_REMEMBERED: Final = 50_000
MOST_PEOPLE: Final = 10_000
MOST_ITEMS: Final = 100_000


class StagedRow(NamedTuple):
    """Minutes of a person on a day, as the file says it. ``person`` and ``item`` number the names of the file.

    ``identity`` is the entry's key: of the file's own id, else of what the row says; ``billable`` is "y", "n" or "u"
    for not known; ``times`` is the same for rows of the same person, start and end.
    """

    line: int
    part: int
    identity: str
    person: int
    item: int | None
    worked_on: dt.date
    minutes: int
    billable: str
    note: str
    source_id: str
    times: str


@dataclass(frozen=True)
class PersonInFile:
    """Somebody as the file calls them."""

    name: str
    email: str

    @property
    def key(self) -> str:
        """By what the person is remembered: the mail address where there is one."""
        return (self.email or self.name).casefold()


class Remembered(dict[str, "T | CellRefused"], Generic[T]):
    """What texts mean. A text that cannot be read is remembered by its refusal."""

    def __init__(self, read: Callable[[str], T]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, cell: str) -> "T | CellRefused":
        value: T | CellRefused
        try:
            value = self.read("" if (text := cell.strip()) in BLANKS else text)
        except CellRefused as refused:
            value = refused
        if len(self) >= MOST_REMEMBERED:
            self.clear()
        self[cell] = value
        return value


@dataclass
class Names(Generic[T]):
    """The different names of a column, numbered as they come."""

    most: int
    refusal: str
    column: str
    numbers: dict[str, int] = field(default_factory=dict)
    names: list[T] = field(default_factory=list)

    def number_of(self, key: str, name: T) -> int:
        number = self.numbers.setdefault(key, len(self.names))
        if number == len(self.names):
            if number >= self.most:
                raise Unreadable(self.refusal, asks="columns", column=self.column, limit=f"{self.most:,}")
            self.names.append(name)
        return number


class TimesheetReader:
    """Reads the lines of a table once. Every line or, where a line holds several, every entry is staged, left out
    with a warning, or wrong; ``rows`` counts them all.
    """

    def __init__(self, layout: Layout, shape: Shape, settled: Settled, *, last_day: dt.date, project_key: int) -> None:
        self.layout = layout
        self.shape = shape
        self.settled = settled
        self.last_day = last_day
        self.project_key = project_key
        self.log = ProblemLog()
        self.rows = self.staged = self.wrong = 0
        self.people = Names[PersonInFile](MOST_PEOPLE, "too_many_people", layout.header_of("person"))
        self.items = Names[str](MOST_ITEMS, "too_many_items", layout.header_of("item"))
        self._days = Remembered(self._read_day)
        self._minutes = Remembered(self._read_minutes)
        self._billable = Remembered(_read_billable)
        self._ended = Remembered(self._read_end)
        self._items = Remembered(self._read_item)
        self._people: dict[Any, int | CellRefused] = {}
        self._passes_over = settled.only_project is not None or "kind" in layout
        self._has_times = not {"started_at", "ended_at", "ended_on"}.isdisjoint(layout.indexes)
        person_columns = [layout.indexes[name] for name in ("person", "surname", "email") if name in layout]
        # Logged work names its people in cells of their own.
        self._person_cells = itemgetter(*(person_columns or [0]))

    def staged_rows(
        self, lines: Iterable[tuple[int, Sequence[str], Problem | None]], at: Callable[[int], None] | None = None
    ) -> Iterator[StagedRow]:
        """What can be taken, row by row; everything else is in ``log`` when it ends. ``at`` hears how far it is."""
        plain = self.shape.is_plain
        for count, (number, cells, problem) in enumerate(lines):
            if at is not None and count % ROWS_BETWEEN_LOOKS == 0:
                at(count)
            if (problem is not None and not (cells := self._readable(problem, cells))) or (
                self._passes_over and self._is_passed_over(number, cells)
            ):
                self.rows += 1
            elif plain:
                self.rows += 1
                if (row := self._entry(number, cells)) is not None:
                    self.staged += 1
                    yield row
            else:
                yield from self._parts(number, cells)

    def _readable(self, problem: Problem, cells: Sequence[str]) -> Sequence[str]:
        """What can be read of a line with which something is amiss; of most nothing."""
        if problem.code == "cells_beyond" and self.shape.ends_with_logs(self.layout.header):
            # What stands beyond the last column of logged work is more logged work.
            problem, cells = replace(problem, code="row_too_wide", level=ERROR), ()
        self.log.add(problem)
        self.wrong += problem.is_error
        return cells

    # ── One row ─────────────────────────────────────────────────────────────────────────────────────

    def _is_passed_over(self, number: int, cells: Sequence[str]) -> bool:
        only = self.settled.only_project
        if only is not None and self._text(cells, "project") != only:
            self._say("other_project", number, cells, "project", WARNING)
            return True
        if "kind" in self.layout.indexes and self._text(cells, "kind").casefold() in BREAKS:
            self._say("break_row", number, cells, "kind", WARNING)
            return True
        return False

    def _entry(self, number: int, cells: Sequence[str]) -> StagedRow | None:
        indexes = self.layout.indexes
        day = self._days[cells[indexes["worked_on"]]]
        minutes = self._minutes[cells[indexes["duration"]]]
        person = self._person_of(cells)
        if isinstance(day, CellRefused) or isinstance(minutes, CellRefused) or isinstance(person, CellRefused):
            self._refuse(number, cells, {"worked_on": day, "duration": minutes, "person": person})
            return None
        if "ended_on" in indexes:
            self._look_over_midnight(number, cells, day)
        times = NO_TIMES
        if self._has_times:
            times = self._text(cells, "started_at"), self._text(cells, "ended_at")
        return self._row(number, 0, cells, person, day, minutes, self._text(cells, "note"), times)

    def _parts(self, number: int, cells: Sequence[str]) -> Iterator[StagedRow]:
        """The entries of a line that holds several, each in a cell of its own."""
        count = 0
        for count, part in enumerate(self.shape.parts(cells), start=1):
            self.rows += 1
            day, minutes = self._days[part.day], self._minutes[part.duration]
            person = self._person_of(cells) if part.person is None else self._people_by_name(part.person)
            if isinstance(day, CellRefused) or isinstance(minutes, CellRefused) or isinstance(person, CellRefused):
                self._refuse_part(number, cells, part, (day, minutes, person))
                continue
            self.staged += 1
            note = self._text(cells, "note") if part.note is None else part.note
            yield self._row(number, count, cells, person, day, minutes, note, (part.started_at, ""))
        if not count:
            self.rows += 1
            self.log.add(Problem("no_hours", number, level=WARNING))

    def _row(
        self,
        number: int,
        part: int,
        cells: Sequence[str],
        person: int,
        day: dt.date,
        minutes: int,
        note: str,
        times: tuple[str, str],
    ) -> StagedRow:
        item = self._item_of(cells)
        source_id = "" if part else self._source_id(cells)
        if source_id:
            identity = digits_of_name(self.project_key, source_id)
        else:
            # Not the billable flag: tools change it when they invoice, and the hours stay the same hours.
            name = "" if item is None else self.items.names[item]
            said = (self.people.names[person].key, day.isoformat(), str(minutes), name, note, *times)
            content = hashlib.sha256("\x1f".join(said).encode()).digest()
            identity = identity_of_content(self.project_key, day, content)
        return StagedRow(
            number,
            part,
            identity,
            person,
            item,
            day,
            minutes,
            self._billable_of(number, cells),
            note if len(note) <= LONGEST_NOTE else self._shortened(number, note),
            source_id,
            self._times_of(cells, person) if self._has_times and not part else "",
        )

    # ── Cells ───────────────────────────────────────────────────────────────────────────────────────

    def _text(self, cells: Sequence[str], name: str) -> str:
        index = self.layout.indexes.get(name)
        cell = "" if index is None else cells[index].strip()
        return "" if cell in BLANKS else cell

    def _read_day(self, text: str) -> dt.date:
        if not text:
            raise CellRefused("missing")
        day = read_date(text, self.settled.order, self.layout.day_zero)
        if day > self.last_day:
            raise CellRefused("future")
        return day

    def _read_end(self, text: str) -> dt.date:
        if not text:
            raise CellRefused("missing")
        return read_date(text, self.settled.order, self.layout.day_zero)

    def _read_minutes(self, text: str) -> int:
        if not text:
            raise CellRefused("missing")
        minutes = read_minutes(text, self.settled.unit, self.settled.mark)
        if minutes < 0:
            raise CellRefused("negative")
        if minutes > DAY_MINUTES:
            raise CellRefused("more_than_a_day")
        if not (rounded := whole_minutes(minutes)):
            raise CellRefused("under_half_a_minute" if minutes else "zero_minutes")
        return rounded

    def _person_of(self, cells: Sequence[str]) -> "int | CellRefused":
        said = self._person_cells(cells)
        if (person := self._people.get(said)) is None:
            first, last, email = (self._text(cells, name) for name in ("person", "surname", "email"))
            first = self.settled.one_person or first
            person = self._people[said] = self._numbered(" ".join(filter(None, (first, last))), email)
        return person

    def _people_by_name(self, name: str) -> "int | CellRefused":
        if (person := self._people.get(name)) is None:
            person = self._people[name] = self._numbered(name.strip(), "")
        return person

    def _numbered(self, name: str, email: str) -> "int | CellRefused":
        if len(self._people) >= MOST_REMEMBERED:
            self._people.clear()
        if not name:
            return CellRefused("missing")
        if len(name) > LONGEST_NAME:
            return CellRefused("text_too_long", limit=LONGEST_NAME)
        person = PersonInFile(name, email.casefold() if "@" in email else "")
        return self.people.number_of(person.key, person)

    def _item_of(self, cells: Sequence[str]) -> int | None:
        index = self.layout.indexes.get("item")
        if index is None:
            return None
        item = self._items[cells[index]]
        return None if isinstance(item, CellRefused) else item

    def _read_item(self, text: str) -> int | None:
        return self.items.number_of(text, text) if text else None

    def _source_id(self, cells: Sequence[str]) -> str:
        outside_id = self._text(cells, "source_id")
        if len(outside_id) > LONGEST_SOURCE_ID:
            outside_id = hashlib.sha256(outside_id.encode()).hexdigest()
        return f"id:{outside_id}" if outside_id else ""

    def _billable_of(self, number: int, cells: Sequence[str]) -> str:
        index = self.layout.indexes.get("billable")
        if index is None:
            return "u"
        billable = self._billable[cells[index]]
        if isinstance(billable, CellRefused):
            self._say(billable.code, number, cells, "billable", WARNING)
            return "u"
        return billable

    def _shortened(self, number: int, note: str) -> str:
        column = self.layout.header_of("note")
        self.log.add(Problem("note_shortened", number, column, note[:80], WARNING, {"limit": LONGEST_NOTE}))
        return note[: LONGEST_NOTE - 1] + "…"

    def _look_over_midnight(self, number: int, cells: Sequence[str], day: dt.date) -> None:
        ended = self._ended[cells[self.layout.indexes["ended_on"]]]
        if isinstance(ended, CellRefused):
            if ended.code != "missing":
                self._say(ended.code, number, cells, "ended_on", WARNING, **ended.params)
        elif ended != day:
            self._say("over_midnight", number, cells, "ended_on", WARNING)

    def _times_of(self, cells: Sequence[str], person: int) -> str:
        """A mark that entries of a person with the very same start and end share; empty where times are not told."""
        times = [self._text(cells, name) for name in ("worked_on", "started_at", "ended_on", "ended_at")]
        if ":" not in times[0] + times[1] or ":" not in times[2] + times[3]:
            return ""
        return hashlib.blake2b("\x1f".join((str(person), *times)).encode(), digest_size=16).hexdigest()

    # ── What is wrong ───────────────────────────────────────────────────────────────────────────────

    def _refuse(self, number: int, cells: Sequence[str], found: Mapping[str, Any]) -> None:
        """Say everything that keeps the row out."""
        refused = {
            name: self._uncalculated(number, self.layout.indexes.get(name), value)
            for name, value in found.items()
            if isinstance(value, CellRefused)
        }
        self.wrong += any(value.code not in LEFT_OUT for value in refused.values())
        for name, value in refused.items():
            self._say(value.code, number, cells, name, WARNING if value.code in LEFT_OUT else ERROR, **value.params)

    def _uncalculated(self, number: int, index: int | None, refused: CellRefused) -> CellRefused:
        """What is said of a cell, unless it holds a formula without a result: that is neither nothing nor zero."""
        is_formula = refused.code in ("missing", "zero_minutes") and (number, index) in self.layout.without_result
        return CellRefused("formula_not_calculated") if is_formula else refused

    def _refuse_part(self, number: int, cells: Sequence[str], part: Part, found: Sequence[Any]) -> None:
        refused = [self._uncalculated(number, part.index, value) for value in found if isinstance(value, CellRefused)]
        self.wrong += any(value.code not in LEFT_OUT for value in refused)
        column, cell = self.layout.header[part.index], cells[part.index].strip()[:80]
        for value in refused:
            level = WARNING if value.code in LEFT_OUT else ERROR
            self.log.add(Problem(value.code, number, column, cell, level, value.params))

    def _say(self, code: str, number: int, cells: Sequence[str], name: str, level: str = ERROR, **params: Any) -> None:
        self.log.add(Problem(code, number, self.layout.header_of(name), self._text(cells, name)[:80], level, params))


def _read_billable(text: str) -> str:
    return "u" if not text else "y" if read_yes_no(text) else "n"
