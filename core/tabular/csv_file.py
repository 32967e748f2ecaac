"""CSV as programs really write it: any encoding, any line end, any delimiter, and quotes read strictly."""

import codecs
import csv
import io
from collections import Counter
from typing import Final

from core.tabular.problems import Unreadable

ENCODINGS: Final = ("utf-8", "utf-16", "cp1252", "cp1251", "cp1250", "iso-8859-1", "iso-8859-15")
DELIMITERS: Final = (",", ";", "\t", "|")
LONGEST_CELL: Final = 32_767  # as in Excel
LINES_TO_LOOK_AT: Final = 60

Lines = list[tuple[int, list[str]]]


def read_csv(data: bytes, *, encoding: str = "", most_rows: int) -> Lines:
    """Rows with the number of the line they begin on; blank lines are passed over."""
    text = decode(data, encoding)
    _refuse_nul(text)
    stated, text, lines_before = _stated_delimiter(text)
    delimiter = stated or detect_delimiter(text)
    rows: Lines = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    widths: Counter[int] = Counter()
    while True:
        line = begins + lines_before
        try:
            cells = next(reader)
        except StopIteration:
            return rows
        except csv.Error as error:
            raise _refusal(error, line) from error
        if any(len(cell) > LONGEST_CELL for cell in cells):
            raise Unreadable("cell_too_long", line=line, limit=LONGEST_CELL)
        if reader.line_num > begins and _swallows_rows(cells, delimiter, max(widths, default=0)):
            raise Unreadable("swallowed_rows", line=line)
        begins = reader.line_num + 1
        if any(cell.strip() for cell in cells):
            widths[len(cells)] += 1
            rows.append((line, cells))
            if len(rows) > most_rows:
                raise Unreadable("too_many_rows", limit=f"{most_rows:,}")


def decode(data: bytes, encoding: str = "") -> str:
    """The text, by its byte order mark, else as stated, else as UTF-8. What else it could be is asked, not guessed."""
    if encoding and encoding not in ENCODINGS:
        raise Unreadable("unknown_encoding", asks="encoding", encoding=encoding)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _decode_strictly(data, name)
    if encoding:
        return _decode_strictly(data, encoding)
    if b"\0" in data[:200]:
        # Latin text in UTF-16 has a NUL in every other byte; on which side says the byte order.
        even, odd = data[0:200:2].count(0), data[1:200:2].count(0)
        if min(even, odd) == 0 and max(even, odd) > 40 * len(data[:200]) // 200:
            return _decode_strictly(data, "utf-16-le" if odd else "utf-16-be")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding_unclear", asks="encoding", line=_line_of(data, error.start)) from error


def detect_delimiter(text: str) -> str:
    """The delimiter that divides the most lines into the same number of cells."""

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = Counter(filter(None, (_count_outside_quotes(line, delimiter) for line in lines)))
        if not counts:
            return 0, 0
        count, even_lines = max(counts.items(), key=lambda item: (item[1], item[0]))
        return even_lines, count

    lines = [line for line in text[:200_000].splitlines()[:LINES_TO_LOOK_AT] if line.strip()]
    return max(DELIMITERS, key=evenness)


def _decode_strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable(
            "wrong_encoding", asks="encoding", encoding=encoding, line=_line_of(data, error.start)
        ) from error


def _line_of(data: bytes, position: int) -> int:
    return len(data[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))


def _refuse_nul(text: str) -> None:
    position = text.find("\0")
    if position >= 0:
        before = text[:position].replace("\r\n", "\n").replace("\r", "\n")
        raise Unreadable("nul_byte", line=before.count("\n") + 1)


def _stated_delimiter(text: str) -> tuple[str, str, int]:
    """Excel's ``sep=;`` on a line of its own: the delimiter, the text after that line, and the lines it took."""
    first, _, rest = text.partition("\n") if "\n" in text else text.partition("\r")
    stated = first.strip("\r \"'")
    if len(stated) in (4, 5) and stated.lower().startswith("sep="):
        delimiter = stated[4:] or "\t"
        return (delimiter, rest, 1) if delimiter in DELIMITERS else ("", rest, 1)
    return "", text, 0


def _count_outside_quotes(line: str, delimiter: str) -> int:
    return sum(part.count(delimiter) for part in line.split('"')[::2])


def _swallows_rows(cells: list[str], delimiter: str, width: int) -> bool:
    """Whether a cell of several lines holds lines that look like rows: as many delimiters as the widest row so far."""
    return width > 2 and any(
        line.count(delimiter) >= width - 1 for cell in cells for line in cell.splitlines()[1:] if line
    )


def _refusal(error: csv.Error, line: int) -> Unreadable:
    words = str(error)
    if "unexpected end" in words:
        return Unreadable("unclosed_quote", line=line)
    if "field larger" in words:
        return Unreadable("cell_too_long", line=line, limit=LONGEST_CELL)
    return Unreadable("broken_quote", line=line)
