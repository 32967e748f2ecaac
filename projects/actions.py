"""What people do to a project itself: open it, agree its terms, add people and rates."""

import datetime as dt
import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, Person, User
from core.errors import DomainError
from core.versions import save_version
from projects.activity import record, register_sentences
from projects.audience import Audience, Side
from projects.models import Membership, Project, ProjectPerson, Rate, SideCalendar, Terms

register_sentences(
    {
        "project_opened": gettext_lazy("opened the project"),
        "project_changed": gettext_lazy("changed the project: %(fields)s"),
        "project_status_changed": gettext_lazy("set the project from %(before)s to %(after)s"),
        "terms_changed": gettext_lazy("changed the terms: %(fields)s"),
        "calendar_changed": gettext_lazy("changed the calendar of the %(side)s"),
        "vendor_recorded": gettext_lazy("recorded %(name)s as the vendor"),
        "member_added": gettext_lazy("added %(name)s as %(role)s of the %(side)s"),
        "member_ended": gettext_lazy("ended the membership of %(name)s"),
        "person_added": gettext_lazy("added %(name)s to the people of the %(side)s"),
        "rate_added": gettext_lazy("agreed a rate for %(subject)s from %(first_day)s"),
        "rate_ended": gettext_lazy("ended the rate for %(subject)s on %(last_day)s"),
    }
)

TRANSITIONS: Mapping[str, frozenset[str]] = {
    Project.Status.DRAFT: frozenset({Project.Status.ACTIVE, Project.Status.CLOSED}),
    Project.Status.ACTIVE: frozenset({Project.Status.PAUSED, Project.Status.CLOSED}),
    Project.Status.PAUSED: frozenset({Project.Status.ACTIVE, Project.Status.CLOSED}),
    Project.Status.CLOSED: frozenset({Project.Status.ACTIVE}),
}


def new_slug(name: str) -> str:
    """An address for a project. Its random end keeps a name clash from telling that another project exists."""
    return f"{slugify(name)[:60] or 'project'}-{secrets.token_hex(3)}"


@transaction.atomic
def open_project(
    *,
    actor: User,
    client: Organisation,
    name: str,
    currency: str = "EUR",
    vendor_name: str = "",
    planned_start_on: dt.date | None = None,
    planned_finish_on: dt.date | None = None,
    terms: Mapping[str, Any] | None = None,
) -> Project:
    """Open a project with its terms and calendars; the actor becomes the client's manager.

    ``vendor_name`` records a vendor that does not use Oversight; without it the project has none yet.
    """
    project = Project(
        slug=new_slug(name),
        name=name,
        client=client,
        currency=currency,
        planned_start_on=planned_start_on,
        planned_finish_on=planned_finish_on,
        status=Project.Status.ACTIVE,
        created_by=actor,
    )
    project.full_clean()
    project.save()
    agreed = Terms(project=project, **(terms or {}))
    agreed.full_clean()
    agreed.save()
    SideCalendar.objects.bulk_create(
        [SideCalendar(project=project, side=side, time_zone=actor.time_zone) for side in Side]
    )
    Membership.objects.create(project=project, user=actor, side=Side.CLIENT, role=Membership.Role.MANAGER)
    record(project, "project_opened", actor=actor)
    if vendor_name:
        record_vendor(actor=actor, project=project, name=vendor_name)
    return project


@transaction.atomic
def record_vendor(*, actor: User, project: Project, name: str) -> Organisation:
    """Name the vendor that does not use Oversight, as an organisation kept by the client."""
    if project.vendor_id is not None:
        raise DomainError(_("This project already has a vendor."), code="vendor_exists", field="vendor_name")
    # The same vendor in another project of this client is the same organisation: one rate history, one name.
    vendor = Organisation.objects.filter(kept_by=project.client, name__iexact=name.strip()).first()
    if vendor is None:
        vendor = Organisation.objects.create(name=name.strip(), kept_by=project.client)
    project.vendor = vendor
    save_version(project, expected_version=project.version, fields=["vendor"])
    record(project, "vendor_recorded", actor=actor, name=vendor.name)
    return vendor


@transaction.atomic
def change_project(*, actor: User, project: Project, expected_version: int, **changes: Any) -> None:
    """Change name or planned dates. Raises StaleVersion when somebody saved in between."""
    fields = [name for name, value in changes.items() if getattr(project, name) != value]
    for name in fields:
        setattr(project, name, changes[name])
    project.full_clean()
    save_version(project, expected_version=expected_version, fields=fields)
    if fields:
        record(project, "project_changed", actor=actor, fields=_names_of(project, fields))


