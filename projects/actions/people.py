"""What people do to who takes part: members, who are users with a role, and people, whose hours are booked."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, User
from core.errors import DomainError
from projects.activity import record, register_sentences
from projects.audience import Side
from projects.models import Membership, Project, ProjectPerson
from projects.notifications import tell_of_ending
from projects.searched import index_person

register_sentences(
    {
        "member_added": gettext_lazy("added %(name)s as %(role)s of the %(side)s"),
        "member_ended": gettext_lazy("ended the membership of %(name)s"),
        "person_added": gettext_lazy("added %(name)s to the people of the %(side)s"),
        "person_changed": gettext_lazy("changed role or dates of %(name)s"),
    }
)


def give_role(*, project: Project, user: User, side: str, role: str) -> Membership:
    """A user's role on one side, without an entry in the activity; whoever had left comes back with the new role.

    A user who already stands on the other side is refused by the database.
    """
    former = Membership.objects.select_for_update().filter(project=project, user=user, ended_at__isnull=False).first()
    membership = former or Membership(project=project, user=user)
    membership.side, membership.role = side, role
    membership.starts_on = membership.ends_on = membership.ended_at = membership.stands_in_for = None
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
def end_membership(*, actor: User, membership: Membership) -> None:
    """End a membership now. The last manager of the client stays: somebody has to answer."""
    active = Membership.objects.select_for_update().filter(
        project=membership.project, side=Side.CLIENT, role=Membership.Role.MANAGER, ended_at__isnull=True
    )
    if membership.pk in {manager.pk for manager in active} and len(active) == 1:
        raise DomainError(
            _("A project keeps at least one manager of the client. Add another one first."), code="last_manager"
        )
    ended = Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=timezone.now())
    if ended:
        record(membership.project, "member_ended", actor=actor, name=membership.user.name)
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
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    recorded_from: str = "",
) -> ProjectPerson:
    """Add somebody whose hours are booked on the project, found by mail address or exact name in that organisation.

    ``recorded_from`` names the file or mail when the client records somebody of the vendor.
    """
    organisation = project.organisation_of(side)
    if organisation is None:
        raise DomainError(
            _("This project has no vendor yet. Name the vendor first, or add the person to the client."),
            code="no_vendor",
            field="side",
        )
    _refuse_reversed(starts_on, ends_on)
    people = Person.objects.filter(organisation=organisation)
    person = (people.filter(email__iexact=email).first() if email else None) or people.filter(name=name).first()
    if person is None:
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
        recorded_from=recorded_from,
        name=person.name,
        side=str(Side(side).label),
    )
    return member


@transaction.atomic
def change_person(
    *,
    actor: User,
    member: ProjectPerson,
    job_role: str,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    recorded_from: str = "",
) -> None:
    """Change the role that a person's rate is agreed for, or their dates. Hours already booked keep their rate."""
    _refuse_reversed(starts_on, ends_on)
    member.job_role, member.starts_on, member.ends_on = job_role, starts_on, ends_on
    member.save(update_fields=["job_role", "starts_on", "ends_on"])
    index_person(member)
    record(member.project, "person_changed", actor=actor, recorded_from=recorded_from, name=member.person.name)


def _refuse_reversed(starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise DomainError(_("The last day lies before the first."), code="dates_reversed", field="ends_on")
