"""Who looks after an organisation: roles, the links that lead to one, and the first organisation of an installation."""

import datetime as dt
import logging
import secrets
from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import Organisation, OrganisationLink, OrganisationRole, User
from accounts.tokens import digest_of
from core.errors import DomainError
from core.letters import post_letter, take_back_letters

logger = logging.getLogger(__name__)

VALID_FOR: Final = dt.timedelta(days=14)
FIRST_VALID_FOR: Final = dt.timedelta(days=2)


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────
def organisations_administered_by(user: User) -> QuerySet[Organisation]:
    """Organisations that speak for themselves and whose people the user looks after, by name."""
    return Organisation.objects.filter(
        roles__user=user, roles__role=OrganisationRole.Role.ADMIN, kept_by__isnull=True
    ).order_by("name", "pk")


def named_like(name: str, organisations: Iterable[Organisation]) -> Organisation | None:
    """The first of them that people would take for one called ``name``, whatever the letters' case and the blanks."""
    wanted = _as_read(name)
    return next((one for one in organisations if _as_read(one.name) == wanted), None)


def _as_read(name: str) -> str:
    return " ".join(name.casefold().split())


def roles_of(organisation: Organisation) -> QuerySet[OrganisationRole]:
    """Every role in the organisation with who holds it, administrators first."""
    return (
        OrganisationRole.objects.filter(organisation=organisation)
        .select_related("user")
        .order_by("role", "user__name", "pk")
    )


def open_links_of(organisation: Organisation) -> QuerySet[OrganisationLink]:
    return OrganisationLink.objects.open().filter(organisation=organisation).select_related("invited_by")


def link_for(token: str) -> OrganisationLink | None:
    """What this link opens now; None for an unknown, used, expired or revoked one alike."""
    links = OrganisationLink.objects.valid_at(timezone.now()).select_related("organisation", "invited_by")
    return links.filter(digest=digest_of(token)).first()


# ── The first organisation ──────────────────────────────────────────────────────────────────────────
@transaction.atomic
def make_first_link() -> str:
    """The address at which the first organisation is opened, once. Earlier ones open nothing from then on."""
    _refuse_a_second_beginning()
    now, token = timezone.now(), secrets.token_urlsafe(32)
    OrganisationLink.objects.open().filter(organisation__isnull=True).update(revoked_at=now)
    OrganisationLink.objects.create(
        role=OrganisationRole.Role.ADMIN, digest=digest_of(token), expires_at=now + FIRST_VALID_FOR
    )
    return _address(token)


def _refuse_a_second_beginning() -> None:
    with connection.cursor() as cursor:
        # Two who begin at once: the second one waits and then finds the first one's organisation.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('first organisation'))")
    if Organisation.objects.exists():
        raise DomainError(
            _("This installation has an organisation. Its administrators invite whoever is missing."),
            code="organisation_exists",
        )


# ── Inviting ────────────────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def invite_to_organisation(*, actor: User, organisation: Organisation, email: str, role: str) -> OrganisationLink:
    """Offer a role to an address, by a mail with a link. Nothing tells whether the address has an account."""
    email, now, token = email.strip().lower(), timezone.now(), secrets.token_urlsafe(32)
    if OrganisationRole.objects.filter(organisation=organisation, user__email=email, role=role).exists():
        raise DomainError(_("This person has that role already."), code="has_role", field="email")
    open_links_of(organisation).filter(email=email, role=role, expires_at__lte=now).update(revoked_at=now)
    try:
        with transaction.atomic():
            link = OrganisationLink.objects.create(
                organisation=organisation,
                email=email,
                role=role,
                digest=digest_of(token),
                invited_by=actor,
                expires_at=now + VALID_FOR,
            )
    except IntegrityError as error:
        raise DomainError(
            _("%(email)s is invited already. Take that invitation back first.") % {"email": email},
            code="already_invited",
            field="email",
        ) from error
    with translation.override(actor.locale):
        context = {"link": link, "organisation": organisation, "inviter": actor, "address": _address(token)}
        post_letter(
            about=link.uuid,
            to=email,
            subject=_("%(inviter)s invites you to %(organisation)s")
            % {"inviter": actor.name, "organisation": organisation.name},
            text=render_to_string("accounts/mail/organisation_link.txt", context),
            html=render_to_string("accounts/mail/organisation_link.html", context),
        )
    return link


@transaction.atomic
def revoke_organisation_link(*, link: OrganisationLink) -> None:
    """Take an invitation back: its link opens nothing any more."""
    OrganisationLink.objects.open().filter(pk=link.pk).update(revoked_at=timezone.now())
    take_back_letters(about=link.uuid)


@transaction.atomic
def use_organisation_link(
    *,
    link: OrganisationLink,
    user: User | None = None,
    email: str = "",
    account: dict[str, Any] | None = None,
    organisation_name: str = "",
) -> User:
    """Take the role that was offered, once: as ``user``, or as a new one made of ``account``.

    The first link opens the organisation too, and whoever uses it says their address.
    """
    locked = (
        OrganisationLink.objects.valid_at(timezone.now()).select_for_update(of=("self",)).filter(pk=link.pk).first()
    )
    if locked is None:
        raise DomainError(_("This link no longer works. Ask for a new one."), code="not_open")
    organisation, email = locked.organisation, locked.email or email.strip().lower()
    if organisation is None:
        _refuse_a_second_beginning()
        organisation = Organisation.objects.create(name=organisation_name.strip())
    if user is None:
        user = User.objects.create_user(email=email, **(account or {}))
    if user.email != email:
        raise DomainError(_("This invitation is for another mail address."), code="another_address")
    try:
        with transaction.atomic():
            OrganisationRole.objects.get_or_create(organisation=organisation, user=user, role=locked.role)
    except IntegrityError as error:
        raise DomainError(
            _("You take part for the other side in a project of this organisation."), code="both_sides"
        ) from error
    locked.used_at, locked.used_by = timezone.now(), user
    locked.save(update_fields=["used_at", "used_by"])
    return user


@transaction.atomic
def end_organisation_role(*, actor: User, role: OrganisationRole) -> None:
    """Take a role away at once. The last administrator stays: somebody has to look after the people."""
    admins = OrganisationRole.objects.select_for_update().filter(
        organisation=role.organisation, role=OrganisationRole.Role.ADMIN
    )
    if [admin.pk for admin in admins] == [role.pk]:
        raise DomainError(
            _("An organisation keeps at least one administrator. Invite another one first."), code="last_admin"
        )
    role.delete()
    logger.info("organisation role ended", extra={"role": role.role, "user_id": role.user_id, "by": actor.pk})


def _address(token: str) -> str:
    return str(settings.SITE_URL) + reverse("accounts:join", args=[token])
