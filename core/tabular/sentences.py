"""The words for each problem, in the reader's language. Apps add the codes of their own rows."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: dict[str, Promise] = {
    # The whole file.
    "empty_file": _("The file is empty. Export it again and bring it in once it has rows."),
    "too_large": _("The file is larger than %(limit)s MB. Split it by month, or leave out columns nobody needs."),
    "too_many_rows": _("The file has more than %(limit)s rows. Split it by month."),
    "too_many_columns": _("The file has more than %(limit)s columns. Delete those that nobody needs."),
    "unknown_encoding": _("The encoding %(encoding)s is not one this page reads. Choose another one."),
    "encoding_unclear": _("Line %(line)s is not UTF-8 text. Choose the encoding in which the file was saved."),
    "wrong_encoding": _("Line %(line)s cannot be read as %(encoding)s. Choose another encoding."),
    "damaged_text": _(
        "Line %(line)s is not %(encoding)s text, as the file's first bytes announce: it is damaged. Export it again."
    ),
    "nul_byte": _("Line %(line)s holds a NUL byte: the file is damaged or not a text file. Export it again."),
    "unclosed_quote": _("The quote opened in line %(line)s is never closed, so everything after it would be lost."),
    "broken_quote": _("The quotes in line %(line)s do not match: text follows a closing quote. Mend that line."),
    "swallowed_rows": _("The quote opened in line %(line)s swallows whole rows. Close it in that line."),
    "cell_too_long": _("A cell in line %(line)s is longer than %(limit)s characters."),
    "no_header": _("No line of the file looks like column names. The first line of the table has to name them."),
    "is_pdf": _("This is a PDF, whatever its name says. Export the table as CSV or XLSX."),
    "is_encrypted": _("The workbook is protected by a password. Save it without one."),
    "is_old_excel": _("This is an old Excel format (.xls). Save it as .xlsx."),
    "is_web_page": _("This is a web page, whatever its name says. Save it as .xlsx or CSV."),
    "not_a_table": _("This is not a CSV file and not an Excel workbook. Export the table as CSV or XLSX."),
    "has_macros": _("The workbook holds macros. Save it as .xlsx, without macros."),
    "unpacks_too_large": _("The workbook unpacks to more than %(limit)s MB. Save only the sheet with the table."),
    "sizes_lie": _("The workbook's parts are not as long as it says. It is damaged: save it anew in Excel."),
    "workbook_damaged": _("The workbook cannot be opened. It is damaged: save it anew in Excel."),
    "never_calculated": _("The workbook's formulas have no results. Open it in Excel, save it, and bring it in again."),
    "sheet_too_wide": _("Sheet “%(sheet)s” reaches to cell %(cell)s. Delete what stands outside the table."),
    "no_such_sheet": _("The workbook has no sheet “%(sheet)s”. Choose another one."),
    "which_sheet": _("The workbook has several sheets with content. Choose the one with the table."),
    # One row.
    "title_line": _("Row %(row)s stands above the column names and was left out."),
    "total_line": _("Row %(row)s is a total and was left out."),
    "repeated_header": _("Row %(row)s repeats the column names and was left out."),
    "row_too_wide": _("Row %(row)s has %(cells)s cells for %(columns)s columns: a delimiter or quote is amiss."),
    "cells_beyond": _("Row %(row)s goes on beyond the last column: “%(value)s” was left out."),
    "row_too_short": _("Row %(row)s has %(cells)s cells for %(columns)s columns: part of it is missing."),
    # One cell.
    "missing": _("Row %(row)s has nothing in “%(column)s”."),
    "formula": _("Row %(row)s: “%(value)s” in “%(column)s” is a formula. Write its result instead."),
    "formula_not_calculated": _("Row %(row)s: the formula in “%(column)s” has no result. Open and save it in Excel."),
    "error_cell": _("Row %(row)s: “%(column)s” shows the error %(value)s."),
    "not_a_number": _("Row %(row)s: “%(value)s” in “%(column)s” is not a number."),
    "number_too_large": _("Row %(row)s: “%(value)s” in “%(column)s” is larger than anything plausible."),
    "not_a_duration": _("Row %(row)s: “%(value)s” in “%(column)s” is not a duration such as 1.5, 1:30 or 1h 30m."),
    "not_a_date": _("Row %(row)s: “%(value)s” in “%(column)s” is not a date."),
    "no_such_day": _("Row %(row)s: the day %(value)s in “%(column)s” does not exist."),
    "date_without_year": _("Row %(row)s: “%(value)s” in “%(column)s” has no year."),
    "date_implausible": _("Row %(row)s: %(value)s in “%(column)s” lies outside the years %(first)s to %(last)s."),
    "foreign_digits": _("Row %(row)s: “%(value)s” in “%(column)s” has digits other than 0 to 9."),
    "not_yes_or_no": _("Row %(row)s: “%(value)s” in “%(column)s” is neither yes nor no."),
    "text_too_long": _("Row %(row)s: the text in “%(column)s” is longer than %(limit)s characters."),
}


def register_sentences(sentences: Mapping[str, Promise]) -> None:
    """Teach the codes of an app's own rows."""
    SENTENCES.update(sentences)


def sentence_of(code: str, /, **params: Any) -> str:
    """The problem in one sentence. An unregistered code is a programming error."""
    return str(SENTENCES[code]) % params
