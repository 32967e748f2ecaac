"""The worked table of docs/calculations/progress.md, for an item estimated at 600 minutes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requirements_app.progress import ItemProgress, ProgressRule, earned_minutes, remaining_minutes


@pytest.mark.parametrize(
    ("spent", "since", "left", "by_hours"),
    [(10, 6, 6 * 60, "375"), (20, 16, 30, "585.37")],
)
def test_hours_after_a_report_lessen_what_it_left(spent: int, since: int, left: int, by_hours: str) -> None:
    item = ItemProgress(
        estimate=600, spent=spent * 60, is_reported=True, reported_remaining=12 * 60, spent_since_report=since * 60
    )
    assert remaining_minutes(item) == left
    assert round(earned_minutes("hours_spent_and_remaining", item), 2) == Decimal(by_hours)


def test_nothing_left_stays_nothing_and_hours_taken_back_add_nothing() -> None:
    assert remaining_minutes(ItemProgress(estimate=600, reported_remaining=0, spent_since_report=60)) == 0
    assert remaining_minutes(ItemProgress(estimate=600, reported_remaining=90, spent_since_report=-60)) == 90


@pytest.mark.parametrize(
    ("spent", "reported_hours", "by_hours", "by_zero_hundred", "by_fifty_fifty"),
    [
        (0, None, "0", 0, 0),
        (0, 10, "0", 0, 300),
        (4, None, "240", 0, 300),
        (4, 12, "150", 0, 300),
        (10, None, "571.43", 0, 300),
        (20, None, "585.37", 0, 300),
        (20, 5, "480", 0, 300),
        (20, 0, "600", 0, 300),
        (20, "done", "600", 600, 600),
    ],
)
def test_earned_by_each_rule(
    spent: int, reported_hours: int | str | None, by_hours: str, by_zero_hundred: int, by_fifty_fifty: int
) -> None:
    is_done = reported_hours == "done"
    item = ItemProgress(
        estimate=600,
        spent=spent * 60,
        is_done=is_done,
        is_reported=reported_hours is not None,
        reported_remaining=reported_hours * 60 if isinstance(reported_hours, int) else None,
    )
    found = earned_minutes(ProgressRule.HOURS_SPENT_AND_REMAINING, item)
    assert found.quantize(Decimal("0.01")) == Decimal(by_hours).quantize(Decimal("0.01"))
    assert earned_minutes(ProgressRule.ZERO_HUNDRED, item) == by_zero_hundred
    assert earned_minutes(ProgressRule.FIFTY_FIFTY, item) == by_fifty_fifty


@given(
    rule=st.sampled_from(list(ProgressRule)),
    estimate=st.integers(0, 100_000),
    spent=st.integers(0, 200_000),
    remaining=st.none() | st.integers(0, 200_000),
    is_done=st.booleans(),
)
def test_earned_lies_between_nothing_and_the_estimate(
    rule: ProgressRule, estimate: int, spent: int, remaining: int | None, is_done: bool
) -> None:
    item = ItemProgress(estimate=estimate, spent=spent, is_done=is_done, reported_remaining=remaining)
    assert 0 <= earned_minutes(rule, item) <= estimate


def test_hours_alone_never_complete_an_item() -> None:
    item = ItemProgress(estimate=600, spent=100_000)
    assert remaining_minutes(item) == 30
    assert earned_minutes(ProgressRule.HOURS_SPENT_AND_REMAINING, item) < 600


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(ValueError, match="guess"):
        earned_minutes("guess", ItemProgress(estimate=600))


def test_negative_minutes_are_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        ItemProgress(estimate=-1)
    with pytest.raises(ValueError, match="not negative"):
        ItemProgress(estimate=1, reported_remaining=-1)
