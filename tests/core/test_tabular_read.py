"""Files as they come: every nasty one is read, or refused by a code that names the line."""

import datetime as dt
import io
import struct
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tabular.problems import Unreadable
from core.tabular.read import Row, Table, read_table
from core.tabular.sentences import SENTENCES
from core.tabular.writing import XLSX_PARTS, as_csv, as_xlsx

HEADER = "Date,User,Hours\n"
GOOD = "2026-01-24,Ann,1.5\n"


def refusal_of(data: bytes, **options: str) -> tuple[str, object]:
    with pytest.raises(Unreadable) as refused:
        read_table(data, **options)  # type: ignore[arg-type]
    assert refused.value.code in SENTENCES
    return refused.value.code, refused.value.params.get("line")


def problems_of(table: Table) -> list[tuple[str, int]]:
    return [(problem.code, problem.row) for problem in table.problems]


def workbook_of(*rows: list[object], sheets: int = 1) -> bytes:
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    for number in range(1, sheets):
        workbook.create_sheet(f"More {number}").append(["x"])
    packed = io.BytesIO()
    workbook.save(packed)
    return packed.getvalue()


def with_sheet(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in XLSX_PARTS.items():
            archive.writestr(name, part)
        archive.writestr("xl/worksheets/sheet1.xml", content)
    return packed.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_recognised_without_being_told(encoding: str) -> None:
    table = read_table((HEADER + "2026-01-24,Jürgen Żak,1.5\n").encode(encoding))
    assert (table.header, table.rows) == (
        ("Date", "User", "Hours"),
        (Row(2, ("2026-01-24", "Jürgen Żak", "1.5")),),
    )


@pytest.mark.parametrize(("encoding", "name"), [("cp1252", "Jürgen"), ("cp1251", "Ольга")])
def test_old_encodings_are_asked_for_and_then_read(encoding: str, name: str) -> None:
    data = (HEADER + GOOD + f"2026-01-24,{name},1\n").encode(encoding)
    assert refusal_of(data) == ("encoding_unclear", 3)
    assert read_table(data, encoding=encoding).rows[1].cells[1] == name


def test_utf_16_without_a_mark_is_read_once_it_is_stated() -> None:
    # No Latin letter among the first: nothing but the statement says what it is.
    data = "Дата,Кто\n2026-01-24,Оля\n".encode("utf-16-le")
    assert read_table(data, encoding="utf-16").rows == (Row(2, ("2026-01-24", "Оля")),)
    assert refusal_of(b"\x1c\xff\xfe", encoding="utf-16")[0] in SENTENCES


def test_an_invalid_byte_in_the_middle_names_its_line() -> None:
    assert refusal_of((HEADER + GOOD * 5).encode() + b"2026-01-24,\xff,1\n" + GOOD.encode()) == ("encoding_unclear", 7)


def test_a_stated_encoding_that_does_not_fit_names_the_line() -> None:
    data = HEADER.encode() + b"2026-01-24,\x81,1\n"
    assert refusal_of(data, encoding="cp1252") == ("wrong_encoding", 2)
    assert refusal_of(data, encoding="rot13")[0] == "unknown_encoding"


@pytest.mark.parametrize(("mark", "encoding"), [(b"\xef\xbb\xbf", "UTF-8"), (b"\xff\xfe", "UTF-16")])
def test_what_its_mark_announces_is_damaged_where_it_is_something_else(mark: bytes, encoding: str) -> None:
    for stated in ("", "cp1252"):
        with pytest.raises(Unreadable) as refused:
            read_table(mark + b"a,b\n\xff\xd8\xff", encoding=stated)
        assert (refused.value.code, refused.value.asks) == ("damaged_text", "")
        assert refused.value.params["encoding"] == encoding


def test_nul_is_refused_with_its_line() -> None:
    assert refusal_of((HEADER + GOOD + "2026-01-24,A\0nn,1\n").encode()) == ("nul_byte", 3)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_detected(delimiter: str) -> None:
    text = delimiter.join(["Date", "User", "Hours"]) + "\n" + delimiter.join(["2026-01-24", '"Lee, Ann"', "8"]) + "\n"
    assert read_table(text.encode()).rows == (Row(2, ("2026-01-24", "Lee, Ann", "8")),)


def test_semicolons_win_over_decimal_commas() -> None:
    table = read_table(b"Datum;Stunden;Name\n24.01.2015;7,5;Ann\n25.01.2015;2,25;Bo\n")
    assert [row.cells for row in table.rows] == [("24.01.2015", "7,5", "Ann"), ("25.01.2015", "2,25", "Bo")]


def test_marks_inside_cells_do_not_win_over_what_every_line_has() -> None:
    assert read_table(b"Key,Log,Log,\nCL-2,x;y;z;60,x;y;z;60,\n").rows == (Row(2, ("CL-2", "x;y;z;60", "x;y;z;60")),)


def test_stated_separator_is_obeyed_and_counts_as_a_line() -> None:
    assert read_table(b"sep=;\r\nDate;User;Hours\r\n2026-01-24;Ann;1,5\r\n").rows == (
        Row(3, ("2026-01-24", "Ann", "1,5")),
    )


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_every_line_end_is_read(end: str) -> None:
    assert len(read_table((HEADER + GOOD * 3).replace("\n", end).encode()).rows) == 3


def test_mixed_line_ends_are_read() -> None:
    assert [row.number for row in read_table(b"Date,User,Hours\r\na,b,c\rd,e,f\ng,h,i").rows] == [2, 3, 4]


def test_a_line_break_inside_quotes_stays_in_its_cell() -> None:
    table = read_table((HEADER + '2026-01-24,"Ann\nLee",1\n' + GOOD).encode())
    assert [(row.number, row.cells[1]) for row in table.rows] == [(2, "Ann\nLee"), (4, "Ann")]


def test_an_unclosed_quote_names_the_line_that_opened_it() -> None:
    assert refusal_of((HEADER + GOOD + '2026-01-24,"Ann,1\n' + GOOD * 3).encode()) == ("unclosed_quote", 3)


def test_text_after_a_closing_quote_is_refused() -> None:
    assert refusal_of((HEADER + '2026-01-24,"Ann"x,1\n').encode()) == ("broken_quote", 2)


def test_a_quote_that_swallows_rows_up_to_the_next_quote_is_refused() -> None:
    data = HEADER + GOOD + '2026-01-24,"Ann,1\n' + GOOD + '2026-01-24,Bo,1",x,y\n'
    assert refusal_of(data.encode()) == ("swallowed_rows", 3)


def test_ragged_rows_are_errors_and_the_others_are_kept() -> None:
    table = read_table((HEADER + "2026-01-24,Ann\n" + GOOD + "2026-01-24,Ann,1,5\n2026-01-24,Ann,1,,\n").encode())
    assert problems_of(table) == [("row_too_short", 2), ("row_too_wide", 4)]
    assert [row.number for row in table.rows] == [3, 5]
    assert table.read_rows == 4


def test_titles_totals_and_repeated_headers_are_left_out_and_named() -> None:
    data = "Time report\nJanuary 2026,,\n\n" + HEADER + GOOD + HEADER + GOOD + "Total,,3.0\n"
    table = read_table(data.encode())
    assert problems_of(table) == [("title_line", 1), ("title_line", 2), ("repeated_header", 6), ("total_line", 8)]
    assert [row.number for row in table.rows] == [5, 7]


def test_a_total_without_a_word_is_recognised_by_its_bare_figures() -> None:
    table = read_table(b"Date,From,To,Duration,User,Note\n2026-01-24,9:00,10:30,1:30,Ann,x\n,,,1:30,,\n")
    assert problems_of(table) == [("total_line", 3)]


def test_columns_of_the_same_name_are_told_apart() -> None:
    assert read_table(b"Key,Comment,Comment,\nA,b,c,\nD,e,f,\n").header == ("Key", "Comment", "Comment (2)")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n\r\n", "empty_file"),
        (b"%PDF-1.7 renamed", "is_pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is_old_excel"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "is_encrypted"),
        (b"<html><table></table></html>", "is_web_page"),
        (b"\x89PNG\r\n\x1a\n", "not_a_table"),
        (b"1,2\n3,4\n", "no_header"),
        (b"PK\x03\x04 and nothing else", "workbook_damaged"),
        (b"a,b\n" + b"x" * (20 * 1024 * 1024), "too_large"),
        (b"a,b\n1," + b"x" * 40_000, "cell_too_long"),
        (b"a,b\n" + b"1,2\n" * 200_001, "too_many_rows"),
        (b",".join(b"c%d" % n for n in range(1501)), "too_many_columns"),
    ],
)
def test_what_is_no_table_is_refused_by_code(data: bytes, code: str) -> None:
    assert refusal_of(data)[0] == code


