"""Celery's door to the alert machine.

Whoever dies in one of these leaves the mark or the row that says what is to be done, and the sweep finds it: so a task
whose worker died is not given to the next one, which might die of it too.
"""

from celery import shared_task

from alerts import actions


@shared_task(name="alerts.evaluate", reject_on_worker_lost=False)
def evaluate(project_id: int) -> None:
    actions.evaluate_if_not_put_off(project_id)


@shared_task(name="alerts.sweep", reject_on_worker_lost=False, soft_time_limit=120, time_limit=150)
def sweep() -> None:
    actions.sweep()


@shared_task(name="alerts.send_canary")
def send_canary() -> None:
    actions.send_canary()


@shared_task(name="alerts.reconcile")
def reconcile() -> None:
    actions.reconcile_if_due()
