"""Hours: who worked how long on what."""

from decimal import Decimal

import pghistory
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from budget.entry_identity import new_identity
from core.constraints import SameProjectForeignKey, StatementForeignKey
from projects.models import ImportBatch, Project
from requirements_app.models import WorkItem


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), append_only=True)
class TimeEntry(models.Model):
    """Minutes of a person on a date on a work item, or on none (unordered work).

    ``hourly_rate`` and ``amount`` are set by ``budget.time_entry_insert`` alone, from the rate that
    held on that day; both are empty while no rate does. Negative minutes take back an earlier entry and
    name it in ``reverses``.
    ``source_id`` names the entry in the file or system it came from. What an entry is stands in its key, which
    ``budget.entry_identity`` makes of that name or, where a row has none, of what the row says: so the same one never
    counts twice, and one index serves the address, the identity and the keys that point here.
    """

    class Billable(models.TextChoices):
        YES = "y", _("billable")
        NO = "n", _("not billable")
        UNKNOWN = "u", _("not known")

    class Source(models.TextChoices):
        PAGE = "page", _("page")
        API = "api", _("API")
        FILE = "file", _("file")

    # The database's own primary key is (uuid, project), see "time_entry_in_project".
    uuid = models.UUIDField(primary_key=True, default=new_identity, editable=False)
    # Without a key of its own: the person's composite key below already proves that the project exists.
    project = models.ForeignKey(Project, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    work_item = models.ForeignKey(
        WorkItem, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )
    worked_on = models.DateField(_("date"))
    minutes = models.SmallIntegerField(_("minutes"))
    billable = models.CharField(_("billable"), max_length=1, choices=Billable, default=Billable.UNKNOWN)
    hourly_rate = models.DecimalField(max_digits=12, decimal_places=4, null=True, editable=False)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, editable=False)
    note = models.CharField(_("note"), max_length=500, blank=True)
    source = models.CharField(max_length=4, choices=Source)
    source_id = models.CharField(max_length=120, null=True, blank=True)  # NULL: it has no name there
    batch = models.ForeignKey(
        ImportBatch, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, db_constraint=False
    )
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversals",
        db_constraint=False,
        db_index=False,
    )
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    recorded_at = models.DateTimeField(auto_now_add=True)
    recorded_from = models.CharField(
        max_length=200, blank=True, help_text="where one side has the hours of the other from; a batch names its file"
    )

    class Meta:
        verbose_name = _("time entry")
        verbose_name_plural = _("time entries")
        constraints = [
            # First the key, so that the one index finds entries by it, too. There is no other on the key alone.
            models.UniqueConstraint(fields=["uuid", "project"], name="time_entry_in_project"),
            SameProjectForeignKey(
                field="person",
                to="projects.ProjectPerson",
                to_fields=("project", "person"),
                name="entry_person_of_project",
                by_statement=True,
                violation_error_message=_("This person does not belong to the project."),
            ),
            SameProjectForeignKey(field="work_item", name="entry_item_same_project", by_statement=True),
            SameProjectForeignKey(field="batch", name="entry_batch_same_project", by_statement=True),
            StatementForeignKey(field="recorded_by", name="entry_recorded_by_user"),
            SameProjectForeignKey(field="reverses", to_fields=("project", "uuid"), name="entry_reverses_same_project"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="an_entry_is_taken_back_once"
            ),
            models.CheckConstraint(
                condition=Q(minutes__gte=-1440, minutes__lte=1440) & ~Q(minutes=0),
                name="minutes_of_one_day",
                violation_error_message=_("An entry is from 1 minute to 24 hours."),
            ),
            models.CheckConstraint(
                condition=Q(minutes__gt=0) | Q(reverses__isnull=False),
                name="negative_minutes_reverse_an_entry",
                violation_error_message=_("Negative hours take back an earlier entry: name it."),
            ),
            models.CheckConstraint(
                condition=Q(hourly_rate__isnull=True, amount__isnull=True)
                | Q(hourly_rate__gte=0, hourly_rate__lt=Decimal(100000), amount__isnull=False),
                name="rate_and_amount_together",
            ),
        ]
        # Without the key at their end PostgreSQL stores each value once for all its rows: 10 bytes an entry, not 40.
        indexes = [
            models.Index(fields=["project", "worked_on"], name="entries_of_project_by_day"),
            models.Index(fields=["project", "person"], name="entries_of_person"),
            models.Index(fields=["project", "work_item"], name="entries_of_item"),
            models.Index(fields=["batch"], condition=Q(batch__isnull=False), name="entries_of_batch"),
        ]

    def __str__(self) -> str:
        return f"{self.worked_on} {self.minutes} min"

    @property
    def source_said(self) -> str:
        """The file or mail that it was recorded from, if that is known."""
        return self.recorded_from or (self.batch.filename if self.batch else "")
