"""Programs that a side has told of what happens: where, of what, and every message to them."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.constraints import SameProjectForeignKey
from core.versions import Versioned
from projects.audience import Side
from projects.models.project import Project


class Webhook(Versioned):
    """An address to which one side has its messages of the chosen kinds posted, signed.

    It tells what its ``owner`` may see: when they may no longer, it is switched off until a colleague takes it over.
    Secrets are sealed (``core.sealing``); the previous one signs as well until ``previous_until``.
    """

    class Off(models.TextChoices):
        BY_HAND = "by_hand", _("switched off")
        GONE = "gone", _("the address answered that it is gone (410)")
        FAILING = "failing", _("nothing got through for three days")
        OWNER_LEFT = "owner_left", _("whoever set it up may no longer see what it tells")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    side = models.CharField(max_length=6, choices=Side)
    url = models.CharField(_("address"), max_length=500)
    kinds = models.JSONField(default=list, help_text="kinds of messages, as projects.messages knows them")
    owner = models.ForeignKey(User, models.PROTECT, related_name="+")
    sealed_secret = models.TextField()
    sealed_previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    off_because = models.CharField(max_length=10, choices=Off, blank=True)
    off_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "id"], name="webhook_in_project"),
            models.CheckConstraint(
                condition=Q(off_because="", off_at=None) | ~Q(off_because="") & Q(off_at__isnull=False),
                name="a_webhook_is_off_since_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(sealed_previous_secret="", previous_until=None)
                | ~Q(sealed_previous_secret="") & Q(previous_until__isnull=False),
                name="a_previous_secret_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def is_on(self) -> bool:
        return self.ended_at is None and not self.off_because


class WebhookDeliveryQuerySet(models.QuerySet["WebhookDelivery"]):
    def due(self, moment: dt.datetime | Now) -> "WebhookDeliveryQuerySet":
        """Waiting, its time come, and not in the hands of a living worker."""
        return self.filter(
            Q(leased_until__isnull=True) | Q(leased_until__lte=moment),
            state=WebhookDelivery.State.WAITING,
            due_at__lte=moment,
        )


class WebhookDelivery(models.Model):
    """One message to one webhook, written with what it tells of and worded when it is sent.

    Its ``uuid`` is the id by which the receiver knows a message that comes twice.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        WITHHELD = "withheld", _("withheld: there was nothing left to tell, or the webhook was off")
        DEAD = "dead", _("given up")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries", db_constraint=False)
    kind = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    answer_status = models.PositiveSmallIntegerField(null=True, help_text="of the last attempt")
    answer_milliseconds = models.PositiveIntegerField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    body = models.TextField(blank=True, help_text="as last sent")

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to a webhook")
        verbose_name_plural = _("messages to webhooks")
        ordering = ["-created_at", "-pk"]
        constraints = [
            SameProjectForeignKey(field="webhook", name="delivery_webhook_same_project"),
            models.UniqueConstraint(fields=["webhook", "dedupe_key"], name="one_delivery_per_webhook_and_event"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="deliveries_to_send")]

    def __str__(self) -> str:
        return f"{self.kind} → {self.webhook_id}"
