"""What the worker does for the core."""

from celery import shared_task

from core.idempotency import forget_expired


@shared_task(name="core.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Answers to repeated requests are kept for a day."""
    forget_expired()
