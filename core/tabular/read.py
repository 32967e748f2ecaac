"""A file's bytes become a table: one header, rows of equally many cells, and what was left out or is amiss.

Rows come one after the other, so that a file of a million of them is never in memory.
"""

import datetime as dt
import io
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import IO, Final

from core.tabular.cell_values import EXCEL_DAY_ZERO
from core.tabular.csv_file import Line, csv_lines
from core.tabular.problems import WARNING, Problem, Unreadable
from core.tabular.xlsx_file import HEADER_AMONG_FIRST, xlsx_sheet

MEGABYTE: Final = 1024 * 1024
COLUMN_LIMIT: Final = 1500
# As many names as no title line has by chance.
ENOUGH_NAMES: Final = 2
WIDTH_AMONG_FIRST: Final = 200
TOTALS_AMONG_LAST: Final = 3
LINES_AT_ONCE: Final = 1000

TOTAL_WORDS: Final = frozenset(
    ("total", "totals", "grand total", "sum", "subtotal", "gesamt", "summe", "gesamtsumme", "итого", "всего")
) | {"totaal", "suma", "razem", "totale", "somme", "total général", "общо"}
REPEATED = re.compile(r".+ \([0-9]+\)")
NUMBER_LIKE = re.compile(r"[-+]?[0-9][0-9.,:' ]*(?: ?(?:h|[A-Z]{3}|€|\$))?")


@dataclass(frozen=True)
class Limits:
    """How much a file may hold. A workbook is opened whole, so it may hold less than a text file."""

    megabytes: int
    rows: int
    workbook_megabytes: int
    workbook_rows: int


A_TABLE: Final = Limits(20, 50_000, 20, 50_000)


@dataclass(frozen=True)
class Row:
    """One line of the table with its number in the file."""

    number: int
    cells: tuple[str, ...]


@dataclass
class TableStream:
    """A header and, once, the lines below it: each a number and its cells, or a problem in their place.

    Problems are of three kinds: lines left out on purpose (warnings), rows of the wrong width (errors), and rows that
    are read although cells stand beyond the last column (warnings, with the row's cells). ``titles`` are the lines
    above the header.
    """

    header: tuple[str, ...]
    titles: tuple[Problem, ...]
    lines: Iterator[tuple[int, Sequence[str], Problem | None]]
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    without_result: frozenset[tuple[int, int]] = frozenset()
    day_zero: dt.date = EXCEL_DAY_ZERO


@dataclass(frozen=True)
class Table:
    """A stream read to its end. ``read_rows`` counts every line below the header that has content: those are ``rows``,
    plus the lines that ``problems`` name below the header.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    read_rows: int
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    without_result: frozenset[tuple[int, int]] = field(default=frozenset())
    day_zero: dt.date = EXCEL_DAY_ZERO


def open_table(
    file: IO[bytes],
    *,
    encoding: str = "",
    sheet: str = "",
    known_names: AbstractSet[str] = frozenset(),
    limits: Limits = A_TABLE,
) -> TableStream:
    """Open CSV or XLSX by content, not by name. Raises Unreadable and nothing else, also while lines are read.

    ``known_names`` are normalised column names (see ``normalised``) that help to tell the header from a title.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(0)
    start = file.read(1024)
    _refuse_other_kinds(start, file)
    if start.startswith(b"PK\x03\x04"):
        if size > limits.workbook_megabytes * MEGABYTE:
            raise Unreadable("too_large", limit=limits.workbook_megabytes)
        is_header = partial(_is_header, known_names)
        most_rows = limits.workbook_rows + HEADER_AMONG_FIRST
        worksheet = xlsx_sheet(file, sheet=sheet, most_rows=most_rows, is_header=is_header)
        stream = _stream(iter(worksheet.rows), known_names, limits.workbook_rows)
        stream.sheet, stream.sheets, stream.without_result = worksheet.name, worksheet.names, worksheet.without_result
        stream.day_zero = worksheet.day_zero
        return stream
    if size > limits.megabytes * MEGABYTE:
        raise Unreadable("too_large", limit=limits.megabytes)
    return _stream(csv_lines(file, encoding=encoding), known_names, limits.rows)


def read_table(
    data: bytes, *, encoding: str = "", sheet: str = "", known_names: AbstractSet[str] = frozenset()
) -> Table:
    """The whole table of a file that is small enough."""
    stream = open_table(io.BytesIO(data), encoding=encoding, sheet=sheet, known_names=known_names)
    rows, problems, count = [], list(stream.titles), 0
    for number, cells, problem in stream.lines:
        count += 1
        if problem is not None:
            problems.append(problem)
        if problem is None or cells:
            rows.append(Row(number, tuple(cells)))
    return Table(
        stream.header,
        tuple(rows),
        tuple(problems),
        count,
        stream.sheet,
        stream.sheets,
        stream.without_result,
        stream.day_zero,
    )


def normalised(name: str) -> str:
    """A column name as it is compared: without case, outer and repeated blanks."""
    return " ".join(name.replace("\ufeff", "").replace("\xa0", " ").split()).casefold()


def _refuse_other_kinds(start: bytes, file: IO[bytes]) -> None:
    start = start.lstrip()
    if start.startswith(b"%PDF"):
        raise Unreadable("is_pdf")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        file.seek(0)
        is_encrypted = "EncryptedPackage".encode("utf-16-le") in file.read(MEGABYTE)
        raise Unreadable("is_encrypted" if is_encrypted else "is_old_excel")
    if start[:5].lower() in (b"<html", b"<!doc", b"<tabl") or start.startswith(b"<?xml"):
        raise Unreadable("is_web_page")
    if start[:4] in (b"\x89PNG", b"GIF8", b"Rar!", b"7z\xbc\xaf") or start[:2] in (b"\x1f\x8b", b"\xff\xd8"):
        raise Unreadable("not_a_table")


