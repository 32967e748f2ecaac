"""Asking the vendor to confirm what the client recorded, and its answer."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, User
from budget.confirmation_content import digest_of_content
from budget.confirmation_queries import estimate_now, hours_now
from budget.confirmation_words import about_in_words
from budget.models import RecordConfirmation
from core.errors import DomainError
from projects.access import recipients
from projects.actions import correct_person
from projects.actions.act_links import create_act_link, revoke_act_links
from projects.activity import record, register_sentences
from projects.audience import Audience, Side
from projects.models import ActLink, Membership, OutboxMessage, Project, ProjectPerson
from projects.outbox import put_in_outbox

Subject, State = RecordConfirmation.Subject, RecordConfirmation.State
ACT = "confirm_record"


def _said(data: Mapping[str, Any]) -> dict[str, str]:
    first, last = (dt.date.fromisoformat(data[name]) if data[name] else None for name in ("first", "last"))
    return {"name": data["name"], "about": about_in_words(data["subject"], first, last), "reason": data["reason"]}


register_sentences(
    {
        "confirmation_asked": lambda data: _("asked %(name)s to confirm %(about)s") % _said(data),
        "confirmation_link_renewed": lambda data: _("sent %(name)s a new link to confirm %(about)s") % _said(data),
        "confirmation_withdrawn": lambda data: _("no longer asks %(name)s to confirm %(about)s") % _said(data),
        "confirmation_given": lambda data: _("confirmed %(about)s") % _said(data),
        "confirmation_given_by_link": lambda data: _("noted that %(name)s confirmed %(about)s by link") % _said(data),
        "confirmation_objected": lambda data: _("objected to %(about)s: %(reason)s") % _said(data),
        "confirmation_objected_by_link": lambda data: (
            _("noted that %(name)s objected to %(about)s by link: %(reason)s") % _said(data)
        ),
    },
    seen_with="view_hours",
)


@transaction.atomic
def ask_confirmation(
    *,
    actor: User,
    project: Project,
    person: Person,
    subject: str,
    first_day: dt.date | None = None,
    last_day: dt.date | None = None,
    email: str = "",
) -> RecordConfirmation:
    """Freeze what stands and ask somebody of the vendor about it.

    They get a link by mail, at ``email`` if no address of theirs is known yet. Without one nobody is sent a link, and
    only the vendor's manager can answer, signed in. An objection to the same record is answered by asking anew.
    """
    members = ProjectPerson.objects.select_related("project", "person__organisation")
    member = members.filter(project=project, person=person, side=Side.VENDOR).first()
    if member is None:
        raise DomainError(_("Ask somebody of the vendor."), code="not_of_vendor", field="person")
    if subject == Subject.ESTIMATE:
        first_day = last_day = None
        content = estimate_now(project)
    elif first_day is None or last_day is None or last_day < first_day:
        raise DomainError(_("Name the first and the last day."), code="no_period", field="last_day")
    else:
        (content,) = hours_now(project, [(first_day, last_day)])
    if not content["lines"]:
        raise DomainError(
            _("There is nothing to confirm: no estimates, or no hours on these days."), code="nothing", field="subject"
        )
    same = RecordConfirmation.objects.filter(project=project, subject=subject, first_day=first_day, last_day=last_day)
    same.filter(state=State.OBJECTED).update(state=State.WITHDRAWN)
    confirmation = RecordConfirmation(
        project=project,
        subject=subject,
        first_day=first_day,
        last_day=last_day,
        content=content,
        digest=digest_of_content(content),
        person=member.person,
        asked_by=actor,
    )
    try:
        with transaction.atomic():
            confirmation.save()
    except IntegrityError as error:
        raise DomainError(
            _("This has been asked already and waits for the answer."), code="already_asked", field="subject"
        ) from error
    _know_address(member, email, actor)
    if member.person.email or not recipients(project, Side.VENDOR, (Membership.Role.MANAGER,)).exists():
        _send_link(confirmation, actor)
    _record(confirmation, "confirmation_asked", actor)
    _tell(confirmation, "confirmation_asked", Side.VENDOR, (OutboxMessage.Channel.IN_APP,))
    return confirmation


@transaction.atomic
def renew_link(*, actor: User, confirmation: RecordConfirmation, email: str = "") -> None:
    """A new link to the same question, at ``email`` if no address is known yet; the one before ends."""
    _revoke_links(confirmation)
    locked = _locked(confirmation)
    if not locked.is_open:
        raise DomainError(_("This is no longer waiting for an answer."), code="not_asked")
    member = ProjectPerson.objects.select_related("project").get(project=locked.project, person=locked.person)
    member.person = locked.person
    _know_address(member, email, actor)
    _send_link(locked, actor)
    _record(locked, "confirmation_link_renewed", actor)


@transaction.atomic
def withdraw_confirmation(*, actor: User, confirmation: RecordConfirmation) -> None:
    """Ask no longer, or leave an objection as it is. Answers stay readable."""
    _revoke_links(confirmation)
    waiting = RecordConfirmation.objects.waiting().filter(pk=confirmation.pk)
    if not waiting.update(state=State.WITHDRAWN):
        raise DomainError(_("This is no longer waiting for an answer."), code="not_asked")
    _record(confirmation, "confirmation_withdrawn", actor)


@transaction.atomic
def answer_confirmation(
    *, actor: User | None, confirmation: RecordConfirmation, agrees: bool, reason: str = ""
) -> None:
    """Confirm for the vendor, or object with the reason. ``actor`` is None where the link answers for its person.

    Of two answers at once the first counts and the second is refused. What somebody confirmed by a link, the vendor's
    manager may still object to: a link proves a mailbox, and who reads it.
    """
    if not agrees and not reason:
        raise DomainError(_("Say what is not right."), code="no_reason", field="reason")
    _revoke_links(confirmation)
    answerable = RecordConfirmation.objects.asked()
    if actor is not None and not agrees:
        answerable |= RecordConfirmation.objects.confirmed_by_link()
    done = answerable.filter(pk=confirmation.pk).update(
        state=State.CONFIRMED if agrees else State.OBJECTED,
        answer=reason,
        answered_at=timezone.now(),
        answered_by=actor,
    )
    if not done:
        raise DomainError(_("This has already been answered or taken back."), code="not_asked")
    confirmation.refresh_from_db(fields=["state", "answer", "answered_at", "answered_by"])
    verb = "confirmation_given" if agrees else "confirmation_objected"
    _record(confirmation, verb if actor else f"{verb}_by_link", actor)
    both = (OutboxMessage.Channel.IN_APP, OutboxMessage.Channel.MAIL)
    _tell(confirmation, "confirmation_answered", Side.CLIENT, both)
    if actor is None:
        _tell(confirmation, "confirmation_answered_by_link", Side.VENDOR, both)


def confirmation_of_link(link: ActLink) -> RecordConfirmation | None:
    """What the link asks about, as long as it waits for the answer."""
    return (
        RecordConfirmation.objects.asked()
        .filter(project=link.project, uuid=link.target)
        .select_related("project__client", "project__vendor", "person")
        .first()
    )


def _revoke_links(confirmation: RecordConfirmation) -> None:
    """Always before the confirmation is locked, as whoever uses a link holds the link first."""
    revoke_act_links(project=confirmation.project, act=ACT, target=confirmation.uuid)


def _locked(confirmation: RecordConfirmation) -> RecordConfirmation:
    found = RecordConfirmation.objects.select_for_update(of=("self",)).select_related("project__client", "person")
    return found.get(pk=confirmation.pk)


def _know_address(member: ProjectPerson, email: str, actor: User) -> None:
    """Keep the address that the asker knows; one that is known already is changed among the people, and seen there."""
    if not email or email.lower() == member.person.email.lower():
        return
    if member.person.email:
        raise DomainError(
            _("We know another address of %(name)s: %(email)s. Change it among the people first.")
            % {"name": member.person.name, "email": member.person.email},
            code="another_address",
            field="email",
        )
    correct_person(actor=actor, member=member, email=email)


def _send_link(confirmation: RecordConfirmation, actor: User) -> None:
    confirmation.link = create_act_link(
        actor=actor,
        project=confirmation.project,
        person=confirmation.person,
        act=ACT,
        target=confirmation.uuid,
    )
    confirmation.save(update_fields=["link"])


def _record(confirmation: RecordConfirmation, verb: str, actor: User | None) -> None:
    record(
        confirmation.project,
        verb,
        actor=actor,
        subject=confirmation.subject,
        first=confirmation.first_day.isoformat() if confirmation.first_day else "",
        last=confirmation.last_day.isoformat() if confirmation.last_day else "",
        name=confirmation.person.name,
        reason=confirmation.answer,
    )


def _tell(confirmation: RecordConfirmation, kind: str, side: Side, channels: tuple[str, ...]) -> None:
    put_in_outbox(
        project=confirmation.project,
        recipients=recipients(confirmation.project, side, (Membership.Role.MANAGER,)),
        kind=kind,
        data={"confirmation": str(confirmation.uuid)},
        channels=channels,
        audience=Audience.BOTH,
        dedupe=f"{kind}:{confirmation.uuid}:{confirmation.state}",
    )
