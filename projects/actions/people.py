"""What people do to who takes part: members, who are users with a role, and people, whose hours are booked."""

import datetime as dt
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Person, User
from core.errors import DomainError
from core.versions import save_version
from projects.activity import record, register_sentences, side_of
from projects.addresses import refuse_own_address, speaks_for
from projects.audience import Side
from projects.holdings import hand_over
from projects.models import Membership, Project, ProjectPerson
from projects.notifications import tell_of_ending
from projects.searched import index_person

register_sentences(
    {
        "member_added": gettext_lazy("added %(name)s as %(role)s of the %(side)s"),
        "member_ended": gettext_lazy("ended the membership of %(name)s"),
        "member_handed_over": gettext_lazy("ended the membership of %(name)s; %(successor)s takes over"),
        "stand_in_added": gettext_lazy("let %(name)s stand in for %(member)s from %(first_day)s to %(last_day)s"),
        "person_added": gettext_lazy("added %(name)s to the people of the %(side)s"),
        "person_changed": gettext_lazy("changed role or dates of %(name)s"),
        "person_corrected": gettext_lazy("changed name or mail address of %(name)s"),
    },
    seen_with="view_people",
)


def give_role(
    *,
    project: Project,
    user: User,
    side: str,
    role: str,
    stands_in_for: Membership | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
) -> Membership:
    """A user's role on one side, without an entry in the activity; whoever had left comes back with the new role.

    A user who already stands on the other side is refused by the database.
    """
    today = timezone.now().date()
    former = Membership.objects.select_for_update().filter(project=project, user=user)
    former = former.filter(Q(ended_at__isnull=False) | Q(ends_on__lt=today))
    membership = former.first() or Membership(project=project, user=user)
    membership.side, membership.role, membership.ended_at = side, role, None
    membership.stands_in_for, membership.starts_on, membership.ends_on = stands_in_for, starts_on, ends_on
    membership.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            membership.save()
    except IntegrityError as error:
        raise DomainError(
            _("%(name)s already takes part in this project, or stands on its other side.") % {"name": user.name},
            code="already_member",
            field="user",
        ) from error
    return membership


@transaction.atomic
def add_member(*, actor: User, project: Project, user: User, side: str, role: str) -> Membership:
    """Give a user a role on one side and say so in the activity."""
    membership = give_role(project=project, user=user, side=side, role=role)
    record(
        project,
        "member_added",
        actor=actor,
        name=user.name,
        role=membership.get_role_display(),
        side=membership.get_side_display(),
    )
    return membership


