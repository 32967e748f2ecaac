"""Whose turn it is: what waits in a project, for which side, and what to do about it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.actions.telling import escalates_at
from alerts.models import Level
from alerts.queries import StandingAlert
from budget.confirmation_words import about_of
from budget.models import RecordConfirmation
from budget.queries import ProjectFigures
from core.addresses import address
from core.templatetags.figures import day
from projects.access import Standing
from projects.audience import Side
from projects.invitation_links import token_of
from projects.models import ImportBatch, Invitation, Project
from projects.working_time import WorkingCalendar, working_days_between
from status.set_up import SetUp, next_step, recording_side, steps_of

# Hours older than this many working days are late: somebody has to bring them in.
HOURS_ARE_LATE_AFTER = 5

LATE, IMPORT, ASSIGN, CONFIRM, INVITE, SET_UP = "late", "import", "assign", "confirm", "invite", "set_up"
URGENCY = (Level.CRITICAL, Level.WARNING, LATE, IMPORT, ASSIGN, CONFIRM, INVITE, Level.NOTICE, SET_UP)
KEEPS_GOING = (LATE, SET_UP)


@dataclass(frozen=True)
class Turn:
    """One thing that waits. ``mine`` says whether it waits for the reader's side; ``url`` is empty where the reader
    may not act. ``when`` is how late in a few words, ``note`` by when it matters, as a sentence."""

    project: Project
    urgency: str
    side: str
    mine: bool
    title: str
    detail: str
    url: str
    when: str = ""
    note: str = ""
    since: dt.datetime | None = None
    alert: StandingAlert | None = None
    is_late: bool = False

    @property
    def is_from_inside(self) -> bool:
        """Whether the reader takes part in the project, so that its pages open."""
        return self.urgency != INVITE

    @property
    def can_act(self) -> bool:
        """Whether the reader can do it, so that it belongs on their list."""
        return self.mine and bool(self.url)


def turns_of(
    standing: Standing,
    *,
    figures: ProjectFigures,
    set_up: SetUp,
    alerts: Sequence[StandingAlert],
    imports: Sequence[ImportBatch],
    unmatched: Mapping[str, int],
    confirmations: Sequence[RecordConfirmation],
    calendars: Mapping[str, WorkingCalendar],
    now: dt.datetime,
) -> list[Turn]:
    """What waits in one project, the most urgent first. Nothing waits in a closed one."""
    if standing.project.is_read_only:
        return []
    found = [
        *_alerts(standing, alerts, calendars, now),
        *_imports(standing, imports),
        *_unmatched(standing, unmatched),
        *_confirmations(standing, confirmations),
        *_late_hours(standing, figures, calendars),
        *_set_up(standing, set_up),
    ]
    return sorted(found, key=lambda turn: URGENCY.index(turn.urgency))


def _alerts(
    standing: Standing, alerts: Sequence[StandingAlert], calendars: Mapping[str, WorkingCalendar], now: dt.datetime
) -> Iterator[Turn]:
    slug = standing.project.slug
    may = standing.can("acknowledge_alert")
    for one in alerts:
        if not one.waits:
            continue
        vendor_learns_at = None if one.alert.is_told_to_vendor(now) else one.alert.vendor_told_at
        yield Turn(
            project=standing.project,
            urgency=one.level,
            side=standing.side,
            mine=True,
            title=_acknowledge_later(one),
            detail=_compared_later(one),
            note=_("The vendor is told on %(day)s.") % {"day": day(vendor_learns_at)} if vendor_learns_at else "",
            url=address("alerts:alert_list", slug) + f"#{one.alert.uuid}" if may else "",
            since=one.since,
            alert=one,
            is_late=_is_unanswered(one, calendars.get(standing.side), now),
        )


def _is_unanswered(one: StandingAlert, calendar: WorkingCalendar | None, now: dt.datetime) -> bool:
    """Whether the time is over after which it goes on to somebody else; a side's time begins when it is told."""
    told_at = one.alert.vendor_told_at if one.side == Side.VENDOR else one.alert.raised_at
    if calendar is None or told_at is None:
        return False
    due_at = escalates_at(one.alert.level, calendar, told_at)
    return due_at is not None and due_at <= now


def _acknowledge(one: StandingAlert) -> str:
    return _("Acknowledge: %(alert)s") % {"alert": one.title}


def _compared(one: StandingAlert) -> str:
    return one.compared


# In words only where they are shown: two hundred projects have more waiting than a page holds. Made once, since each
# call of lazy() builds a class.
_acknowledge_later, _compared_later = lazy(_acknowledge, str), lazy(_compared, str)


def _imports(standing: Standing, imports: Sequence[ImportBatch]) -> Iterator[Turn]:
    """Files that the reader has had checked and then neither took nor discarded."""
    for batch in imports:
        of_items = batch.kind == ImportBatch.Kind.WORK_ITEMS
        capability = "edit_work_items" if of_items else "import_time"
        url_name = "requirements:work_item_import_detail" if of_items else "budget:time_import_detail"
        if batch.recorded_by_side == standing.side and standing.can(capability):
            yield Turn(
                project=standing.project,
                urgency=IMPORT,
                side=standing.side,
                mine=True,
                title=_("Take or discard %(file)s") % {"file": batch.filename},
                detail=_("Checked, and nothing of it is booked yet."),
                url=address(url_name, standing.project.slug, batch.uuid),
                since=batch.created_at,
            )


