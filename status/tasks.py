"""Celery's door to what gathers everything."""

from celery import shared_task

from status.weekly_summary import write_weekly_summaries


@shared_task(name="status.write_weekly_summaries")
def write_summaries() -> None:
    write_weekly_summaries()
