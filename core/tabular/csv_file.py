"""CSV as programs really write it: any encoding, any line end, any delimiter, and quotes read strictly.

Read line by line from the file, however long it is.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import IO, Any, Final

from core.tabular.problems import Unreadable

ENCODINGS: Final = ("utf-8", "utf-16", "cp1252", "cp1251", "cp1250", "iso-8859-1", "iso-8859-15")
DELIMITERS: Final = (",", ";", "\t", "|")
LONGEST_CELL: Final = 32_767  # as in Excel
LINES_TO_LOOK_AT: Final = 60
CHARACTERS_TO_LOOK_AT: Final = 200_000
BLOCK: Final = 1 << 16

# How sure an encoding is: what its mark announces no choice changes.
BY_ITS_MARK: Final = "mark"
BY_STATEMENT: Final = "statement"
BY_NOTHING: Final = "nothing"

Line = tuple[int, list[str]]


def csv_lines(file: IO[bytes], *, encoding: str = "") -> Iterator[Line]:
    """Rows with the number of the line they begin on; blank lines are passed over."""
    encoding, known_by = encoding_of(file, encoding)
    try:
        yield from _rows(file, encoding)
    except UnicodeDecodeError as error:
        line = _line_of_what_is_no(encoding, file)
        if known_by == BY_NOTHING:
            raise Unreadable("encoding_unclear", asks="encoding", line=line) from error
        if known_by == BY_ITS_MARK:
            raise Unreadable("damaged_text", encoding=encoding.removesuffix("-sig").upper(), line=line) from error
        raise Unreadable("wrong_encoding", asks="encoding", encoding=encoding, line=line) from error


def encoding_of(file: IO[bytes], stated: str) -> tuple[str, str]:
    """By the byte order mark, else as stated, else UTF-8; then what else it could be is asked, not guessed."""
    if stated and stated not in ENCODINGS:
        raise Unreadable("unknown_encoding", asks="encoding", encoding=stated)
    file.seek(0)
    head = file.read(200)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return name, BY_ITS_MARK
    if stated and stated != "utf-16":
        return stated, BY_STATEMENT
    if b"\0" in head:
        # Latin text in UTF-16 has a NUL in every other byte; on which side says the byte order.
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if min(even, odd) == 0 and max(even, odd) > 40 * len(head) // 200:
            return ("utf-16-le" if odd else "utf-16-be"), BY_STATEMENT
    # Without a mark nothing else says the order of bytes; Windows writes the little end first.
    return ("utf-16-le", BY_STATEMENT) if stated else ("utf-8", BY_NOTHING)


def detect_delimiter(text: str) -> str:
    """The delimiter that divides the most lines into the same number of cells; of two such, the one in more lines."""

    def evenness(delimiter: str) -> tuple[int, int, int]:
        counts = Counter(filter(None, (_count_outside_quotes(line, delimiter) for line in lines)))
        if not counts:
            return 0, 0, 0
        count, even_lines = max(counts.items(), key=lambda item: (item[1], item[0]))
        return even_lines, counts.total(), count

    lines = [line for line in text.splitlines()[:LINES_TO_LOOK_AT] if line.strip()]
    return max(DELIMITERS, key=evenness)


def _rows(file: IO[bytes], encoding: str) -> Iterator[Line]:
    stated, lines_before = "", 0
    head = _text(file, encoding).read(CHARACTERS_TO_LOOK_AT)
    if sep := _stated_delimiter(head):
        stated, head, lines_before = sep
    text = _text(file, encoding)
    for _ in range(lines_before):
        text.readline()
    delimiter = stated or detect_delimiter(head)
    source = _Lines(text, lines_before)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    begins, width = 1, 0
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _refusal(error, begins + lines_before, has_many_lines=reader.line_num > begins) from error
        line, begins, is_one = begins + lines_before, reader.line_num + 1, reader.line_num == begins
        if not is_one or source.has_long_lines:
            _refuse_odd_cells(cells, delimiter, width, line)
        if cells and (cells[0].strip() or "".join(cells).strip()):
            width = len(cells)
            yield line, cells


class _Lines:
    """Lines of text as the csv module wants them, looked at on their way, many at a time."""

    def __init__(self, text: io.TextIOWrapper, lines_before: int) -> None:
        self.text = text
        self.number = lines_before
        self.has_long_lines = False

    def __iter__(self) -> Iterator[str]:
        while lines := self.text.readlines(BLOCK):
            if "\0" in "".join(lines):
                before = next(place for place, line in enumerate(lines) if "\0" in line)
                yield from lines[:before]
                raise Unreadable("nul_byte", line=self.number + before + 1)
            self.has_long_lines = max(map(len, lines)) > LONGEST_CELL
            self.number += len(lines)
            yield from lines


def _text(file: IO[bytes], encoding: str) -> io.TextIOWrapper:
    file.seek(0)
    return io.TextIOWrapper(io.BufferedReader(_StaysOpen(file), BLOCK), encoding, newline="")


class _StaysOpen(io.RawIOBase):
    """The file as the standard library reads bytes, whatever storage it lies in; closing the text leaves it open."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _line_of_what_is_no(encoding: str, file: IO[bytes]) -> int:
    """The number of the line with the first byte that the encoding does not have."""
    lines = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    number = 1
    file.seek(0)
    try:
        while block := file.read(BLOCK):
            number += lines.decode(block).count("\n")
        lines.decode(b"", final=True)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        number += before.count(b"\n")
    return number


def _stated_delimiter(head: str) -> tuple[str, str, int] | None:
    """Excel's ``sep=;`` on a line of its own: the delimiter, the text after that line, and the lines it took."""
    first, _, rest = head.partition("\n") if "\n" in head else head.partition("\r")
    stated = first.strip("\r \"'")
    if len(stated) in (4, 5) and stated.lower().startswith("sep="):
        delimiter = stated[4:] or "\t"
        return (delimiter if delimiter in DELIMITERS else "", rest, 1)
    return None


def _count_outside_quotes(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[::2])


def _refuse_odd_cells(cells: list[str], delimiter: str, width: int, line: int) -> None:
    """Cells that are too long, or that hold lines which look like rows: with as many delimiters as the row before."""
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise Unreadable("cell_too_long", line=line, limit=LONGEST_CELL)
    inner = (text for cell in cells for text in cell.splitlines()[1:] if text)
    if width > 2 and any(text.count(delimiter) >= width - 1 for text in inner):
        raise Unreadable("swallowed_rows", line=line)


def _refusal(error: csv.Error, line: int, *, has_many_lines: bool) -> Unreadable:
    words = str(error)
    is_too_long = "field larger" in words
    if "unexpected end" in words or (is_too_long and has_many_lines):
        return Unreadable("unclosed_quote", line=line)
    if is_too_long:
        return Unreadable("cell_too_long", line=line, limit=LONGEST_CELL)
    return Unreadable("broken_quote", line=line)