@transaction.atomic
def add_stand_in(*, actor: User, member: Membership, user: User, starts_on: dt.date, ends_on: dt.date) -> Membership:
    """Let ``user`` have the role of ``member`` from the first to the last day."""
    _refuse_reversed(starts_on, ends_on)
    if ends_on < timezone.now().date():
        raise DomainError(_("The last day is over already."), code="day_over", field="ends_on")
    stand_in = give_role(
        project=member.project,
        user=user,
        side=member.side,
        role=member.role,
        stands_in_for=member,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    record(
        member.project,
        "stand_in_added",
        actor=actor,
        name=user.name,
        member=member.user.name,
        first_day=starts_on.isoformat(),
        last_day=ends_on.isoformat(),
    )
    return stand_in


@transaction.atomic
def end_membership(
    *, actor: User, membership: Membership, successor: Membership | None = None, with_role: bool = False
) -> None:
    """End a membership now; what it holds goes to ``successor``, and its role too where ``with_role`` says so.

    The last manager of the client stays, or hands over the role: somebody has to answer. Who stands in for somebody
    who leaves without a successor leaves with them.
    """
    members = Membership.objects.select_for_update().filter(project=membership.project, ended_at__isnull=True)
    here = {member.pk: member for member in members}
    if membership.pk not in here:
        return
    managers = {
        key
        for key, member in here.items()
        if (member.side, member.role, member.ends_on) == (Side.CLIENT, Membership.Role.MANAGER, None)
    }
    if successor is not None:
        if successor.pk == membership.pk or successor.pk not in here or successor.side != membership.side:
            raise DomainError(
                _("Choose somebody of the same side who takes part."), code="not_a_successor", field="successor"
            )
        if with_role:
            successor.role = membership.role
            successor.stands_in_for = successor.starts_on = successor.ends_on = None
            successor.save(update_fields=["role", "stands_in_for", "starts_on", "ends_on"])
    if managers == {membership.pk} and not (successor and with_role):
        raise DomainError(
            _("A project keeps at least one manager of the client. Add another one first, or hand over the role."),
            code="last_manager",
        )
    now = timezone.now()
    if successor is None:
        members.filter(stands_in_for=membership).update(ended_at=now)
    else:
        hand_over(membership, successor)
    members.filter(pk=membership.pk).update(ended_at=now)
    if successor is None:
        record(membership.project, "member_ended", actor=actor, name=membership.user.name)
    else:
        record(
            membership.project,
            "member_handed_over",
            actor=actor,
            name=membership.user.name,
            successor=successor.user.name,
        )
    tell_of_ending(membership=membership, actor=actor)


@transaction.atomic
def add_person(
    *,
    actor: User,
    project: Project,
    name: str,
    side: str,
    job_role: str = "",
    email: str = "",
    found_by: str = "",
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    recorded_from: str = "",
) -> ProjectPerson:
    """Add somebody whose hours are booked on the project, found by mail address or exact name in that organisation.

    Whoever stands on the other side finds only those whom they already know from projects of their own. ``found_by`` is
    a mail address that is looked for and not written down. ``recorded_from`` names the file or mail when the client
    records somebody of the vendor.
    """
    organisation = project.organisation_of(side)
    if organisation is None:
        raise DomainError(
            _("This project has no vendor yet. Name the vendor first, or add the person to the client."),
            code="no_vendor",
            field="side",
        )
    _refuse_reversed(starts_on, ends_on)
    people = _people_known_to(actor, project, side, organisation)
    address = email or found_by
    person = (people.filter(email__iexact=address).first() if address else None) or people.filter(name=name).first()
    if person is None:
        refuse_own_address(project, side_of(project, actor), side, email)
        if email and not speaks_for(actor, project, organisation):
            raise _not_yours(organisation)
        person = Person.objects.create(organisation=organisation, name=name, email=email)
    member, is_new = ProjectPerson.objects.get_or_create(
        project=project,
        person=person,
        defaults={"side": side, "job_role": job_role, "starts_on": starts_on, "ends_on": ends_on},
    )
    if not is_new:
        raise DomainError(
            _("%(name)s already belongs to the project.") % {"name": person.name}, code="already_there", field="name"
        )
    index_person(member)
    record(
        project,
        "person_added",
        actor=actor,
        act_of=side,
        recorded_from=recorded_from,
        name=person.name,
        side=str(Side(side).label),
    )
    return member


def _people_known_to(actor: User, project: Project, side: str, organisation: Organisation) -> QuerySet[Person]:
    """The people of ``organisation`` among whom the actor may find somebody by name or address."""
    people = Person.objects.filter(organisation=organisation)
    if speaks_for(actor, project, organisation):
        return people
    own = project.organisation_of(Side(side).other)
    of_own_projects = Q(project__client=own) if side == Side.VENDOR else Q(project__vendor=own)
    return people.filter(pk__in=ProjectPerson.objects.filter(of_own_projects).values("person"))


@transaction.atomic
def change_person(
    *,
    actor: User,
    member: ProjectPerson,
    expected_version: int,
    name: str = "",
    email: str | None = None,
    recorded_from: str = "",
    **changes: Any,
) -> None:
    """Change the role that a person's rate is agreed for, or their dates. Hours already booked keep their rate.

    ``name`` and ``email`` belong to the person wherever they work; empty and None leave them as they are.
    """
    is_changed = any(getattr(member, name) != value for name, value in changes.items())
    for field, value in changes.items():
        setattr(member, field, value)
    _refuse_reversed(member.starts_on, member.ends_on)
    save_version(member, expected_version=expected_version, fields=changes)
    correct_person(actor=actor, member=member, name=name, email=email)
    index_person(member)
    if is_changed:
        record(
            member.project,
            "person_changed",
            actor=actor,
            act_of=member.side,
            recorded_from=recorded_from,
            name=member.person.name,
        )


@transaction.atomic
def correct_person(*, actor: User, member: ProjectPerson, name: str = "", email: str | None = None) -> None:
    """Say how somebody is called and where they get mail; for whoever speaks for their organisation.

    The same again changes nothing. What was confirmed, signed or invoiced keeps the name that stood there.
    """
    person = member.person
    said = (name or person.name, person.email if email is None else email)
    if said == (person.name, person.email):
        return
    if not speaks_for(actor, member.project, person.organisation):
        raise _not_yours(person.organisation, field="name" if said[0] != person.name else "email")
    if said[1] != person.email:
        refuse_own_address(member.project, side_of(member.project, actor), member.side, said[1])
    person.name, person.email = said
    person.save(update_fields=["name", "email"])
    # Both show in every project of theirs: what was read there before is stale.
    others = ProjectPerson.objects.filter(person=person).exclude(pk=member.pk)
    others.update(version=F("version") + 1)
    for other in others.select_related("project", "person"):
        index_person(other)
    record(member.project, "person_corrected", actor=actor, act_of=member.side, name=person.name)


def _not_yours(organisation: Organisation, field: str = "email") -> DomainError:
    """Links by which people answer for their side go to these addresses, so the other side names none."""
    return DomainError(
        _("%(organisation)s looks after the names and addresses of its people itself.")
        % {"organisation": organisation.name},
        code="not_yours",
        field=field,
    )


def _refuse_reversed(starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise DomainError(_("The last day lies before the first."), code="dates_reversed", field="ends_on")
