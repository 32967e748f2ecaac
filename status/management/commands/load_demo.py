"""``manage.py load_demo``: fill an empty installation with the demo."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.errors import DomainError
from status.demo.load import load_demo


class Command(BaseCommand):
    help = "Fill an empty installation with two clients, their vendors and six projects."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo's accounts have a public password. Set OVERSIGHT_DEMO=1 to load it.")
        try:
            projects = load_demo(timezone.now().date())
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(projects)} projects loaded.")
