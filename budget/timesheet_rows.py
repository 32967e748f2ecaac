"""A timesheet's rows as hours of somebody on a day: pure, before anyone is looked up in the database."""

import datetime as dt
import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, TypeVar

from budget.timesheet_formats import unit_of
from core.tabular.cell_values import (
    DateOrder,
    DecimalMark,
    Unit,
    detect_date_order,
    detect_decimal_mark,
    has_bare_numbers,
    read_date,
    read_minutes,
    read_yes_no,
    whole_minutes,
)
from core.tabular.columns import Layout
from core.tabular.problems import ERROR, WARNING, CellRefused, Problem
from core.tabular.read import Row

T = TypeVar("T")

DAY_MINUTES: Final = 24 * 60
LONGEST_NOTE: Final = 500
LONGEST_NAME: Final = 150
LONGEST_SOURCE_ID: Final = 100
BREAKS: Final = frozenset({"break", "pause", "breaks"})
MOST_CHOICES: Final = 200


@dataclass(frozen=True)
class Doubt:
    """A question that the whole column leaves open, with the values to choose from."""

    name: str
    choices: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Choices:
    """What a person decided about the file; None where the file decides."""

    date_order: DateOrder | None = None
    decimal_mark: DecimalMark | None = None
    unit: Unit | None = None
    only_project: str | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> "Choices":
        return cls(
            date_order=DateOrder(options["date_order"]) if options.get("date_order") else None,
            decimal_mark=DecimalMark(options["decimal_mark"]) if options.get("decimal_mark") else None,
            unit=Unit(options["unit"]) if options.get("unit") else None,
            only_project=options.get("only_project") or None,
        )


@dataclass(frozen=True)
class TimesheetRow:
    """Minutes of a person on a day, as the file says it. ``billable`` is "y", "n" or "u" for not known.

    ``source_id`` is the entry's identity: the file's own, else a hash of what the row says and its occurrence, so
    that two equal rows of a day both count and the same file twice counts once.
    """

    number: int
    person: str
    email: str
    worked_on: dt.date
    minutes: int
    item: str
    note: str
    billable: str
    source_id: str

    @property
    def person_key(self) -> str:
        """By what the person is remembered: the mail address where there is one."""
        return (self.email or self.person).casefold()


