"""The outbox: what has to be told to whom, kept in PostgreSQL until it is."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.constraints import SameProjectForeignKey
from projects.audience import Audience
from projects.models.objects import ObjectRef
from projects.models.project import Project


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    def due(self, moment: dt.datetime) -> "OutboxMessageQuerySet":
        """Waiting, its time come, and not in the hands of a living worker."""
        return self.filter(
            Q(leased_until__isnull=True) | Q(leased_until__lte=moment),
            state=OutboxMessage.State.WAITING,
            due_at__lte=moment,
        )


class OutboxMessage(models.Model):
    """One message to one person by one channel.

    Written in the transaction of what it tells of; ``dedupe_key`` makes a second one impossible. ``kind`` names
    the registered text (``projects.messages``); it is worded when sent, in the recipient's language and zone.
    """

    class Channel(models.TextChoices):
        IN_APP = "in_app", _("inbox")
        MAIL = "mail", _("mail")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        WITHHELD = "withheld", _("withheld: the recipient may no longer see it")
        DEAD = "dead", _("given up")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    ref = models.ForeignKey(ObjectRef, models.PROTECT, null=True, blank=True, related_name="+", db_constraint=False)
    recipient = models.ForeignKey(User, models.PROTECT, related_name="messages")
    channel = models.CharField(max_length=10, choices=Channel)
    audience = models.CharField(max_length=6, choices=Audience)
    kind = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    read_at = models.DateTimeField(null=True, help_text="in-app only")
    subject = models.CharField(max_length=300, blank=True, help_text="as sent")
    text = models.TextField(blank=True, help_text="as sent")
    html = models.TextField(blank=True, help_text="as sent")

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-created_at", "-id"]
        constraints = [SameProjectForeignKey(field="ref", name="message_ref_same_project")]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="messages_to_send"),
            models.Index(fields=["recipient", "-created_at"], condition=Q(channel="in_app"), name="messages_of_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"
