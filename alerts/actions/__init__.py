"""Every write of the alert machine, and what people do about an alert."""

from alerts.actions.answers import acknowledge, keep_from_vendor, mute, tell_vendor, unmute
from alerts.actions.evaluation import EVALUATION_LOCK, evaluate
from alerts.actions.sweeping import evaluate_or_put_off, sweep

__all__ = [
    "EVALUATION_LOCK",
    "acknowledge",
    "evaluate",
    "evaluate_or_put_off",
    "keep_from_vendor",
    "mute",
    "sweep",
    "tell_vendor",
    "unmute",
]
