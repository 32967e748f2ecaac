"""What stops, what goes on and what is still open when a project is paused, closed or opened again."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.templatetags.figures import day
from projects.access import Standing
from projects.models import Activity, ImportBatch, OutboxMessage, Project, Terms
from projects.queries import invitations_managed_by
from projects.slots import fill_columns
from projects.undelivered import mails_to_side_of

OPEN_THINGS = "open_things"
IDLE_TIME = "idle_time"


@dataclass(frozen=True)
class Standstill:
    """Since when a project is paused or closed, and why."""

    status: str
    since: dt.datetime
    reason: str

    @property
    def light(self) -> str:
        """In a few words, for the head of the pages and the portfolio."""
        if self.status == Project.Status.PAUSED:
            return _("paused since %(day)s") % {"day": day(self.since)}
        return _("closed since %(day)s") % {"day": day(self.since)}


@dataclass(frozen=True)
class Outlook:
    """What follows from one step: sentences, as a manager would say them beforehand."""

    status: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Beforehand:
    """Everything that is said before somebody takes one of the possible steps."""

    outlooks: tuple[Outlook, ...]
    open_things: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """The same for the same sentences: whoever decides names what they read."""
        return sha256(repr((self.outlooks, self.open_things)).encode()).hexdigest()


def said_beforehand(standing: Standing, steps: Collection[str]) -> Beforehand:
    """What follows from each of ``steps`` and what is open now, as it stands."""
    outlooks = tuple(outlook(standing) for step, outlook in OUTLOOKS.items() if step in steps)
    return Beforehand(outlooks, tuple(open_things(standing)))


def standstills_of(projects: Iterable[Project]) -> dict[int, Standstill]:
    """Those of ``projects`` that are paused or closed, by key. No query while all of them run, else one."""
    still = {
        project.pk: project for project in projects if project.status in (Project.Status.PAUSED, Project.Status.CLOSED)
    }
    if not still:
        return {}
    changes = (
        Activity.objects.filter(project__in=still, verb="project_status_changed")
        .order_by("project_id", "-at", "-pk")
        .distinct("project_id")
    )
    found = {change.project_id: change for change in changes}
    return {
        key: Standstill(project.status, found[key].at, str(found[key].data.get("reason", "")))
        for key, project in still.items()
        if key in found
    }


def open_things(standing: Standing) -> list[str]:
    """What is open now, each with its number: a pause leaves it as it is, closing leaves it undone.

    As far as the reader's side may know of it: of the other side's invitations and letters not even how many there are.
    """
    project = standing.project
    imports = ImportBatch.objects.filter(
        project=project, recorded_by_side=standing.side, state=ImportBatch.State.PREVIEWED
    ).count()
    invitations = invitations_managed_by(standing).filter(expires_at__gt=timezone.now()).count()
    letters = mails_to_side_of(standing).filter(state=OutboxMessage.State.WAITING).count()
    found = [
        line for filled in fill_columns(OPEN_THINGS, standing, [project.pk]) for line in filled.get(project.pk, ())
    ]
    if imports:
        text = ngettext(
            "%(count)s file is checked and not taken.", "%(count)s files are checked and not taken.", imports
        )
        found.append(text % {"count": imports})
    if invitations:
        text = ngettext("%(count)s invitation is open.", "%(count)s invitations are open.", invitations)
        found.append(text % {"count": invitations})
    if letters:
        text = ngettext("%(count)s letter waits to be sent.", "%(count)s letters wait to be sent.", letters)
        found.append(text % {"count": letters})
    return found


def _started(standing: Standing) -> Outlook:
    return Outlook(
        Project.Status.ACTIVE,
        _("When it runs"),
        (
            _("Both sides can record hours, progress and changes."),
            _("The rules judge the figures at once, and raise alerts for whatever is wrong by then."),
            _("Hours that are late are asked for again."),
        ),
    )


def _paused(standing: Standing) -> Outlook:
    return Outlook(
        Project.Status.PAUSED,
        _("While it is paused"),
        (
            _("The rules stand still: no alert is raised, and those that stand stay as they are."),
            _("Nobody is asked for late hours."),
            _("Hours, progress and changes are still taken, so that what was worked before can be recorded."),
            *_idle_time(standing),
        ),
    )


def _closed(standing: Standing) -> Outlook:
    return Outlook(
        Project.Status.CLOSED,
        _("Once it is closed"),
        (
            _("Both sides can read everything, and nobody can change anything."),
            _("Hours can no longer be recorded, and files that are not taken stay out."),
            _("The rules stand still, and nothing waits for anybody."),
            _("Only a manager of the client can open it again."),
        ),
    )


OUTLOOKS: dict[str, Any] = {
    Project.Status.ACTIVE: _started,
    Project.Status.PAUSED: _paused,
    Project.Status.CLOSED: _closed,
}


def _idle_time(standing: Standing) -> Iterator[str]:
    """Capacity that is paid whether it is loaded or not goes on costing: as much as it lately did."""
    terms = standing.project.terms
    is_dedicated = terms.cooperation_model == Terms.CooperationModel.DEDICATED
    if not is_dedicated and terms.billing_model != Terms.BillingModel.MONTHLY_FEE:
        return
    yield _("The dedicated people are paid meanwhile, whether they work or not: a pause does not end that.")
    for filled in fill_columns(IDLE_TIME, standing, [standing.project.pk]):
        if standing.project.pk in filled:
            yield filled[standing.project.pk]
