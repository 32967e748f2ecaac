"""B6 and B11 by the worked examples of docs/calculations/alert-rules.md."""

import datetime as dt
from decimal import Decimal
from typing import Any

from budget.finding import Finding
from budget.pace_rules import pace_over_plan, runway
from budget.rule_findings import DEFAULTS
from tests.budget.rules import figures, minutes

WEEKS = tuple(minutes(hours) for hours in (25, 35, 30, 30))


def until_cap(**given: Any) -> Finding:
    given = {
        "cap_minutes": minutes(500),
        "used_minutes": minutes(400),
        "weekly_minutes": WEEKS,
        "planned_finish_on": dt.date(2026, 10, 30),
        **given,
    }
    (finding,) = runway(figures(**given), DEFAULTS, {})
    return finding


def test_the_weeks_until_the_cap() -> None:
    finding = until_cap()
    assert (finding.level, finding.subject, finding.numbers["weeks"]) == ("warning", "cap_hours", "3.333333")
    assert finding.numbers["ends_on"] == "2026-10-11"
    assert (finding.numbers["clears_at"], finding.numbers["enough"]) == ("4.500000", minutes(535))


def test_a_cap_that_outlasts_the_work_is_no_alert() -> None:
    assert until_cap(planned_finish_on=dt.date(2026, 10, 9)).level == "none"


def test_without_a_planned_finish_the_open_work_decides() -> None:
    assert until_cap(planned_finish_on=None, remaining_minutes=minutes(90)).level == "none"
    finding = until_cap(planned_finish_on=None, remaining_minutes=minutes(150))
    assert (finding.level, finding.numbers["finish_is_planned"]) == ("warning", False)


def test_nothing_is_said_of_a_cap_that_is_used_up_or_without_a_pace() -> None:
    assert until_cap(used_minutes=minutes(500)).level == "none"
    assert until_cap(weekly_minutes=()).level == "none"
    assert until_cap(hours_through=None).level == "none"


def test_the_cap_in_money_has_a_pace_of_its_own() -> None:
    finding = until_cap(
        cap_minutes=None,
        cap_amount=Decimal("10000.00"),
        used_amount=Decimal("9000.00"),
        weekly_amounts=(Decimal("500.00"),) * 4,
        currency="EUR",
    )
    assert (finding.subject, finding.level, finding.numbers["weeks"]) == ("cap_amount", "critical", "2.000000")
    assert (finding.shows_money, finding.basis) == (True, "10000.00")
    assert finding.numbers["enough"] == 1_025_000  # cents


def pace(weekly: tuple[int, ...] = (70, 65, 60, 65), **given: Any) -> Finding:
    given = {
        "budget_minutes": minutes(600),
        "planned_start_on": dt.date(2026, 6, 1),
        "planned_finish_on": dt.date(2026, 8, 21),
        "weeks_from": dt.date(2026, 7, 6),
        "weekly_minutes": tuple(minutes(hours) for hours in weekly),
        **given,
    }
    (finding,) = pace_over_plan(figures(**given), DEFAULTS, {})
    return finding


def test_weekly_burn_against_an_even_plan() -> None:
    finding = pace()
    assert (finding.level, finding.numbers["ratio"]) == ("warning", "1.300000")
    assert (finding.numbers["weekly"], finding.numbers["planned_weekly"]) == (minutes(65), minutes(50))
    assert (finding.numbers["clears_at"], finding.numbers["enough_weekly"]) == ("1.250000", minutes(62.5))


def test_only_weeks_of_the_plan_count() -> None:
    """Two weeks before its start had hours; the plan says nothing of them."""
    finding = pace((10, 10, 60, 60), weeks_from=dt.date(2026, 5, 18))
    assert (finding.numbers["weeks"], finding.numbers["ratio"], finding.level) == (2, "1.200000", "notice")


def test_without_a_plan_there_is_nothing_to_be_over() -> None:
    assert pace(planned_start_on=None).numbers["ratio"] is None
    assert pace(weeks_from=None).level == "none"
