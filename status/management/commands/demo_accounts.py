"""``manage.py demo_accounts``: who can sign in to the demo."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import User
from status.demo.accounts import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    help = "Print the demo's accounts, if the demo is loaded."

    def handle(self, *args: Any, **options: Any) -> None:
        present = set(
            User.objects.filter(email__in=[account.email for account in ACCOUNTS]).values_list("email", flat=True)
        )
        for account in ACCOUNTS:
            if account.email in present:
                self.stdout.write(f"  {account.email:<28}{account.part:<18}{account.name}, {account.organisation}")
        if present:
            self.stdout.write(f"  password for all: {PASSWORD}")
