"""How figures and times are written, and what is refused."""

import datetime as dt
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone

from core.templatetags import figures

MOMENT = dt.datetime(2026, 3, 14, 8, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("minutes", "written"),
    [
        (74_070, "1,234.5"),
        (60, "1.0"),
        (3, "0.1"),
        (2, "0.0"),
        (-90, "-1.5"),
        (-1, "0.0"),
        (Decimal("75.0"), "1.3"),
        (0, "–"),
        (None, ""),
    ],
)
def test_hours_have_one_decimal_and_zero_is_a_dash(minutes: Any, written: str) -> None:
    assert figures.hours(minutes) == written


@pytest.mark.parametrize(
    ("minutes", "written"),
    [(755, "12:35"), (60_005, "1,000:05"), (-35, "-0:35"), (Decimal("0.5"), "0:01"), (0, "–"), (None, "")],
)
def test_hours_exact_lose_no_minute(minutes: Any, written: str) -> None:
    assert figures.hours_exact(minutes) == written


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("1234.5"), "EUR\u00a01,234.50"),
        (Decimal("0.005"), "EUR\u00a00.01"),
        (Decimal("-0.004"), "EUR\u00a00.00"),
        (Decimal(-12), "EUR\u00a0-12.00"),
        (None, ""),
    ],
)
def test_money_has_its_currency_and_two_decimals(amount: Any, written: str) -> None:
    assert figures.money(amount, "EUR") == written


@pytest.mark.parametrize("amount", [1234, 1234.5, "1234.50", True, Decimal("NaN"), ""])
def test_money_refuses_everything_but_a_finite_decimal(amount: Any) -> None:
    with pytest.raises(TypeError):
        figures.money(amount, "EUR")


def test_money_refuses_an_amount_without_a_currency() -> None:
    with pytest.raises(TypeError):
        figures.money(Decimal(1), "")


@pytest.mark.parametrize("minutes", [1.5, "90", True, ""])
def test_hours_refuse_what_is_not_counted_in_whole_minutes(minutes: Any) -> None:
    with pytest.raises(TypeError):
        figures.hours(minutes)
    with pytest.raises(TypeError):
        figures.hours_exact(minutes)


def test_misspelt_variable_breaks_the_page_instead_of_showing_nothing() -> None:
    with pytest.raises(TypeError):
        Template("{{ minuts|hours }}").render(Context({"minutes": 60}))


@pytest.mark.parametrize(
    ("ratio", "as_percent", "as_points"),
    [
        (Decimal("0.755"), "76\u00a0%", "75.5"),
        (0.285, "29\u00a0%", "28.5"),
        (Decimal("-0.095"), "-10\u00a0%", "-9.5"),
        (12, "1,200\u00a0%", "1,200.0"),
        (0, "0\u00a0%", "0.0"),
        (None, "", ""),
    ],
)
def test_ratios_are_rounded_half_away_from_zero(ratio: Any, as_percent: str, as_points: str) -> None:
    assert (figures.percent(ratio), figures.points(ratio)) == (as_percent, as_points)


@pytest.mark.parametrize("ratio", [float("nan"), float("inf"), "0.5", False, ""])
def test_ratios_refuse_what_is_no_number(ratio: Any) -> None:
    with pytest.raises(TypeError):
        figures.percent(ratio)
    with pytest.raises(TypeError):
        figures.points(ratio)


def test_day_is_the_readers_local_date() -> None:
    late = dt.datetime(2026, 3, 14, 23, 30, tzinfo=dt.UTC)
    assert figures.day(dt.date(2026, 3, 4)) == "4 Mar 2026"
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert figures.day(late) == "15 Mar 2026"
    assert figures.day(None) == ""


def test_moment_is_an_instant_on_the_readers_clock() -> None:
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert figures.moment(MOMENT) == '<time datetime="2026-03-14T08:05:00+00:00">14 Mar 2026, 09:05</time>'


@pytest.mark.parametrize(
    ("later", "written"),
    [
        (dt.timedelta(seconds=59), "just now"),
        (dt.timedelta(minutes=5), "5\u00a0min ago"),
        (dt.timedelta(hours=2, minutes=59), "2\u00a0h ago"),
        (dt.timedelta(days=1), "1\u00a0day ago"),
        (dt.timedelta(days=30), "30\u00a0days ago"),
        (dt.timedelta(days=31), "14 Mar 2026"),
        (-dt.timedelta(hours=3), "in 3\u00a0h"),
    ],
)
def test_since_is_a_distance_with_the_exact_time_as_its_title(later: dt.timedelta, written: str) -> None:
    with time_machine.travel(MOMENT + later, tick=False):
        assert figures.since(MOMENT) == (
            f'<time datetime="2026-03-14T08:05:00+00:00" title="14 Mar 2026, 08:05">{written}</time>'
        )


@pytest.mark.parametrize("value", ["2026-03-14", dt.date(2026, 3, 14), dt.datetime(2026, 3, 14, 8, 5)])  # noqa: DTZ001
def test_moment_and_since_refuse_what_is_no_instant(value: Any) -> None:
    with pytest.raises(TypeError):
        figures.moment(value)
    with pytest.raises(TypeError):
        figures.since(value)


def test_day_refuses_text() -> None:
    with pytest.raises(TypeError):
        figures.day("2026-03-14")
