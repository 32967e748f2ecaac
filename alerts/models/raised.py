"""What changed, where each rule stands, and what was raised."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Exists, F, FilteredRelation, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from projects.audience import Audience, Side, audiences_seen_by
from projects.models import Project


class Level(models.TextChoices):
    """How urgent an alert is. NONE is a state that a rule can be in, never an alert."""

    NONE = "none", _("none")
    NOTICE = "notice", _("notice")
    WARNING = "warning", _("warning")
    CRITICAL = "critical", _("critical")


class Mark(models.Model):
    """Something changed that a rule may read. Triggers append one row per project and statement.

    The mark stays until an evaluation that has seen it commits, so that a crash anywhere loses nothing.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    cause = models.CharField(max_length=40, help_text="the table that changed")
    since_on = models.DateField(null=True, help_text="the first day whose figures the change touches; empty: all")
    at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")

    def __str__(self) -> str:
        return f"{self.project_id} {self.cause}"


class Evaluation(models.Model):
    """When a project was last judged, and when the answer may change without anybody writing."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    evaluated_at = models.DateTimeField(null=True)
    recheck_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True, help_text="by a sweep; still there afterwards: it died on the way")
    failures = models.PositiveIntegerField(default=0, help_text="evaluations in a row that raised an error")
    retry_at = models.DateTimeField(null=True, help_text="a project that fails waits, so that others do not")
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        indexes = [models.Index(fields=["recheck_at"], name="evaluations_to_recheck")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.evaluated_at}"


class RuleStateQuerySet(models.QuerySet["RuleState"]):
    def standing(self) -> "RuleStateQuerySet":
        """Rules that stand at a level just now."""
        return self.exclude(level=Level.NONE)


class RuleState(models.Model):
    """Where one rule stands for one subject of a project.

    ``episode`` counts how often it left NONE: falling back and rising again is a new episode and alerts anew.
    ``numbers`` are what the rule compared last, as JSON numbers and strings, for the page and the mail. ``basis``
    names what they were compared against: when that moves, the rule is armed anew.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="rule_states")
    rule = models.CharField(max_length=10)
    subject = models.CharField(max_length=80, blank=True)
    level = models.CharField(max_length=10, choices=Level, default=Level.NONE)
    since = models.DateTimeField(help_text="when it reached this level")
    episode = models.PositiveIntegerField(default=0)
    numbers = models.JSONField(default=dict)
    basis = models.CharField(max_length=80, blank=True, help_text="the agreed budget or cap it was compared against")
    shows_money = models.BooleanField(default=False, help_text="told only to those who may see amounts")

    objects = RuleStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule state")
        verbose_name_plural = _("rule states")
        constraints = [models.UniqueConstraint(fields=["project", "rule", "subject"], name="one_state_per_subject")]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject} {self.level}"


class AlertQuerySet(models.QuerySet["Alert"]):
    def seen_by(self, side: str, now: dt.datetime, *, with_money: bool) -> "AlertQuerySet":
        """What ``side`` may see: the vendor only what it has been told, which is later than the client.

        Alerts that compare amounts are for those who may see money.
        """
        seen = self.filter(audience__in=audiences_seen_by(side))
        if not with_money:
            seen = seen.filter(shows_money=False)
        return seen if side == Side.CLIENT else seen.filter(vendor_told_at__lte=now)

    def of_standing_rules(self) -> "AlertQuerySet":
        """Alerts of rules and subjects that stand at a level now."""
        states = RuleState.objects.standing().filter(
            project=OuterRef("project"), rule=OuterRef("rule"), subject=OuterRef("subject")
        )
        return self.filter(Exists(states))

    def with_answers(self) -> "AlertQuerySet":
        """With who of each side acknowledged it and when: ``client_acknowledged_at``, ``vendor_acknowledged_by`` …"""
        found = self.annotate(
            **{f"{side}_told": FilteredRelation("told_sides", condition=Q(told_sides__side=side)) for side in Side}
        )
        return found.annotate(
            **{f"{side}_acknowledged_at": F(f"{side}_told__acknowledged_at") for side in Side},
            **{f"{side}_acknowledged_by": F(f"{side}_told__acknowledged_by__name") for side in Side},
        )


class Alert(models.Model):
    """A rule that rose to a level for a subject. Raised at most once a level and episode."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="alerts")
    rule = models.CharField(max_length=10)
    subject = models.CharField(max_length=80, blank=True)
    period = models.CharField(max_length=20, blank=True, help_text="for rules that count by week or month")
    level = models.CharField(max_length=10, choices=Level)
    episode = models.PositiveIntegerField()
    audience = models.CharField(max_length=6, choices=Audience, default=Audience.BOTH)
    numbers = models.JSONField(default=dict, help_text="what was compared, when it was raised")
    shows_money = models.BooleanField(default=False, help_text="told only to those who may see amounts")
    raised_at = models.DateTimeField()
    vendor_told_at = models.DateTimeField(
        null=True, help_text="from when the vendor may see it; empty: it stays with the client"
    )

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-raised_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "rule", "subject", "period", "level", "episode"], name="alert_raised_once"
            ),
            models.UniqueConstraint(fields=["project", "id"], name="alert_in_project"),
            models.CheckConstraint(condition=~Q(level="none"), name="an_alert_has_a_level"),
        ]
        indexes = [models.Index(fields=["project", "-raised_at", "-id"], name="alerts_of_project")]

    def __str__(self) -> str:
        return f"{self.rule} {self.level}"

    def may_be_told_to_vendor(self) -> bool:
        """Whether the client may tell it to the vendor: notices and what is the client's own stay where they are."""
        return self.audience == Audience.BOTH and self.level != Level.NOTICE

    def is_told_to_vendor(self, now: dt.datetime) -> bool:
        """Whether the vendor may know of it by now."""
        return self.vendor_told_at is not None and self.vendor_told_at <= now
