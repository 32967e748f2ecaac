"""Tables without a word of the domain."""

import datetime as dt
import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class IdempotencyKey(models.Model):
    """The remembered answer to one POST of an API client.

    Written in the same transaction as the effect: the key and what it did exist together or not at all.
    ``fingerprint`` is the SHA-256 of method, path and body; the same key with another fingerprint is refused.
    Kept for 24 hours.
    """

    client_id = models.CharField(max_length=80, help_text="who sent it: the token's or the user's public id")
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "key"], name="one_answer_per_idempotency_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key


class RequestCount(models.Model):
    """How many requests an API client sent in the minute named last.

    One row a client, counted up by one statement of ``core.request_limits``. Its table is not logged: after a crash
    of the database it is empty, which costs nobody anything, and a request waits for no disk.
    """

    client_id = models.CharField(max_length=80, primary_key=True)
    minute = models.BigIntegerField(help_text="minutes since 1970")
    count = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.client_id}: {self.count}"


class Heartbeat(models.Model):
    """When beat, or a worker, last gave a sign of life."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=200, help_text="host and process")
    heard_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="one_heartbeat_per_process")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def due(self, moment: dt.datetime) -> "LetterQuerySet":
        """Waiting, its time come, and not in the hands of a living worker."""
        return self.filter(
            Q(leased_until__isnull=True) | Q(leased_until__lte=moment), state=Letter.State.WAITING, due_at__lte=moment
        )


class Letter(models.Model):
    """A mail to an address that need not belong to a user, written in the transaction of what it tells of.

    Its text may hold a link that opens something, so it is emptied as soon as it has left or is given up. ``about`` is
    the uuid of what it tells of.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    about = models.UUIDField(db_index=True)
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="letters_to_send")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting") | Q(text="", html=""), name="a_letter_that_left_is_emptied"
            )
        ]

    def __str__(self) -> str:
        return self.subject
