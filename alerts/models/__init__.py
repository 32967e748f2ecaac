"""The alert machine's memory: what changed, where each rule stands, what was raised, and what people did about it."""

from alerts.models.answers import Mute, ToldSide
from alerts.models.raised import Alert, Evaluation, Level, Mark, RuleState
from alerts.models.watching import Canary, Drift, Reconciliation

__all__ = [
    "Alert",
    "Canary",
    "Drift",
    "Evaluation",
    "Level",
    "Mark",
    "Mute",
    "Reconciliation",
    "RuleState",
    "ToldSide",
]
