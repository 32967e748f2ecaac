"""Every write of the alert machine, and what people do about an alert."""

from alerts.actions.answers import acknowledge, keep_from_vendor, mute, tell_vendor, unmute
from alerts.actions.canary import note_arrivals, send_canary
from alerts.actions.evaluation import EVALUATION_LOCK, evaluate
from alerts.actions.reconciling import reconcile, reconcile_if_due, repair
from alerts.actions.sweeping import evaluate_if_not_put_off, evaluate_or_put_off, sweep

__all__ = [
    "EVALUATION_LOCK",
    "acknowledge",
    "evaluate",
    "evaluate_if_not_put_off",
    "evaluate_or_put_off",
    "keep_from_vendor",
    "mute",
    "note_arrivals",
    "reconcile",
    "reconcile_if_due",
    "repair",
    "send_canary",
    "sweep",
    "tell_vendor",
    "unmute",
]
