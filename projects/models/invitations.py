"""Invitations into a project: to a mail address, for one side and role."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.audience import Side
from projects.models.people import Membership
from projects.models.project import Project


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, moment: dt.datetime) -> "InvitationQuerySet":
        """Neither accepted, nor revoked, nor expired."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=moment)


class Invitation(models.Model):
    """A single-use, expiring invitation of a mail address into a project. Only the hash of its link is stored."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("mail address"), max_length=254)
    name = models.CharField(_("name"), max_length=150, blank=True)
    side = models.CharField(_("side"), max_length=6, choices=Side)
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the link's token, hexadecimal")
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "email"],
                condition=Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_per_address",
                violation_error_message=_("This address is already invited. Take that invitation back first."),
            ),
            models.CheckConstraint(
                condition=Q(side="client", role__in=["manager", "approver", "team_lead", "finance", "member", "viewer"])
                | Q(side="vendor", role__in=["manager", "analyst", "member", "viewer"]),
                name="invited_role_belongs_to_side",
                violation_error_message=_("This role does not exist on that side."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="an_acceptance_names_who",
            ),
        ]

    def __str__(self) -> str:
        return self.email
