"""Which column holds what: found by the names that tools give, kept as a mapping that a person can change."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from core.tabular.cell_values import BLANKS, EXCEL_DAY_ZERO
from core.tabular.read import Row, normalised


@dataclass(frozen=True)
class Column:
    """Something that a file may say in a column of its own, with the names it goes by, best first."""

    name: str
    aliases: tuple[str, ...]
    is_required: bool = False


@dataclass(frozen=True)
class Layout:
    """The columns of one file: which of its names stands for which of ours; ``rows`` where all are at hand."""

    header: Sequence[str]
    mapping: Mapping[str, str]
    without_result: frozenset[tuple[int, int]] = frozenset()
    rows: Sequence[Row] = ()
    day_zero: dt.date = EXCEL_DAY_ZERO
    indexes: Mapping[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        positions = {name: index for index, name in enumerate(self.header)}
        indexes = {name: positions[header] for name, header in self.mapping.items() if header in positions}
        object.__setattr__(self, "indexes", indexes)

    def __contains__(self, name: str) -> bool:
        return name in self.indexes

    def header_of(self, name: str) -> str:
        """What the file calls the column."""
        return self.mapping.get(name, "")

    def text(self, row: Row, name: str) -> str:
        """The cell, trimmed; empty where the file has no such column or says nothing there."""
        index = self.indexes.get(name)
        cell = "" if index is None else row.cells[index].strip()
        return "" if cell in BLANKS else cell

    def indent(self, row: Row, name: str) -> int:
        """How far the cell's text is moved in; a tab counts four."""
        index = self.indexes.get(name)
        cell = "" if index is None else row.cells[index].expandtabs(4).replace("\xa0", " ")
        return len(cell) - len(cell.lstrip())

    def texts(self, name: str) -> list[str]:
        """The whole column of ``rows`` without its blanks."""
        return [text for row in self.rows if (text := self.text(row, name))] if name in self else []

    def lacks_result(self, row: Row, name: str) -> bool:
        """Whether the cell is a formula that nobody calculated."""
        return (row.number, self.indexes.get(name, -1)) in self.without_result


# Aufwand (Std.), Effort [h], Hours in h: the unit is said beside the name.
UNIT_BESIDE: Final = re.compile(
    r" ?(?:[(\[](?:in )?(?:h|hrs?|hours?|std\.?|stunden|heures?)[)\]]|in (?:h|hrs?|hours|std\.?|stunden|heures))$"
)


def match_columns(header: Sequence[str], columns: Sequence[Column]) -> dict[str, str]:
    """Each column's first alias that the header has; one header column stands for one thing only.

    A name that says its unit is also found without it.
    """
    plain = {UNIT_BESIDE.sub("", normalised(name)): name for name in reversed(header)}
    by_name = plain | {normalised(name): name for name in reversed(header)}
    mapping: dict[str, str] = {}
    for column in columns:
        for alias in column.aliases:
            name = by_name.get(alias)
            if name is not None and name not in mapping.values():
                mapping[column.name] = name
                break
    return mapping


def known_names(columns: Sequence[Column]) -> frozenset[str]:
    """Every alias, for telling a header from a title line."""
    return frozenset(alias for column in columns for alias in column.aliases)
