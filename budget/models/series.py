"""What was used and earned over time, as the worker last worked it out."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import SameProjectForeignKey
from projects.models import Project
from requirements_app.models import WorkItem


class DaySeries(models.Model):
    """What some work used and earned up to the end of each day on which something moved: arrays of one length.

    Written by the worker in ``budget.earned_history``; a page reads one row instead of thousands. What the figures
    mean is said in ``budget.earned_series.DayValue``.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    on = ArrayField(models.DateField(), default=list)
    used_minutes = ArrayField(models.BigIntegerField(), default=list)
    matched_minutes = ArrayField(models.BigIntegerField(), default=list)
    matched_amount = ArrayField(models.DecimalField(max_digits=16, decimal_places=2), default=list)
    unrated_minutes = ArrayField(models.BigIntegerField(), default=list)
    earned_minutes = ArrayField(models.DecimalField(max_digits=18, decimal_places=6), default=list)
    remaining_minutes = ArrayField(models.DecimalField(max_digits=18, decimal_places=6), default=list)

    class Meta:
        abstract = True


class ItemSeriesQuerySet(models.QuerySet["ItemSeries"]):
    def without_days(self) -> "ItemSeriesQuerySet":
        """What the series are made of, without the series themselves."""
        return self.defer(
            "on",
            "used_minutes",
            "matched_minutes",
            "matched_amount",
            "unrated_minutes",
            "earned_minutes",
            "remaining_minutes",
        )


class ItemSeries(DaySeries):
    """One work item by itself, without what is below it: what the series of branches are summed from.

    ``made_of`` names the method and rule, the two versions the rows that it was worked out from. ``path`` are the items
    above it, from the root down, and itself; ``estimate_minutes`` is None where it does not count. The planned days are
    its own, or those of what it belongs to. ``last_on`` is the last day of the series.
    """

    work_item = models.OneToOneField(WorkItem, models.CASCADE, related_name="+", db_constraint=False)
    made_of = models.CharField(max_length=60)
    hours_version = models.CharField(max_length=60, blank=True)
    reports_version = models.CharField(max_length=60, blank=True)
    last_on = models.DateField(null=True)
    path = ArrayField(models.BigIntegerField())
    estimate_minutes = models.PositiveIntegerField(null=True)
    planned_start_on = models.DateField(null=True)
    planned_finish_on = models.DateField(null=True)

    objects = ItemSeriesQuerySet.as_manager()

    class Meta:
        constraints = [SameProjectForeignKey(field="work_item", name="item_series_same_project")]

    def __str__(self) -> str:
        return f"{self.work_item_id}: {len(self.on)} days"


class BranchSeries(DaySeries):
    """A work item with everything below it; without one, the whole project.

    ``estimate_minutes`` are the estimates of all its work, BAC; ``undated_minutes`` those of them that nobody planned
    for any day. ``planned_minutes`` up to the days of ``planned_on`` are the bends of the planned curve.
    """

    work_item = models.ForeignKey(
        WorkItem, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False
    )
    item_count = models.PositiveIntegerField(help_text="of series summed here: shows when one has gone")
    estimate_minutes = models.BigIntegerField()
    undated_minutes = models.BigIntegerField()
    planned_on = ArrayField(models.DateField(), default=list)
    planned_minutes = ArrayField(models.DecimalField(max_digits=18, decimal_places=6), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "work_item"], nulls_distinct=False, name="one_series_per_branch"
            ),
            SameProjectForeignKey(field="work_item", name="branch_series_same_project"),
        ]

    def __str__(self) -> str:
        return f"{self.work_item_id}: {len(self.on)} days"


class KeptFigures(models.Model):
    """A project's figures as of the last evaluation, for the pages that show them; see ``budget.kept_figures``."""

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="+")
    figures = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        verbose_name = _("kept figures")
        verbose_name_plural = _("kept figures")

    def __str__(self) -> str:
        return f"{self.project_id} {self.kept_at}"
