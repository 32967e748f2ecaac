"""The work that was asked for: a tree of work items with estimates, and how far each one is."""

import pghistory
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.addresses import address
from core.constraints import SameProjectForeignKey
from core.days import TOO_FAR, is_plausible
from core.versions import Versioned
from projects.audience import Side
from projects.models import ImportBatch, ObjectRef, Project
from projects.work_categories import WorkCategory


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    def countable(self) -> "WorkItemQuerySet":
        """Items that carry estimates and hours: everything that was not dropped."""
        return self.exclude(state=WorkItem.State.DROPPED)

    def open(self) -> "WorkItemQuerySet":
        """Neither done nor dropped."""
        return self.filter(state=WorkItem.State.OPEN)

    def named(self, text: str) -> "WorkItemQuerySet":
        """Items that ``text`` may mean: a part of the title or of the outside key, or the number, also as W-40."""
        number = text.strip().upper().removeprefix("W-")
        found = Q(title__icontains=text) | Q(outside_key__icontains=text)
        if number.isdecimal() and len(number) < 9:
            found |= Q(ref__number=int(number))
        return self.filter(found)

    def without_estimate(self) -> "WorkItemQuerySet":
        """Countable items that nobody estimated. A group needs no estimate of its own: its items carry theirs."""
        return self.countable().filter(~Exists(WorkItem.objects.filter(parent=OuterRef("pk"))), estimate_minutes=None)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), append_only=True)
class WorkItem(Versioned):
    """A piece of the decomposition with an hour estimate.

    A parent groups its children; its own estimate, if it has one, is work beside theirs and never their sum.
    ``remaining_minutes`` and ``state`` repeat the newest progress report, so that a list reads one row.
    A planned day that an item does not say is that of its parent, in the end the project's.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    ref = models.OneToOneField(ObjectRef, models.PROTECT, related_name="+", db_constraint=False)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", db_constraint=False
    )
    title = models.CharField(_("title"), max_length=300)
    category = models.CharField(_("category"), max_length=20, choices=WorkCategory, blank=True)
    estimate_minutes = models.PositiveIntegerField(_("estimate"), null=True, blank=True)
    estimate_recorded_for = models.CharField(
        max_length=6, choices=Side, blank=True, help_text="the side that estimated, where the other one recorded it"
    )
    estimate_recorded_from = models.CharField(_("estimate recorded from"), max_length=200, blank=True)
    planned_start_on = models.DateField(_("planned start"), null=True, blank=True)
    planned_finish_on = models.DateField(_("planned finish"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    remaining_minutes = models.PositiveIntegerField(_("remaining"), null=True, blank=True)
    outside_key = models.CharField(_("outside key"), max_length=120, blank=True)
    outside_url = models.URLField(_("outside address"), max_length=500, blank=True)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False)
    position = models.PositiveIntegerField(default=0, help_text="order among siblings")

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("work item")
        verbose_name_plural = _("work items")
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="work_item_in_project"),
            models.UniqueConstraint(
                fields=["project", "outside_key"],
                condition=~Q(outside_key=""),
                name="one_work_item_per_outside_key",
                violation_error_message=_("Another work item already has this outside key."),
            ),
            SameProjectForeignKey(field="ref", name="work_item_ref_same_project"),
            SameProjectForeignKey(field="parent", name="work_item_parent_same_project"),
            SameProjectForeignKey(field="batch", name="work_item_batch_same_project"),
            models.CheckConstraint(
                condition=Q(estimate_minutes__isnull=True) | Q(estimate_minutes__lte=6_000_000),
                name="estimate_is_plausible",
                violation_error_message=_("An estimate of more than 100,000 hours is not one work item."),
            ),
            models.CheckConstraint(
                condition=Q(planned_start_on__isnull=True)
                | Q(planned_finish_on__isnull=True)
                | Q(planned_finish_on__gte=models.F("planned_start_on")),
                name="work_item_finishes_after_start",
                violation_error_message=_("The planned finish lies before the planned start."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """The planned days are days that a project can have, and in order."""
        start_on, finish_on = self.planned_start_on, self.planned_finish_on
        named = {"planned_start_on": start_on, "planned_finish_on": finish_on}
        if far := [name for name, day in named.items() if day is not None and not is_plausible(day)]:
            raise ValidationError(dict.fromkeys(far, TOO_FAR), code="far")
        if start_on is not None and finish_on is not None and finish_on < start_on:
            message = _("The planned finish lies before the planned start.")
            raise ValidationError({"planned_finish_on": message}, code="order")

    def get_absolute_url(self) -> str:
        return address("requirements:work_item_detail", self.project.slug, self.ref.number)

    @property
    def is_done(self) -> bool:
        return self.state == self.State.DONE

    @property
    def is_dropped(self) -> bool:
        return self.state == self.State.DROPPED


class ProgressReport(models.Model):
    """What somebody said on a day about how far an item is. The newest report on or before a day holds that day.

    ``remaining_minutes`` is work still to do; None leaves it to the project's rule. Never changed: a correction is
    a newer report.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    work_item = models.ForeignKey(WorkItem, models.CASCADE, related_name="progress_reports", db_constraint=False)
    on = models.DateField(_("on"))
    remaining_minutes = models.PositiveIntegerField(_("remaining"), null=True, blank=True)
    is_done = models.BooleanField(_("done"), default=False)
    reported_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_from = models.CharField(max_length=200, blank=True, help_text="the file the client recorded it from")
    reported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ["on", "id"]
        constraints = [SameProjectForeignKey(field="work_item", name="progress_item_same_project")]
        indexes = [
            models.Index(fields=["project", "on"], name="progress_by_day"),
            models.Index(fields=["work_item", "on", "id"], name="progress_of_item"),
        ]

    def __str__(self) -> str:
        return f"{self.work_item_id} {self.on}"


class ItemName(models.Model):
    """What files call a work item, as somebody once said; without an item: it names none, and the work is unordered.

    ``name`` is folded as ``item_lookup.folded`` does. What the project itself calls an item goes before it.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    name = models.CharField(max_length=300)
    work_item = models.ForeignKey(WorkItem, models.CASCADE, null=True, related_name="+", db_constraint=False)

    class Meta:
        verbose_name = _("name of a work item")
        verbose_name_plural = _("names of work items")
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="one_work_item_per_name"),
            SameProjectForeignKey(field="work_item", name="item_name_same_project"),
        ]

    def __str__(self) -> str:
        return self.name
