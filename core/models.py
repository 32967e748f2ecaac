"""Tables without a word of the domain."""

from django.db import models


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
