"""The worked examples of docs/calculations/indices.md."""

from decimal import Decimal
from typing import Any

from status.indices import indices_of
from tests.status.figures import BEFORE_HOURS, overview

H = 60


def index(key: str, **figures: Any) -> tuple[str, str, bool]:
    found = next(one for one in indices_of(overview(**figures).figures) if one.key == key)
    return found.value.replace("\u00a0", " "), found.formula.replace("\u00a0", " "), found.is_bad


def test_cost_index_is_earned_by_used_on_the_day_of_comparison() -> None:
    assert index("cpi") == ("0.86", "355 h earned ÷ 412 h used, both to 17 Sep 2026 = 0.86", True)
    assert index("cpi", earned_minutes_at_compared=Decimal(400 * H))[2] is False


def test_cost_index_of_nothing_used_is_undefined() -> None:
    assert index("cpi", used_minutes_at_compared=0, matched_minutes_at_compared=0)[:2] == (
        "–",
        "Undefined: nothing was used on the day of comparison.",
    )


def test_hours_on_work_without_an_estimate_are_named_beside_the_cost_index() -> None:
    assert index("cpi", matched_minutes_at_compared=380 * H)[:2] == (
        "0.93",
        "355 h earned ÷ 380 h used on estimated work (32 h on other), both to 17 Sep 2026 = 0.93",
    )
    # They are used all the same: nobody can spend them again.
    assert index("tcpi", matched_minutes_at_compared=380 * H)[0] == "1.30"


def test_to_complete_index_compares_work_left_with_hours_left() -> None:
    assert index("tcpi") == ("1.30", "(600 h − 355 h earned) ÷ (600 h − 412 h used) = 1.30", True)
    assert index("tcpi", cap_minutes=700 * H)[0] == "0.85"


def test_to_complete_index_is_undefined_when_no_hours_are_left() -> None:
    assert index("tcpi", cap_minutes=400 * H) == ("–", "Undefined: no hours are left.", True)


def test_likely_use_of_the_limit() -> None:
    assert index("likely") == ("98 %", "(412 h used + 173 h remaining) ÷ 600 h = 98 %", False)
    assert index("likely", cap_minutes=500 * H)[::2] == ("117 %", True)
    assert index("likely", estimated_item_count=0)[1] == "Undefined: no work item has an estimate."


def test_before_the_first_hours_there_are_no_indices() -> None:
    assert indices_of(overview(**BEFORE_HOURS).figures) == []