@dataclass(frozen=True)
class Timesheet:
    """Rows that can be taken, problems of the others and of some that can, and what has to be asked first."""

    rows: tuple[TimesheetRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def read_timesheet(layout: Layout, tool: str, choices: Choices, last_day: dt.date) -> Timesheet:
    """Read every row; ``last_day`` is the last one that has begun anywhere. Doubts come back before any row does."""
    doubts = tuple(_doubts(layout, tool, choices))
    if doubts:
        return Timesheet(doubts=doubts)
    reader = _Reader(layout, _settled(layout, tool, choices), last_day)
    for row in layout.table.rows:
        reader.read(row)
    reader.look_at_days()
    return Timesheet(tuple(reader.rows), tuple(reader.problems))


def _doubts(layout: Layout, tool: str, choices: Choices) -> list[Doubt]:
    missing = [name for name in ("worked_on", "duration", "person") if name not in layout]
    if missing:
        return [Doubt("columns", tuple(missing))]
    doubts = []
    dates, durations = layout.texts("worked_on"), layout.texts("duration")
    if choices.date_order is None and detect_date_order(dates) is None:
        doubts.append(Doubt("date_order", tuple(DateOrder), dates[0]))
    if choices.decimal_mark is None and detect_decimal_mark(durations) is None:
        example = next(text for text in durations if "," in text)
        doubts.append(Doubt("decimal_mark", tuple(DecimalMark), example))
    if choices.unit is None and _needs_unit(layout, tool, durations):
        example = next((text for text in durations if has_bare_numbers([text])), "")
        doubts.append(Doubt("unit", tuple(Unit), example))
    projects = sorted(set(layout.texts("project")))
    if choices.only_project is None and len(projects) > 1:
        doubts.append(Doubt("only_project", tuple(projects[:MOST_CHOICES])))
    return doubts


def _needs_unit(layout: Layout, tool: str, durations: list[str]) -> bool:
    return unit_of(layout.header_of("duration"), tool) is None and has_bare_numbers(durations)


def _settled(layout: Layout, tool: str, choices: Choices) -> Choices:
    durations = layout.texts("duration")
    return Choices(
        date_order=choices.date_order or detect_date_order(layout.texts("worked_on")) or DateOrder.DAY_FIRST,
        decimal_mark=choices.decimal_mark or detect_decimal_mark(durations) or DecimalMark.POINT,
        unit=choices.unit or unit_of(layout.header_of("duration"), tool) or Unit.HOURS,
        only_project=choices.only_project,
    )


@dataclass
class _Reader:
    layout: Layout
    choices: Choices
    last_day: dt.date
    rows: list[TimesheetRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _occurrences: Counter[str] = field(default_factory=Counter)
    _by_id: dict[str, TimesheetRow] = field(default_factory=dict)
    _by_times: dict[tuple[str, ...], TimesheetRow] = field(default_factory=dict)

    def read(self, row: Row) -> None:
        """Take the row, leave it out with a warning, or say everything that is wrong with it."""
        text = self.layout.text
        if self.choices.only_project is not None and text(row, "project") != self.choices.only_project:
            self._say("other_project", row, "project", WARNING)
            return
        if text(row, "kind").casefold() in BREAKS:
            self._say("break_row", row, "kind", WARNING)
            return
        found = len(self.problems)
        worked_on = self._cell(row, "worked_on", self._read_day)
        minutes = self._cell(row, "duration", self._read_minutes)
        person = " ".join(filter(None, (text(row, "person"), text(row, "surname"))))
        if not person:
            self._say("missing", row, "person")
        elif len(person) > LONGEST_NAME:
            self._say("text_too_long", row, "person", limit=LONGEST_NAME)
        if minutes is not None and whole_minutes(minutes) == 0:
            self._say("under_half_a_minute" if minutes else "zero_minutes", row, "duration", WARNING)
        if len(self.problems) == found and worked_on is not None and minutes is not None:
            self._take(row, person, worked_on, whole_minutes(minutes))

    def look_at_days(self) -> None:
        """Warn of days on which somebody worked more than there are hours."""
        days: dict[tuple[str, dt.date], list[TimesheetRow]] = defaultdict(list)
        for row in self.rows:
            days[row.person_key, row.worked_on].append(row)
        for (_, day), rows in days.items():
            total = sum(row.minutes for row in rows)
            if total > DAY_MINUTES:
                params = {"person": rows[0].person, "day": day.isoformat(), "hours": f"{total / 60:.1f}"}
                self.problems.append(
                    Problem("over_24_hours_a_day", rows[-1].number, value=rows[0].person, level=WARNING, params=params)
                )

    def _cell(self, row: Row, name: str, read: Callable[[str], T]) -> T | None:
        cell = self.layout.text(row, name)
        if not cell:
            self._say("formula_not_calculated" if self.layout.lacks_result(row, name) else "missing", row, name)
            return None
        try:
            return read(cell)
        except CellRefused as error:
            self._say(error.code, row, name, **error.params)
        return None

    def _read_day(self, cell: str) -> dt.date:
        day = read_date(cell, self.choices.date_order or DateOrder.DAY_FIRST)
        if day > self.last_day:
            raise CellRefused("future")
        return day

    def _read_minutes(self, cell: str) -> Decimal:
        minutes = read_minutes(cell, self.choices.unit or Unit.HOURS, self.choices.decimal_mark or DecimalMark.POINT)
        if minutes < 0:
            raise CellRefused("negative")
        if minutes > DAY_MINUTES:
            raise CellRefused("more_than_a_day")
        return minutes

    def _take(self, row: Row, person: str, worked_on: dt.date, minutes: int) -> None:
        text = self.layout.text
        email = text(row, "email").casefold()
        taken = TimesheetRow(
            number=row.number,
            person=person,
            email=email if "@" in email else "",
            worked_on=worked_on,
            minutes=minutes,
            item=text(row, "item"),
            note=self._note(row),
            billable=self._billable(row),
            source_id="",
        )
        taken = replace(taken, source_id=self._source_id(row, taken))
        earlier = self._by_id.setdefault(taken.source_id, taken)
        if earlier is not taken:
            if (earlier.person_key, earlier.worked_on, earlier.minutes) == (taken.person_key, worked_on, minutes):
                self._say("id_twice", row, "source_id", WARNING, first=earlier.number)
            else:
                self._say("id_reused", row, "source_id", first=earlier.number)
            return
        self._look_over_midnight(row, worked_on)
        self._look_at_times(row, taken)
        self.rows.append(taken)

    def _note(self, row: Row) -> str:
        note = self.layout.text(row, "note")
        if len(note) <= LONGEST_NOTE:
            return note
        self._say("note_shortened", row, "note", WARNING, limit=LONGEST_NOTE)
        return note[: LONGEST_NOTE - 1] + "…"

    def _billable(self, row: Row) -> str:
        cell = self.layout.text(row, "billable")
        if not cell:
            return "u"
        try:
            return "y" if read_yes_no(cell) else "n"
        except CellRefused as error:
            self._say(error.code, row, "billable", WARNING)
            return "u"

    def _source_id(self, row: Row, taken: TimesheetRow) -> str:
        text = self.layout.text
        if outside_id := text(row, "source_id"):
            return f"id:{outside_id}" if len(outside_id) <= LONGEST_SOURCE_ID else f"id:{_digest(outside_id)}"
        # Not the billable flag: tools change it when they invoice, and the hours stay the same hours.
        said = (taken.person_key, taken.worked_on.isoformat(), str(taken.minutes), taken.item, text(row, "note"))
        digest = _digest("\x1f".join((*said, text(row, "started_at"), text(row, "ended_at"))))
        self._occurrences[digest] += 1
        return f"row:{digest}#{self._occurrences[digest]}"

    def _look_over_midnight(self, row: Row, worked_on: dt.date) -> None:
        ended = self.layout.text(row, "ended_on")
        if not ended:
            return
        try:
            if read_date(ended, self.choices.date_order or DateOrder.DAY_FIRST) != worked_on:
                self._say("over_midnight", row, "ended_on", WARNING)
        except CellRefused as error:
            self._say(error.code, row, "ended_on", WARNING, **error.params)

    def _look_at_times(self, row: Row, taken: TimesheetRow) -> None:
        """Warn of a second entry of a person with the very same start and end: both count, and may be one."""
        times = [self.layout.text(row, name) for name in ("worked_on", "started_at", "ended_on", "ended_at")]
        if ":" in times[0] + times[1] and ":" in times[2] + times[3]:
            earlier = self._by_times.setdefault((taken.person_key, *times), taken)
            if earlier is not taken:
                self._say("same_times", row, "worked_on", WARNING, first=earlier.number)

    def _say(self, code: str, row: Row, name: str, level: str = ERROR, **params: Any) -> None:
        value = self.layout.text(row, name)[:80]
        self.problems.append(Problem(code, row.number, self.layout.header_of(name), value, level, params))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
