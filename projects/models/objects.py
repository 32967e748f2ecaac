"""What many apps attach to, and what they leave behind: references, number series, activity."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.constraints import SameProjectForeignKey
from projects.audience import Audience, Side
from projects.models.project import Project


class ObjectRef(models.Model):
    """The address of a numbered object: its number, who may see it, and what it is.

    An object of an upper app owns one ref; activity, comments and messages point at the ref and so never at
    the upper app. ``kind`` is the model's label, such as "requirements.workitem".
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    series = models.CharField(max_length=4)
    number = models.PositiveIntegerField()
    audience = models.CharField(max_length=6, choices=Audience, default=Audience.BOTH)
    title = models.CharField(max_length=300, help_text="as it stood when last saved")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "series", "number"], name="one_object_per_number"),
            models.UniqueConstraint(fields=["project", "id"], name="ref_in_project"),
            models.CheckConstraint(condition=Q(number__gt=0), name="numbers_start_at_one"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The number as people say it: W-40."""
        return f"{self.series}-{self.number}"


class NumberSeries(models.Model):
    """The last number given in a project and series.

    A series belongs to one audience: internal things count apart, so that a gap in the shared numbers never
    tells the other side that something exists.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    series = models.CharField(max_length=4)
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "series"], name="one_counter_per_series")]

    def __str__(self) -> str:
        return f"{self.series}-{self.last_number}"


class ActivityQuerySet(models.QuerySet["Activity"]):
    def seen_by(self, audiences: tuple[str, ...]) -> "ActivityQuerySet":
        return self.filter(audience__in=audiences)


class Activity(models.Model):
    """Something that somebody did, in the words of ``projects.activity``. Written with the deed, never changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="activities")
    ref = models.ForeignKey(
        ObjectRef, models.PROTECT, null=True, blank=True, related_name="activities", db_constraint=False
    )
    actor = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    side = models.CharField(max_length=6, choices=Side, blank=True, help_text="the side the actor stood on")
    audience = models.CharField(max_length=6, choices=Audience, default=Audience.BOTH)
    verb = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    recorded_for = models.CharField(
        max_length=6, choices=Side, blank=True, help_text="the side whose act it is, where the other one recorded it"
    )
    recorded_from = models.CharField(max_length=200, blank=True, help_text="the file or mail that it was recorded from")
    at = models.DateTimeField(auto_now_add=True)

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-at", "-id"]
        constraints = [SameProjectForeignKey(field="ref", name="activity_ref_same_project")]
        indexes = [models.Index(fields=["project", "-at", "-id"], name="activity_of_project")]

    def __str__(self) -> str:
        return self.verb
