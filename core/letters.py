"""Mail to people who have no account: kept with the change that caused it, sent from there until it arrives.

As with the outbox, a worker claims due letters for a lease and commits, sends, marks; the Message-ID stays the same.
"""

import datetime as dt
import logging
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from core.clock import database_now
from core.doorbell import ring
from core.models import Letter
from core.post_office import MailServerDown, PostOffice

logger = logging.getLogger(__name__)

# Longer than a whole batch can take against a mail server that hangs until each time-out.
LEASE: Final = dt.timedelta(minutes=5)
BATCH: Final = 10
# Twice as long after each failure, a day at most: a bit more than three days in all.
FIRST_RETRY: Final = dt.timedelta(minutes=1)
LONGEST_RETRY: Final = dt.timedelta(days=1)
MOST_ATTEMPTS: Final = 14


def post_letter(*, about: UUID, to: str, subject: str, text: str, html: str) -> Letter:
    """Write the letter in the caller's transaction and ring for the sender."""
    letter = Letter.objects.create(
        about=about, to=to, subject=subject[:300], text=text, html=html, due_at=database_now()
    )
    ring("core.send_letters")
    return letter


def take_back_letters(*, about: UUID) -> None:
    """Delete what has not left yet: it would tell of something that no longer is."""
    Letter.objects.filter(about=about, state=Letter.State.WAITING).delete()


def send_due_letters(now: dt.datetime | None = None) -> int:
    """Send what is due, one letter after the other. Returns how many left the house."""
    sent = 0
    with PostOffice() as post_office:
        while claimed := _claim(now or database_now()):
            sent += sum(_send(letter, post_office, now) for letter in claimed)
    return sent


def _claim(now: dt.datetime) -> list[Letter]:
    """Take some due letters for a lease. Two workers never hold the same one."""
    with transaction.atomic():
        claimed = list(
            Letter.objects.due(now).select_for_update(skip_locked=True).order_by("attempts", "due_at", "pk")[:BATCH]
        )
        for letter in claimed:
            letter.leased_until = now + LEASE
            letter.attempts += 1
        Letter.objects.bulk_update(claimed, ["leased_until", "attempts"])
    return claimed


def _send(letter: Letter, post_office: PostOffice, now: dt.datetime | None) -> bool:
    held = Letter.objects.filter(pk=letter.pk, state=Letter.State.WAITING, leased_until=letter.leased_until)
    try:
        post_office.send(uuid=letter.uuid, to=letter.to, subject=letter.subject, text=letter.text, html=letter.html)
    except Exception as error:  # noqa: BLE001  (one bad letter must not hold up the others; it is kept and shown)
        reason = f"{type(error).__name__}: {error}"[:2000]
        logger.warning("letter not sent", extra={"letter_uuid": str(letter.uuid), "error": reason})
        if isinstance(error, MailServerDown) and not error.was_tried:
            later = (now or database_now()) + FIRST_RETRY
            held.update(due_at=later, leased_until=None, last_error=reason, attempts=letter.attempts - 1)
        elif letter.attempts >= MOST_ATTEMPTS:
            held.update(state=Letter.State.DEAD, leased_until=None, last_error=reason, text="", html="")
        else:
            wait = min(FIRST_RETRY * 2 ** (letter.attempts - 1), LONGEST_RETRY)
            held.update(due_at=(now or database_now()) + wait, leased_until=None, last_error=reason)
        return False
    held.update(state=Letter.State.SENT, sent_at=Now(), leased_until=None, last_error="", text="", html="")
    return True
