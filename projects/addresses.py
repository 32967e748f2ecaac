"""Whose a mail address is, as far as a project's sides know, and who may say somebody's.

Whoever reads a mailbox answers for its side. So no side names its own mailbox as one of the other's, as it stands or
with a "+word" that leads to the same one.
"""

import re
from typing import Any

from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, OrganisationRole, Person, User
from core.errors import DomainError
from projects.audience import Side
from projects.models import Invitation, Membership, Project

TAG = r"\+[^@]*@"


def mailbox_of(email: str) -> str:
    """The mailbox that an address leads to: ann+offers@example.com is read by ann@example.com."""
    return re.sub(TAG, "@", email.strip().lower(), count=1)


def is_address_of(project: Project, side: Side, email: str) -> bool:
    """Whether the mailbox is that of somebody of ``side``: a member, past or invited, there or in another project of
    the same organisation, somebody with a role in it, or one of its people."""
    organisation = project.organisation_of(side)
    if organisation is None:
        return False
    theirs = Q(project__client=organisation) if side == Side.CLIENT else Q(project__vendor=organisation)
    invitations = Invitation.objects.open(timezone.now()).filter(theirs, side=side)
    return (
        _read_at(Membership.objects.filter(theirs, side=side), "user__email", email).exists()
        or _read_at(OrganisationRole.objects.filter(organisation=organisation), "user__email", email).exists()
        or _read_at(Person.objects.filter(organisation=organisation), "email", email).exists()
        or _read_at(invitations, "email", email).exists()
    )


def _read_at(rows: QuerySet[Any], field: str, email: str) -> QuerySet[Any]:
    mailbox = Func(Lower(F(field)), Value(TAG), Value("@"), function="regexp_replace")
    found: QuerySet[Any] = rows.annotate(mailbox=mailbox).filter(mailbox=mailbox_of(email))
    return found


def refuse_own_address(project: Project, asking: str, of: str, email: str) -> None:
    """Refuse an address of the ``asking`` side for somebody of the side ``of``. Nothing is said of anybody else's."""
    if asking and email and asking != of and is_address_of(project, Side(asking), email):
        raise DomainError(
            _("%(email)s belongs to your own side. The other side answers from an address of its own.")
            % {"email": email},
            code="address_of_askers",
            field="email",
        )


def speaks_for(user: User, project: Project, organisation: Organisation) -> bool:
    """Whether the user's side speaks for the organisation's people: its own, or one that it keeps until it comes."""
    side = Membership.objects.filter(project=project, user=user).values_list("side", flat=True).first()
    own = project.organisation_of(side) if side else None
    return own is not None and own.pk in (organisation.pk, organisation.kept_by_id)
