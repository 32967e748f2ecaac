"""Timesheets that come by mail."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.audience import Side
from projects.models import Project


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
