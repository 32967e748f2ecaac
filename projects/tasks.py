"""Celery's door to the outbox and to long work on files."""

from celery import shared_task

from projects import import_work
from projects.outbox import send_due
from projects.retention import forget_old_messages
from projects.webhook_sending import send_due_to_programs


@shared_task(name="projects.send_due_messages")
def send_due_messages() -> None:
    send_due()


@shared_task(name="projects.send_to_programs")
def send_to_programs() -> None:
    send_due_to_programs()


@shared_task(name="projects.forget_old_messages")
def forget() -> None:
    forget_old_messages()


@shared_task(name="projects.work_on_import")
def work_on_import(batch_key: int) -> None:
    import_work.work_on(batch_key)


@shared_task(name="projects.sweep_imports")
def sweep_imports() -> None:
    import_work.sweep_imports()
