"""Excel workbooks, looked at before they are opened: a small file may claim to be an enormous table."""

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import IO, Final

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from core.tabular.cell_values import EXCEL_1904_DAY_ZERO, EXCEL_DAY_ZERO
from core.tabular.problems import Unreadable

UNPACKED_LIMIT: Final = 200 * 1024 * 1024
MOST_PARTS: Final = 2000
MOST_COLUMNS: Final = 400
MOST_WITHOUT_RESULT: Final = 50_000
WORKBOOK: Final = "xl/workbook.xml"
SHEETS: Final = "xl/worksheets/"
HEADER_AMONG_FIRST: Final = 40
PIECE: Final = 1 << 18
ABOUT_THE_WORKBOOK: Final = 1 << 20
# More than any of the expressions below can span.
LONGEST_MATCH: Final = 12_000

# Cells and rows by their addresses. The library lays a sheet out as a full rectangle, so that one cell in the
# last corner of an otherwise empty sheet would ask for all the memory there is.
CELL_ADDRESS = re.compile(rb"\br\s{0,9}=\s{0,9}[\"']([A-Z]{1,7})([0-9]{1,10})[\"']")
# Every span is bounded: tags that never close and endless blanks would otherwise be read again from each place.
ROW_ADDRESS = re.compile(rb"<(?:\w{1,20}:)?row\b[^<>]{0,500}?\br\s{0,9}=\s{0,9}[\"']([0-9]{1,10})[\"']")
COUNTS_FROM_1904 = re.compile(rb"\bdate1904\s{0,9}=\s{0,9}[\"'](?:1|true)[\"']")
ROW_START = re.compile(rb"<(?:\w{1,20}:)?row\b")
WITHOUT_RESULT = re.compile(
    rb"<c\b[^<>]{0,200}?\br=\"([A-Z]{1,3})([0-9]{1,7})\"[^<>]{0,200}>\s{0,99}"
    rb"<f\b(?:[^<>]{0,500}/>|[^<>]{0,500}>[^<]{0,9000}</f>)\s{0,99}(?:<v\s{0,9}/>|<v>\s{0,99}(0?)\s{0,99}</v>)?\s{0,99}</c>"
)
# Libraries that cannot calculate write a zero for a result and ask whoever opens the workbook to calculate it.
CALCULATES_ON_LOAD = re.compile(rb"\bfullCalcOnLoad\s{0,9}=\s{0,9}[\"'](?:1|true)[\"']")


@dataclass(frozen=True)
class Worksheet:
    """Rows with their numbers in the sheet, the other sheets' names, and cells whose formula has no result."""

    name: str
    names: tuple[str, ...]
    rows: Iterable[tuple[int, list[str]]]
    without_result: frozenset[tuple[int, int]]
    day_zero: dt.date


def xlsx_sheet(
    file: IO[bytes], *, sheet: str = "", most_rows: int, is_header: Callable[[Sequence[str]], bool] | None = None
) -> Worksheet:
    """The chosen sheet; without a choice the only one that has content, or the only one with a header that is known."""
    file.seek(0)
    data = file.read()
    without_result, day_zero = _look_through(data, most_rows)
    workbook = _opened(data)
    names = tuple(meta.name for meta in workbook.sheets_metadata if meta.visible == SheetVisibleEnum.Visible) or tuple(
        workbook.sheet_names
    )
    if "\0" in "".join(names):
        raise Unreadable("workbook_damaged")
    if sheet and sheet not in names:
        raise Unreadable("no_such_sheet", asks="sheet", sheet=sheet)
    found = [name for name in ([sheet] if sheet else names) if next(_rows_of(workbook, name), None)]
    if not found:
        raise Unreadable("empty_file")
    if len(found) > 1 and is_header is not None:
        known = [name for name in found if any(map(is_header, _first_rows(workbook, name)))]
        found = known if len(known) == 1 else found
    if len(found) > 1:
        raise Unreadable("which_sheet", asks="sheet", sheets=found)
    # Which part holds which sheet is a matter of two more files; a formula without a result is doubted in any sheet
    # only where the chosen one shows nothing either.
    return Worksheet(found[0], names, _rows_of(workbook, found[0]), without_result, day_zero)


