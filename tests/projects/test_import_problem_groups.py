"""Only rows that say the same stand together: of two names in one line the second would never be read."""

from collections import Counter

from core.tabular.problems import WARNING, Problem
from projects.import_outcome import SHOWN_PROBLEMS, Outcome, shown
from projects.import_problem_groups import problem_groups


def outcome_of(problems: list[Problem]) -> Outcome:
    return Outcome(codes=Counter(problem.code for problem in problems), problems=shown(problems))


def day(row: int, value: str) -> Problem:
    return Problem("no_such_day", row, "Date", value)


def test_rows_that_say_the_same_are_one_group_and_others_another() -> None:
    warning = Problem("no_hours", 9, "Hours", "0", WARNING)
    found = problem_groups(outcome_of([warning, day(2, "2026-02-30"), day(3, "2026-02-31"), day(5, "2026-02-31")]))
    assert [(group.code, group.count, group.is_error) for group in found] == [
        ("no_such_day", 2, True),
        ("no_such_day", 1, True),
        ("no_hours", 1, False),
    ]
    assert found[0].lines[1] == (5, "Row 5: the day 2026-02-31 in “Date” does not exist.")
    assert found[1].lines == ((2, "Row 2: the day 2026-02-30 in “Date” does not exist."),)


def test_another_value_is_listed_however_often_one_stands_before_it() -> None:
    found = problem_groups(outcome_of([*(day(row, "2026-02-30") for row in range(2, 102)), day(200, "2026-02-31")]))
    assert [(group.count, len(group.lines), group.more, group.others) for group in found] == [
        (100, SHOWN_PROBLEMS - 1, 100 - SHOWN_PROBLEMS + 1, 0),
        (1, 1, 0, 0),
    ]


def test_what_is_not_listed_is_counted() -> None:
    found = problem_groups(outcome_of([day(row, f"2026-02-{row}") for row in range(30, 99)]))
    assert len(found) == SHOWN_PROBLEMS
    assert [group.others for group in found if group.others] == [69 - SHOWN_PROBLEMS]
