"""The worked table of docs/calculations/earned-value.md."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from budget.earned_series import DayValue, ReportedProgress, SpentOnDay, from_first_movement, series_of_item
from budget.planned_value import PlannedWork, Span, curve_of, days_since_start, planned_points
from requirements_app.progress import ProgressRule
from tests.worked_tables import table_under

RULE = ProgressRule.HOURS_SPENT_AND_REMAINING


def june(day: int) -> dt.date:
    return dt.date(2026, 6, day)


A = series_of_item(
    rule=RULE,
    estimate=600,
    spent=[SpentOnDay(june(4), 60), SpentOnDay(june(1), 240), SpentOnDay(june(2), 120)],
    reports=[
        ReportedProgress(june(2), is_done=False, remaining=540),
        ReportedProgress(june(4), is_done=False, remaining=380),
    ],
)
B = series_of_item(rule=RULE, estimate=400, spent=[SpentOnDay(june(4), 100)], reports=[])
NO_ITEM = [SpentOnDay(june(3), 100)]
PLAN = planned_points([PlannedWork(600, june(1), june(6)), PlannedWork(400, june(3), june(10))])


def at(series: list[DayValue], day: dt.date, *, before: Decimal) -> tuple[int, int, Decimal, Decimal]:
    """Used, matched, earned and remaining at the end of a day; ``before`` is what remains before the first."""
    known = [value for value in series if value.on <= day]
    last = known[-1] if known else None
    return (last.used, last.matched, last.earned, last.remaining) if last else (0, 0, Decimal(0), before)


def test_series_follow_hours_reports_and_plan_as_the_page_works_them_out() -> None:
    curve = curve_of(PLAN)
    assert curve is not None
    found = []
    for day in map(june, range(1, 5)):
        parts = at(A, day, before=Decimal(600)), at(B, day, before=Decimal(400))
        used, matched, earned, remaining = (sum(values) for values in zip(*parts, strict=True))
        used += sum(booking.minutes for booking in NO_ITEM if booking.on <= day)
        planned = curve.value_at(days_since_start(PLAN, day))
        found.append([f"{day.day} June", *(f"{value:.0f}" for value in (used, matched, earned, planned, remaining))])
    rows = table_under("earned-value.md", "Day", below="# Used, earned and planned")
    assert [[row[0], *row[2:]] for row in rows] == found


def test_hours_taken_back_leave_the_day_on_which_they_were_booked() -> None:
    bookings = [SpentOnDay(june(3), 100), SpentOnDay(june(4), 10), SpentOnDay(june(3), -60)]
    series = series_of_item(rule=RULE, estimate=None, spent=bookings, reports=[])
    assert [(value.on, value.used) for value in series] == [(june(3), 40), (june(4), 50)]


def test_hours_on_an_item_that_does_not_count_are_used_and_match_and_earn_nothing() -> None:
    spent = [SpentOnDay(june(1), 90, Decimal(150), 30)]
    assert series_of_item(rule=RULE, estimate=None, spent=spent, reports=[]) == [
        DayValue(june(1), 90, 0, Decimal(0), 0, Decimal(0), Decimal(0))
    ]


def test_amounts_and_minutes_without_a_rate_add_up() -> None:
    spent = [SpentOnDay(june(1), 60, Decimal("100.50")), SpentOnDay(june(2), 90, Decimal("50.25"), 30)]
    series = series_of_item(rule=RULE, estimate=600, spent=spent, reports=[])
    assert [(value.amount, value.unrated) for value in series] == [(Decimal("100.50"), 0), (Decimal("150.75"), 30)]


def test_a_done_item_earns_its_estimate_and_gives_it_back_when_it_is_opened_again() -> None:
    reports = [
        ReportedProgress(june(2), is_done=True, remaining=None),
        ReportedProgress(june(5), is_done=False, remaining=420),
    ]
    series = series_of_item(rule=RULE, estimate=600, spent=[SpentOnDay(june(1), 420)], reports=reports)
    # 600 × 420 ÷ 840
    assert [(value.earned, value.remaining) for value in series] == [(420, 180), (600, 0), (300, 420)]


def test_of_two_reports_on_a_day_the_later_holds() -> None:
    reports = [ReportedProgress(june(1), is_done=True, remaining=None), ReportedProgress(june(1), False, 600)]
    (value,) = series_of_item(rule=RULE, estimate=600, spent=[], reports=reports)
    assert (value.earned, value.remaining) == (0, 600)


def test_nothing_booked_or_reported_has_no_series() -> None:
    assert series_of_item(rule=RULE, estimate=600, spent=[], reports=[]) == []


# ── The plan ────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("own", "above", "found"),
    [
        (Span(), Span(june(1), june(9)), Span(june(1), june(9))),
        (Span(june(3), june(4)), Span(june(1), june(9)), Span(june(3), june(4))),
        (Span(finish_on=june(4)), Span(june(1), june(9)), Span(june(1), june(4))),
        # A day that was said outweighs one that was not.
        (Span(finish_on=june(4)), Span(june(7), june(9)), Span(june(4), june(4))),
        (Span(june(12)), Span(june(1), june(9)), Span(june(12), june(12))),
        (Span(june(3)), Span(), Span(june(3), None)),
        (Span(), Span(), Span()),
    ],
)
def test_planned_days_that_are_left_open_are_those_of_what_it_belongs_to(own: Span, above: Span, found: Span) -> None:
    assert own.inside(above) == found


def test_without_planned_work_there_is_no_curve() -> None:
    assert planned_points([PlannedWork(0, june(1), june(2))]) == []
    assert curve_of([]) is None


def test_planned_work_that_finishes_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        PlannedWork(60, june(2), june(1))


works = st.lists(
    st.builds(
        lambda minutes, start, length: PlannedWork(
            minutes, june(1) + dt.timedelta(days=start), june(1) + dt.timedelta(days=start + length)
        ),
        st.integers(1, 6_000_000),
        st.integers(-400, 400),
        st.integers(0, 700),
    ),
    min_size=1,
    max_size=15,
)


@given(works, st.integers(-500, 1200))
def test_planned_value_is_the_sum_over_the_work(planned: list[PlannedWork], offset: int) -> None:
    day = june(1) + dt.timedelta(days=offset)
    points = planned_points(planned)
    curve = curve_of(points)
    assert curve is not None
    by_hand = sum(
        Decimal(work.minutes) * min(max((day - work.start_on).days + 1, 0), work.days) / work.days for work in planned
    )
    assert abs(curve.value_at(days_since_start(points, day)) - by_hand) < Decimal("1e-12")
    assert points[-1].minutes == sum(work.minutes for work in planned)


def test_a_series_begins_with_what_still_counts() -> None:
    bookings = [SpentOnDay(june(1), 0), SpentOnDay(june(3), 100), SpentOnDay(june(4), -100), SpentOnDay(june(5), 20)]
    series = series_of_item(rule=RULE, estimate=600, spent=bookings, reports=[])
    assert [value.on.day for value in from_first_movement(series, 600)] == [3, 4, 5]
    said = [ReportedProgress(june(1), is_done=False, remaining=500)]
    assert len(from_first_movement(series_of_item(rule=RULE, estimate=600, spent=bookings, reports=said), 600)) == 4
    assert from_first_movement(series[:1], 600) == []