def test_a_workbook_gives_text_as_a_person_would_type_it() -> None:
    data = workbook_of(
        ["Date", "User", "Hours", "Length"],
        [dt.date(2026, 1, 24), "Ann", 1.5, dt.timedelta(hours=30)],
        [dt.datetime(2026, 1, 24, 9, 30), "Bo", 8, dt.time(1, 30)],  # noqa: DTZ001  (Excel knows no zones)
    )
    assert [row.cells for row in read_table(data).rows] == [
        ("2026-01-24", "Ann", "1.5", "30:00:00"),
        ("2026-01-24 09:30:00", "Bo", "8", "01:30:00"),
    ]


def test_a_formula_without_a_result_is_named_by_its_cell() -> None:
    table = read_table(workbook_of(["Date", "User", "Hours"], ["2026-01-24", "Ann", "=1+1"]))
    assert (table.rows[0].cells[2], table.without_result) == ("", frozenset({(2, 2)}))


def test_several_sheets_with_content_are_asked_about() -> None:
    data = workbook_of(["Date", "User"], ["2026-01-24", "Ann"], sheets=2)
    with pytest.raises(Unreadable) as refused:
        read_table(data)
    assert (refused.value.code, refused.value.asks, refused.value.params["sheets"]) == (
        "which_sheet",
        "sheet",
        ["Sheet", "More 1"],
    )
    assert read_table(data, sheet="Sheet").header == ("Date", "User")
    assert refusal_of(data, sheet="Nowhere")[0] == "no_such_sheet"


