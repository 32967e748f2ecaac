"""Hourly rates, agreed for a person, a role or a category of work, each with its dates."""

import datetime as dt
import uuid
from decimal import Decimal

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.constraints import SameProjectForeignKey
from core.versions import Versioned
from projects.models.project import Project
from projects.work_categories import WorkCategory


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), append_only=True)
class Rate(Versioned):
    """Money per hour in the project's currency, from the first day of ``valid`` to before its end.

    Given for one person, else for a role, else for a category, else for everyone; the most particular one that
    holds on the day of the work wins. Two rates for the same subject never hold on the same day.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="rates")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="rates", db_constraint=False)
    job_role = models.CharField(_("role"), max_length=80, blank=True)
    category = models.CharField(_("category"), max_length=20, choices=WorkCategory, blank=True)
    hourly_rate = models.DecimalField(_("rate per hour"), max_digits=12, decimal_places=4)
    valid = DateRangeField(_("holds"), help_text=_("First day included, last day excluded."))
    recorded_from = models.CharField(_("recorded from"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        constraints = [
            SameProjectForeignKey(
                field="person",
                to="projects.ProjectPerson",
                to_fields=("project", "person"),
                name="rate_person_of_project",
                violation_error_message=_("This person does not belong to the project."),
            ),
            models.CheckConstraint(
                condition=Q(hourly_rate__gte=0, hourly_rate__lt=Decimal(100000)),
                name="rate_is_finite_and_not_negative",
                violation_error_message=_("A rate is a number from 0 to 99,999."),
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True, job_role="")
                | Q(person__isnull=True, category="")
                | Q(job_role="", category=""),
                name="rate_for_one_subject",
                violation_error_message=_("A rate is for a person, a role or a category: choose one."),
            ),
            ExclusionConstraint(
                name="one_rate_per_subject_and_day",
                expressions=[
                    ("project", RangeOperators.EQUAL),
                    (Coalesce("person", Value(0)), RangeOperators.EQUAL),
                    ("job_role", RangeOperators.EQUAL),
                    ("category", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Another rate for the same subject already holds on some of these days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hourly_rate}"

    @property
    def first_day(self) -> dt.date:
        """The first day on which the rate holds."""
        first: dt.date = self.valid.lower
        return first

    @property
    def last_day(self) -> dt.date | None:
        """The last day on which the rate holds; None while no end is agreed."""
        return self.valid.upper - dt.timedelta(days=1) if self.valid.upper else None
