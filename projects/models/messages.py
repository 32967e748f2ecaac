"""The outbox: what has to be told to whom, kept in PostgreSQL until it is."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.constraints import SameProjectForeignKey
from projects.audience import Audience
from projects.models.objects import ObjectRef
from projects.models.project import Project


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    def due(self, moment: dt.datetime | Now) -> "OutboxMessageQuerySet":
        """Waiting, its time come, and not in the hands of a living worker."""
        return self.filter(
            Q(leased_until__isnull=True) | Q(leased_until__lte=moment),
            state=OutboxMessage.State.WAITING,
            due_at__lte=moment,
        )


class OutboxMessage(models.Model):
    """One message to one person by one channel.

    Written in the transaction of what it tells of; ``dedupe_key`` makes a second one impossible. ``kind`` names
    the registered text (``projects.messages``); it is worded when sent, in the recipient's language and zone. A mail
    without a project tells of all that the recipient sees, such as the daily one.
    """

    class Channel(models.TextChoices):
        IN_APP = "in_app", _("inbox")
        MAIL = "mail", _("mail")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        WITHHELD = "withheld", _("withheld: the recipient may no longer see it")
        DEAD = "dead", _("given up")
        DISCARDED = "discarded", _("discarded")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, null=True, related_name="+")
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
        constraints = [
            SameProjectForeignKey(field="ref", name="message_ref_same_project"),
            models.CheckConstraint(
                condition=Q(project__isnull=False) | Q(channel="mail", ref__isnull=True),
                name="a_message_of_no_project_is_a_mail",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="messages_to_send"),
            models.Index(fields=["recipient", "-created_at"], condition=Q(channel="in_app"), name="messages_of_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"

    @classmethod
    def untouched(cls) -> Q:
        """Waits and was never tried: more may be put into it."""
        return Q(state=cls.State.WAITING, attempts=0, leased_until__isnull=True)


class MailPreference(models.Model):
    """How a user wants mails: one by one or one a day, when they may come, and whether the week is summed up.

    Without a row everything is as usual.
    """

    class Delivery(models.TextChoices):
        AT_ONCE = "at_once", _("as soon as an alert rises, and at most one more mail a project and day")
        EACH = "each", _("each in a mail of its own, as soon as it rises")
        DAILY = "daily", _("in one mail a day for all projects, in the morning")

    class QuietHours(models.TextChoices):
        ALL = "all", _("every mail waits until my side works again")
        BUT_CRITICAL = "but_critical", _("critical alerts come at once, all others wait until my side works again")
        NONE = "none", _("mails come at any hour")

    user = models.OneToOneField(User, models.CASCADE, primary_key=True, related_name="+")
    alert_mails = models.CharField(_("alerts"), max_length=10, choices=Delivery, default=Delivery.AT_ONCE)
    quiet_hours = models.CharField(
        _("outside working hours"), max_length=12, choices=QuietHours, default=QuietHours.BUT_CRITICAL
    )
    weekly_summary = models.BooleanField(_("the week in one mail"), default=True)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")

    def __str__(self) -> str:
        return f"{self.alert_mails} {self.quiet_hours}"

    @property
    def is_daily(self) -> bool:
        return self.alert_mails == self.Delivery.DAILY