@transaction.atomic
def set_status(*, actor: User, project: Project, status: str) -> None:
    """Start, pause, close or reopen a project. Refuses a step that does not exist."""
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if status not in TRANSITIONS[locked.status]:
        raise DomainError(
            _("A project that is %(before)s cannot become %(after)s.")
            % {"before": locked.get_status_display(), "after": Project.Status(status).label},
            code="no_such_step",
            field="status",
        )
    before = locked.get_status_display()
    locked.status = project.status = status
    save_version(locked, expected_version=locked.version, fields=["status"])
    project.version = locked.version
    record(project, "project_status_changed", actor=actor, before=before, after=str(Project.Status(status).label))


@transaction.atomic
def change_terms(*, actor: User, terms: Terms, expected_version: int, **changes: Any) -> None:
    """Change what was agreed. The history keeps what it was; rules read the new terms at once."""
    fields = [name for name, value in changes.items() if getattr(terms, name) != value]
    for name in fields:
        setattr(terms, name, changes[name])
    terms.full_clean()
    save_version(terms, expected_version=expected_version, fields=fields)
    if fields:
        record(terms.project, "terms_changed", actor=actor, fields=_names_of(terms, fields))


@transaction.atomic
def change_calendar(*, actor: User, calendar: SideCalendar, **changes: Any) -> None:
    """Change when a side works; its clocks follow from now on."""
    for name, value in changes.items():
        setattr(calendar, name, value)
    calendar.full_clean()
    calendar.save()
    record(calendar.project, "calendar_changed", actor=actor, side=calendar.get_side_display())


@transaction.atomic
def add_member(*, actor: User, project: Project, user: User, side: str, role: str) -> Membership:
    """Give a user a role on one side. A user who already stands on the other side is refused by the database."""
    membership = Membership(project=project, user=user, side=side, role=role)
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
    Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=timezone.now())
    record(membership.project, "member_ended", actor=actor, name=membership.user.name)


@transaction.atomic
def add_person(
    *, actor: User, project: Project, name: str, side: str, job_role: str = "", email: str = ""
) -> ProjectPerson:
    """Add somebody whose hours are booked on the project, found by mail address or exact name in that organisation."""
    organisation = project.organisation_of(side)
    if organisation is None:
        raise DomainError(
            _("This project has no vendor yet. Name the vendor first, or add the person to the client."),
            code="no_vendor",
            field="side",
        )
    people = Person.objects.filter(organisation=organisation)
    person = (people.filter(email__iexact=email).first() if email else None) or people.filter(name=name).first()
    if person is None:
        person = Person.objects.create(organisation=organisation, name=name, email=email)
    member, is_new = ProjectPerson.objects.get_or_create(
        project=project, person=person, defaults={"side": side, "job_role": job_role}
    )
    if not is_new:
        raise DomainError(
            _("%(name)s already belongs to the project.") % {"name": person.name}, code="already_there", field="name"
        )
    record(project, "person_added", actor=actor, name=person.name, side=str(Side(side).label))
    return member


@transaction.atomic
def agree_rate(
    *,
    actor: User,
    project: Project,
    hourly_rate: Decimal,
    first_day: dt.date,
    last_day: dt.date | None = None,
    person: Person | None = None,
    job_role: str = "",
    category: str = "",
) -> Rate:
    """Agree a rate from ``first_day`` to ``last_day``, both included.

    Entries already recorded keep what they have: rating them anew is an act of its own.
    """
    if last_day is not None and last_day < first_day:
        raise DomainError(_("The last day lies before the first."), code="dates_reversed", field="last_day")
    rate = Rate(
        project=project,
        person=person,
        job_role=job_role,
        category=category,
        hourly_rate=hourly_rate,
        valid=(first_day, last_day + dt.timedelta(days=1) if last_day else None),
    )
    rate.full_clean()
    rate.save()
    record(
        project,
        "rate_added",
        actor=actor,
        subject=rate_subject(rate),
        first_day=first_day.isoformat(),
    )
    return rate


@transaction.atomic
def end_rate(*, actor: User, rate: Rate, last_day: dt.date, expected_version: int) -> None:
    """Let a rate hold until ``last_day`` and no longer."""
    if last_day < rate.valid.lower:
        raise DomainError(_("The last day lies before the first."), code="dates_reversed", field="last_day")
    rate.valid = (rate.valid.lower, last_day + dt.timedelta(days=1))
    rate.full_clean()
    save_version(rate, expected_version=expected_version, fields=["valid"])
    record(rate.project, "rate_ended", actor=actor, subject=rate_subject(rate), last_day=last_day.isoformat())


def rate_subject(rate: Rate) -> str:
    """Whom a rate is for, in words. A person's name is not told here: activity is read by everyone."""
    if rate.person_id is not None:
        return _("one person")
    return rate.job_role or rate.get_category_display() or _("everyone")


def _names_of(instance: Any, fields: list[str]) -> str:
    return ", ".join(str(instance._meta.get_field(name).verbose_name) for name in fields)


def audience_of(side: str) -> str:
    """The audience of something that one side keeps to itself."""
    return Audience.CLIENT if side == Side.CLIENT else Audience.VENDOR
