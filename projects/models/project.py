"""A project, what the two sides agreed for it, and each side's calendar."""

import uuid

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User, validate_time_zone
from core.addresses import address
from core.constraints import SameProjectForeignKey
from core.days import TOO_FAR, is_plausible
from core.money import CURRENCIES
from core.versions import Versioned
from projects.audience import Side
from projects.work_categories import WorkCategory


class Project(Versioned):
    """One engagement of one client with one vendor, or with none yet."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")
        CLOSED = "closed", _("closed")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    client = models.ForeignKey(Organisation, models.PROTECT, related_name="projects_as_client")
    vendor = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="projects_as_vendor")
    currency = models.CharField(_("currency"), max_length=3, choices=CURRENCIES, default="EUR")
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    planned_start_on = models.DateField(_("planned start"), null=True, blank=True)
    planned_finish_on = models.DateField(_("planned finish"), null=True, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(vendor__isnull=True) | ~Q(vendor=F("client")),
                name="client_is_not_its_own_vendor",
                violation_error_message=_("A project's client and vendor are two organisations."),
            ),
            models.CheckConstraint(
                condition=Q(planned_start_on__isnull=True)
                | Q(planned_finish_on__isnull=True)
                | Q(planned_finish_on__gte=F("planned_start_on")),
                name="project_finishes_after_start",
                violation_error_message=_("The planned finish lies before the planned start."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """The planned days are days that a project can have."""
        far = [
            name
            for name in ("planned_start_on", "planned_finish_on")
            if (day := getattr(self, name)) is not None and not is_plausible(day)
        ]
        if far:
            raise ValidationError(dict.fromkeys(far, TOO_FAR), code="far")

    def get_absolute_url(self) -> str:
        return address("status:project_detail", self.slug)

    @property
    def is_read_only(self) -> bool:
        """A closed project can be read and no longer changed."""
        return self.status == self.Status.CLOSED

    def organisation_of(self, side: str) -> Organisation | None:
        """The organisation on ``side``, or None where there is no vendor yet."""
        return self.client if side == Side.CLIENT else self.vendor


def usual_overhead() -> list[str]:
    """Leading a project takes hours that nobody estimates item by item."""
    return [WorkCategory.MANAGEMENT]


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), append_only=True)
class Terms(Versioned):
    """What client and vendor agreed, on one page. Every clock and every rule reads it."""

    # Read with view_money alone, their changes too.
    IN_MONEY = frozenset({"budget_amount", "cap_amount"})

    class CooperationModel(models.TextChoices):
        DEDICATED = "dedicated", _("dedicated resources: the client loads the team")
        PROJECT = "project", _("project development: the vendor loads the team")

    class BillingModel(models.TextChoices):
        TIME_AND_MATERIAL = "time_and_material", _("time and material")
        FIXED_PRICE = "fixed_price", _("fixed price")
        MONTHLY_FEE = "monthly_fee", _("monthly fee")

    class ScopeMode(models.TextChoices):
        FIXED = "fixed", _("fixed: a change request moves it")
        ROLLING = "rolling", _("rolling: items come and go inside an envelope")

    class ProgressRule(models.TextChoices):
        HOURS_SPENT_AND_REMAINING = "hours_spent_and_remaining", _("hours spent and remaining")
        ZERO_HUNDRED = "zero_hundred", _("0/100: all when done")
        FIFTY_FIFTY = "fifty_fifty", _("50/50: half at start, half when done")

    class PersonFigures(models.TextChoices):
        OFF = "off", _("not shown")
        BY_ROLE = "by_role", _("by role")
        PSEUDONYM = "pseudonym", _("by pseudonym")

    project = models.OneToOneField(Project, models.CASCADE, primary_key=True, related_name="terms")
    cooperation_model = models.CharField(
        _("cooperation model"), max_length=20, choices=CooperationModel, default=CooperationModel.PROJECT
    )
    billing_model = models.CharField(
        _("billing model"), max_length=20, choices=BillingModel, default=BillingModel.TIME_AND_MATERIAL
    )
    scope_mode = models.CharField(_("scope mode"), max_length=10, choices=ScopeMode, default=ScopeMode.FIXED)
    budget_minutes = models.PositiveIntegerField(
        _("agreed hours"), null=True, blank=True, help_text=_("Empty: the sum of the estimates.")
    )
    budget_amount = models.DecimalField(_("agreed amount"), max_digits=14, decimal_places=2, null=True, blank=True)
    cap_minutes = models.PositiveIntegerField(
        _("cap in hours"), null=True, blank=True, help_text=_("What may not be exceeded without a new agreement.")
    )
    cap_amount = models.DecimalField(_("cap in money"), max_digits=14, decimal_places=2, null=True, blank=True)
    progress_rule = models.CharField(
        _("how progress counts"), max_length=30, choices=ProgressRule, default=ProgressRule.HOURS_SPENT_AND_REMAINING
    )
    response_days = models.PositiveSmallIntegerField(_("days to answer a question"), default=3)
    review_days = models.PositiveSmallIntegerField(_("days to review a delivery"), default=10)
    cure_days = models.PositiveSmallIntegerField(_("days to mend a rejected delivery"), default=10)
    warranty_days = models.PositiveSmallIntegerField(_("warranty in days"), default=90)
    payment_days = models.PositiveSmallIntegerField(_("days to pay an invoice"), default=30)
    deemed_acceptance = models.BooleanField(
        _("silence accepts"), default=False, help_text=_("A delivery counts as accepted when its review period ends.")
    )
    defect_hours_payable = models.BooleanField(_("hours spent on defects are paid"), default=False)
    overhead_categories = ArrayField(
        models.CharField(max_length=20, choices=WorkCategory),
        verbose_name=_("agreed overhead"),
        default=usual_overhead,
        blank=True,
        help_text=_("Kinds of work that need no estimate."),
    )
    person_figures = models.CharField(
        _("figures by person"), max_length=10, choices=PersonFigures, default=PersonFigures.OFF
    )
    recorded_from = models.CharField(_("recorded from"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")
        constraints = [
            models.CheckConstraint(
                condition=(Q(budget_amount__isnull=True) | Q(budget_amount__gte=0, budget_amount__lt=10**12))
                & (Q(cap_amount__isnull=True) | Q(cap_amount__gte=0, cap_amount__lt=10**12)),
                name="terms_amounts_are_finite_and_positive",
                violation_error_message=_("An agreed amount is a positive number."),
            ),
        ]

    def __str__(self) -> str:
        return str(_("terms"))


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), append_only=True)
class SideCalendar(Versioned):
    """When a side works: its time zone, country holidays, weekdays and hours. A side's clocks run on it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="calendars")
    side = models.CharField(max_length=6, choices=Side)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    country = models.CharField(
        _("country for public holidays"), max_length=2, blank=True, help_text=_("Two letters, such as DE; empty: none.")
    )
    subdivision = models.CharField(_("state or province"), max_length=10, blank=True)
    weekdays = models.CharField(
        _("working days"), max_length=7, default="12345", help_text=_("1 is Monday, 7 is Sunday.")
    )
    day_starts_at = models.TimeField(_("day starts"), default="09:00")
    day_ends_at = models.TimeField(_("day ends"), default="17:00")
    recorded_from = models.CharField(_("recorded from"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")
        constraints = [
            models.UniqueConstraint(fields=["project", "side"], name="one_calendar_per_side"),
            models.UniqueConstraint(fields=["project", "id"], name="calendar_in_project"),
            models.CheckConstraint(
                condition=Q(day_ends_at__gt=F("day_starts_at")),
                name="working_day_ends_after_start",
                violation_error_message=_("The working day ends before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(weekdays__regex=r"^1?2?3?4?5?6?7?$") & ~Q(weekdays=""),
                name="calendar_has_working_days",
                violation_error_message=_("Choose at least one working day."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_side_display())


class DayOff(models.Model):
    """A day on which a side does not work, beyond the holidays of its country."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    calendar = models.ForeignKey(SideCalendar, models.CASCADE, related_name="days_off", db_constraint=False)
    on = models.DateField(_("day"))
    name = models.CharField(_("reason"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("day off")
        verbose_name_plural = _("days off")
        ordering = ["on"]
        constraints = [
            SameProjectForeignKey(field="calendar", name="day_off_calendar_same_project"),
            models.UniqueConstraint(fields=["calendar", "on"], name="one_day_off_per_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}".strip()
