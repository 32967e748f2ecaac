"""Prints the address at which the first organisation and its administrator are made."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.organisations import FIRST_VALID_FOR, make_first_link
from core.errors import DomainError


class Command(BaseCommand):
    help = "Print a link that opens the first organisation, once. Run it after installing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            address = make_first_link()
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"Works once, within {FIRST_VALID_FOR.days} days; whoever has it owns the installation.")
        self.stdout.write(address)
