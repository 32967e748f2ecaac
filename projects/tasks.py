"""Celery's door to the outbox."""

from celery import shared_task

from projects.outbox import send_due
from projects.retention import forget_old_messages


@shared_task(name="projects.send_due_messages")
def send_due_messages() -> None:
    send_due()


@shared_task(name="projects.forget_old_messages")
def forget() -> None:
    forget_old_messages()
