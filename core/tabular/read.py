"""A file's bytes become a table: one header, rows of equally many cells, and what was left out or is amiss."""

import re
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from core.tabular.csv_file import Lines, read_csv
from core.tabular.problems import WARNING, Problem, Unreadable
from core.tabular.xlsx_file import read_xlsx

SIZE_LIMIT: Final = 20 * 1024 * 1024
ROW_LIMIT: Final = 200_000
COLUMN_LIMIT: Final = 400
HEADER_AMONG_FIRST: Final = 40

TOTAL_WORDS: Final = frozenset(
    ("total", "totals", "grand total", "sum", "subtotal", "gesamt", "summe", "gesamtsumme", "итого", "всего")
) | {"totaal", "suma", "razem", "totale", "somme", "total général", "общо"}
NUMBER_LIKE = re.compile(r"[-+]?[0-9][0-9.,:' ]*(?: ?(?:h|[A-Z]{3}|€|\$))?")


@dataclass(frozen=True)
class Row:
    """One line of the table with its number in the file."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """``problems`` are of two kinds: lines left out on purpose (warnings) and rows of the wrong width (errors).

    ``read_rows`` counts every line below the header that has content; those are ``rows``, plus the lines that
    ``problems`` name below the header.
    """

    header: tuple[str, ...]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    read_rows: int
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    without_result: frozenset[tuple[int, int]] = frozenset()


def read_table(
    data: bytes, *, encoding: str = "", sheet: str = "", known_names: AbstractSet[str] = frozenset()
) -> Table:
    """Open CSV or XLSX by content, not by name. Raises Unreadable and nothing else.

    ``known_names`` are normalised column names (see ``normalised``) that help to tell the header from a title.
    """
    if len(data) > SIZE_LIMIT:
        raise Unreadable("too_large", limit=SIZE_LIMIT // 1024 // 1024)
    if not data.strip():
        raise Unreadable("empty_file")
    _refuse_other_kinds(data)
    if data.startswith(b"PK\x03\x04"):
        worksheet = read_xlsx(data, sheet=sheet, most_rows=ROW_LIMIT + HEADER_AMONG_FIRST)
        return _table(
            worksheet.rows, known_names, worksheet.name, worksheet.names, without_result=worksheet.without_result
        )
    lines = read_csv(data, encoding=encoding, most_rows=ROW_LIMIT + HEADER_AMONG_FIRST)
    if not lines:
        raise Unreadable("empty_file")
    return _table(lines, known_names)


def normalised(name: str) -> str:
    """A column name as it is compared: without case, outer and repeated blanks."""
    return " ".join(name.replace("\ufeff", "").replace("\xa0", " ").split()).casefold()


def _refuse_other_kinds(data: bytes) -> None:
    start = data[:1024].lstrip()
    if start.startswith(b"%PDF"):
        raise Unreadable("is_pdf")
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("is_encrypted" if "EncryptedPackage".encode("utf-16-le") in data else "is_old_excel")
    if start[:5].lower() in (b"<html", b"<!doc", b"<tabl") or start.startswith(b"<?xml"):
        raise Unreadable("is_web_page")
    if start[:4] in (b"\x89PNG", b"GIF8", b"Rar!", b"7z\xbc\xaf") or start[:2] in (b"\x1f\x8b", b"\xff\xd8"):
        raise Unreadable("not_a_table")


def _table(
    lines: Lines,
    known_names: AbstractSet[str],
    sheet: str = "",
    sheets: tuple[str, ...] = (),
    without_result: frozenset[tuple[int, int]] = frozenset(),
) -> Table:
    position = _header_position(lines, known_names)
    header = _distinct(_trimmed(lines[position][1]))
    if len(header) > COLUMN_LIMIT:
        raise Unreadable("too_many_columns", limit=COLUMN_LIMIT)
    below = lines[position + 1 :]
    if len(below) > ROW_LIMIT:
        raise Unreadable("too_many_rows", limit=f"{ROW_LIMIT:,}")
    problems = [
        Problem("title_line", number, value=_glimpse(cells), level=WARNING) for number, cells in lines[:position]
    ]
    repeated = tuple(map(normalised, _trimmed(lines[position][1])))
    totals = _totals_at_the_end(below)
    rows = []
    for number, cells in below:
        if cells and normalised(cells[0]) == repeated[0] and tuple(map(normalised, _trimmed(cells))) == repeated:
            problems.append(Problem("repeated_header", number, level=WARNING))
        elif number in totals:
            problems.append(Problem("total_line", number, value=_glimpse(cells), level=WARNING))
        elif len(cells) != len(header) and len(_trimmed(cells)) > len(header):
            problems.append(_wrong_width("row_too_wide", number, cells, header))
        elif len(cells) < len(header):
            problems.append(_wrong_width("row_too_short", number, cells, header))
        else:
            rows.append(Row(number, tuple(cells[: len(header)])))
    return Table(header, tuple(rows), tuple(problems), len(below), sheet, sheets, without_result)


def _header_position(lines: Lines, known_names: AbstractSet[str]) -> int:
    """The line with the most known names; without any, the first as wide as most that holds no figure."""
    first = lines[:HEADER_AMONG_FIRST]
    known = [sum(normalised(cell) in known_names for cell in cells) for _, cells in first]
    if max(known) >= 2:
        return known.index(max(known))
    usual_width = Counter(len(_trimmed(cells)) for _, cells in lines[:200]).most_common(1)[0][0]
    for position, (_, cells) in enumerate(first):
        names = [cell.strip() for cell in _trimmed(cells)]
        if len(names) >= usual_width * 0.6 and not any(NUMBER_LIKE.fullmatch(name) for name in names):
            return position
    raise Unreadable("no_header")


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


def _totals_at_the_end(lines: Lines) -> frozenset[int]:
    """Numbers of the last lines that only add up the ones above: named so, or figures in an otherwise empty row."""
    totals = set()
    for number, cells in reversed(lines[-3:]):
        filled = [cell.strip() for cell in cells if cell.strip()]
        named = any(cell.casefold().rstrip(":") in TOTAL_WORDS for cell in filled)
        bare = 0 < len(filled) <= len(cells) / 3 and all(NUMBER_LIKE.fullmatch(cell) for cell in filled)
        if not named and not (bare and len(cells) > 3):
            break
        totals.add(number)
    return frozenset(totals)


def _wrong_width(code: str, number: int, cells: Sequence[str], header: Sequence[str]) -> Problem:
    return Problem(code, number, value=_glimpse(cells), params={"cells": len(cells), "columns": len(header)})


def _glimpse(cells: Sequence[str]) -> str:
    return " | ".join(cell.strip() for cell in cells if cell.strip())[:80]
