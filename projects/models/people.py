"""Who takes part in a project: users with rights on one side, and people whose hours are kept."""

import datetime as dt
import uuid

import pghistory
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from core.constraints import SameProjectForeignKey
from core.versions import Versioned
from projects.audience import Side
from projects.models.project import Project


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active_on(self, day: dt.date) -> "MembershipQuerySet":
        """Neither ended, nor outside the dates of a stand-in."""
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=day),
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            ended_at__isnull=True,
        )

    def not_left_by(self, day: dt.date) -> "MembershipQuerySet":
        """Takes part on ``day`` or later: not ended, and no stand-in whose time is over."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), ended_at__isnull=True)


class Membership(models.Model):
    """A user's role on one side of one project. Nobody stands on both sides: one row a project and user."""

    class Role(models.TextChoices):
        MANAGER = "manager", _("manager")
        APPROVER = "approver", _("approver")
        TEAM_LEAD = "team_lead", _("team lead")
        FINANCE = "finance", _("finance")
        ANALYST = "analyst", _("analyst")
        MEMBER = "member", _("member")
        VIEWER = "viewer", _("viewer")

    CLIENT_ROLES = (Role.MANAGER, Role.APPROVER, Role.TEAM_LEAD, Role.FINANCE, Role.MEMBER, Role.VIEWER)
    VENDOR_ROLES = (Role.MANAGER, Role.ANALYST, Role.MEMBER, Role.VIEWER)

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    side = models.CharField(_("side"), max_length=6, choices=Side)
    role = models.CharField(_("role"), max_length=10, choices=Role)
    stands_in_for = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="stand_ins", db_constraint=False
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["side", "role", "user__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"],
                name="one_side_per_user_and_project",
                violation_error_message=_("This person already takes part in the project."),
            ),
            models.UniqueConstraint(fields=["project", "id"], name="membership_in_project"),
            SameProjectForeignKey(field="stands_in_for", name="stand_in_same_project"),
            models.CheckConstraint(
                condition=Q(side="client", role__in=["manager", "approver", "team_lead", "finance", "member", "viewer"])
                | Q(side="vendor", role__in=["manager", "analyst", "member", "viewer"]),
                name="role_belongs_to_side",
                violation_error_message=_("This role does not exist on that side."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_start",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class ProjectPersonQuerySet(models.QuerySet["ProjectPerson"]):
    def on_side(self, side: str) -> "ProjectPersonQuerySet":
        return self.filter(side=side)


@pghistory.track(pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent(), append_only=True)
class ProjectPerson(Versioned):
    """A person whose hours may be booked on a project, with the role their rate is agreed for."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="people")
    person = models.ForeignKey(Person, models.PROTECT, related_name="projects")
    side = models.CharField(_("side"), max_length=6, choices=Side, default=Side.VENDOR)
    job_role = models.CharField(
        _("role"), max_length=80, blank=True, help_text=_("As in the rate card, such as Senior developer.")
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = ProjectPersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person of the project")
        verbose_name_plural = _("people of the project")
        ordering = ["side", "person__name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "person"],
                name="person_once_in_project",
                violation_error_message=_("This person already belongs to the project."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)
