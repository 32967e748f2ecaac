"""Excel workbooks, looked at before they are opened: a small file may claim to be an enormous table."""

import datetime as dt
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import Final

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from core.tabular.problems import Unreadable

UNPACKED_LIMIT: Final = 200 * 1024 * 1024
MOST_PARTS: Final = 2000
MOST_COLUMNS: Final = 400
WORKBOOK: Final = "xl/workbook.xml"

# Cells and rows by their addresses. The library lays a sheet out as a full rectangle, so that one cell in the
# last corner of an otherwise empty sheet would ask for all the memory there is.
CELL_ADDRESS = re.compile(rb"\br\s{0,9}=\s{0,9}[\"']([A-Z]{1,7})([0-9]{1,10})[\"']")
# Every span is bounded: tags that never close and endless blanks would otherwise be read again from each place.
ROW_ADDRESS = re.compile(rb"<(?:\w{1,20}:)?row\b[^<>]{0,500}?\br\s{0,9}=\s{0,9}[\"']([0-9]{1,10})[\"']")
ROW_START = re.compile(rb"<(?:\w{1,20}:)?row\b")
WITHOUT_RESULT = re.compile(
    rb"<c\b[^<>]{0,200}?\br=\"([A-Z]{1,3})([0-9]{1,7})\"[^<>]{0,200}>\s{0,99}"
    rb"<f\b(?:[^<>]{0,500}/>|[^<>]{0,500}>[^<]{0,9000}</f>)\s{0,99}(?:<v\s{0,9}/>|<v>\s{0,99}</v>)?\s{0,99}</c>"
)


@dataclass(frozen=True)
class Worksheet:
    """Rows with their numbers in the sheet, the other sheets' names, and cells whose formula has no result."""

    name: str
    names: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    without_result: frozenset[tuple[int, int]]


def read_xlsx(data: bytes, *, sheet: str = "", most_rows: int) -> Worksheet:
    """The chosen sheet; without a choice the only one that has content."""
    parts = _unpack(data)
    if any(name.lower().endswith("vbaproject.bin") for name in parts):
        raise Unreadable("has_macros")
    if WORKBOOK not in parts:
        raise Unreadable("not_a_table")
    for name, content in parts.items():
        if name.startswith("xl/worksheets/"):
            _refuse_far_corners(name, content, most_rows)
    workbook = _opened(data)
    names = tuple(meta.name for meta in workbook.sheets_metadata if meta.visible == SheetVisibleEnum.Visible) or tuple(
        workbook.sheet_names
    )
    if sheet and sheet not in names:
        raise Unreadable("no_such_sheet", asks="sheet", sheet=sheet)
    contents = {name: rows for name in ([sheet] if sheet else names) if (rows := _rows_of(workbook, name))}
    if not contents:
        raise Unreadable("empty_file")
    if len(contents) > 1:
        raise Unreadable("which_sheet", asks="sheet", sheets=list(contents))
    ((name, rows),) = contents.items()
    if len(rows) > most_rows:
        raise Unreadable("too_many_rows", limit=f"{most_rows:,}")
    # Which part holds which sheet is a matter of two more files; a formula without a result is doubted in any sheet
    # only where the chosen one shows nothing either.
    without_result = frozenset(
        (int(row), column_index(letters.decode()))
        for part, content in parts.items()
        if part.startswith("xl/worksheets/")
        for letters, row in WITHOUT_RESULT.findall(content)
    )
    return Worksheet(name, names, rows, without_result)


def column_index(letters: str) -> int:
    """A → 0, Z → 25, AA → 26."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - 64
    return index - 1


def _unpack(data: bytes) -> dict[str, bytes]:
    """Every XML part, unpacked by us up to the size that the directory claims: a part that goes on is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise Unreadable("workbook_damaged") from error
    if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > UNPACKED_LIMIT:
        raise Unreadable("unpacks_too_large", limit=UNPACKED_LIMIT // 1024 // 1024)
    if any(info.flag_bits & 0x1 for info in infos):
        raise Unreadable("is_encrypted")
    return {info.filename: _content_of(data, info) for info in infos}


def _content_of(data: bytes, info: zipfile.ZipInfo) -> bytes:
    head = data[info.header_offset : info.header_offset + 30]
    if len(head) < 30 or head[:4] != b"PK\x03\x04":
        raise Unreadable("workbook_damaged")
    start = info.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    packed = data[start : start + info.compress_size]
    if info.compress_type == zipfile.ZIP_STORED:
        content = packed
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        try:
            content = zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, info.file_size + 1)
        except zlib.error as error:
            raise Unreadable("workbook_damaged") from error
    else:
        raise Unreadable("workbook_damaged")
    if len(content) != info.file_size:
        raise Unreadable("sizes_lie")
    return content


def _refuse_far_corners(part: str, content: bytes, most_rows: int) -> None:
    if sum(1 for _ in ROW_START.finditer(content)) > most_rows:
        raise Unreadable("too_many_rows", limit=f"{most_rows:,}")
    last_row = most_rows + 1000
    cell = next(
        (
            (letters + digits).decode()
            for letters, digits in CELL_ADDRESS.findall(content)
            if column_index(letters.decode()) >= MOST_COLUMNS or int(digits) > last_row
        ),
        "",
    ) or next((digits.decode() for digits in ROW_ADDRESS.findall(content) if int(digits) > last_row), "")
    if cell:
        raise Unreadable("sheet_too_wide", sheet=part.rpartition("/")[2], cell=cell)


def _opened(data: bytes) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise Unreadable("workbook_damaged") from error


def _rows_of(workbook: CalamineWorkbook, name: str) -> list[tuple[int, list[str]]]:
    try:
        values = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        raise Unreadable("workbook_damaged") from error
    rows = ((number, [as_text(value) for value in row]) for number, row in enumerate(values, start=1))
    return [(number, cells) for number, cells in rows if any(cell.strip() for cell in cells)]


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
