"""What another way of counting progress would mean for a project, said before it is agreed.

Only the app that keeps hours knows; it fills the slot. A reader who may not see hours gets nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from projects.access import Standing
from projects.slots import fill_columns

# Project key → the effects of all rules.
PROGRESS_RULE_EFFECTS: Final = "progress_rule_effects"


@dataclass(frozen=True)
class RuleEffect:
    """What a rule counts today; ``rule`` is one of ``Terms.ProgressRule``."""

    rule: str
    label: str
    sentence: str
    is_agreed: bool


def progress_rule_effects(standing: Standing) -> Sequence[RuleEffect]:
    """Every rule with what it would count; nothing before there are hours."""
    for filled in fill_columns(PROGRESS_RULE_EFFECTS, standing, [standing.project.pk]):
        if standing.project.pk in filled:
            effects: Sequence[RuleEffect] = filled[standing.project.pk]
            return effects
    return ()