def _stream(lines: Iterator[Line], known_names: AbstractSet[str], most_rows: int) -> TableStream:
    first = list(islice(lines, WIDTH_AMONG_FIRST))
    if not first:
        raise Unreadable("empty_file")
    position = _header_position(first, known_names)
    names = _trimmed(first[position][1])
    header = _distinct(names)
    if len(header) > COLUMN_LIMIT:
        raise Unreadable("too_many_columns", limit=COLUMN_LIMIT)
    titles = tuple(
        Problem("title_line", number, value=_glimpse(cells), level=WARNING) for number, cells in first[:position]
    )
    below = chain(first[position + 1 :], lines)
    return TableStream(header, titles, _lines_below(below, header, tuple(map(normalised, names)), most_rows))


def _lines_below(
    lines: Iterator[Line], header: Sequence[str], repeated: Sequence[str], most_rows: int
) -> Iterator[tuple[int, Sequence[str], Problem | None]]:
    """Each line below the header as it is to be read; the last ones are held back, as they may be totals."""
    width, letter = len(header), repeated[0][:1]
    held: list[Line] = []
    count = 0
    while some := list(islice(lines, LINES_AT_ONCE)):
        count += len(some)
        if count > most_rows:
            raise Unreadable("too_many_rows", limit=f"{most_rows:,}")
        held += some
        for number, cells in held[:-TOTALS_AMONG_LAST]:
            if len(cells) == width and cells[0].lstrip()[:1].casefold() != letter:
                yield number, cells, None
            else:
                yield _odd_line(number, cells, header, repeated)
        held = held[-TOTALS_AMONG_LAST:]
    totals = _totals_at_the_end(held)
    for number, cells in held:
        if number in totals:
            yield number, (), Problem("total_line", number, value=_glimpse(cells), level=WARNING)
        else:
            yield _odd_line(number, cells, header, repeated)


def _odd_line(
    number: int, cells: Sequence[str], header: Sequence[str], repeated: Sequence[str]
) -> tuple[int, Sequence[str], Problem | None]:
    """A line that may be of another width than the header, or the header once more."""
    width = len(header)
    if tuple(map(normalised, _trimmed(cells))) == repeated:
        return number, (), Problem("repeated_header", number, level=WARNING)
    if len(cells) < width:
        return number, (), _wrong_width("row_too_short", number, cells, header)
    if len(cells) > width and len(_trimmed(cells)) > width:
        if REPEATED.fullmatch(header[-1]):
            # Trackers repeat a column as often as the first issues need it, and write later ones wider than the header.
            return number, cells[:width], _beyond(number, cells, header)
        return number, (), _wrong_width("row_too_wide", number, cells, header)
    return number, cells[:width], None


def _header_position(lines: Sequence[Line], known_names: AbstractSet[str]) -> int:
    """The line with the most known names; without any, the first as wide as most that holds no figure."""
    first = lines[:HEADER_AMONG_FIRST]
    known = [_count_known(known_names, cells) for _, cells in first]
    if max(known) >= ENOUGH_NAMES:
        return known.index(max(known))
    usual_width = Counter(len(_trimmed(cells)) for _, cells in lines).most_common(1)[0][0]
    for position, (_, cells) in enumerate(first):
        names = [cell.strip() for cell in _trimmed(cells)]
        if len(names) >= usual_width * 0.6 and not any(NUMBER_LIKE.fullmatch(name) for name in names):
            return position
    raise Unreadable("no_header")


def _count_known(known_names: AbstractSet[str], cells: Sequence[str]) -> int:
    return sum(normalised(cell) in known_names for cell in cells)


def _is_header(known_names: AbstractSet[str], cells: Sequence[str]) -> bool:
    return _count_known(known_names, cells) >= ENOUGH_NAMES


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Without empty cells at the end, which many programs add."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return list(cells[:end])


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Names that tell columns apart: a second "Comment" becomes "Comment (2)", an empty one "Column 7"."""
    taken: Counter[str] = Counter()
    distinct = []
    for index, raw in enumerate(names, start=1):
        name = " ".join(raw.replace("\ufeff", "").split()) or f"Column {index}"
        taken[normalised(name)] += 1
        count = taken[normalised(name)]
        distinct.append(name if count == 1 else f"{name} ({count})")
    return tuple(distinct)


def _totals_at_the_end(lines: Iterable[Line]) -> frozenset[int]:
    """Numbers of the last lines that only add up the ones above: named so, or figures in an otherwise empty row."""
    totals = set()
    for number, cells in reversed(list(lines)):
        filled = [cell.strip() for cell in cells if cell.strip()]
        named = any(cell.casefold().rstrip(":") in TOTAL_WORDS for cell in filled)
        bare = 0 < len(filled) <= len(cells) / 3 and all(NUMBER_LIKE.fullmatch(cell) for cell in filled)
        if not named and not (bare and len(cells) > 3):
            break
        totals.add(number)
    return frozenset(totals)


def _wrong_width(code: str, number: int, cells: Sequence[str], header: Sequence[str]) -> Problem:
    return Problem(code, number, value=_glimpse(cells), params={"cells": len(cells), "columns": len(header)})


def _beyond(number: int, cells: Sequence[str], header: Sequence[str]) -> Problem:
    counted = {"cells": len(cells), "columns": len(header)}
    return Problem("cells_beyond", number, header[-1], _glimpse(cells[len(header) :]), WARNING, counted)


def _glimpse(cells: Sequence[str]) -> str:
    return " | ".join(cell.strip() for cell in cells if cell.strip())[:80]
