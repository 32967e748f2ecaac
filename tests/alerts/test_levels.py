"""Where levels begin and when they are left."""

from decimal import Decimal

import pytest

from alerts.levels import Thresholds, clears_at, level_of, rank, worst

RISING = Thresholds(Decimal("0.80"), Decimal("1.00"), Decimal("1.10"), Decimal("0.02"))
ABOVE = Thresholds(Decimal("0.02"), Decimal("0.05"), Decimal("0.10"), Decimal("0.005"), includes_bound=False)
WEEKS = Thresholds(Decimal(8), Decimal(4), Decimal(2), Decimal("0.5"), falls=True)
INDEX = Thresholds(Decimal("0.95"), Decimal("0.90"), Decimal("0.80"), Decimal("0.02"), includes_bound=False, falls=True)


@pytest.mark.parametrize(
    ("scale", "value", "level"),
    [
        (RISING, "0.7999", "none"),
        (RISING, "0.80", "notice"),
        (RISING, "1.00", "warning"),
        (RISING, "1.10", "critical"),
        (ABOVE, "0.02", "none"),
        (ABOVE, "0.0201", "notice"),
        (ABOVE, "0.0501", "warning"),
        (ABOVE, "0.1001", "critical"),
        (WEEKS, "8.01", "none"),
        (WEEKS, "8", "notice"),
        (WEEKS, "4", "warning"),
        (WEEKS, "2", "critical"),
        (INDEX, "0.95", "none"),
        (INDEX, "0.9499", "notice"),
        (INDEX, "0.90", "notice"),
        (INDEX, "0.8999", "warning"),
        (INDEX, "0.7999", "critical"),
    ],
)
def test_levels_begin_at_their_bounds(scale: Thresholds, value: str, level: str) -> None:
    assert level_of(Decimal(value), scale) == level


@pytest.mark.parametrize(
    ("scale", "value", "held", "level"),
    [
        (RISING, "0.98", "warning", "warning"),
        (RISING, "0.9799", "warning", "notice"),
        (RISING, "0.70", "critical", "none"),
        (WEEKS, "4.5", "warning", "warning"),
        (WEEKS, "4.51", "warning", "notice"),
        (INDEX, "0.9199", "warning", "warning"),
        (INDEX, "0.92", "warning", "notice"),
    ],
)
def test_a_held_level_is_left_past_its_margin(scale: Thresholds, value: str, held: str, level: str) -> None:
    assert level_of(Decimal(value), scale, held) == level


def test_a_level_ends_where_its_margin_does() -> None:
    assert clears_at("warning", RISING) == Decimal("0.98")
    assert clears_at("warning", WEEKS) == Decimal("4.5")


def test_an_undefined_value_holds_no_level() -> None:
    assert level_of(None, RISING, "critical") == "none"


def test_thresholds_that_do_not_go_one_way_are_refused() -> None:
    with pytest.raises(ValueError, match="go one way"):
        Thresholds(Decimal(2), Decimal(1), Decimal(3), Decimal(0))
    with pytest.raises(ValueError, match="go one way"):
        Thresholds(Decimal(1), Decimal(2), Decimal(3), Decimal(0), falls=True)


def test_levels_are_ranked() -> None:
    assert [rank(level) for level in ("none", "notice", "warning", "critical")] == [0, 1, 2, 3]
    assert worst(["notice", "critical", "none"]) == "critical"
    assert worst([]) == "none"
