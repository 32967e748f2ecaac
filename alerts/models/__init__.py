"""The alert machine's memory: what changed, where each rule stands, what was raised, and what people did about it."""

from alerts.models.answers import Mute, ToldSide
from alerts.models.raised import Alert, Evaluation, Level, Mark, RuleState

__all__ = ["Alert", "Evaluation", "Level", "Mark", "Mute", "RuleState", "ToldSide"]
