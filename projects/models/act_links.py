"""Links by which somebody without an account does one thing, and nothing else."""

import datetime as dt
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Person, User
from core.constraints import SameProjectForeignKey
from projects.audience import Side
from projects.models.objects import ObjectRef
from projects.models.project import Project


class ActLinkQuerySet(models.QuerySet["ActLink"]):
    def valid_at(self, moment: dt.datetime) -> "ActLinkQuerySet":
        """Neither used, nor revoked, nor expired."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=moment)


class ActLink(models.Model):
    """A single-purpose link: one person, one object, one act. GET shows it, POST does it, once.

    ``act`` names the registered act (``projects.act_links``); ``target`` is the uuid of what it is done to. Only the
    hash of the token is stored; the token itself was mailed to ``sent_to``, which both sides may read.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="act_links")
    person = models.ForeignKey(Person, models.PROTECT, related_name="act_links")
    side = models.CharField(max_length=6, choices=Side)
    act = models.CharField(max_length=60)
    target = models.UUIDField()
    ref = models.ForeignKey(ObjectRef, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False)
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the link's token, hexadecimal")
    sent_to = models.EmailField(max_length=254, blank=True, help_text="the address to which it was mailed")
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ActLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("single-purpose link")
        verbose_name_plural = _("single-purpose links")
        ordering = ["-created_at", "-id"]
        constraints = [
            SameProjectForeignKey(field="ref", name="act_link_ref_same_project"),
            models.UniqueConstraint(fields=["project", "id"], name="act_link_in_project"),
        ]
        indexes = [models.Index(fields=["project", "act", "target"], name="act_links_of_target")]

    def __str__(self) -> str:
        return f"{self.act} {self.target}"
