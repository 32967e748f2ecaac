"""What the worker does for the core."""

from celery import shared_task

from core.idempotency import forget_expired
from core.letters import send_due_letters
from core.request_limits import forget_counts


@shared_task(name="core.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    """Answers to repeated requests are kept for a day."""
    forget_expired()


@shared_task(name="core.forget_request_counts")
def forget_request_counts() -> None:
    """A limit counts within its minute; addresses that asked once are not kept."""
    forget_counts()


@shared_task(name="core.send_letters")
def send_letters() -> None:
    """Mails to addresses without an account, rung with each and swept by beat."""
    send_due_letters()
