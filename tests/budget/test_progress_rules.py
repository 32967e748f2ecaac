"""B2, B3 and B4 by the worked examples of docs/calculations/alert-rules.md."""

from decimal import Decimal

import pytest

from alerts.levels import Held
from budget.finding import Finding
from budget.progress_rules import ahead_of_progress, burn_ahead_of_progress, is_beyond_chance, standard_error
from budget.rule_figures import RuleFigures
from budget.rule_findings import DEFAULTS
from tests.budget.rules import compared, figures, finished, minutes

FAMILY = {code: DEFAULTS[code] for code in ("B2", "B3", "B4")}


def alone(code: str, of: RuleFigures, held: Held | None = None) -> Finding:
    """One member of the family with the others off."""
    (finding,) = ahead_of_progress(of, {code: DEFAULTS[code]}, {"": held} if held else {})
    return finding


def test_burn_ahead_of_progress_over_some_weeks() -> None:
    weeks = [
        (40, 0, "none"),
        (200, 140, "notice"),
        (350, 240, "warning"),
        (400, 310, "warning"),
        (500, 425, "notice"),
        (760, 520, "critical"),
        (780, 595, "critical"),
        (800, 625, "warning"),
        (900, 890, "none"),
    ]
    held, levels, missing = None, [], []
    for used, earned, _level in weeks:
        finding = alone("B2", figures(budget_minutes=minutes(1000), compared=compared(used, earned)), held)
        held = Held(finding.level, finding.basis, finding.numbers["levels"])
        levels.append(finding.level)
        missing.append(finding.numbers["missing_minutes"])
    assert levels == [level for _used, _earned, level in weeks]
    assert missing[5] == minutes(60)


def test_a_difference_is_undefined_before_five_per_cent_and_without_figures() -> None:
    assert burn_ahead_of_progress(Decimal("0.04"), Decimal(0)) is None
    assert burn_ahead_of_progress(None, Decimal(1)) is None
    assert burn_ahead_of_progress(Decimal(1), None) is None


def test_hours_and_earned_value_are_of_the_same_work() -> None:
    """Half of the hours went to work without an estimate: that is said elsewhere."""
    of = figures(budget_minutes=minutes(1000), compared=compared(600, 300, matched=300))
    assert alone("B2", of).level == "none"


def test_a_budget_below_the_estimates_is_not_earned_before_all_of_them_are() -> None:
    of = figures(budget_minutes=minutes(800), estimated_minutes=minutes(1000), compared=compared(400, 400))
    finding = alone("B2", of)
    assert (finding.numbers["used_ratio"], finding.numbers["earned_ratio"]) == ("0.500000", "0.400000")
    assert finding.level == "warning"
    rolling = figures(budget_minutes=minutes(1000), estimated_minutes=minutes(300), compared=compared(200, 180))
    assert alone("B2", rolling).numbers["ahead"] == "0.020000"


def ten_items(*hours_on_done: float) -> RuleFigures:
    """Ten items of ten hours, as many of them done as hours are given."""
    done = [(10.0, hours) for hours in hours_on_done]
    return figures(
        budget_minutes=minutes(100),
        estimated_minutes=minutes(100),
        compared=compared(sum(hours_on_done), 10 * len(done)),
        finished=finished(done),
    )


@pytest.mark.parametrize(
    ("hours_on_done", "index", "error_hours", "level"),
    [
        ((14, 13, 12, 15), "0.740741", "1.91", "critical"),
        ((12, 11, 10.5, 12.5), "0.869565", "1.59", "warning"),
        ((10, 4, 25, 8), "0.851064", "15.62", "none"),
    ],
)
def test_the_cost_index_speaks_beyond_chance(
    hours_on_done: tuple[float, ...], index: str, error_hours: str, level: str
) -> None:
    of = ten_items(*hours_on_done)
    error = standard_error(of)
    assert error is not None
    assert f"{error / 60:.2f}" == error_hours
    finding = alone("B3", of)
    assert (finding.numbers["index"], finding.level) == (index, level)


def test_the_cost_index_says_what_is_missing() -> None:
    numbers = alone("B3", ten_items(12, 11, 10.5, 12.5)).numbers
    assert (numbers["from"], numbers["clears_at"]) == ("0.900000", "0.920000")
    assert numbers["missing_minutes"] == 140  # 2.32 h, rounded up


def test_the_cost_index_is_noise_before_a_fifth_is_earned() -> None:
    one_done = ten_items(20)
    assert (alone("B3", one_done).level, alone("B3", one_done).numbers["index"]) == ("none", None)
    assert not is_beyond_chance(ten_items(20)), "one item cannot tell"
    assert is_beyond_chance(ten_items(20, 20))


def test_a_cost_index_that_speaks_is_not_silenced_by_one_more_item() -> None:
    doubtful = ten_items(10, 4, 25, 8)
    assert alone("B3", doubtful).level == "none"
    held = Held("warning", f"{minutes(100)}", {"B3": "warning"})
    assert alone("B3", doubtful, held).level == "warning"


@pytest.mark.parametrize(
    ("used", "earned", "index", "level"),
    [
        (50, 40, "1.200000", "notice"),
        (60, 40, "1.500000", "critical"),
        (85, 60, None, "none"),
        (25, 15, None, "none"),
    ],
)
def test_what_the_rest_has_to_earn(used: float, earned: float, index: str | None, level: str) -> None:
    of = figures(budget_minutes=minutes(100), estimated_minutes=minutes(100), compared=compared(used, earned))
    finding = alone("B4", of)
    assert (finding.numbers["index"], finding.level) == (index, level)


def test_the_family_speaks_with_the_voice_of_the_worst() -> None:
    (finding,) = ahead_of_progress(ten_items(14, 13, 12, 15), FAMILY, {})
    assert (finding.rule, finding.speaks, finding.level) == ("B2", "B3", "critical")
    assert finding.numbers["levels"] == {"B2": "warning", "B3": "critical", "B4": "critical"}
    only_first = {code: FAMILY[code] for code in ("B2",)}
    (finding,) = ahead_of_progress(ten_items(14, 13, 12, 15), only_first, {})
    assert (finding.speaks, finding.level) == ("B2", "warning")
    assert list(ahead_of_progress(ten_items(14), {}, {})) == []


def test_who_has_spoken_keeps_the_word_until_it_falls_back() -> None:
    """Another one that is as bad would give the alert that stands another name."""
    of, basis = ten_items(14, 13, 12, 15), f"{minutes(100)}"
    for voice in ("B3", "B4"):
        (finding,) = ahead_of_progress(of, FAMILY, {"": Held("critical", basis, {voice: "critical"}, voice)})
        assert (finding.speaks, finding.level) == (voice, "critical")
    (finding,) = ahead_of_progress(of, FAMILY, {"": Held("warning", basis, {"B2": "warning"}, "B2")})
    assert (finding.speaks, finding.level) == ("B3", "critical")


def test_each_member_keeps_its_own_level_by_its_own_margin() -> None:
    """B3 left warning for notice; that B2 stands at warning does not hold it there."""
    of = ten_items(11, 10.5, 10.7, 11.2)  # index 0.92
    basis = f"{minutes(100)}"
    (finding,) = ahead_of_progress(of, FAMILY, {"": Held("warning", basis, {"B2": "warning", "B3": "notice"})})
    assert finding.numbers["levels"]["B3"] == "notice"
    (finding,) = ahead_of_progress(of, FAMILY, {"": Held("warning", basis, {"B3": "warning"})})
    assert finding.numbers["levels"]["B3"] == "notice"
