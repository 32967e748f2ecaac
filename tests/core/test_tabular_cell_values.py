"""Text of one cell, and what a whole column decides about it."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.tabular.cell_values import (
    DateOrder,
    DecimalMark,
    Unit,
    detect_date_order,
    detect_decimal_mark,
    read_date,
    read_minutes,
    read_number,
    read_yes_no,
    whole_minutes,
)
from core.tabular.problems import CellRefused
from core.tabular.sentences import SENTENCES

POINT, COMMA = DecimalMark.POINT, DecimalMark.COMMA


@pytest.mark.parametrize(
    ("text", "unit", "mark", "minutes"),
    [
        ("1:30", Unit.HOURS, POINT, 90),
        ("01:30:00", Unit.HOURS, POINT, 90),
        ("0:00:30", Unit.HOURS, POINT, Decimal("0.5")),
        ("30:00:00", Unit.HOURS, POINT, 1800),
        ("1.5", Unit.HOURS, POINT, 90),
        ("1,5", Unit.HOURS, COMMA, 90),
        ("2.000,0", Unit.HOURS, COMMA, 120_000),
        ("2,000.0", Unit.HOURS, POINT, 120_000),
        ("5400", Unit.SECONDS, POINT, 90),
        ("5400", Unit.MINUTES, POINT, 5400),
        ("8h", Unit.SECONDS, POINT, 480),
        ("1h 30m", Unit.HOURS, POINT, 90),
        ("90 min", Unit.HOURS, POINT, 90),
        ("1,5 Std", Unit.HOURS, COMMA, 90),
        ("-1", Unit.HOURS, POINT, -60),
        ("\u22121:30", Unit.HOURS, POINT, -90),
        ("0", Unit.HOURS, POINT, 0),
    ],
)
def test_duration_is_read_in_every_form_that_tools_write(
    text: str, unit: Unit, mark: DecimalMark, minutes: Decimal
) -> None:
    assert read_minutes(text, unit, mark) == minutes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1e309", "not_a_duration"),
        ("NaN", "not_a_duration"),
        ("inf", "not_a_duration"),
        ("1_000", "not_a_duration"),
        ("=8", "formula"),
        ("@SUM(A1)", "formula"),
        ("#REF!", "error_cell"),
        ("٨", "foreign_digits"),
        ("８", "foreign_digits"),
        ("1:60", "not_a_duration"),
        ("1.5.5", "not_a_number"),
        ("12,34,567", "not_a_number"),
        ("9999999999999999", "number_too_large"),
        ("eight", "not_a_duration"),
    ],
)
def test_duration_is_refused_by_code(text: str, code: str) -> None:
    with pytest.raises(CellRefused) as refused:
        read_minutes(text, Unit.HOURS, POINT)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["1.5", "8"], POINT),
        (["7,5"], COMMA),
        (["2.000,0"], COMMA),
        (["1,234", "7,5"], COMMA),
        (["1,234", "7.5"], POINT),
        (["1,234,567"], POINT),
        (["0,125"], COMMA),
        (["1,234"], None),
        (["8", "1:30"], POINT),
    ],
)
def test_decimal_mark_is_decided_by_the_column_or_asked(texts: list[str], mark: DecimalMark | None) -> None:
    assert detect_decimal_mark(texts) == mark


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/04/2026", "13/04/2026"], DateOrder.DAY_FIRST),
        (["03/04/2026", "04/13/2026"], DateOrder.MONTH_FIRST),
        (["03/04/2026"], None),
        (["04/04/2026"], DateOrder.DAY_FIRST),
        (["2026-04-03", "24.01.2026"], DateOrder.DAY_FIRST),
    ],
)
def test_date_order_is_decided_by_the_column_or_asked(texts: list[str], order: DateOrder | None) -> None:
    assert detect_date_order(texts) == order


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("2026-01-24", DateOrder.DAY_FIRST, dt.date(2026, 1, 24)),
        ("2026-01-24T10:00:00Z", DateOrder.DAY_FIRST, dt.date(2026, 1, 24)),
        ("24.01.2015", DateOrder.MONTH_FIRST, dt.date(2015, 1, 24)),
        ("03/04/2026", DateOrder.DAY_FIRST, dt.date(2026, 4, 3)),
        ("03/04/2026", DateOrder.MONTH_FIRST, dt.date(2026, 3, 4)),
        ("9/24/2012 15:19", DateOrder.MONTH_FIRST, dt.date(2012, 9, 24)),
        ("25/Feb/26 10:17 PM", DateOrder.MONTH_FIRST, dt.date(2026, 2, 25)),
        ("01/Dez/25", DateOrder.MONTH_FIRST, dt.date(2025, 12, 1)),
        ("Feb 25, 2026", DateOrder.DAY_FIRST, dt.date(2026, 2, 25)),
        ("42028", DateOrder.DAY_FIRST, dt.date(2015, 1, 24)),
        ("2024-02-29", DateOrder.DAY_FIRST, dt.date(2024, 2, 29)),
    ],
)
def test_date_is_read_in_every_form_that_tools_write(text: str, order: DateOrder, day: dt.date) -> None:
    assert read_date(text, order) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-02-29", "no_such_day"),
        ("31/04/2026", "no_such_day"),
        ("24.01", "date_without_year"),
        ("1900-01-01", "date_implausible"),
        ("31.12.9999", "date_implausible"),
        ("2026-13-01", "no_such_day"),
        ("٢٠٢٦-٠١-٠١", "foreign_digits"),
        ("=TODAY()", "formula"),
        ("yesterday", "not_a_date"),
        ("0000-00-00", "no_such_day"),
    ],
)
def test_date_is_refused_by_code(text: str, code: str) -> None:
    with pytest.raises(CellRefused) as refused:
        read_date(text, DateOrder.DAY_FIRST)
    assert refused.value.code == code


def test_yes_and_no_are_read_in_several_languages() -> None:
    assert [read_yes_no(word) for word in ("Yes", "Ja", "TRUE", "No", "nein", "0")] == [True] * 3 + [False] * 3


def test_halves_of_minutes_go_to_the_even_minute() -> None:
    assert [whole_minutes(Decimal(text)) for text in ("0.5", "1.5", "22.5", "22.51")] == [0, 2, 22, 23]


def result_of(read: Callable[[], object]) -> object:
    """What is read, or the code by which it is refused; anything else that is raised fails the test."""
    try:
        return read()
    except CellRefused as refused:
        return refused.code


@given(st.text(max_size=30), st.sampled_from(DecimalMark), st.sampled_from(Unit), st.sampled_from(DateOrder))
def test_any_text_is_read_or_refused_with_a_known_code(
    text: str, mark: DecimalMark, unit: Unit, order: DateOrder
) -> None:
    detect_decimal_mark([text])
    detect_date_order([text])
    for number in (result_of(lambda: read_number(text, mark)), result_of(lambda: read_minutes(text, unit, mark))):
        assert number in SENTENCES or (isinstance(number, Decimal) and number.is_finite())
    day = result_of(lambda: read_date(text, order))
    assert day in SENTENCES or isinstance(day, dt.date)
