"""What each side makes of an alert: that it was told, who saw it, to whom it went on, and what it wants silent."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from alerts.models.raised import Alert
from core.constraints import SameProjectForeignKey
from projects.audience import Side
from projects.models import Project


class ToldSide(models.Model):
    """That a side has been told of an alert, and what came of it. A side is told once; each answers for itself.

    ``escalates_at`` is when it goes on to the next ones of the side if nobody has acknowledged it by then.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="told_sides", db_constraint=False)
    side = models.CharField(max_length=6, choices=Side)
    told_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    escalates_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("told side")
        verbose_name_plural = _("told sides")
        constraints = [
            models.UniqueConstraint(fields=["alert", "side"], name="a_side_is_told_once"),
            SameProjectForeignKey(field="alert", name="told_side_alert_same_project"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="an_acknowledgement_names_who",
            ),
        ]
        indexes = [
            models.Index(
                fields=["escalates_at"],
                condition=Q(acknowledged_at__isnull=True, escalated_at__isnull=True),
                name="told_sides_to_escalate",
            )
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.side}"


class MuteQuerySet(models.QuerySet["Mute"]):
    def open_at(self, moment: dt.datetime) -> "MuteQuerySet":
        """Still silencing: neither taken back nor over."""
        return self.filter(ended_at__isnull=True, until__gt=moment)


class Mute(models.Model):
    """One side wants to hear nothing of a rule for a subject, for a reason and until a moment.

    The rule goes on being judged and shown. ``ended_at`` is set when it is taken back, or by the machine when its
    time is over and the side has been reminded of what still stands.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    side = models.CharField(max_length=6, choices=Side)
    rule = models.CharField(max_length=10)
    subject = models.CharField(max_length=80, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    muted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    muted_at = models.DateTimeField()
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = MuteQuerySet.as_manager()

    class Meta:
        verbose_name = _("mute")
        verbose_name_plural = _("mutes")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "side", "rule", "subject"],
                condition=Q(ended_at__isnull=True),
                name="muted_once_at_a_time",
            ),
            models.CheckConstraint(condition=Q(until__gt=F("muted_at")), name="a_mute_ends_after_it_began"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_mute_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.rule} {self.subject}"
