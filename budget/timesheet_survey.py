"""A timesheet looked at once as a whole: what its columns mean, and what only a person can say. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from budget.duration_units import UnitOfColumn
from budget.timesheet_formats import unit_of
from budget.timesheet_shapes import Shape
from core.tabular.cell_values import (
    BLANKS,
    DateOrder,
    DecimalMark,
    MarkOfColumn,
    OrderOfColumn,
    Unit,
    has_bare_numbers,
)
from core.tabular.columns import Layout
from core.tabular.read import TableStream

MOST_PROJECTS: Final = 200
SAMPLE: Final = 3
# A text that was seen is passed over. What differs in every row is not remembered for ever.
MOST_REMEMBERED: Final = 50_000


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
    one_person: str | None = None

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> "Choices":
        return cls(
            date_order=DateOrder(options["date_order"]) if options.get("date_order") else None,
            decimal_mark=DecimalMark(options["decimal_mark"]) if options.get("decimal_mark") else None,
            unit=Unit(options["unit"]) if options.get("unit") else None,
            only_project=options.get("only_project") or None,
            one_person=options.get("one_person") or None,
        )


@dataclass(frozen=True)
class Settled:
    """How the cells of a file are read. ``one_person`` is whose hours they all are, where no column says it."""

    order: DateOrder
    mark: DecimalMark
    unit: Unit
    only_project: str | None = None
    one_person: str | None = None


@dataclass(frozen=True)
class Survey:
    """What the look found: how to read the file, its first rows, or what has to be asked first."""

    settled: Settled
    rows: int
    sample: tuple[tuple[str, ...], ...]
    doubts: tuple[Doubt, ...]


def survey(stream: TableStream, layout: Layout, shape: Shape, tool: str, choices: Choices) -> Survey:
    """Read the stream to its end and settle what its columns settle."""
    look = _Look()
    for name in shape.days.values():
        look.see_date(name)
    sample = _looked_through(stream, layout, shape, look)
    stated = unit_of(layout.header_of("duration"), tool) or look.units.settled
    settled = Settled(
        order=choices.date_order or look.dates.settled or DateOrder.DAY_FIRST,
        mark=choices.decimal_mark or look.durations.settled or DecimalMark.POINT,
        unit=choices.unit or stated or Unit.HOURS,
        only_project=choices.only_project,
        one_person=None if "person" in layout else choices.one_person,
    )
    missing = tuple(name for name in shape.required if name not in layout)
    if missing == ("person",) and choices.one_person:
        missing = ()
    doubts = [Doubt("columns", missing)] if missing else list(look.doubts(choices, stated))
    return Survey(settled, look.rows, tuple(sample), tuple(doubts))


def _looked_through(stream: TableStream, layout: Layout, shape: Shape, look: "_Look") -> list[tuple[str, ...]]:
    """Show every cell that matters to ``look``; the first rows come back."""
    sample: list[tuple[str, ...]] = []
    columns = look.columns(layout, shape)
    times = [layout.indexes[name] for name in ("duration", "started_at", "ended_at") if name in layout]
    for _number, cells, problem in stream.lines:
        if problem is not None and not cells:
            continue
        look.rows += 1
        if len(sample) < SAMPLE:
            sample.append(tuple(cells))
        for index, seen, see in columns:
            if (cell := cells[index]) not in seen:
                if len(seen) > MOST_REMEMBERED:
                    seen.clear()
                seen.add(cell)
                see(cell)
        if not shape.is_plain:
            look.see_parts(shape, cells)
        elif len(times) == 3:
            look.units.see(*(cells[index] for index in times))
    return sample


class _Look:
    """What was seen of the columns so far."""

    def __init__(self) -> None:
        self.dates = OrderOfColumn()
        self.durations = MarkOfColumn()
        self.units = UnitOfColumn()
        self.bare_number = ""
        self.rows = 0
        self.projects: set[str] = set()

    def columns(self, layout: Layout, shape: Shape) -> list[tuple[int, set[str], Callable[[str], None]]]:
        """The columns that are looked at, each with the texts already seen in it."""
        seen_by = {"project": self.see_project}
        if shape.is_plain:
            seen_by |= {"worked_on": self.see_date, "duration": self.see_duration}
        return [(layout.indexes[name], set(), see) for name, see in seen_by.items() if name in layout]

    def see_parts(self, shape: Shape, cells: Sequence[str]) -> None:
        for part in shape.parts(cells):
            self.see_date(part.day)
            self.see_duration(part.duration)

    def see_date(self, cell: str) -> None:
        if (text := cell.strip()) not in BLANKS:
            self.dates.see(text)

    def see_duration(self, cell: str) -> None:
        if (text := cell.strip()) not in BLANKS:
            self.durations.see(text)
            if not self.bare_number and has_bare_numbers([text]):
                self.bare_number = text

    def see_project(self, cell: str) -> None:
        if (text := cell.strip()) not in BLANKS and len(self.projects) <= MOST_PROJECTS:
            self.projects.add(text)

    def doubts(self, choices: Choices, stated: Unit | None) -> Iterator[Doubt]:
        if choices.date_order is None and self.dates.settled is None:
            yield Doubt("date_order", tuple(DateOrder), self.dates.example)
        if choices.decimal_mark is None and self.durations.settled is None:
            yield Doubt("decimal_mark", tuple(DecimalMark), self.durations.example)
        if choices.unit is None and stated is None and self.bare_number:
            yield Doubt("unit", tuple(Unit), self.bare_number)
        if choices.only_project is None and len(self.projects) > 1:
            yield Doubt("only_project", tuple(_shown(self.projects)))


def _shown(projects: set[str]) -> Sequence[str]:
    return sorted(projects)[:MOST_PROJECTS]
