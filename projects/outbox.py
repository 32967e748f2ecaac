"""Telling people: messages are kept with the change that caused them, and sent from there until they arrive.

A worker claims due rows for a lease and commits; asks once more whether the recipient may still see the matter;
sends; marks. A worker that dies leaves a lease that runs out. A mail server that took a message and then lost the
connection may get it again: the Message-ID is the same, so that the reader's mail program shows it once.
"""

import datetime as dt
import logging
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone, translation

from accounts.models import User
from core.clock import database_now
from core.doorbell import ring
from core.post_office import MailServerDown, PostOffice
from projects.access import recipients, standings_of, standings_of_whoever_left, standings_to_be_told
from projects.audience import Audience, Side, audiences_seen_by
from projects.gathering import MAIL_WAITS, gather
from projects.messages import KINDS, PERSONAL_KINDS, Telling, Wording
from projects.models import Membership, ObjectRef, OutboxMessage, Project
from projects.preferences import wanting

logger = logging.getLogger(__name__)

# Longer than a whole batch can take against a mail server that hangs until each time-out.
LEASE = dt.timedelta(minutes=5)
# Waits after each failed attempt: three days in all, then the message is given up where people see it.
RETRY_AFTER = tuple(
    dt.timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 60, 120, 240, 480, 720, 720, 720, 720, 480)
)
GIVEN_UP_AFTER = sum(RETRY_AFTER, dt.timedelta())
# A server that is down is asked again soon, however long it has been down.
LONGEST_WAIT_FOR_SERVER = dt.timedelta(minutes=15)
BATCH = 10


