"""Hours and money used: time entries, and the sums that the database keeps over them."""

import uuid
from decimal import Decimal

import pghistory
import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from budget.entry_identity import new_identity
from core.constraints import SameProjectForeignKey, StatementForeignKey
from projects.audience import Side
from projects.models import ActLink, ImportBatch, Project
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


class MailAddress(models.Model):
    """Where a side of a project sends timesheets by mail. ``token`` is the secret part before the @."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    side = models.CharField(max_length=6, choices=Side)
    token = models.CharField(max_length=40, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("mail address")
        verbose_name_plural = _("mail addresses")
        constraints = [models.UniqueConstraint(fields=["project", "side"], name="one_mail_address_per_side")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.side}"


class MailedMessage(models.Model):
    """A mail that was taken in, by the hash of its Message-ID: sent again, it brings nothing."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_index=False)
    digest = models.CharField(max_length=64)
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("mail taken in")
        verbose_name_plural = _("mails taken in")
        constraints = [models.UniqueConstraint(fields=["project", "digest"], name="a_mail_is_taken_in_once")]

    def __str__(self) -> str:
        return self.digest


class Burn(models.Model):
    """What every sum over time entries holds. Triggers keep it; the app role may only read it.

    ``amount`` leaves out the minutes for which no rate held; ``unrated_minutes`` says how many those are.
    ``entry_count`` counts entries, also those that take others back.
    """

    app_role_privileges = ("SELECT",)

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", db_constraint=False)
    minutes = models.BigIntegerField(default=0)
    billable_minutes = models.BigIntegerField(default=0)
    unrated_minutes = models.BigIntegerField(default=0)
    amount = models.DecimalField(max_digits=16, decimal_places=2, default=Decimal(0))
    entry_count = models.BigIntegerField(default=0)

    class Meta:
        abstract = True


class ItemBurn(Burn):
    """Burn by work item; without one, of the hours that nobody ordered."""

    work_item = models.ForeignKey(WorkItem, models.CASCADE, null=True, related_name="burns", db_constraint=False)
    first_worked_on = models.DateField(null=True, help_text="a bound: taking entries back does not move it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "work_item"], nulls_distinct=False, name="one_burn_per_item")
        ]

    def __str__(self) -> str:
        return f"{self.work_item_id}: {self.minutes}"


class DayBurn(Burn):
    """Burn by project and day."""

    worked_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "worked_on"], name="one_burn_per_day")]

    def __str__(self) -> str:
        return f"{self.worked_on}: {self.minutes}"


class PersonWeekBurn(Burn):
    """Burn by person and ISO week, named by its Monday."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_constraint=False)
    week_starts_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "person", "week_starts_on"], name="one_burn_per_person_week")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.week_starts_on}: {self.minutes}"


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


class RecordConfirmationQuerySet(models.QuerySet["RecordConfirmation"]):
    def waiting(self) -> "RecordConfirmationQuerySet":
        """Where somebody holds the ball: the vendor until it answers, the client once it objected."""
        return self.filter(state__in=[RecordConfirmation.State.ASKED, RecordConfirmation.State.OBJECTED])

    def asked(self) -> "RecordConfirmationQuerySet":
        return self.filter(state=RecordConfirmation.State.ASKED)

    def confirmed_by_link(self) -> "RecordConfirmationQuerySet":
        """Confirmed by somebody who was not signed in."""
        return self.filter(state=RecordConfirmation.State.CONFIRMED, answered_by__isnull=True)

    def objected(self) -> "RecordConfirmationQuerySet":
        return self.filter(state=RecordConfirmation.State.OBJECTED)


class RecordConfirmation(models.Model):
    """What the client recorded and asks somebody of the vendor to confirm: the estimate, or the hours of a period.

    ``content`` is what was asked about and ``digest`` its hash, frozen by the database; whether it still stands shows
    by the hash of today. ``answered_by`` is empty when the answer came by the link.
    """

    class Subject(models.TextChoices):
        ESTIMATE = "estimate", _("the estimate")
        HOURS = "hours", _("the hours of a period")

    class State(models.TextChoices):
        ASKED = "asked", _("waits for the vendor")
        CONFIRMED = "confirmed", _("confirmed")
        OBJECTED = "objected", _("objected to")
        WITHDRAWN = "withdrawn", _("withdrawn")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="+", db_index=False)
    subject = models.CharField(_("what"), max_length=10, choices=Subject)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    content = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content as written by digest_of_content")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", db_constraint=False)
    link = models.ForeignKey(ActLink, models.PROTECT, null=True, related_name="+", db_constraint=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    answer = models.CharField(max_length=2000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = RecordConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["project", "-asked_at", "-id"], name="confirmations_of_project"),
            models.Index(
                fields=["project"], condition=Q(state__in=["asked", "objected"]), name="confirmations_that_wait"
            ),
        ]
        constraints = [
            SameProjectForeignKey(
                field="person",
                to="projects.ProjectPerson",
                to_fields=("project", "person"),
                name="confirmation_person_of_project",
                violation_error_message=_("This person does not belong to the project."),
            ),
            SameProjectForeignKey(field="link", name="confirmation_link_same_project"),
            models.UniqueConstraint(
                fields=["project", "subject", "first_day", "last_day"],
                condition=Q(state="asked"),
                nulls_distinct=False,
                name="one_open_confirmation_per_record",
                violation_error_message=_("This has been asked already and waits for the answer."),
            ),
            models.CheckConstraint(
                condition=Q(subject="estimate", first_day__isnull=True, last_day__isnull=True)
                | Q(subject="hours", first_day__isnull=False, last_day__gte=models.F("first_day")),
                name="hours_are_confirmed_by_period",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True, answer="")
                | Q(state="confirmed", answered_at__isnull=False)
                | (Q(state="objected", answered_at__isnull=False) & ~Q(answer=""))
                | Q(state="withdrawn"),
                name="an_answer_is_dated_and_an_objection_explained",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="what_was_asked_stays",
                fields=["project", "subject", "first_day", "last_day", "content", "digest", "person", "asked_by"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.first_day or ''} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.ASKED

    @property
    def was_confirmed_by_link(self) -> bool:
        return self.state == self.State.CONFIRMED and self.answered_by_id is None
