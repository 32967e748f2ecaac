"""The worked table of docs/calculations/alert-rules.md."""

from decimal import Decimal

import pytest

from budget.burn_rules import (
    AHEAD_OF_PROGRESS,
    OVER_ESTIMATE,
    USED_OF_BUDGET,
    USED_OF_CAP,
    Thresholds,
    burn_ahead_of_progress,
    clears_below,
    level_of,
)


def test_burn_ahead_of_progress_over_some_weeks() -> None:
    weeks = [
        ("0.04", "0.00", "none"),
        ("0.20", "0.14", "notice"),
        ("0.35", "0.24", "warning"),
        ("0.40", "0.31", "warning"),
        ("0.50", "0.425", "notice"),
        ("0.76", "0.52", "critical"),
        ("0.78", "0.595", "critical"),
        ("0.80", "0.625", "warning"),
        ("0.90", "0.89", "none"),
    ]
    held, levels = "none", []
    for used, earned, _level in weeks:
        held = level_of(burn_ahead_of_progress(Decimal(used), Decimal(earned)), AHEAD_OF_PROGRESS, held)
        levels.append(held)
    assert levels == [level for _used, _earned, level in weeks]


@pytest.mark.parametrize(
    ("thresholds", "value", "level"),
    [
        (USED_OF_BUDGET, "0.7999", "none"),
        (USED_OF_BUDGET, "0.80", "notice"),
        (USED_OF_BUDGET, "1.00", "warning"),
        (USED_OF_BUDGET, "1.10", "critical"),
        (USED_OF_CAP, "0.80", "notice"),
        (USED_OF_CAP, "0.90", "warning"),
        (USED_OF_CAP, "1.00", "critical"),
        (OVER_ESTIMATE, "0.02", "none"),
        (OVER_ESTIMATE, "0.0201", "notice"),
        (OVER_ESTIMATE, "0.0501", "warning"),
        (OVER_ESTIMATE, "0.1001", "critical"),
    ],
)
def test_levels_begin_at_their_bounds(thresholds: Thresholds, value: str, level: str) -> None:
    assert level_of(Decimal(value), thresholds) == level


def test_a_held_level_is_left_below_its_margin() -> None:
    assert level_of(Decimal("0.98"), USED_OF_BUDGET, "warning") == "warning"
    assert level_of(Decimal("0.9799"), USED_OF_BUDGET, "warning") == "notice"
    assert clears_below("warning", USED_OF_BUDGET) == Decimal("0.98")


def test_an_undefined_value_holds_no_level() -> None:
    assert level_of(None, AHEAD_OF_PROGRESS, "critical") == "none"
    assert burn_ahead_of_progress(None, Decimal(1)) is None
    assert burn_ahead_of_progress(Decimal(1), None) is None


def test_thresholds_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="rise from notice to critical"):
        Thresholds(Decimal(2), Decimal(1), Decimal(3), Decimal(0))
