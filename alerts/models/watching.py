"""How the machine is watched itself: an alert an hour whose way is followed, and a nightly check against the source."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from alerts.models.raised import Alert
from core.constraints import SameProjectForeignKey
from projects.models import Project


class Canary(models.Model):
    """One alert that the machine raised about itself, on a project of its own, to see whether it arrives.

    ``arrived_at`` is when its mail had left; the time in between is what people would have waited.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    alert = models.ForeignKey(Alert, models.SET_NULL, null=True, related_name="+", db_constraint=False)
    started_at = models.DateTimeField(db_index=True)
    arrived_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("canary")
        verbose_name_plural = _("canaries")
        ordering = ["-started_at"]
        constraints = [SameProjectForeignKey(field="alert", name="canary_alert_same_project")]

    def __str__(self) -> str:
        return str(self.started_at)


class Reconciliation(models.Model):
    """One comparison of what is kept (sums, series, states) with what it is made of, over all projects."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, db_index=True)
    project_count = models.PositiveIntegerField(default=0)
    drift_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")

    def __str__(self) -> str:
        return str(self.started_at)


class Drift(models.Model):
    """Something kept that differs from what it is made of. Stands until a later comparison no longer finds it.

    ``kept`` and ``found`` are what was kept and what the source gives, as texts for whoever looks into it.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    what = models.CharField(max_length=80, help_text="the kind of figure, such as burn by item")
    about = models.CharField(max_length=120, blank=True)
    kept = models.CharField(max_length=200)
    found = models.CharField(max_length=200)
    found_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("drift")
        verbose_name_plural = _("drifts")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "what", "about"],
                condition=models.Q(cleared_at__isnull=True),
                name="one_open_drift_per_figure",
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.about}: {self.kept} ≠ {self.found}"
