"""What the series of a branch say of a day: the worked example of docs/calculations/earned-value.md, read as series."""

import datetime as dt
from decimal import Decimal

import pytest

from budget.earned_series import DayValue
from budget.earned_value import CostForecast, EarnedValue, TimeForecast, Undefined
from budget.earned_work import EarnedWork
from budget.planned_value import PlannedWork, planned_points


def june(day: int) -> dt.date:
    return dt.date(2026, 6, day)


def value(day: int, used: int, matched: int, earned: int, remaining: int, *, unrated: int = 0) -> DayValue:
    """A hundred an hour."""
    amount = Decimal(matched - unrated) * 100 / 60
    return DayValue(june(day), used, matched, amount, unrated, Decimal(earned), Decimal(remaining))


PLAN = [PlannedWork(600, june(1), june(6)), PlannedWork(400, june(3), june(10))]
EXAMPLE = EarnedWork(
    series=[
        value(1, 240, 240, 240, 760),
        value(2, 360, 360, 240, 940),
        value(3, 460, 360, 240, 940),
        value(4, 620, 520, 415, 680),
    ],
    estimate_minutes=1000,
    undated_minutes=0,
    points=planned_points(PLAN),
)


def test_values_of_a_day_are_those_of_the_example() -> None:
    assert EXAMPLE.values(june(4)) == EarnedValue(
        bac=Decimal(1000),
        pv=Decimal(500),
        ev=Decimal(415),
        ac=Decimal(520),
        remaining=Decimal(680),
        recent_ev=Decimal(415),
        recent_ac=Decimal(520),
    )
    schedule = EXAMPLE.schedule(june(4))
    assert (schedule.actual_time.value, schedule.planned_duration.value) == (4, 10)
    assert round(schedule.earned_schedule.value or 0, 4) == Decimal("3.4333")


def test_a_day_without_a_row_is_that_of_the_row_before_it() -> None:
    assert EXAMPLE.at(june(20)) == EXAMPLE.series[-1]
    before = EXAMPLE.at(dt.date(2026, 5, 1))
    assert (before.used, before.earned, before.remaining) == (0, 0, 1000)


def test_recent_figures_are_those_of_the_last_four_weeks() -> None:
    later = EarnedWork([*EXAMPLE.series, value(30, 720, 620, 500, 600)], 1000, 0, EXAMPLE.points)
    values = later.values(june(30))
    # The end of 2 June lies four weeks back.
    assert (values.recent_ev, values.recent_ac) == (260, 260)


def test_work_without_planned_days_makes_the_plan_undefined() -> None:
    partly = EarnedWork(EXAMPLE.series, 1000, 400, planned_points(PLAN[:1]))
    assert partly.values(june(4)).planned_value.undefined is Undefined.NO_PLAN
    assert partly.schedule(june(4)).earned_schedule.undefined is Undefined.NO_PLAN
    assert partly.finish_on(june(4), TimeForecast.EARNED_PACE) is None


def test_work_without_an_estimate_has_no_value() -> None:
    work = EarnedWork([value(1, 60, 0, 0, 0)], 0, 0, [])
    assert work.values(june(1)).earned_value.undefined is Undefined.NO_BUDGET
    assert work.completed_on(june(1)) is None


def test_in_money_work_counts_at_the_planned_rate_and_hours_at_their_cost() -> None:
    money = EXAMPLE.money(june(4), Decimal(120))
    assert (money.bac, money.ev) == (2000, 830)
    assert money.ac == Decimal(520) * 100 / 60
    assert round(money.cost_performance_index.value or 0, 4) == Decimal("0.9577")
    assert EXAMPLE.money(june(4), None).budget_at_completion.undefined is Undefined.NO_BUDGET


def test_while_an_hour_has_no_rate_its_cost_is_not_known() -> None:
    work = EarnedWork([value(1, 240, 240, 240, 760, unrated=60)], 1000, 0, [])
    assert work.money(june(1), Decimal(100)).cost_variance.undefined is Undefined.NO_COST


DONE = EarnedWork(
    [value(1, 500, 500, 500, 500), value(14, 1100, 1100, 1000, 0), value(16, 1200, 1200, 1000, 0)],
    1000,
    0,
    EXAMPLE.points,
)


def test_time_stands_still_once_all_is_earned() -> None:
    assert DONE.completed_on(june(30)) == june(14)
    assert DONE.completed_on(june(13)) is None
    schedule = DONE.schedule(june(30))
    assert (schedule.actual_time.value, schedule.schedule_variance.value) == (14, -4)
    assert DONE.finish_on(june(30), TimeForecast.EARNED_PACE) == june(14)


def test_what_was_opened_again_is_not_complete() -> None:
    again = EarnedWork([*DONE.series, value(20, 1250, 1250, 900, 100)], 1000, 0, EXAMPLE.points)
    assert again.completed_on(june(30)) is None
    assert again.completed_on(june(19)) == june(14)


def test_finish_is_told_in_days_of_the_plan() -> None:
    # 11.65 days from the start: in the course of the twelfth.
    assert EXAMPLE.finish_on(june(4), TimeForecast.EARNED_PACE) == june(12)
    assert EXAMPLE.finish_on(june(4), TimeForecast.PLANNED_PACE) == june(11)


def test_an_end_years_away_is_no_date() -> None:
    slow = EarnedWork([value(1, 60, 60, 1, 999)], 1000, 0, EXAMPLE.points)
    assert slow.schedule(june(9)).time_at_completion(TimeForecast.EARNED_PACE).value is not None
    hopeless = EarnedWork(
        [value(1, 600, 600, 1, 999)], 100_000, 0, planned_points([PlannedWork(100_000, june(1), june(30))])
    )
    assert hopeless.finish_on(june(9), TimeForecast.EARNED_PACE) is None


@pytest.mark.parametrize(("left", "on"), [(0, june(4)), (130, june(11)), (260, june(18)), (10**9, None)])
def test_hours_left_are_used_up_at_the_pace_of_the_last_four_weeks(left: int, on: dt.date | None) -> None:
    """520 minutes in four weeks: 130 a week."""
    assert EXAMPLE.weekly_minutes(june(4)) == (0, 0, 0, 520)
    assert EXAMPLE.used_up_on(june(4), Decimal(left)) == on


def test_forecasts_of_a_day_are_those_of_its_values() -> None:
    ends_at = EXAMPLE.values(june(4)).estimate_at_completion(CostForecast.BOTTOM_UP)
    assert ends_at.value == 1200
