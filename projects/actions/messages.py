"""What people do about a message that did not get through."""

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.doorbell import ring
from core.errors import DomainError
from projects.activity import record, register_sentences
from projects.audience import Audience
from projects.models import OutboxMessage

register_sentences(
    {
        "message_sent_again": gettext_lazy("had a mail to %(name)s sent again: %(subject)s"),
        "message_discarded": gettext_lazy("discarded a mail to %(name)s that did not get through: %(subject)s"),
    },
    seen_with="view_people",
)

UNSENT = (OutboxMessage.State.DEAD, OutboxMessage.State.WAITING)


@transaction.atomic
def send_message_again(*, actor: User, message: OutboxMessage, side: str = "") -> None:
    """Try a message again from the beginning, for three days more. ``side`` is whose it is, where it has a project."""
    done = OutboxMessage.objects.filter(pk=message.pk, state__in=UNSENT, leased_until=None).update(
        state=OutboxMessage.State.WAITING, attempts=0, due_at=Now(), created_at=Now(), last_error=""
    )
    if not done:
        raise DomainError(_("This mail is being sent just now, or has left."), code="not_undelivered")
    _note("message_sent_again", actor, message, side)
    ring("projects.send_due_messages")


@transaction.atomic
def discard_message(*, actor: User, message: OutboxMessage, side: str = "") -> None:
    """Give a message up for good. What it told stands in the inbox all the same."""
    done = OutboxMessage.objects.filter(pk=message.pk, state__in=UNSENT, leased_until=None).update(
        state=OutboxMessage.State.DISCARDED
    )
    if not done:
        raise DomainError(_("This mail is being sent just now, or has left."), code="not_undelivered")
    _note("message_discarded", actor, message, side)


def _note(verb: str, actor: User, message: OutboxMessage, side: str) -> None:
    if message.project is not None:
        record(
            message.project,
            verb,
            actor=actor,
            audience=Audience(side),
            name=message.recipient.name,
            subject=message.subject,
        )
