"""A timesheet sent by mail arrives as a preview: stored, looked at, and waiting for its sender, who gets an answer.

The address is a secret of one side of the project, and the sender has to be somebody who may bring files in for that
side; whoever is not gets no answer at all. Whether the sender is who they say, the mail server in front of us checks.
"""

import hashlib
import secrets
from collections.abc import Iterator
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr
from enum import StrEnum
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from budget.models import MailAddress, MailedMessage
from core.errors import DomainError
from core.letters import post_letter
from core.tabular.sentences import sentence_of
from projects.access import Standing, standings_of
from projects.activity import record, register_sentences
from projects.audience import Audience
from projects.import_files import store_file
from projects.import_outcome import Outcome
from projects.import_work import ask_for_work, is_long, look_first
from projects.models import ImportBatch, ImportWork, Project

register_sentences(
    {"mail_address_made": gettext_lazy("made a new mail address for timesheets")},
    seen_with="import_time",
)

MOST_BYTES: Final = 35 * 1024 * 1024
MOST_FILES: Final = 10
READ: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls")


class Received(StrEnum):
    """What became of a mail."""

    TAKEN = "taken"
    AGAIN = "again"
    IGNORED = "ignored"
    TOO_LARGE = "too large"
    NO_ADDRESS = "no such address"
    NOT_WELCOME = "not welcome"


def mail_address_of(project: Project, side: str) -> str:
    """Where the side sends its files; empty while it made no address, or where no mail is received."""
    kept = MailAddress.objects.filter(project=project, side=side).first()
    return f"{kept.token}@{settings.INBOUND_MAIL_DOMAIN}" if kept and settings.INBOUND_MAIL_DOMAIN else ""


@transaction.atomic
def make_mail_address(*, actor: User, project: Project, side: str) -> str:
    """A new address for the side. The one before ends at once."""
    if not settings.INBOUND_MAIL_DOMAIN:
        raise DomainError(_("This installation receives no mail. Ask whoever runs it."), code="no_inbound_mail")
    token = f"hours{secrets.token_hex(12)}"
    MailAddress.objects.update_or_create(project=project, side=side, defaults={"token": token, "made_by": actor})
    record(project, "mail_address_made", actor=actor, audience=Audience(side))
    return mail_address_of(project, side)


@transaction.atomic
def receive(raw: bytes, recipient: str) -> Received:
    """Take in the files of a mail. All of it or nothing: what fails leaves nothing, and the server sends it again."""
    address = _address(recipient)
    if address is None:
        return Received.NO_ADDRESS
    if len(raw) > MOST_BYTES:
        return Received.TOO_LARGE
    message = message_from_bytes(raw)
    if str(message.get("Auto-Submitted", "no")).strip().lower() != "no":
        return Received.IGNORED  # an answer to an answer would never end
    sender = _sender(message, address)
    if sender is None:
        return Received.NOT_WELCOME
    name = str(message.get("Message-ID", "")).strip().encode(errors="replace") or raw
    digest = hashlib.sha256(name).hexdigest()
    _kept, is_new = MailedMessage.objects.get_or_create(project=address.project, digest=digest)
    if not is_new:
        return Received.AGAIN
    with translation.override(sender.user.locale):
        lines = [_taken_in(sender, filename, content) for filename, content in _files(message)]
        _answer(sender, _decoded(message.get("Subject", "")), lines)
    return Received.TAKEN


def _address(recipient: str) -> MailAddress | None:
    token, _at, domain = recipient.strip().lower().partition("@")
    if not settings.INBOUND_MAIL_DOMAIN or domain != settings.INBOUND_MAIL_DOMAIN.lower():
        return None
    return MailAddress.objects.select_related("project").filter(token=token).first()


def _sender(message: Message, address: MailAddress) -> Standing | None:
    """Where the sender stands, if they may bring files in for this side."""
    senders = message.get_all("From", [])
    checked = " ".join(map(str, message.get_all("Authentication-Results", []))).lower()
    if len(senders) != 1 or "dmarc=fail" in checked:
        return None
    user = User.objects.filter(email__iexact=parseaddr(str(senders[0]))[1], is_active=True).first()
    standing = (
        standings_of(user, Project.objects.filter(pk=address.project_id)).get(address.project_id) if user else None
    )
    if standing is None or standing.side != address.side or standing.project.is_read_only:
        return None
    return standing if standing.can("import_time") else None


def _files(message: Message) -> Iterator[tuple[str, bytes]]:
    """The attachments that may be tables, the first few of them."""
    found = 0
    for part in message.walk():
        filename = _decoded(part.get_filename() or "")
        content = part.get_payload(decode=True)
        if filename.lower().endswith(READ) and isinstance(content, bytes) and found < MOST_FILES:
            found += 1
            yield filename, content


def _decoded(text: object) -> str:
    """A header as its reader sees it; as it stands where it says of itself what is not so."""
    try:
        return str(make_header(decode_header(str(text))))
    except (LookupError, ValueError):
        return str(text)


def _taken_in(sender: Standing, filename: str, content: bytes) -> tuple[str, str]:
    """Store a file and look at it: what is to be told of it, and the address of its page."""
    try:
        with transaction.atomic():
            batch = store_file(
                actor=sender.user,
                project=sender.project,
                side=sender.side,
                kind=ImportBatch.Kind.TIME_ENTRIES,
                upload=ContentFile(content, name=filename),
            )
            if is_long(batch):
                ask_for_work(actor=sender.user, batch=batch, act=ImportWork.Act.CHECK, choices={})
            else:
                look_first(batch=batch)
    except DomainError as error:
        return f"{filename}: {error}", ""
    page = reverse("budget:time_import_detail", args=[sender.project.slug, batch.uuid])
    return f"{batch.filename}: {_found(batch)}", settings.SITE_URL + page


def _found(batch: ImportBatch) -> str:
    if not batch.outcome:
        return _("it is being read.")
    outcome = Outcome.from_json(batch.outcome)
    if outcome.refusal:
        return str(sentence_of(outcome.refusal["code"], **outcome.refusal["params"]))
    if outcome.questions:
        return _("it leaves something open. Say on its page what it means.")
    said = {"new": outcome.new, "same": outcome.same, "wrong": outcome.wrong, "people": len(outcome.people)}
    text = _("%(new)s rows are new, %(same)s are already there, %(wrong)s are wrong.") % said
    if outcome.people:
        asked = ngettext("%(people)s person is not known yet.", "%(people)s people are not known yet.", said["people"])
        text = f"{text} {asked % said}"
    return text


def _answer(sender: Standing, subject: str, lines: list[tuple[str, str]]) -> None:
    context = {"reader": sender.user, "project": sender.project, "lines": lines}
    post_letter(
        about=uuid4(),
        to=sender.user.email,
        subject=_("Re: %(subject)s") % {"subject": " ".join(subject.split())[:200] or sender.project.name},
        text=render_to_string("budget/mail/files_received.txt", context),
        html=render_to_string("budget/mail/files_received.html", context),
    )
