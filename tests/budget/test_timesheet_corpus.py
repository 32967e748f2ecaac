"""What a timesheet has to survive: each case as a file, and what is said of it by code, row and column.

A file that cannot be read as a whole names the code and, where there is one, the line. The same file twice at once and
a kill in the middle are in ``test_time_import``.
"""

import datetime as dt
import io
import zipfile
from typing import Any, Final

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from budget.timesheet_survey import Choices
from core.tabular.cell_values import DateOrder
from core.tabular.problems import Unreadable
from core.tabular.sentences import sentence_of
from core.tabular.writing import as_xlsx
from tests.budget.timesheets import problems_of, said, timesheet_of

HEADER: Final = "Date,User,Hours,Note\n"
FIRST: Final = "2026-01-24,Ann,1.5,first\n"
LAST: Final = "2026-01-26,Cleo,2,last\n"
ANN: Final = ("Ann", "2026-01-24", 90, "", "first", "u")
CLEO: Final = ("Cleo", "2026-01-26", 120, "", "last", "u")

Said = list[tuple[str, int, str]]


def workbook_of(*rows: list[object], is_of_1904: bool = False) -> bytes:
    book = openpyxl.Workbook()
    if is_of_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def with_zeros_for_results(book: bytes) -> bytes:
    """As libraries write it that cannot calculate: a zero in the place of each formula's result."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(whole, "w") as target:
        for info in source.infolist():
            target.writestr(info.filename, source.read(info.filename).replace(b"</f><v />", b"</f><v>0</v>"))
    return whole.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """A workbook with one part more than it should have."""
    whole = io.BytesIO(as_xlsx([["Date", "User", "Hours"], ["2026-01-24", "Ann", "1"]]))
    with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return whole.getvalue()


def with_sizes_that_lie() -> bytes:
    """The directory says that the sheet is one byte shorter than it unpacks to."""
    data = bytearray(as_xlsx([["Date", "User", "Hours"], ["2026-01-24", "Ann", "1"]]))
    at = data.rfind(b"PK\x01\x02")
    size = int.from_bytes(data[at + 24 : at + 28], "little")
    data[at + 24 : at + 28] = (size - 1).to_bytes(4, "little")
    return bytes(data)


# ── Bytes and lines: both good rows are read, and this is said of the others ────────────────────────────────────────

MIDDLES: Final = {
    "too few cells": ("2026-01-25,Bo\n", [("row_too_short", 3, "")]),
    "too many cells": ("2026-01-25,Bo,1,x,y\n", [("row_too_wide", 3, "")]),
    "empty cells beyond the table": ("2026-01-25,,1,x,,,\n", [("missing", 3, "User")]),
    "the header once more": (HEADER, [("repeated_header", 3, "")]),
    "blank lines": ("\n  \n,,,\n", []),
    "infinity": ("2026-01-25,Bo,1e309,x\n", [("not_a_duration", 3, "Hours")]),
    "no number": ("2026-01-25,Bo,NaN,x\n", [("not_a_duration", 3, "Hours")]),
    "less than nothing": ("2026-01-25,Bo,-1,x\n", [("negative", 3, "Hours")]),
    "nothing": ("2026-01-25,Bo,0,x\n", [("zero_minutes", 3, "Hours")]),
    "more than a day": ("2026-01-25,Bo,24.01,x\n", [("more_than_a_day", 3, "Hours")]),
    "an Arabic digit": ("2026-01-25,Bo,٨,x\n", [("foreign_digits", 3, "Hours")]),
    "a formula as text": ("2026-01-25,Bo,=8,x\n", [("formula", 3, "Hours")]),
    "digits with an underscore": ("2026-01-25,Bo,1_000,x\n", [("not_a_duration", 3, "Hours")]),
    "an error of a spreadsheet": ("2026-01-25,Bo,#DIV/0!,x\n", [("error_cell", 3, "Hours")]),
    "a day that was not": ("2026-02-29,Bo,1,x\n", [("no_such_day", 3, "Date")]),
    "the year 1900": ("1900-01-01,Bo,1,x\n", [("date_implausible", 3, "Date")]),
    "the year 9999": ("9999-12-31,Bo,1,x\n", [("date_implausible", 3, "Date")]),
    "a serial of 1904": ("1462,Bo,1,x\n", [("not_a_date", 3, "Date")]),
    "tomorrow": ("2026-08-31,Bo,1,x\n", [("future", 3, "Date")]),
    "a name that goes on": (f"2026-01-25,{'x' * 151},1,x\n", [("text_too_long", 3, "User")]),
    "everything amiss": (
        "2026-02-30,,x,x\n",
        [("no_such_day", 3, "Date"), ("not_a_duration", 3, "Hours"), ("missing", 3, "User")],
    ),
}


@pytest.mark.parametrize("name", MIDDLES)
def test_a_bad_row_between_good_ones_is_named_and_they_are_read(name: str) -> None:
    middle, problems = MIDDLES[name]
    sheet = timesheet_of(HEADER + FIRST + middle + LAST)
    assert (said(sheet), problems_of(sheet)) == ([ANN, CLEO], problems)


WHOLE: Final[dict[str, tuple[bytes, str, Said]]] = {
    "a byte order mark": (("\ufeff" + HEADER + FIRST + LAST).encode(), "", []),
    "UTF-16": ((HEADER + FIRST + LAST).encode("utf-16"), "", []),
    "UTF-16 without a mark": ((HEADER + FIRST + LAST).encode("utf-16-be"), "", []),
    "cp1252": ((HEADER + FIRST + LAST.replace("last", "lästig")).encode("cp1252"), "cp1252", []),
    "cp1251": ((HEADER + FIRST + LAST.replace("last", "конец")).encode("cp1251"), "cp1251", []),
    "a stated delimiter": (("sep=;\n" + HEADER + FIRST + LAST).replace(",", ";").encode(), "", []),
    "carriage returns": ((HEADER + FIRST + LAST).replace("\n", "\r").encode(), "", []),
    "both": ((HEADER + FIRST + LAST).replace("\n", "\r\n").encode(), "", []),
    "mixed line ends": (
        HEADER.replace("\n", "\r\n").encode() + FIRST.replace("\n", "\r").encode() + LAST.encode(),
        "",
        [],
    ),
    "no end of the last line": ((HEADER + FIRST + LAST).rstrip().encode(), "", []),
    "titles above": (
        ("Hours of January\nVendor,Nordhaven\n\n" + HEADER + FIRST + LAST).encode(),
        "",
        [("title_line", 1, ""), ("title_line", 2, "")],
    ),
    "totals below": ((HEADER + FIRST + LAST + "Total,,3.5,\n").encode(), "", [("total_line", 4, "")]),
    "a bare total below": (
        (HEADER + FIRST + LAST)
        .replace("Note", "Note,More,Other,Rest")
        .replace("first", "first,,,")
        .replace("last", "last,,,")
        .encode()
        + b",,3.5,,,,\n",
        "",
        [("total_line", 4, "")],
    ),
    "serials of Excel": (
        workbook_of(["Date", "User", "Hours", "Note"], [46046, "Ann", 1.5, "first"], [46048, "Cleo", 2, "last"]),
        "",
        [],
    ),
    "serials of a workbook from a Mac": (
        workbook_of(
            ["Date", "User", "Hours", "Note"],
            [44584, "Ann", 1.5, "first"],
            [dt.date(2026, 1, 26), "Cleo", 2, "last"],
            is_of_1904=True,
        ),
        "",
        [],
    ),
    "a duration of Excel": (
        workbook_of(
            ["Date", "User", "Hours", "Note"],
            [dt.date(2026, 1, 24), "Ann", dt.timedelta(minutes=90), "first"],
            [dt.date(2026, 1, 26), "Cleo", dt.time(2), "last"],
        ),
        "",
        [],
    ),
    "zeros for results": (
        with_zeros_for_results(
            workbook_of(
                ["Date", "User", "Hours", "Note"],
                [dt.date(2026, 1, 24), "Ann", 1.5, "first"],
                [dt.date(2026, 1, 25), "Bo", "=4+4", "x"],
                [dt.date(2026, 1, 25), "Bo", 0, "x"],
                [dt.date(2026, 1, 26), "Cleo", 2, "last"],
            )
        ),
        "",
        [("formula_not_calculated", 3, "Hours"), ("zero_minutes", 4, "Hours")],
    ),
    "formulas that nobody calculated": (
        workbook_of(
            ["Date", "User", "Hours", "Note"],
            [dt.date(2026, 1, 24), "Ann", 1.5, "first"],
            [dt.date(2026, 1, 25), "Bo", "=4+4", "x"],
            ["=A2+1", "Bo", 8, "x"],
            [dt.date(2026, 1, 26), "Cleo", 2, "last"],
        ),
        "",
        [("formula_not_calculated", 3, "Hours"), ("formula_not_calculated", 4, "Date")],
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_in_an_odd_form_is_read_all_the_same(name: str) -> None:
    data, encoding, problems = WHOLE[name]
    sheet = timesheet_of(data, encoding=encoding)
    assert [row[:3] for row in said(sheet)] == [ANN[:3], CLEO[:3]]
    assert (sheet.doubts, problems_of(sheet)) == ((), problems)


# ── Files that are refused as a whole: half of one would be worse than none ─────────────────────────────────────────

REFUSED: Final[dict[str, tuple[bytes, str, dict[str, Any]]]] = {
    "nothing at all": (b"", "empty_file", {}),
    "a NUL": ((HEADER + FIRST + "2026-01-25,B\0o,1,x\n" + LAST).encode(), "nul_byte", {"line": 3}),
    "a NUL in a workbook": (
        as_xlsx([["Date", "User", "Hours"], ["2026-01-24", "A\0nn", "1"]]),
        "nul_byte",
        {"line": 2},
    ),
    "an invalid byte in the middle": (
        (HEADER + FIRST).encode() + b"2026-01-25,B\xff,1,x\n" + LAST.encode(),
        "encoding_unclear",
        {"line": 3},
    ),
    "a quote that never closes": (
        (HEADER + FIRST + '2026-01-25,"Bo,1,x\n' + LAST).encode(),
        "unclosed_quote",
        {"line": 3},
    ),
    "a quote that closes rows later": (
        (HEADER + FIRST + '2026-01-25,"Bo,1,x\n' + LAST + '2026-01-27,Dan",1,x,,\n').encode(),
        "swallowed_rows",
        {"line": 3},
    ),
    "text behind a quote": ((HEADER + FIRST + '2026-01-25,"Bo"!,1,x\n' + LAST).encode(), "broken_quote", {"line": 3}),
    "a cell without end": (
        HEADER.encode() + b"2026-01-25,Bo,1," + b"x" * 40_000,
        "cell_too_long",
        {"line": 2, "limit": 32_767},
    ),
    "a PDF renamed": (b"%PDF-1.7\n" + b"\0" * 500, "is_pdf", {}),
    "an encrypted workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        "is_encrypted",
        {},
    ),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is_old_excel", {}),
    "macros": (with_part("xl/vbaProject.bin", b"code"), "has_macros", {}),
    "a bomb": (with_part("xl/media/zeros.bin", bytes(201 << 20)), "unpacks_too_large", {"limit": 200}),
    "sizes that lie": (with_sizes_that_lie(), "sizes_lie", {}),
    "half a workbook": (as_xlsx([["Date", "User"], ["2026-01-24", "Ann"]])[:400], "workbook_damaged", {}),
    "figures without names": (b"1,2,3\n4,5,6\n", "no_header", {}),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_would_be_read_in_part_is_refused_as_a_whole(name: str) -> None:
    data, code, params = REFUSED[name]
    with pytest.raises(Unreadable) as refused:
        timesheet_of(data)
    assert (refused.value.code, refused.value.params) == (code, params)
    assert sentence_of(code, **params)


def test_a_day_that_can_be_read_in_two_ways_is_asked_about() -> None:
    text = HEADER + "03/04/2026,Ann,1,x\n"
    (doubt,) = timesheet_of(text).doubts
    assert (doubt.name, doubt.example) == ("date_order", "03/04/2026")
    days = {order: timesheet_of(text, Choices(date_order=order)).rows[0].worked_on.isoformat() for order in DateOrder}
    assert days == {DateOrder.DAY_FIRST: "2026-04-03", DateOrder.MONTH_FIRST: "2026-03-04"}