def test_of_several_sheets_the_only_one_with_known_names_is_read() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(workbook_of(["Offer 2026-117"], ["Kelp & Sons"])))
    effort = workbook.create_sheet("Effort")
    for row in (["Effort of the team"], [], ["Date", "User"], ["2026-01-24", "Ann"]):
        effort.append(row)
    packed = io.BytesIO()
    workbook.save(packed)
    table = read_table(packed.getvalue(), known_names=frozenset({"date", "user"}))
    assert (table.sheet, table.header) == ("Effort", ("Date", "User"))
    assert refusal_of(packed.getvalue())[0] == "which_sheet"


def test_a_workbook_with_macros_is_refused() -> None:
    packed = io.BytesIO(as_xlsx([["Date"], ["2026"]]))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"code")
    assert refusal_of(packed.getvalue())[0] == "has_macros"


def test_another_zip_is_no_workbook() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("notes.txt", "hello")
    assert refusal_of(packed.getvalue())[0] == "not_a_table"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    packed = io.BytesIO(as_xlsx([["Date"], ["2026"]]))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.bin", b"\0" * (201 * 1024 * 1024))
    assert refusal_of(packed.getvalue())[0] == "unpacks_too_large"


def test_a_part_longer_than_it_says_is_refused() -> None:
    data = bytearray(with_sheet(b"<worksheet>" + b" " * 50_000_000 + b"</worksheet>"))
    at = data.rfind(b"PK\x01\x02")
    assert data[at + 46 : at + 46 + 24] == b"xl/worksheets/sheet1.xml"
    data[at + 24 : at + 28] = struct.pack("<I", 100)
    assert refusal_of(bytes(data))[0] == "sizes_lie"


@pytest.mark.parametrize("cell", [b"XFD1048576", b"AAAAAA1", b"A999999"])
def test_one_cell_in_a_far_corner_is_refused_instead_of_filling_the_memory(cell: bytes) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>'
        b'<c r="A1"><v>1</v></c><c r="' + cell + b'"><v>1</v></c></row></sheetData></worksheet>'
    )
    assert refusal_of(with_sheet(sheet))[0] == "sheet_too_wide"


def test_written_tables_are_read_back() -> None:
    rows = [["Date", "Note"], ["2026-01-24", "a & b < c"]]
    assert read_table(as_xlsx(rows)).rows == (Row(2, ("2026-01-24", "a & b < c")),)
    assert read_table(as_csv(rows)).rows == (Row(2, ("2026-01-24", "a & b < c")),)


def test_no_spreadsheet_executes_what_is_written() -> None:
    assert as_csv([["=1+1", "-2", 3, "fine"]]).decode("utf-8-sig") == "'=1+1,'-2,3,fine\r\n"


def code_of(data: bytes) -> str:
    """How a file is refused, or "read"; anything else that is raised fails the test."""
    try:
        read_table(data)
    except Unreadable as refused:
        return refused.code
    return "read"


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_with_a_known_code(data: bytes) -> None:
    assert code_of(data) in SENTENCES.keys() | {"read"}


@given(st.lists(st.sampled_from(["a", "1", ",", ";", '"', "\n", "\r", "é", "sep=", "Total", "\t", " "]), max_size=60))
def test_any_mixture_of_marks_is_read_or_refused_with_a_known_code(pieces: list[str]) -> None:
    assert code_of("".join(pieces).encode()) in SENTENCES.keys() | {"read"}


@given(st.integers(0, 3000), st.binary(min_size=1, max_size=8))
def test_a_damaged_workbook_is_read_or_refused_with_a_known_code(at: int, noise: bytes) -> None:
    data = bytearray(as_xlsx([["Date", "User"], ["2026-01-24", "Ann"]]))
    data[at % len(data) : at % len(data) + len(noise)] = noise
    assert code_of(bytes(data)) in SENTENCES.keys() | {"read"}
