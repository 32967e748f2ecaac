"""What people do about an alert."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.models import Alert
from alerts.registry import RULES
from core.errors import DomainError
from projects.activity import record, register_sentences
from projects.audience import Audience


def _acknowledged_sentence(data: Mapping[str, Any]) -> str:
    return _("saw the alert “%(title)s” (%(level)s)") % {"title": RULES[data["rule"]].title, "level": data["level"]}


register_sentences({"alert_acknowledged": _acknowledged_sentence}, seen_with="view_alerts")


@transaction.atomic
def acknowledge(*, actor: User, alert: Alert) -> None:
    """Say that an alert has been seen. It does not silence the rule: a higher level is told again."""
    now = timezone.now()
    done = Alert.objects.filter(Q(pk=alert.pk), acknowledged_at__isnull=True).update(
        acknowledged_at=now, acknowledged_by=actor
    )
    if not done:
        raise DomainError(_("Somebody has already acknowledged this alert."), code="already_acknowledged")
    record(
        alert.project,
        "alert_acknowledged",
        actor=actor,
        # An alert that the vendor has not been told of would be told by the note that somebody has seen it.
        audience=alert.audience if alert.is_told_to_vendor(now) else Audience.CLIENT,
        rule=alert.rule,
        level=alert.get_level_display(),
    )
