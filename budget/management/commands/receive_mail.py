"""Take in one mail from the mail server, which pipes it here: ``manage.py receive_mail <recipient>``.

Ends with the codes of sysexits(3), so that the server refuses, keeps or sends again what it has to.
"""

import sys
from argparse import ArgumentParser
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from budget.mailed_files import MOST_BYTES, Received, receive

SEND_AGAIN: Final = 75
CODES: Final = {
    Received.TOO_LARGE: 65,
    Received.NO_ADDRESS: 67,
    Received.NOT_WELCOME: 77,
}


class Command(BaseCommand):
    help = "Take in a mail from standard input, for the address that is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recipient", help="the address to which the mail was sent")

    def handle(self, *_args: Any, recipient: str, **_options: Any) -> None:
        raw = sys.stdin.buffer.read(MOST_BYTES + 1)
        try:
            became = receive(raw, recipient)
        except (DatabaseError, OSError) as error:
            self.stderr.write(f"not now: {error}")
            sys.exit(SEND_AGAIN)
        self.stdout.write(became)
        sys.exit(CODES.get(became, 0))
