"""The worked table of docs/calculations/earned-value.md."""

import datetime as dt
from decimal import Decimal

from budget.earned_series import DayValue, ReportedProgress, SpentMinutes, earned_series

A, B = 1, 2
ESTIMATES = {A: 600, B: 400}
RULE = "hours_spent_and_remaining"


def june(day: int) -> dt.date:
    return dt.date(2026, 6, day)


SPENT = [
    SpentMinutes(june(4), 100, B),
    SpentMinutes(june(4), 60, A),
    SpentMinutes(june(1), 240, A),
    SpentMinutes(june(3), 100, None),
    SpentMinutes(june(2), 120, A),
]
REPORTS = [
    ReportedProgress(june(2), A, is_done=False, remaining=540),
    ReportedProgress(june(4), A, is_done=True, remaining=None),
]


def test_series_follows_hours_and_reports() -> None:
    assert earned_series(rule=RULE, estimates=ESTIMATES, spent=SPENT, reports=REPORTS) == [
        DayValue(june(1), 240, Decimal("240.00")),
        DayValue(june(2), 360, Decimal("240.00")),
        DayValue(june(3), 460, Decimal("240.00")),
        DayValue(june(4), 620, Decimal("700.00")),
    ]


def test_hours_taken_back_leave_the_day_on_which_they_were_booked() -> None:
    corrected = [*SPENT, SpentMinutes(june(3), -60, None)]
    series = earned_series(rule=RULE, estimates=ESTIMATES, spent=corrected, reports=REPORTS)
    assert [(value.on, value.used) for value in series] == [
        (june(1), 240),
        (june(2), 360),
        (june(3), 400),
        (june(4), 560),
    ]


def test_hours_on_items_that_do_not_count_are_used_and_earn_nothing() -> None:
    assert earned_series(rule=RULE, estimates={}, spent=[SpentMinutes(june(1), 90, A)], reports=[]) == [
        DayValue(june(1), 90, Decimal("0.00"))
    ]


def test_an_item_opened_again_gives_its_value_back() -> None:
    reports = [*REPORTS, ReportedProgress(june(5), A, is_done=False, remaining=420)]
    series = earned_series(rule=RULE, estimates=ESTIMATES, spent=SPENT, reports=reports)
    # A: 600 × 420 ÷ 840
    assert series[-1] == DayValue(june(5), 620, Decimal("400.00"))


def test_nothing_booked_or_reported_has_no_series() -> None:
    assert earned_series(rule=RULE, estimates=ESTIMATES, spent=[], reports=[]) == []
