"""What the rules would have said of a project's past, day by day: pure.

Each day's figures are worked out from what was known by its end, and handed to the same rules that the worker asks.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from alerts.levels import NOTHING_HELD, Held, Thresholds, is_another_voice, rank
from budget.burn_rules import USED_OF_BUDGET, used_share
from budget.finding import Finding
from budget.past_figures import Past, figures_by_day
from budget.rule_figures import BUDGET_HOURS, RuleFigures, ratio
from budget.rule_findings import DEFAULTS, findings_of

PLAIN_RATIO: Final = Decimal("0.80")


@dataclass(frozen=True)
class Fired:
    """A rule that would have spoken: at which level, on which day, and where the project stood then.

    ``used_minutes`` are all hours by then; the ratios are shares of the budget.
    """

    finding: Finding
    on: dt.date
    used_minutes: int
    used_ratio: Decimal | None
    earned_ratio: Decimal | None


@dataclass(frozen=True)
class Replay:
    """What would have fired, in order, beside what a plain rule on the used share would have done."""

    fired: tuple[Fired, ...]
    plain: Fired | None
    last: RuleFigures | None
    first_day: dt.date | None
    last_day: dt.date | None

    @property
    def used_ratio(self) -> Decimal | None:
        """All hours as a share of the budget."""
        return ratio(self.last.used_minutes, self.last.budget_minutes) if self.last else None

    def share_of_hours(self, fired: Fired) -> Decimal:
        """The hours booked when a rule spoke, as a share of all hours of the past."""
        assert self.last is not None
        return Decimal(fired.used_minutes) / self.last.used_minutes


def replay(past: Past, scales: Mapping[str, Thresholds]) -> Replay:
    """Ask the rules at the end of each day from the first hours to the last."""
    held: dict[tuple[str, str], Held] = {}
    fired: list[Fired] = []
    plain, figures, first_day, last_day = None, None, None, None
    for day, figures in figures_by_day(past):
        first_day, last_day = first_day or day, day
        findings = findings_of(figures, scales, held)
        fired.extend(
            _fired(finding, day, figures)
            for finding in findings
            if _is_told(finding, held.get((finding.rule, finding.subject), NOTHING_HELD))
        )
        held = {(one.rule, one.subject): Held.of(one.level, one.basis, one.numbers) for one in findings}
        if plain is None and (ratio(figures.used_minutes, figures.budget_minutes) or 0) >= PLAIN_RATIO:
            plain = _fired(_plain(figures), day, figures)
    return Replay(tuple(fired), plain, figures, first_day, last_day)


def _is_told(finding: Finding, held: Held) -> bool:
    return rank(finding.level) > rank(held.level) or is_another_voice(held, finding.level, finding.numbers)


def _plain(figures: RuleFigures) -> Finding:
    """What the rule that everybody has would say: so much of the budget is used."""
    (finding,) = [
        one
        for one in used_share(figures, {USED_OF_BUDGET: DEFAULTS[USED_OF_BUDGET]}, {})
        if one.subject == BUDGET_HOURS
    ]
    return finding


def _fired(finding: Finding, day: dt.date, figures: RuleFigures) -> Fired:
    used = figures.used_minutes
    return Fired(finding, day, used, ratio(used, figures.budget_minutes), figures.earned_ratio)
