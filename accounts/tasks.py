"""What the worker does for the accounts."""

from celery import shared_task

from accounts import password_requests


@shared_task(name="accounts.answer_password_requests")
def answer_password_requests() -> None:
    """Letters to whoever forgot a password, rung with each request and swept by beat."""
    password_requests.answer_password_requests()
