"""A file that somebody brought in, what was made of it, and what was wrong with it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.constraints import SameProjectForeignKey
from projects.audience import Side
from projects.models.project import Project


def import_path(batch: "ImportBatch", filename: str) -> str:
    """Files lie under their own random name: what a person typed never becomes a path."""
    return f"imports/{batch.project_id}/{batch.uuid}"


def problems_path(batch: "ImportBatch", filename: str) -> str:
    """Beside the file, under a name that no later look takes again."""
    return f"imports/{batch.project_id}/{batch.uuid}.{filename}"


class ImportBatch(models.Model):
    """One file, durable before anything is read from it.

    A preview reads it and stores ``outcome`` with a hash of exactly what would be written; committing names that
    hash, so that nobody commits something other than what they saw. The batch is the record of its rows' origin.
    """

    class Kind(models.TextChoices):
        WORK_ITEMS = "work_items", _("work items")
        TIME_ENTRIES = "time_entries", _("time entries")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        PREVIEWED = "previewed", _("checked")
        COMMITTED = "committed", _("taken")
        DISCARDED = "discarded", _("discarded")
        TAKEN_BACK = "taken_back", _("taken back")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="imports")
    kind = models.CharField(max_length=20, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    file = models.FileField(upload_to=import_path, max_length=200)
    filename = models.CharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    options = models.JSONField(default=dict, help_text="column mapping, date order, decimal mark, as chosen")
    outcome = models.JSONField(default=dict, help_text="counts, totals and problems of the last preview or commit")
    reading = models.JSONField(default=dict, help_text="what reading the file gave, while its rows are staged")
    traces = models.JSONField(default=dict, help_text="what was before it, for taking it back; as the app keeps it")
    problems = models.FileField(upload_to=problems_path, max_length=200, blank=True)
    preview_hash = models.CharField(max_length=64, blank=True)
    recorded_by_side = models.CharField(max_length=6, choices=Side)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    committed_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-id"]
        constraints = [models.UniqueConstraint(fields=["project", "id"], name="import_in_project")]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_open(self) -> bool:
        """Whether it can still be looked at, taken or discarded."""
        return self.state in (self.State.UPLOADED, self.State.PREVIEWED)


class ImportWork(models.Model):
    """Reading or taking a file that takes too long for a request: asked for here, done by a worker, seen on its page.

    A worker has it for a lease, which it renews while it lives. What ended with a sentence keeps that sentence until
    the file is worked on again; what succeeded leaves no row.
    """

    class Act(models.TextChoices):
        CHECK = "check", _("look at the file")
        TAKE = "take", _("take the file")
        TAKE_BACK = "take_back", _("take the import back")

    batch = models.OneToOneField(
        ImportBatch, models.CASCADE, primary_key=True, related_name="work", db_constraint=False
    )
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_constraint=False)
    act = models.CharField(max_length=10, choices=Act)
    choices = models.JSONField(default=dict, help_text="options of the look, or what was decided about taking")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(auto_now_add=True)
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    phase = models.CharField(max_length=20, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    is_called_off = models.BooleanField(default=False)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("work on an import")
        verbose_name_plural = _("work on imports")
        constraints = [SameProjectForeignKey(field="batch", name="import_work_same_project")]

    def __str__(self) -> str:
        return f"{self.act} {self.phase} {self.done}/{self.total}"
