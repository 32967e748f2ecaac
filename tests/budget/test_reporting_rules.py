"""B9 and B10 by the worked examples of docs/calculations/alert-rules.md."""

import datetime as dt
from typing import Any

import pytest

from alerts.levels import Held
from budget.finding import Finding
from budget.pace_words import say_late
from budget.recent_days import Assignment, WorkedDay, reporting_of, silent_days
from budget.reporting_rules import reporting
from budget.rule_figures import Reporting, RuleFigures
from budget.rule_findings import DEFAULTS
from tests.budget.rules import UTC, figures, noon, weekdays_but


def september(day: int) -> dt.date:
    return dt.date(2026, 9, day)


def midnight(day: int) -> dt.datetime:
    return dt.datetime(2026, 9, day, tzinfo=UTC)


def findings(of: RuleFigures, held: dict[tuple[str, str], Held] | None = None) -> dict[tuple[str, str], Finding]:
    return {(one.rule, one.subject): one for one in reporting(of, DEFAULTS, held or {})}


def late(on: int, **given: Any) -> RuleFigures:
    """The newest hours are of Friday the 4th; Monday the 7th is a holiday."""
    return figures(
        **{
            "at": noon(september(on)),
            "vendor": weekdays_but(september(7)),
            "hours_through": september(4),
            "item_count": 1,
            "open_count": 1,
            "open_estimated_count": 1,
            **given,
        }
    )


@pytest.mark.parametrize(
    ("on", "days", "level"), [(11, 3, "none"), (15, 5, "notice"), (17, 7, "warning"), (22, 10, "critical")]
)
def test_hours_are_late_by_working_days_that_are_over(on: int, days: int, level: str) -> None:
    data = findings(late(on))["B10", "data"]
    assert (data.numbers["days"], data.level, data.numbers["what"]) == (days, level, "hours")


def test_late_data_is_looked_at_again_when_the_day_is_over() -> None:
    assert findings(late(11))["B10", "data"].recheck_at == midnight(15)
    assert findings(late(15))["B10", "data"].recheck_at == midnight(17)
    assert findings(late(22))["B10", "data"].recheck_at is None


def test_no_hours_are_awaited_once_everything_is_done() -> None:
    done = findings(late(22, open_count=0))["B10", "data"]
    assert (done.level, done.recheck_at) == ("none", None)


def test_the_first_hours_are_awaited_from_the_planned_start() -> None:
    of = late(15, hours_through=None, planned_start_on=september(8))
    assert findings(of)["B10", "data"].numbers["days"] == 5
    early = late(15, hours_through=None, planned_start_on=september(8), opened_on=september(1))
    assert findings(early)["B10", "data"].numbers == findings(of)["B10", "data"].numbers
    nothing = findings(late(22, hours_through=None))["B10", "data"]
    assert (nothing.level, nothing.recheck_at) == ("none", None)


def test_a_project_that_was_opened_after_its_planned_start_is_not_late_at_once() -> None:
    """And before its first hours it is being set up: a notice is mailed to nobody."""

    def found(on: int) -> Finding:
        given = {"planned_start_on": dt.date(2026, 8, 10), "opened_on": september(1)}
        return findings(late(on, hours_through=None, **given))["B10", "data"]

    assert (found(1).level, found(1).numbers["days"], found(1).recheck_at) == ("none", 0, midnight(9))
    assert (found(9).level, found(9).numbers["days"]) == ("notice", 5)
    assert (found(22).level, found(22).numbers["days"]) == ("notice", 14)
    assert "after the project was opened on 1" in say_late(found(9).numbers, "client").compared


def test_progress_is_late_by_days_with_hours() -> None:
    of = late(8, reporting=Reporting(reported_on=september(1), days_since_report=7))
    data = findings(of)["B10", "data"]
    assert (data.level, data.numbers["what"], data.numbers["days"]) == ("warning", "progress", 7)
    assert (
        findings(late(8, reporting=Reporting(days_since_report=7), open_estimated_count=0))["B10", "data"].level
        == "none"
    )


def worked(*days: int) -> list[WorkedDay]:
    return [WorkedDay(september(day), 480) for day in days if september(day).isoweekday() < 6]


def stalled(on: int, hours_to: int) -> RuleFigures:
    """Progress on Wednesday the 2nd, then hours on each working day from Thursday the 3rd, and nothing is late."""
    days = worked(*range(3, hours_to + 1))
    return late(
        on,
        hours_through=days[-1].on,
        reporting=reporting_of(days, reported_on=days[-1].on, progressed_on=september(2)),
    )


@pytest.mark.parametrize(
    ("on", "hours_to", "weeks", "level"),
    [(9, 9, 0, "none"), (10, 10, 1, "notice"), (17, 17, 2, "warning"), (24, 23, 3, "critical")],
)
def test_weeks_with_hours_and_no_progress(on: int, hours_to: int, weeks: int, level: str) -> None:
    found = findings(stalled(on, hours_to))["B9", ""]
    assert (found.numbers["weeks"], found.level) == (weeks, level)


def test_a_week_without_hours_does_not_count() -> None:
    of = stalled(24, 16)
    assert findings(of)["B9", ""].numbers["weeks"] == 2


def test_standing_still_is_looked_at_again_when_the_week_is_over() -> None:
    assert findings(stalled(9, 9))["B9", ""].recheck_at == midnight(10)
    assert findings(stalled(17, 17))["B9", ""].recheck_at == midnight(24)


def test_the_count_begins_anew_after_a_week_without_hours() -> None:
    days = [WorkedDay(dt.date(2026, 8, 3), 480), *worked(14, 15)]
    fresh = reporting_of(days, reported_on=None, progressed_on=None)
    assert (fresh.stalled_from, fresh.stalled_weeks, fresh.stalled_minutes) == (september(14), 1, 960)
    assert (fresh.days_since_report, fresh.first_unreported_on) == (3, dt.date(2026, 8, 3))


def test_late_data_keeps_the_rules_that_would_only_repeat_it_from_rising() -> None:
    of = late(17, reporting=Reporting(stalled_from=september(1), stalled_weeks=2, silent_days=(7,)))
    found = findings(of)
    assert [found[key].level for key in (("B10", "data"), ("B10", "people"), ("B9", ""))] == ["warning", "none", "none"]
    held = {("B9", ""): Held("notice"), ("B10", "people"): Held("critical")}
    found = findings(of, held)
    assert (found["B9", ""].level, found["B10", "people"].level) == ("notice", "warning")


def test_people_are_counted_and_not_named() -> None:
    of = late(8, reporting=Reporting(silent_days=(0, 5, 8)))
    people = findings(of)["B10", "people"]
    assert (people.level, people.numbers["people"], people.numbers["assigned"], people.numbers["days"]) == (
        "warning",
        2,
        3,
        8,
    )


def test_whoever_worked_in_a_week_was_not_silent_in_it() -> None:
    assigned = Assignment(1, september(1), None, weekdays_but())
    assert silent_days(assigned, september(2), september(17)) == 9  # from Monday the 7th
    assert silent_days(assigned, september(16), september(17)) == 0
    assert silent_days(assigned, None, september(4)) == 4
    later = Assignment(1, september(14), None, weekdays_but())
    assert silent_days(later, dt.date(2026, 8, 3), september(17)) == 4
    assert not Assignment(1, september(1), september(4), weekdays_but()).holds_on(september(5))
