"""Single-purpose links: made, mailed, taken back, and used once."""

import datetime as dt
import secrets
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, User
from accounts.tokens import digest_of
from core.errors import DomainError
from core.letters import post_letter, take_back_letters
from projects.act_links import ACTS, ActPage
from projects.addresses import is_address_of, refuse_own_address
from projects.audience import Side
from projects.models import ActLink, ObjectRef, Project, ProjectPerson

LASTS: Final = dt.timedelta(days=14)


class LinkIsDead(Exception):
    """Unknown, used, revoked, expired, or with nothing left to do. Nobody is told which."""


@transaction.atomic
def create_act_link(
    *, actor: User, project: Project, person: Person, act: str, target: UUID, ref: ObjectRef | None = None
) -> ActLink:
    """A new link, whose address leaves by mail to the person and in no other way. An earlier one ends.

    Nobody else ever learns it, whoever asks least of all: no side answers for the other.
    """
    member = ProjectPerson.objects.filter(project=project, person=person, person__is_active=True).first()
    if member is None:
        raise DomainError(_("This person does not belong to the project."), code="not_of_project", field="person")
    if not person.email:
        raise DomainError(
            _("We know no mail address of %(name)s, and the link goes nowhere else.") % {"name": person.name},
            code="no_address",
            field="email",
        )
    refuse_own_address(project, Side(member.side).other, member.side, person.email)
    revoke_act_links(project=project, act=act, target=target)
    token = secrets.token_urlsafe(32)
    link = ActLink.objects.create(
        project=project,
        person=person,
        side=member.side,
        act=act,
        target=target,
        ref=ref,
        digest=digest_of(token),
        sent_to=person.email,
        created_by=actor,
        expires_at=timezone.now() + LASTS,
    )
    context = {"link": link, "person": person, "asker": actor, "project": project, "page": ACTS[act].show(link)}
    context["address"] = settings.SITE_URL + reverse("projects:act_link", args=[token])
    post_letter(
        about=link.uuid,
        to=person.email,
        subject=f"{project.name}: {ACTS[act].subject(link)}",
        text=render_to_string("projects/mail/act_link.txt", context),
        html=render_to_string("projects/mail/act_link.html", context),
    )
    return link


@transaction.atomic
def revoke_act_links(*, project: Project, act: str, target: UUID) -> None:
    """End every link that still does this. What has not been mailed yet is not."""
    open_links = ActLink.objects.valid_at(timezone.now()).filter(project=project, act=act, target=target)
    for link in open_links.select_for_update():
        ActLink.objects.filter(pk=link.pk).update(revoked_at=timezone.now())
        take_back_letters(about=link.uuid)


def living_link(token: str) -> tuple[ActLink, ActPage]:
    """The link with this token and what it shows, or LinkIsDead. Reads and changes nothing.

    Whose mailbox it was mailed to is asked again: since then its reader may have come to the side that asks.
    """
    link = (
        ActLink.objects.valid_at(timezone.now())
        .filter(digest=digest_of(token), person__is_active=True, act__in=ACTS)
        .select_related("project__client", "project__vendor", "person", "created_by")
        .first()
    )
    page = None if link is None or link.project.is_read_only else ACTS[link.act].show(link)
    if link is None or page is None or is_address_of(link.project, Side(link.side).other, link.sent_to):
        raise LinkIsDead
    return link, page


@transaction.atomic
def use_act_link(link: ActLink, **answer: Any) -> str:
    """Do what the link is for and use it up, both or neither. Of two at once one finds it used."""
    now = timezone.now()
    if not ActLink.objects.valid_at(now).filter(pk=link.pk).update(used_at=now):
        raise LinkIsDead
    return ACTS[link.act].perform(link, **answer)
