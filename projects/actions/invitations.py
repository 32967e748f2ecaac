"""Inviting a mail address into a project, taking that back, and accepting it.

Whether somebody with the address has an account shows nowhere before the link has proved that the address is theirs.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, OrganisationRole, Person, User
from accounts.organisations import named_like, organisations_administered_by
from core.errors import DomainError
from core.letters import post_letter, take_back_letters
from core.versions import save_version
from projects.access import sides_to_name_members_of, standings_of
from projects.actions.people import give_role
from projects.activity import record, register_sentences, side_of
from projects.addresses import refuse_own_address
from projects.audience import Audience, Side
from projects.invitation_links import VALID_FOR, digest_of, token_of
from projects.invitation_mails import word_invitation
from projects.models import Invitation, Membership, Project, ProjectPerson
from projects.searched import index_project

register_sentences(
    {
        "member_invited": gettext_lazy("invited somebody as %(role)s"),
        "invitation_revoked": gettext_lazy("took back an invitation"),
        "invitation_accepted": gettext_lazy("accepted the invitation of %(inviter)s, as %(role)s of the %(side)s"),
        "vendor_joined": gettext_lazy("joined for %(name)s, which speaks for itself from now on"),
    },
    seen_with="view_people",
)


@transaction.atomic
def invite_member(*, actor: User, project: Project, email: str, side: str, role: str, name: str = "") -> Invitation:
    """Invite an address to one side and role; the mail with the link is written with it.

    Only a member whom everyone in the project sees anyway is named. An earlier invitation that has run out makes room.
    Whoever comes for the vendor speaks for it, so the client invites no mailbox of its own.
    """
    email, now = email.strip().lower(), timezone.now()
    refuse_own_address(project, side_of(project, actor), side, email)
    member = Membership.objects.not_left_by(now.date()).filter(project=project, user__email=email).first()
    if member is not None:
        raise DomainError(
            _("%(name)s already takes part in this project.") % {"name": member.user.name},
            code="already_member",
            field="email",
        )
    earlier = Invitation.objects.filter(project=project, email=email, accepted_at__isnull=True, revoked_at__isnull=True)
    earlier.filter(expires_at__lte=now).update(revoked_at=now)
    invitation = Invitation(
        project=project, email=email, name=name, side=side, role=role, invited_by=actor, expires_at=now + VALID_FOR
    )
    invitation.digest = digest_of(token_of(invitation))
    # What the invited will do is not known yet.
    invitation.full_clean(exclude=["accepted_at", "accepted_by", "revoked_at"], validate_constraints=False)
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:
        raise DomainError(
            _("%(email)s is invited already. Take that invitation back first, or send it again.") % {"email": email},
            code="already_invited",
            field="email",
        ) from error
    wording = word_invitation(invitation)
    post_letter(about=invitation.uuid, to=email, subject=wording.subject, text=wording.text, html=wording.html)
    record(
        project,
        "member_invited",
        actor=actor,
        audience=_audience_of(side),
        role=str(Membership.Role(role).label),
    )
    return invitation


@transaction.atomic
def revoke_invitation(*, actor: User, invitation: Invitation) -> None:
    """Take an invitation back: its link opens nothing any more. Twice changes nothing."""
    taken_back = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    if taken_back:
        take_back_letters(about=invitation.uuid)
        record(
            invitation.project,
            "invitation_revoked",
            actor=actor,
            audience=_audience_of(invitation.side),
        )


@transaction.atomic
def send_invitation_again(*, actor: User, invitation: Invitation) -> Invitation:
    """A new link by a new mail; the earlier link opens nothing from now on."""
    locked = Invitation.objects.select_for_update(of=("self",)).select_related("project").get(pk=invitation.pk)
    if locked.accepted_at or locked.revoked_at:
        raise DomainError(_("This invitation is no longer open."), code="not_open")
    revoke_invitation(actor=actor, invitation=locked)
    return invite_member(
        actor=actor,
        project=locked.project,
        email=locked.email,
        side=locked.side,
        role=locked.role,
        name=locked.name,
    )


def _may_still_invite(invitation: Invitation) -> bool:
    """An invitation is worth what its inviter may do now.

    Whoever has left invites nobody, nor does the client for a vendor whose manager has come in the meantime.
    """
    standing = standings_of(invitation.invited_by, Project.objects.filter(pk=invitation.project_id)).get(
        invitation.project_id
    )
    return standing is not None and invitation.side in sides_to_name_members_of(standing)


@transaction.atomic
def accept_invitation(
    *,
    invitation: Invitation,
    user: User | None = None,
    account: dict[str, Any] | None = None,
    organisation: Organisation | None = None,
    organisation_name: str = "",
    is_another: bool = False,
) -> Membership:
    """Take the place that was offered, once: as ``user``, or as a new one made of ``account``.

    Whoever comes as the manager of a vendor that the client kept, or that has no name yet, speaks for it: as an
    ``organisation`` that they administer, or as a new one called ``organisation_name``. Whoever administers one of that
    name says that they mean ``is_another``: nobody wants two by an oversight.
    """
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .open(timezone.now())
        .filter(pk=invitation.pk)
        .select_related("project__client", "project__vendor")
        .first()
    )
    if locked is None or locked.project.is_read_only or not _may_still_invite(locked):
        raise DomainError(_("This link no longer works. Ask for a new one."), code="not_open")
    if user is None:
        if User.objects.filter(email=locked.email).exists():
            raise DomainError(_("Sign in to accept this invitation."), code="sign_in_first")
        user = User.objects.create_user(email=locked.email, **(account or {}))
    if user.email != locked.email:
        raise DomainError(_("This invitation is for another mail address."), code="another_address")
    joins_for_vendor = brings_the_vendor(locked)
    try:
        with transaction.atomic():
            if joins_for_vendor:
                _bring_vendor(locked.project, user, organisation, organisation_name, is_another=is_another)
            membership = give_role(project=locked.project, user=user, side=locked.side, role=locked.role)
    except IntegrityError as error:
        raise DomainError(
            _("You take part for the other side already, here or in another project of this organisation."),
            code="both_sides",
        ) from error
    locked.accepted_at, locked.accepted_by = timezone.now(), user
    locked.save(update_fields=["accepted_at", "accepted_by"])
    _know_as_person(user, locked.project.organisation_of(locked.side))
    record(
        locked.project,
        "invitation_accepted",
        actor=user,
        inviter=locked.invited_by.name,
        role=membership.get_role_display(),
        side=membership.get_side_display(),
    )
    if joins_for_vendor:
        record(locked.project, "vendor_joined", actor=user, name=str(locked.project.vendor))
    return membership


def brings_the_vendor(invitation: Invitation) -> bool:
    """Whether whoever accepts says who the vendor is: its manager, while nobody of the vendor speaks for it."""
    vendor = invitation.project.vendor
    return (
        invitation.side == Side.VENDOR
        and invitation.role == Membership.Role.MANAGER
        and (vendor is None or vendor.kept_by_id is not None)
    )


def _bring_vendor(
    project: Project, user: User, organisation: Organisation | None, name: str, *, is_another: bool
) -> None:
    """Let the vendor stand for itself, with the people and rates that the client kept for it."""
    kept = project.vendor
    if organisation is None:
        if not name.strip():
            raise DomainError(_("Say what the organisation is called."), code="required", field="organisation_name")
        same = named_like(name, organisations_administered_by(user).exclude(pk=project.client_id))
        if same is not None and not is_another:
            raise DomainError(
                _("You look after %(name)s already. Choose it above, or confirm that you need a second one.")
                % {"name": same.name},
                code="same_name",
                field="is_another",
            )
        vendor = kept or Organisation()
        vendor.name, vendor.kept_by = name.strip(), None
        vendor.save()
        OrganisationRole.objects.create(organisation=vendor, user=user, role=OrganisationRole.Role.ADMIN)
    else:
        vendor = organisation
        if vendor.pk == project.client_id or vendor not in organisations_administered_by(user):
            raise DomainError(_("Choose an organisation that you administer."), code="not_yours", field="organisation")
        if kept is not None:
            _move_people(project, kept, vendor)
    if project.vendor_id != vendor.pk:
        project.vendor = vendor
        save_version(project, expected_version=project.version, fields=["vendor"])
    # Its name may have been corrected in every project that it has.
    for named in Project.objects.filter(vendor=vendor).select_related("client", "vendor"):
        index_project(named)


def _move_people(project: Project, kept: Organisation, vendor: Organisation) -> None:
    """The people of the kept organisation who work on this project alone come along; the others stay where they are.

    Their hours and rates on the project belong to the person and stay with them either way.
    """
    elsewhere = ProjectPerson.objects.exclude(project=project).values("person")
    Person.objects.filter(organisation=kept, projects__project=project).exclude(pk__in=elsewhere).update(
        organisation=vendor
    )


def _know_as_person(user: User, organisation: Organisation | None) -> None:
    """Whose hours were booked under this address before they had an account: it is the same person."""
    people = Person.objects.filter(organisation=organisation)
    if organisation is None or people.filter(user=user).exists():
        return
    known = people.filter(email__iexact=user.email, user__isnull=True).order_by("pk").first()
    if known is not None:
        known.user = user
        known.save(update_fields=["user"])


def _audience_of(side: str) -> str:
    """Whom a side invites is its own matter until they come."""
    return Audience.CLIENT if side == Side.CLIENT else Audience.VENDOR
