"""Celery's door to the alert machine."""

from celery import shared_task

from alerts import actions


@shared_task(name="alerts.evaluate")
def evaluate(project_id: int) -> None:
    actions.evaluate_or_put_off(project_id)


@shared_task(name="alerts.sweep")
def sweep() -> None:
    actions.sweep()
