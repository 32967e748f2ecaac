"""All rules on burn over one project's figures: pure, worked in docs/calculations/alert-rules.md.

The worker and the replay call this and nothing else.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from alerts.levels import Held, Thresholds
from budget import burn_rules, pace_rules, progress_rules, reporting_rules
from budget.finding import Finding
from budget.rule_figures import AHEAD, OVER, PACE, RUNWAY, UNESTIMATED, USED, RuleFigures

DEFAULTS: Final[Mapping[str, Thresholds]] = {
    **burn_rules.DEFAULTS,
    **progress_rules.DEFAULTS,
    **pace_rules.DEFAULTS,
    **reporting_rules.DEFAULTS,
}
BURN_RULES: Final = (
    (USED, burn_rules.used_share),
    (AHEAD, progress_rules.ahead_of_progress),
    (RUNWAY, pace_rules.runway),
    (OVER, burn_rules.over_estimate),
    (UNESTIMATED, burn_rules.without_estimate),
    (PACE, pace_rules.pace_over_plan),
)


def findings_of(
    figures: RuleFigures, scales: Mapping[str, Thresholds], held: Mapping[tuple[str, str], Held]
) -> list[Finding]:
    """What every rule that is on finds. ``scales`` are the thresholds by name; a rule without any is off.

    ``held`` is where each rule stood so far, by rule and subject.
    """
    by_rule: dict[str, dict[str, Held]] = defaultdict(dict)
    for (rule, subject), one in held.items():
        by_rule[rule][subject] = one
    found = [finding for rule, judge in BURN_RULES for finding in judge(figures, scales, by_rule[rule])]
    return [*found, *reporting_rules.reporting(figures, scales, held)]