def _unmatched(standing: Standing, names: Mapping[str, int]) -> Iterator[Turn]:
    """Names in files of the reader's side that mean no known work item; ``names`` counts them by side."""
    count = names.get(standing.side, 0)
    if count and standing.can("import_time"):
        text = ngettext("Say what %(count)s name means", "Say what %(count)s names mean", count)
        yield Turn(
            project=standing.project,
            urgency=ASSIGN,
            side=standing.side,
            mine=True,
            title=text % {"count": count},
            detail=_("A timesheet named work items that are not known: their hours count as unordered work."),
            url=address("budget:unmatched_list", standing.project.slug),
        )


def _confirmations(standing: Standing, confirmations: Sequence[RecordConfirmation]) -> Iterator[Turn]:
    """What the vendor is asked to confirm, and what it objected to and the client has to settle."""
    if not standing.can("view_hours"):
        return
    for one in confirmations:
        side = Side.VENDOR if one.is_open else Side.CLIENT
        may = standing.can("answer_confirmation" if one.is_open else "ask_confirmation")
        said = {"about": about_of(one), "name": one.person.name}
        yield Turn(
            project=standing.project,
            urgency=CONFIRM,
            side=side,
            mine=standing.side == side,
            title=_("Confirm %(about)s") % said if one.is_open else _("Settle the objection to %(about)s") % said,
            detail=_("%(name)s is asked, also by link.") % said if one.is_open else one.answer,
            url=address("budget:confirmation_detail", standing.project.slug, one.uuid) if may else "",
            since=one.asked_at if one.is_open else one.answered_at,
        )


def _late_hours(
    standing: Standing, figures: ProjectFigures, calendars: Mapping[str, WorkingCalendar]
) -> Iterator[Turn]:
    """No hours for longer than a working week of the side that brings them in."""
    project, side = standing.project, recording_side(standing.project)
    is_done = figures.item_count and figures.done_item_count == figures.item_count
    if project.status != Project.Status.ACTIVE or figures.hours_through is None or is_done or side not in calendars:
        return
    days = working_days_between(calendars[side], figures.hours_through, figures.today)
    if days <= HOURS_ARE_LATE_AFTER:
        return
    may = standing.can("import_time") and standing.side == side
    yield Turn(
        project=project,
        urgency=LATE,
        side=side,
        mine=standing.side == side,
        title=_("Bring in the hours") if standing.side == side else _("Hours are missing"),
        detail=_("Burn and its alerts stand still until newer hours arrive."),
        when=ngettext("%(days)s working day old", "%(days)s working days old", days) % {"days": days},
        url=address("budget:time_import_new", project.slug) if may else "",
        is_late=True,
    )


def _set_up(standing: Standing, set_up: SetUp) -> Iterator[Turn]:
    """The next first step, one at a time."""
    if set_up.is_complete:
        return
    step = next_step(steps_of(standing, set_up))
    if step is not None:
        yield Turn(
            project=standing.project,
            urgency=SET_UP,
            side=step.side,
            mine=standing.side == step.side,
            title=step.title,
            detail=step.text,
            url=step.url if standing.side == step.side else "",
        )


def invitation_turn(invitation: Invitation) -> Turn:
    """What an invitation waits for: that its reader accepts it, before the link runs out."""
    said = {
        "role": invitation.get_role_display(),
        "side": invitation.get_side_display(),
        "client": invitation.project.client.name,
        "day": day(invitation.expires_at),
    }
    return Turn(
        project=invitation.project,
        urgency=INVITE,
        side=invitation.side,
        mine=True,
        title=_("Accept the invitation of %(name)s") % {"name": invitation.invited_by.name},
        detail=_("As %(role)s of the %(side)s, in a project of %(client)s. Open until %(day)s.") % said,
        url=address("projects:invitation", token_of(invitation)),
        since=invitation.created_at,
    )


# As many as somebody looks through before they rather open a project.
MOST_BESIDE = 25


@dataclass(frozen=True)
class MyList:
    """What waits across projects: to decide (the count in the bar), to keep the figures going, and for others."""

    decide: Sequence[Turn]
    keep_going: Sequence[Turn]
    others: Sequence[Turn]

    @property
    def keep_going_first(self) -> Sequence[Turn]:
        return self.keep_going[:MOST_BESIDE]

    @property
    def others_first(self) -> Sequence[Turn]:
        return self.others[:MOST_BESIDE]

    @property
    def keep_going_more(self) -> int:
        return len(self.keep_going) - len(self.keep_going_first)

    @property
    def others_more(self) -> int:
        return len(self.others) - len(self.others_first)


def my_list(turns: Iterable[Turn]) -> MyList:
    """Each part the most urgent first, then the oldest."""

    def urgency(turn: Turn) -> tuple[int, str, str]:
        return URGENCY.index(turn.urgency), turn.since.isoformat() if turn.since else "~", turn.project.name.casefold()

    found = sorted(turns, key=urgency)
    return MyList(
        decide=[turn for turn in found if turn.can_act and turn.urgency not in KEEPS_GOING],
        keep_going=[turn for turn in found if turn.can_act and turn.urgency in KEEPS_GOING],
        others=[turn for turn in found if not turn.mine],
    )