def put_in_outbox(
    *,
    project: Project,
    recipients: Iterable[User],
    kind: str,
    data: Mapping[str, Any],
    channels: Iterable[str],
    audience: str,
    dedupe: str,
    ref: ObjectRef | None = None,
    due_at: dt.datetime | None = None,
) -> int:
    """Write the messages in the caller's transaction and ring for the sender. Returns how many were new.

    Each gets a kind by the channels that they want it by (``projects.preferences``). ``dedupe`` names the event; with
    channel and recipient it makes each message unique. What stands in the inbox needs no sending: it is there with the
    commit. Data with an event (``projects.gathering``) joins a message that is still open, where there is one.
    """
    people = list(recipients)
    wanted = wanting(kind, people)
    messages = []
    for channel in channels:
        in_app, gathers = channel == OutboxMessage.Channel.IN_APP, "events" in data
        told = [person for person in people if person.pk in wanted[channel]]
        if gathers and told:
            reached = gather(
                project=project, ref=ref, recipients=told, kind=kind, audience=audience, channel=channel, data=data
            )
            told = [person for person in told if person.pk not in reached]
        messages += [
            OutboxMessage(
                project=project,
                ref=ref,
                recipient=person,
                channel=channel,
                audience=audience,
                kind=kind,
                data=dict(data),
                dedupe_key=f"{dedupe}:{channel}:{person.pk}",
                state=OutboxMessage.State.SENT if in_app else OutboxMessage.State.WAITING,
                sent_at=Now() if in_app else None,
                due_at=due_at or (Now() + MAIL_WAITS if gathers and not in_app else Now()),
            )
            for person in told
        ]
    keys = [message.dedupe_key for message in messages]
    before = set(OutboxMessage.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", flat=True))
    OutboxMessage.objects.bulk_create(
        [message for message in messages if message.dedupe_key not in before], ignore_conflicts=True
    )
    ring("projects.send_due_messages")
    return len(set(keys) - before)


def word(message: OutboxMessage) -> Wording | None:
    """The message in its reader's language, or None when the reader may no longer see what it tells."""
    return word_all(message.recipient, [message])[0]


def word_all(reader: User, messages: Sequence[OutboxMessage]) -> list[Wording | None]:
    """Each of the reader's ``messages`` as ``word`` says, asking once for all of them."""
    of_projects = {place: message for place, message in enumerate(messages) if message.project_id is not None}
    keys = {message.project_id for message in of_projects.values() if message.project_id is not None}
    standings = standings_to_be_told(reader, keys)
    farewells = {one.project_id for one in of_projects.values() if one.project_id and not KINDS[one.kind].capability}
    left = standings_of_whoever_left(reader, farewells - standings.keys()) if farewells else {}
    wordings: list[Wording | None] = [None] * len(messages)
    tellings: dict[str, dict[int, Telling]] = {}
    for place, message in of_projects.items():
        wanted = KINDS[message.kind].capability
        # Whoever has come back is not told that they left.
        known = standings if wanted else left
        standing = known.get(message.project_id or 0)
        if standing is not None and message.audience in standing.audiences and (not wanted or standing.can(wanted)):
            tellings.setdefault(message.kind, {})[place] = Telling(message.data, standing)
    with translation.override(reader.locale), timezone.override(zoneinfo.ZoneInfo(reader.time_zone)):
        for kind, told in tellings.items():
            for place, wording in zip(told, KINDS[kind].write(list(told.values())), strict=True):
                wordings[place] = wording
        for place, message in enumerate(messages):
            if message.project_id is None and reader.is_active:
                wordings[place] = PERSONAL_KINDS[message.kind](reader, message.data)
    return wordings


def mails_shown_to(user: User) -> QuerySet[OutboxMessage]:
    """Mails of all recipients that tell nothing but what ``user`` may see; for the demo, which sends none.

    They are of projects the user sees, for an audience of the user's side, and of kinds that the user's role reads.
    """
    shown = Q(project__isnull=True, recipient=user)
    standings = standings_of(user).values()
    for kind, told in KINDS.items():
        for side in Side:
            projects = [
                one.project.pk for one in standings if one.side == side and one.can(told.capability or "view_people")
            ]
            shown |= Q(kind=kind, project__in=projects, audience__in=audiences_seen_by(side))
    return (
        OutboxMessage.objects.filter(shown, channel=OutboxMessage.Channel.MAIL)
        .select_related("project", "recipient")
        .order_by("-created_at", "-pk")
    )


def claim_due(limit: int = BATCH, now: dt.datetime | None = None) -> list[OutboxMessage]:
    """Take up to ``limit`` due messages for a lease. Two workers never hold the same one, whatever their clocks say."""
    now = now or database_now()
    with transaction.atomic():
        claimed = list(
            OutboxMessage.objects.due(now)
            .exclude(channel=OutboxMessage.Channel.IN_APP)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient", "project")
            # What was tried less comes first: a mail that the server chokes on holds up no other.
            .order_by("attempts", "due_at", "pk")[:limit]
        )
        for message in claimed:
            message.leased_until = now + LEASE
            message.attempts += 1
        OutboxMessage.objects.bulk_update(claimed, ["leased_until", "attempts"])
    return claimed


def send_due(now: dt.datetime | None = None) -> int:
    """Send what is due, one message after the other. Returns how many left the house."""
    sent = 0
    with PostOffice() as post_office:
        while claimed := claim_due(now=now):
            for message in claimed:
                sent += send_claimed(message, post_office, now)
        if sent:
            _call_back_what_waited_for_the_server()
    return sent


def send_claimed(message: OutboxMessage, post_office: PostOffice, now: dt.datetime | None = None) -> bool:
    """Send one claimed message and mark it; whatever fails is written down and tried again later."""
    held = OutboxMessage.objects.filter(
        pk=message.pk, state=OutboxMessage.State.WAITING, leased_until=message.leased_until
    )
    wording = None
    try:
        wording = word(message)
        if wording is None:
            held.update(state=OutboxMessage.State.WITHHELD, leased_until=None)
            return False
        post_office.send(
            uuid=message.uuid,
            to=message.recipient.email,
            subject=wording.subject,
            text=wording.text,
            html=wording.html,
        )
    except Exception as error:  # noqa: BLE001  (one bad message must not hold up the others; it is kept and shown)
        if wording is not None:
            message.subject = wording.subject
        _put_off(message, held, error, now or database_now())
        return False
    held.update(
        state=OutboxMessage.State.SENT,
        sent_at=now or Now(),
        leased_until=None,
        last_error="",
        subject=wording.subject,
        text=wording.text,
        html=wording.html,
    )
    return True


def _put_off(message: OutboxMessage, held: QuerySet[OutboxMessage], error: Exception, now: dt.datetime) -> None:
    """Try again later. ``held`` finds nothing once the lease has run out: another worker has the message then."""
    reason = f"{type(error).__name__}: {error}"[:2000]
    logger.warning("message not sent", extra={"message_uuid": str(message.uuid), "error": reason})
    if isinstance(error, MailServerDown) and not error.was_tried:
        held.update(due_at=now + RETRY_AFTER[0], leased_until=None, last_error=reason, attempts=message.attempts - 1)
        return
    wait = RETRY_AFTER[min(message.attempts, len(RETRY_AFTER)) - 1]
    is_over = message.attempts > len(RETRY_AFTER)
    if isinstance(error, MailServerDown):
        wait, is_over = min(wait, LONGEST_WAIT_FOR_SERVER), now - message.created_at > GIVEN_UP_AFTER
    if is_over:
        if held.update(state=OutboxMessage.State.DEAD, leased_until=None, last_error=reason, subject=message.subject):
            _tell_of_the_dead(message)
        return
    held.update(due_at=now + wait, leased_until=None, last_error=reason, subject=message.subject)


def _tell_of_the_dead(message: OutboxMessage) -> None:
    """Say to whoever looks after the side's people that a mail to one of them was given up."""
    if message.project is None:
        return
    standing = standings_to_be_told(message.recipient, {message.project.pk}).get(message.project.pk)
    if standing is not None:
        put_in_outbox(
            project=message.project,
            recipients=recipients(message.project, standing.side, (Membership.Role.MANAGER,)),
            kind="mail_given_up",
            data={"to": message.recipient.name, "subject": message.subject},
            channels=[OutboxMessage.Channel.IN_APP],
            audience=Audience(standing.side),
            dedupe=f"mail_given_up:{message.uuid}",
        )


def _call_back_what_waited_for_the_server() -> None:
    """The server takes mails again: what was put off because of it is due now."""
    waiting = OutboxMessage.objects.filter(
        channel=OutboxMessage.Channel.MAIL,
        state=OutboxMessage.State.WAITING,
        leased_until__isnull=True,
        last_error__startswith=MailServerDown.__name__,
    )
    if waiting.filter(due_at__gt=Now()).update(due_at=Now()):
        ring("projects.send_due_messages")
