"""Rows of a file while it is looked at, and what nobody knew of it."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.constraints import SameProjectForeignKey
from projects.audience import Side
from projects.models import ImportBatch, Project


class StagedEntry(models.Model):
    """A row of a file as it was read, for as long as the file is looked at: one COPY brings them in, joins check them.

    The table is unlogged: it writes no log and is empty after a crash. That loses nothing, as the file is kept and is
    read again. ``person`` and ``item`` number the names of the file, see ``StagedName``.
    """

    pk = models.CompositePrimaryKey("batch_id", "line", "part")
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    line = models.IntegerField()
    part = models.SmallIntegerField(help_text="which entry of a line that holds several; else 0")
    person = models.IntegerField()
    item = models.IntegerField(null=True)
    worked_on = models.DateField()
    minutes = models.SmallIntegerField()
    billable = models.CharField(max_length=1)
    identity = models.UUIDField()
    times = models.UUIDField(null=True, help_text="the same for rows of the same person, start and end")
    source_id = models.CharField(max_length=120, null=True)
    note = models.CharField(max_length=500, null=True)

    def __str__(self) -> str:
        return f"{self.line}: {self.worked_on} {self.minutes} min"


class StagedName(models.Model):
    """A person or a work item as a staged file calls them; unlogged like its rows."""

    class Kind(models.TextChoices):
        PERSON = "person", _("person")
        ITEM = "item", _("work item")

    pk = models.CompositePrimaryKey("batch_id", "kind", "number")
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="+", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=6, choices=Kind)
    number = models.IntegerField()
    name = models.TextField()
    email = models.TextField(null=True)

    def __str__(self) -> str:
        return self.name


class UnmatchedItem(models.Model):
    """What a file called the work item of hours, and nobody knew. They count as unordered until somebody says.

    ``entries`` are the keys of those hours. The row goes once it is said what the name means.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="+", db_constraint=False)
    side = models.CharField(max_length=6, choices=Side)
    name = models.CharField(max_length=300)
    entries = ArrayField(models.UUIDField())

    class Meta:
        verbose_name = _("unmatched work item")
        verbose_name_plural = _("unmatched work items")
        ordering = ["name", "id"]
        constraints = [
            SameProjectForeignKey(field="batch", name="unmatched_item_same_project"),
            models.UniqueConstraint(fields=["batch", "name"], name="one_unmatched_item_per_name"),
        ]
        indexes = [models.Index(fields=["project", "side", "name"], name="unmatched_items_of_side")]

    def __str__(self) -> str:
        return self.name
