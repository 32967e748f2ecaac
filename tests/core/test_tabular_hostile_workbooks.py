"""Workbooks made to keep a reader busy. Without bounded spans each of these takes minutes instead of no time."""

import io
import zipfile

import openpyxl
import pytest

from core.tabular.problems import Unreadable
from core.tabular.xlsx_file import xlsx_sheet

SHEET = "xl/worksheets/sheet1.xml"


def workbook_with(sheet: bytes) -> bytes:
    """A workbook of one sheet, whose XML is replaced."""
    whole = io.BytesIO()
    openpyxl.Workbook().save(whole)
    hostile = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(hostile, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            target.writestr(info.filename, sheet if info.filename == SHEET else source.read(info.filename))
    return hostile.getvalue()


@pytest.mark.parametrize(
    "sheet",
    [
        pytest.param(b"<row " * 40_000, id="rows that never close"),
        pytest.param(b'<c r="A1" ' * 100_000, id="cells that never close"),
        pytest.param(b'<c r="A1"><f>' * 100_000, id="formulas that never close"),
        pytest.param(b"<row " + b'r="1" ' * 200_000, id="a row of attributes"),
        pytest.param(b'<c r="A1"><f/>' + b" " * 2_000_000, id="endless blanks"),
    ],
)
def test_a_workbook_made_to_keep_us_busy_is_refused_at_once(sheet: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        xlsx_sheet(io.BytesIO(workbook_with(sheet)), most_rows=200_000)
    assert refused.value.code in {"workbook_damaged", "empty_file"}
