"""What people do to a project itself: open it, agree its terms, pause, close and reopen it."""

import datetime as dt
import secrets
from collections.abc import Mapping
from typing import Any

import pghistory
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation, User
from core.doorbell import ring
from core.errors import DomainError
from core.versions import save_version
from projects.access import standing_in
from projects.activity import record, register_sentences
from projects.audience import Audience, Side
from projects.defaults import terms_to_begin_with
from projects.models import Activity, Membership, Project, SideCalendar, Terms
from projects.notifications import tell_other_side
from projects.searched import index_project
from projects.standstill import said_beforehand


def _status_sentence(data: Mapping[str, Any]) -> str:
    if data.get("reason"):
        return _("set the project from %(before)s to %(after)s: %(reason)s") % data
    return _("set the project from %(before)s to %(after)s") % data


register_sentences(
    {
        "project_opened": gettext_lazy("opened the project"),
        "project_changed": gettext_lazy("changed the project: %(fields)s"),
        "project_status_changed": _status_sentence,
        "terms_changed": gettext_lazy("changed the terms: %(fields)s"),
        "vendor_recorded": gettext_lazy("recorded %(name)s as the vendor"),
    },
    seen_with="view_project",
)
register_sentences({"terms_in_money_changed": gettext_lazy("changed the terms: %(fields)s")}, seen_with="view_money")

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

    ``vendor_name`` records a vendor that does not use Oversight; without it the project has none yet. ``terms`` that
    are not given begin as ``projects.defaults`` says for the two models.
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
    begin_with = terms_to_begin_with(agreed.cooperation_model, agreed.billing_model)
    for field in begin_with.keys() - (terms or {}).keys():
        setattr(agreed, field, begin_with[field])
    agreed.full_clean()
    agreed.save()
    SideCalendar.objects.bulk_create(
        [SideCalendar(project=project, side=side, time_zone=actor.time_zone) for side in Side]
    )
    Membership.objects.create(project=project, user=actor, side=Side.CLIENT, role=Membership.Role.MANAGER)
    index_project(project)
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
    index_project(project)
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
        index_project(project)
        record(project, "project_changed", actor=actor, fields=_names_of(project, fields))
        ring("alerts.evaluate", project.pk)


@transaction.atomic
def set_status(*, actor: User, project: Project, status: str, reason: str = "", shown: str = "") -> None:
    """Start, pause, close or reopen a project, for a ``reason`` that both sides read. Refuses an unknown step.

    ``shown`` is the fingerprint of what the actor read about the effects. It is all said again under the lock, and
    where that reads otherwise by now, nothing is done.
    """
    locked = Project.objects.select_for_update().get(pk=project.pk)
    if status not in TRANSITIONS[locked.status]:
        raise DomainError(
            _("A project that is %(before)s cannot become %(after)s.")
            % {"before": locked.get_status_display(), "after": Project.Status(status).label},
            code="no_such_step",
            field="status",
        )
    said = said_beforehand(standing_in(actor, locked.slug), TRANSITIONS[locked.status]) if shown else None
    if said is not None and said.fingerprint != shown:
        raise DomainError(
            _("The project changed since you read what follows from this. Nothing was done: read it again."),
            code="said_otherwise",
        )
    before = locked.get_status_display()
    locked.status = project.status = status
    save_version(locked, expected_version=locked.version, fields=["status"])
    project.version = locked.version
    after = str(Project.Status(status).label)
    entry = record(project, "project_status_changed", actor=actor, before=before, after=after, reason=reason)
    tell_other_side(
        project=project,
        actor=actor,
        kind="status_changed",
        data={"after": status, "reason": reason},
        dedupe=str(entry.uuid),
    )
    ring("alerts.evaluate", project.pk)


@transaction.atomic
def change_terms(*, actor: User, terms: Terms, expected_version: int, **changes: Any) -> None:
    """Change what was agreed. The history keeps what it was; rules read the new terms at once.

    ``recorded_from`` among the changes names the contract or mail in which the other side agreed.
    """
    fields = [name for name, value in changes.items() if getattr(terms, name) != value]
    for name in fields:
        setattr(terms, name, changes[name])
    terms.full_clean()
    with pghistory.context(user=actor.pk):
        save_version(terms, expected_version=expected_version, fields=fields)
    if fields:
        entry = _record_terms(terms, fields, actor)
        tell_other_side(
            project=terms.project,
            actor=actor,
            kind="terms_changed",
            data={"fields": fields},
            dedupe=str(entry.uuid),
        )
        ring("alerts.evaluate", terms.project_id)


def _record_terms(terms: Terms, fields: list[str], actor: User) -> Activity:
    """An entry for everybody and one for those who see money, of which either may be all there is."""
    entries = [
        record(
            terms.project,
            verb,
            actor=actor,
            act_of=Side.VENDOR,
            recorded_from=terms.recorded_from if "recorded_from" in fields else "",
            fields=_names_of(terms, found),
        )
        for verb, found in (
            ("terms_changed", [name for name in fields if name not in Terms.IN_MONEY]),
            ("terms_in_money_changed", [name for name in fields if name in Terms.IN_MONEY]),
        )
        if found
    ]
    return entries[0]


def _names_of(instance: Any, fields: list[str]) -> str:
    return ", ".join(str(instance._meta.get_field(name).verbose_name) for name in fields)


def audience_of(side: str) -> str:
    """The audience of something that one side keeps to itself."""
    return Audience.CLIENT if side == Side.CLIENT else Audience.VENDOR
