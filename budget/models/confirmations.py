"""What one side recorded and the other confirmed."""

import uuid

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from core.constraints import SameProjectForeignKey
from projects.models import ActLink, Project


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
