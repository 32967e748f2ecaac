"""B1, B7 and B8 by the worked examples of docs/calculations/alert-rules.md."""

from decimal import Decimal

from alerts.levels import Held
from budget.burn_rules import over_estimate, used_share, without_estimate
from budget.finding import Finding
from budget.rule_findings import DEFAULTS
from tests.budget.rules import figures, minutes


def used(hours: float, held: Held | None = None, agreed: float = 100, **given: object) -> Finding:
    given = {"budget_minutes": minutes(agreed), "used_minutes": minutes(hours), **given}
    (finding,) = used_share(figures(**given), DEFAULTS, {"budget_hours": held} if held else {})
    return finding


def test_the_used_share_rises_and_falls_as_in_the_table() -> None:
    basis = used(79).basis
    assert [used(hours).level for hours in (79, 80, 104, 110)] == ["none", "notice", "warning", "critical"]
    assert used(98, Held("warning", basis)).level == "warning"
    assert used(97, Held("warning", basis)).level == "notice"


def test_an_alert_says_how_much_would_have_to_be_agreed() -> None:
    numbers = used(104).numbers
    assert (numbers["ratio"], numbers["from"], numbers["clears_at"]) == ("1.040000", "1.000000", "0.980000")
    assert numbers["enough"] == str(6368)  # 106.13 h, the first minute that suffices
    assert used(104, agreed=6368 / 60).level == "notice"
    assert used(50).numbers["enough"] is None


def test_a_margin_does_not_hold_against_another_agreement() -> None:
    before = used(104)
    after = used(104, Held(before.level, before.basis), agreed=106)
    assert (after.level, after.basis) == ("notice", str(106 * 60))
    assert after.basis != before.basis


def test_a_sum_of_estimates_is_no_agreement() -> None:
    finding = used(99, Held("warning", ""), budget_is_agreed=False)
    assert (finding.level, finding.basis, finding.numbers["budget_source"]) == ("warning", "", "estimates")


def test_each_limit_is_a_subject_of_its_own_and_amounts_are_money() -> None:
    found = used_share(
        figures(
            budget_minutes=6000,
            cap_minutes=6000,
            budget_amount=Decimal(10_000),
            cap_amount=Decimal(12_000),
            used_minutes=5700,
            used_amount=Decimal(9_000),
            currency="EUR",
        ),
        DEFAULTS,
        {},
    )
    assert [(one.subject, one.level, one.basis, one.shows_money) for one in found] == [
        ("budget_hours", "notice", "6000", False),
        ("cap_hours", "warning", "6000", False),
        ("budget_amount", "notice", "10000", True),
        ("cap_amount", "none", "12000", True),
    ]


def test_a_scale_that_is_off_says_nothing() -> None:
    both = figures(budget_minutes=6000, cap_minutes=6000, used_minutes=6000)
    only_cap = {"B1_cap": DEFAULTS["B1_cap"]}
    assert [one.subject for one in used_share(both, only_cap, {})] == ["cap_hours"]
    assert [*over_estimate(both, {}, {}), *without_estimate(both, {}, {})] == []


def test_items_over_their_estimates_are_a_share_of_the_budget() -> None:
    (finding,) = over_estimate(
        figures(budget_minutes=minutes(1000), over_count=3, over_minutes=minutes(60)), DEFAULTS, {}
    )
    assert (finding.level, finding.numbers["share"], finding.numbers["too_much_minutes"]) == (
        "warning",
        "0.060000",
        minutes(15),
    )


def without(unestimated: float, all_hours: float = 200) -> Finding:
    (finding,) = without_estimate(
        figures(recent_minutes=minutes(all_hours), recent_unestimated_minutes=minutes(unestimated)), DEFAULTS, {}
    )
    return finding


def test_hours_without_an_estimate_are_a_share_of_four_weeks() -> None:
    finding = without(24)
    assert (finding.level, finding.numbers["share"], finding.numbers["too_much_minutes"]) == (
        "warning",
        "0.120000",
        minutes(6),
    )


def test_a_few_hours_without_an_estimate_are_not_worth_a_word() -> None:
    assert without(3.9, 10).level == "none"
    assert without(4, 10).level == "critical"