def column_index(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _look_through(data: bytes, most_rows: int) -> tuple[frozenset[tuple[int, int]], dt.date]:
    """Refuse what is no honest workbook before anything is built of it.

    The cells whose formula has no result come back, and the day from which the workbook counts its dates. Every part
    is unpacked by us, piece by piece, up to the size that the directory claims: one that goes on is refused.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise Unreadable("workbook_damaged") from error
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > UNPACKED_LIMIT:
        raise Unreadable("unpacks_too_large", limit=UNPACKED_LIMIT // 1024 // 1024)
    if any(info.flag_bits & 0x1 for info in infos):
        raise Unreadable("is_encrypted")
    if any(info.filename.lower().endswith("vbaproject.bin") for info in infos):
        raise Unreadable("has_macros")
    if WORKBOOK not in {info.filename for info in infos}:
        raise Unreadable("not_a_table")
    about = _about(data, archive.getinfo(WORKBOOK))
    zeros_count = CALCULATES_ON_LOAD.search(about) is None
    without_result: set[tuple[int, int]] = set()
    for info in infos:
        if info.filename.startswith(SHEETS):
            look = SheetLook(info.filename, most_rows, without_result, zeros_count=zeros_count)
            for piece in _pieces(data, info):
                look.at(piece)
            look.at_the_end()
        else:
            for _piece in _pieces(data, info):
                pass
    return frozenset(without_result), EXCEL_1904_DAY_ZERO if COUNTS_FROM_1904.search(about) else EXCEL_DAY_ZERO


def _about(data: bytes, workbook: zipfile.ZipInfo) -> bytes:
    """The beginning of what the workbook says of itself."""
    about = b""
    for piece in _pieces(data, workbook):
        about += piece
        if len(about) >= ABOUT_THE_WORKBOOK:
            break
    return about


class SheetLook:
    """A sheet's XML looked at in pieces. What begins in the last part of one is looked at again with the next."""

    def __init__(
        self, part: str, most_rows: int, without_result: set[tuple[int, int]], *, zeros_count: bool = True
    ) -> None:
        self.part = part
        self.most_rows = most_rows
        self.without_result = without_result
        self.zeros_count = zeros_count
        self.rows = 0
        self.held = b""

    def at(self, piece: bytes) -> None:
        self.held += piece
        if len(self.held) > 2 * LONGEST_MATCH:
            self._look(len(self.held) - LONGEST_MATCH)

    def at_the_end(self) -> None:
        self._look(len(self.held))

    def _look(self, end: int) -> None:
        """Everything that begins before ``end``, which is then let go."""
        content, self.held = self.held, self.held[end:]
        self.rows += sum(1 for _ in _before(end, ROW_START, content))
        if self.rows > self.most_rows:
            raise Unreadable("too_many_rows", limit=f"{self.most_rows:,}")
        last_row = self.most_rows + 1000
        for match in _before(end, CELL_ADDRESS, content):
            if column_index(match[1].decode()) >= MOST_COLUMNS or int(match[2]) > last_row:
                self._refuse_corner(match[1] + match[2])
        for match in _before(end, ROW_ADDRESS, content):
            if int(match[1]) > last_row:
                self._refuse_corner(match[1])
        for match in _before(end, WITHOUT_RESULT, content):
            if not (match[3] and self.zeros_count):
                self.without_result.add((int(match[2]), column_index(match[1].decode())))
        if len(self.without_result) > MOST_WITHOUT_RESULT:
            raise Unreadable("never_calculated")

    def _refuse_corner(self, cell: bytes) -> None:
        raise Unreadable("sheet_too_wide", sheet=self.part.rpartition("/")[2], cell=cell.decode())


def _before(end: int, pattern: "re.Pattern[bytes]", content: bytes) -> Iterator["re.Match[bytes]"]:
    return takewhile(lambda match: match.start() < end, pattern.finditer(content))


def _pieces(data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    head = data[info.header_offset : info.header_offset + 30]
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise Unreadable("workbook_damaged")
    start = info.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    packed = data[start : start + info.compress_size]
    size = 0
    for piece in _unpacked(packed, info.compress_type):
        size += len(piece)
        if size > info.file_size:
            raise Unreadable("sizes_lie")
        yield piece
    if size != info.file_size:
        raise Unreadable("sizes_lie")


def _unpacked(packed: bytes, method: int) -> Iterator[bytes]:
    if method == zipfile.ZIP_STORED:
        yield packed
        return
    if method != zipfile.ZIP_DEFLATED:
        raise Unreadable("workbook_damaged")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, PIECE)
            packed = unpacker.unconsumed_tail
    except zlib.error as error:
        raise Unreadable("workbook_damaged") from error


def _opened(data: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise Unreadable("workbook_damaged") from error


def _rows_of(workbook: CalamineWorkbook, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows with content, each with its number in the sheet. Only one row is built at a time."""
    try:
        sheet = workbook.get_sheet_by_name(name)
        # The library leaves out empty columns at the left, and we count all of them.
        left = [""] * (sheet.start[1] if sheet.start else 0)
        for number, values in enumerate(sheet.iter_rows(), start=1):
            cells = left + [as_text(value) for value in values]
            if text := "".join(cells).strip():
                _refuse_nul(text, number)
                yield number, cells
    except (KeyboardInterrupt, SystemExit, MemoryError, GeneratorExit, Unreadable):
        raise
    except BaseException as error:
        raise Unreadable("workbook_damaged") from error


def _first_rows(workbook: CalamineWorkbook, name: str) -> Iterator[list[str]]:
    return (cells for _number, cells in islice(_rows_of(workbook, name), HEADER_AMONG_FIRST))


def _refuse_nul(text: str, number: int) -> None:
    """XML has no such character, and no database keeps it."""
    if "\0" in text:
        raise Unreadable("nul_byte", line=number)


def as_text(value: object) -> str:
    """A cell as a person would have typed it: dates as ISO, durations as H:MM:SS, whole numbers without a point."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "seconds") if value.time() != dt.time() else value.date().isoformat()
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
