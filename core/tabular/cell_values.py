"""What a cell's text says: numbers, durations, dates, yes and no. What has two readings is decided by its whole column.

A reading that the column leaves open is ``None`` and has to be asked of a person; nothing is guessed.
"""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from core.tabular.problems import CellRefused

FIRST_YEAR: Final = 1990
LAST_YEAR: Final = 2100
MOST_DIGITS: Final = 15
# How databases and spreadsheets write "nothing".
BLANKS: Final = frozenset({"", "\\N", "NULL", "null", "#N/A", "N/A", "n/a", "-", "–", "—"})

YES: Final = frozenset(
    ("yes", "y", "true", "1", "x", "ja", "j", "oui", "o", "sí", "si", "s", "sim", "da", "да", "tak", "ano")
) | {"billable", "abrechenbar"}
NO: Final = frozenset(("no", "n", "false", "0", "nein", "non", "não", "nao", "net", "нет", "nie", "ne")) | {
    "non-billable",
    "nonbillable",
    "not billable",
    "nicht abrechenbar",
}

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar janvier",
            "feb february februar février",
            "mar march mär mrz märz mars",
            "apr april avril",
            "may mai",
            "jun june juni juin",
            "jul july juli juillet",
            "aug august août",
            "sep sept september septembre",
            "oct october okt oktober octobre",
            "nov november novembre",
            "dec december dez dezember décembre",
        ),
        start=1,
    )
    for name in names.split()
}


class DecimalMark(StrEnum):
    POINT = "."
    COMMA = ","


class DateOrder(StrEnum):
    DAY_FIRST = "dmy"
    MONTH_FIRST = "mdy"


class Unit(StrEnum):
    """What a bare number in a column of durations counts."""

    HOURS = "hours"
    MINUTES = "minutes"
    SECONDS = "seconds"


SECONDS_PER: Final = {Unit.HOURS: 3600, Unit.MINUTES: 60, Unit.SECONDS: 1}

PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)*")
CLOCK = re.compile(r"([+-]?)([0-9]{1,6}):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]+)?)?")
NAMED_UNITS = re.compile(
    r"(-?)(?:(\d+(?:[.,]\d+)?) ?(?:h|hr|hrs|hours?|std|stunden?))?"
    r" ?(?:(\d+(?:[.,]\d+)?) ?(?:m|min|mins|minutes?|minuten?))?"
    r" ?(?:(\d+(?:[.,]\d+)?) ?(?:s|sec|secs|seconds?|sek|sekunden?))?",
    re.ASCII | re.IGNORECASE,
)
TIME_OF_DAY = (
    r"(?:[T ,]+([0-9]{1,2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?([AaPp])\.?[Mm]\.?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
ISO_DATE = re.compile(rf"([0-9]{{4}})([-/.])([0-9]{{1,2}})\2([0-9]{{1,2}}){TIME_OF_DAY}")
TWO_ORDERS = re.compile(rf"([0-9]{{1,2}})([-/])([0-9]{{1,2}})\2([0-9]{{4}}|[0-9]{{2}}){TIME_OF_DAY}")
POINTED_DATE = re.compile(rf"([0-9]{{1,2}})\.\s?([0-9]{{1,2}})\.\s?([0-9]{{4}}|[0-9]{{2}}){TIME_OF_DAY}")
WITHOUT_YEAR = re.compile(r"[0-9]{1,2}[./-][0-9]{1,2}\.?")
DAY_MONTH_NAME = re.compile(rf"([0-9]{{1,2}})[-/. ]+([^\W\d_]{{3,9}})\.?[-/. ,]+([0-9]{{4}}|[0-9]{{2}}){TIME_OF_DAY}")
MONTH_NAME_DAY = re.compile(rf"([^\W\d_]{{3,9}})\.? ([0-9]{{1,2}}),? ([0-9]{{4}}){TIME_OF_DAY}")
EXCEL_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
# Excel counts days from here; workbooks that began on a Mac count them from the other.
EXCEL_DAY_ZERO: Final = dt.date(1899, 12, 30)
EXCEL_1904_DAY_ZERO: Final = dt.date(1904, 1, 1)


def refuse_formula(text: str) -> None:
    """A formula that arrives as text was never calculated; "-1" and "+1" are numbers."""
    if text[:1] in "=@" and text[:1]:
        raise CellRefused("formula")
    if text.startswith("#") and text.rstrip("!?").isupper():
        raise CellRefused("error_cell")


def detect_decimal_mark(texts: Iterable[str]) -> DecimalMark | None:
    """The mark that every number of the column agrees with; None while "1,234" could be either."""
    column = MarkOfColumn()
    for text in texts:
        column.see(text)
    return column.settled


class MarkOfColumn:
    """The decimal mark of a column, from as much of it as was seen. ``example`` has two readings."""

    def __init__(self) -> None:
        self.example = ""
        self.proved: DecimalMark | None = None

    @property
    def settled(self) -> DecimalMark | None:
        return self.proved or (None if self.example else DecimalMark.POINT)

    def see(self, text: str) -> None:
        if self.proved is not None:
            return
        number = text.strip().lstrip("+-").replace(" ", "").replace("\xa0", "").replace("'", "")
        if not PLAIN_NUMBER.fullmatch(number):
            return
        marks = [character for character in number if character in ".,"]
        if not marks:
            return
        if len(set(marks)) == 2:
            self.proved = DecimalMark(marks[-1])
        elif len(marks) > 1:
            self.proved = DecimalMark.COMMA if marks[0] == "." else DecimalMark.POINT
        else:
            whole, decimals = re.split("[.,]", number)
            if len(decimals) != 3 or whole == "0" or len(whole) > 3:
                self.proved = DecimalMark(marks[0])
            elif marks[0] == "," and not self.example:
                # 1.234 is how programs write one and a bit far more often than people write a thousand and a bit.
                self.example = text


def detect_date_order(texts: Iterable[str]) -> DateOrder | None:
    """Day or month first, from any day above twelve in the column; None while every date could be read both ways."""
    column = OrderOfColumn()
    for text in texts:
        column.see(text)
    return column.settled


class OrderOfColumn:
    """The order of a column's dates, from as much of it as was seen. ``example`` has two readings."""

    def __init__(self) -> None:
        self.example = ""
        self.proved: DateOrder | None = None

    @property
    def settled(self) -> DateOrder | None:
        return self.proved or (None if self.example else DateOrder.DAY_FIRST)

    def see(self, text: str) -> None:
        if self.proved is None and (match := TWO_ORDERS.fullmatch(text.strip())):
            first, second = int(match[1]), int(match[3])
            if first > 12 >= second:
                self.proved = DateOrder.DAY_FIRST
            elif second > 12 >= first:
                self.proved = DateOrder.MONTH_FIRST
            elif first != second and not self.example:
                self.example = text


def has_bare_numbers(texts: Iterable[str]) -> bool:
    """Whether some duration of the column is a number without a unit."""
    return any(PLAIN_NUMBER.fullmatch(text.strip()) for text in texts)


def read_number(text: str, mark: DecimalMark) -> Decimal:
    """A finite decimal. Blanks, apostrophes and the other mark may group thousands, three digits each."""
    text = text.strip().replace("\u2212", "-")
    refuse_formula(text)
    _refuse_foreign_digits(text)
    number = text.replace(" ", "").replace("\xa0", "").replace("\u202f", "").replace("'", "").replace("’", "")
    if not PLAIN_NUMBER.fullmatch(number):
        raise CellRefused("not_a_number")
    grouping = DecimalMark.COMMA if mark == DecimalMark.POINT else DecimalMark.POINT
    whole, _, decimals = number.partition(mark)
    groups = whole.lstrip("+-").split(grouping)
    misgrouped = len(groups) > 1 and (len(groups[0]) > 3 or any(len(group) != 3 for group in groups[1:]))
    if grouping in decimals or mark in decimals or misgrouped:
        raise CellRefused("not_a_number")
    digits = whole.replace(grouping, "")
    if len(digits.lstrip("+-0")) > MOST_DIGITS:
        raise CellRefused("number_too_large")
    try:
        return Decimal(f"{digits}.{decimals or 0}")
    except InvalidOperation as error:
        raise CellRefused("not_a_number") from error


def read_minutes(text: str, unit: Unit, mark: DecimalMark) -> Decimal:
    """A duration in exact minutes: 1:30, 01:30:00, 1.5, 1,5, 8h, 1h 30m; a bare number counts ``unit``."""
    text = text.strip().replace("\u2212", "-")
    refuse_formula(text)
    _refuse_foreign_digits(text)
    if match := CLOCK.fullmatch(text):
        seconds = int(match[2]) * 3600 + int(match[3]) * 60 + int(match[4] or 0)
        return Decimal(-seconds if match[1] == "-" else seconds) / 60
    if PLAIN_NUMBER.fullmatch(text.replace(" ", "").replace("\xa0", "").replace("'", "")):
        return read_number(text, mark) * SECONDS_PER[unit] / 60
    match = NAMED_UNITS.fullmatch(text)
    if match and any(match.groups()[1:]):
        hours, minutes, spare = (Decimal((part or "0").replace(",", ".")) for part in match.groups()[1:])
        if max(hours, minutes, spare) >= 10**9:
            raise CellRefused("number_too_large")
        total = hours * 60 + minutes + spare / 60
        return -total if match[1] else total
    raise CellRefused("not_a_duration")


def whole_minutes(minutes: Decimal) -> int:
    """Rounded once, halves to the even minute: plans are full of halves, and a thousand of them must not add up."""
    return int(minutes.quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def read_date(text: str, order: DateOrder, day_zero: dt.date = EXCEL_DAY_ZERO) -> dt.date:
    """The day of a date or of a date with a time of day, which is not read; five digits count from ``day_zero``."""
    text = " ".join(text.split())
    refuse_formula(text)
    _refuse_foreign_digits(text)
    if match := ISO_DATE.fullmatch(text):
        return _day(int(match[1]), int(match[3]), int(match[4]))
    if match := TWO_ORDERS.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        day, month = (first, second) if order == DateOrder.DAY_FIRST else (second, first)
        return _day(_year(match[4]), month, day)
    if match := POINTED_DATE.fullmatch(text):
        return _day(_year(match[3]), int(match[2]), int(match[1]))
    if match := DAY_MONTH_NAME.fullmatch(text):
        return _day(_year(match[3]), _month(match[2]), int(match[1]))
    if match := MONTH_NAME_DAY.fullmatch(text):
        return _day(int(match[3]), _month(match[1]), int(match[2]))
    if match := EXCEL_SERIAL.fullmatch(text):
        return _plausible(day_zero + dt.timedelta(days=int(match[1])))
    raise CellRefused("date_without_year" if WITHOUT_YEAR.fullmatch(text) else "not_a_date")


def read_yes_no(text: str) -> bool:
    """Yes or no in the words that tools and people use."""
    word = " ".join(text.split()).casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise CellRefused("not_yes_or_no")


def _refuse_foreign_digits(text: str) -> None:
    if not text.isascii() and any(character.isdigit() and character not in "0123456789" for character in text):
        raise CellRefused("foreign_digits")


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _month(name: str) -> int:
    try:
        return MONTHS[name.casefold()]
    except KeyError as error:
        raise CellRefused("not_a_date") from error


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return _plausible(dt.date(year, month, day))
    except CellRefused:
        raise
    except ValueError as error:
        raise CellRefused("no_such_day") from error


def _plausible(day: dt.date) -> dt.date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise CellRefused("date_implausible", first=FIRST_YEAR, last=LAST_YEAR)
    return day
