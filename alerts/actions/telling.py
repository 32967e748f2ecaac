"""Telling each side of what rose: whom, by which channels, when the vendor, and to whom it goes on unanswered.

Whatever is due is told by the evaluation that finds it so, in its transaction: the client at once, the vendor when its
time has come, both again when a mute is over. A side is told once of an alert (``ToldSide``).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from accounts.models import User
from alerts.actions.mailing import audience_of, mail_alerts
from alerts.levels import rank
from alerts.models import Alert, Level, Mute, ToldSide
from projects.access import portfolio_viewers, recipients
from projects.audience import Audience, Side, is_seen_by
from projects.calendars import calendar_of
from projects.models import Membership, OutboxMessage, Project
from projects.outbox import put_in_outbox
from projects.telling_programs import tell_programs
from projects.working_time import WorkingCalendar, add_working_time

VENDOR_IS_TOLD_AFTER_DAYS = 1
# Working days of the side after which what nobody acknowledged goes on.
ESCALATES_AFTER_DAYS = {Level.WARNING: 2, Level.CRITICAL: 1}


@dataclass(frozen=True)
class Circle:
    """Who is told of alerts from a level on, and how."""

    side: str
    roles: tuple[str, ...]
    from_level: str
    channels: tuple[str, ...]


IN_APP, MAIL = OutboxMessage.Channel.IN_APP, OutboxMessage.Channel.MAIL
MANAGER, APPROVER = Membership.Role.MANAGER, Membership.Role.APPROVER
CIRCLES = (
    Circle(Side.CLIENT, (MANAGER,), Level.NOTICE, (IN_APP,)),
    Circle(Side.CLIENT, (MANAGER,), Level.WARNING, (MAIL,)),
    Circle(Side.CLIENT, (APPROVER,), Level.CRITICAL, (IN_APP, MAIL)),
    Circle(Side.VENDOR, (MANAGER,), Level.WARNING, (IN_APP, MAIL)),
)


def vendor_is_told_at(alert: Alert, now: dt.datetime, known: dict[int, dt.datetime]) -> dt.datetime | None:
    """A working day later than the client, by the client's calendar; notices stay with the client.

    ``known`` holds what was worked out for other alerts of the same moment, by project.
    """
    project = alert.project
    if alert.audience == Audience.VENDOR:
        return now
    if project.vendor_id is None or not alert.may_be_told_to_vendor():
        return None
    if project.pk not in known:
        calendar = calendar_of(project, Side.CLIENT, around=now.date())
        known[project.pk] = _after_days(VENDOR_IS_TOLD_AFTER_DAYS, calendar, now)
    return known[project.pk]


def tell(projects: Sequence[Project], now: dt.datetime) -> dict[int, dt.datetime]:
    """Tell whatever is due; the next moment at which something will be, by the project's key."""
    news = _news(projects, now)
    _end_mutes(projects, news, now)
    for project in projects:
        for side, alerts in news[project.pk].due.items():
            _tell_side(project, side, alerts, now)
    _escalate(projects, news, now)
    return _next_moments(projects, news)


@dataclass
class News:
    """What a project's sides are to be told now, what stands newest for each, and when the vendor is told next."""

    due: dict[str, list[Alert]] = field(default_factory=lambda: defaultdict(list))
    newest: dict[str, dict[tuple[str, str], Alert]] = field(default_factory=lambda: defaultdict(dict))
    vendor_next: list[dt.datetime] = field(default_factory=list)


def _news(projects: Sequence[Project], now: dt.datetime) -> dict[int, News]:
    """One query for all projects: of each standing rule the newest alert, and the newest that the vendor may know."""
    alerts = (
        Alert.objects.of_standing_rules()
        .filter(project__in=projects)
        .annotate(
            for_vendor=Q(vendor_told_at__isnull=False, vendor_told_at__lte=now),
            **{f"{side}_told": Exists(ToldSide.objects.filter(alert=OuterRef("pk"), side=side)) for side in Side},
            **{f"{side}_muted": Exists(_mutes_of(side).filter(until__gt=now)) for side in Side},
        )
        .order_by("project_id", "rule", "subject", "for_vendor", "-raised_at", "-pk")
        .distinct("project_id", "rule", "subject", "for_vendor")
    )
    found = {project.pk: News() for project in projects}
    for alert in sorted(alerts, key=lambda one: (one.raised_at, one.pk)):
        news, about = found[alert.project_id], (alert.rule, alert.subject)
        if is_seen_by(alert.audience, Side.CLIENT):
            news.newest[Side.CLIENT][about] = alert
        if alert.is_told_to_vendor(now) and is_seen_by(alert.audience, Side.VENDOR):
            news.newest[Side.VENDOR][about] = alert
        elif alert.vendor_told_at is not None:
            news.vendor_next.append(alert.vendor_told_at)
    for news in found.values():
        for side, newest in news.newest.items():
            news.due[side] = [
                alert
                for alert in newest.values()
                if not getattr(alert, f"{side}_told") and not getattr(alert, f"{side}_muted")
            ]
    return found


def _mutes_of(side: str) -> QuerySet[Mute]:
    return Mute.objects.filter(
        project=OuterRef("project"), rule=OuterRef("rule"), subject=OuterRef("subject"), side=side, ended_at=None
    )


def _tell_side(project: Project, side: str, alerts: Sequence[Alert], now: dt.datetime) -> None:
    """One message a person and channel for everything that is due to the side, and the note that it was told."""
    if not alerts:
        return
    calendar = calendar_of(project, side, around=now.date())
    ToldSide.objects.bulk_create(
        [
            ToldSide(
                project=project,
                alert=alert,
                side=side,
                told_at=now,
                escalates_at=escalates_at(alert.level, calendar, now),
            )
            for alert in alerts
        ]
    )
    uuids = [str(alert.uuid) for alert in alerts]
    tell_programs(project=project, side=side, kind="alerts_raised", data={"alerts": uuids}, dedupe=min(uuids))
    mailed: dict[User, list[Alert]] = {}
    for circle in CIRCLES:
        theirs = [alert for alert in alerts if rank(alert.level) >= rank(circle.from_level)]
        if circle.side != side or not theirs:
            continue
        people = list(recipients(project, side, circle.roles))
        if IN_APP in circle.channels:
            put_in_outbox(
                project=project,
                recipients=people,
                kind="alerts_raised",
                data={"alerts": [str(alert.uuid) for alert in theirs]},
                channels=[IN_APP],
                audience=audience_of(side),
                dedupe=f"alerts:{min(str(alert.uuid) for alert in theirs)}",
                due_at=now,
            )
        if MAIL in circle.channels:
            mailed.update(dict.fromkeys(people, theirs))
    mail_alerts(project, side, mailed, calendar, now)


def escalates_at(level: str, calendar: WorkingCalendar, told_at: dt.datetime) -> dt.datetime | None:
    """By when somebody of a side has to acknowledge what it was told; None for a notice."""
    days = ESCALATES_AFTER_DAYS.get(Level(level))
    return _after_days(days, calendar, told_at) if days else None


def _after_days(days: int, calendar: WorkingCalendar, now: dt.datetime) -> dt.datetime:
    return add_working_time(calendar, now, days * calendar.minutes_of_usual_day())


# ── What nobody answered ────────────────────────────────────────────────────────────────────────────
def _escalate(projects: Sequence[Project], news: Mapping[int, News], now: dt.datetime) -> None:
    """Pass on what nobody of a side has acknowledged in time; what no longer stands is let go."""
    late = ToldSide.objects.select_for_update(of=("self",)).filter(
        project__in=projects, escalates_at__lte=now, acknowledged_at=None, escalated_at=None
    )
    found: dict[tuple[int, str], list[ToldSide]] = defaultdict(list)
    for told in late.select_related("alert").order_by("pk"):
        found[told.project_id, told.side].append(told)
    by_key = {project.pk: project for project in projects}
    for (key, side), told_sides in found.items():
        newest = {alert.pk for alert in news[key].newest[side].values() if not getattr(alert, f"{side}_muted")}
        standing = [told for told in told_sides if told.alert_id in newest]
        ToldSide.objects.filter(pk__in=[told.pk for told in told_sides]).update(escalates_at=None)
        ToldSide.objects.filter(pk__in=[told.pk for told in standing]).update(escalated_at=now)
        if standing:
            _pass_on(by_key[key], side, [told.alert for told in standing], now)


def _pass_on(project: Project, side: str, alerts: Sequence[Alert], now: dt.datetime) -> None:
    people = next_ones(project, side, max((alert.level for alert in alerts), key=rank))
    uuids = [str(alert.uuid) for alert in alerts]
    tell_programs(
        project=project,
        side=Side.CLIENT,
        kind="alerts_escalated",
        data={"alerts": uuids, "side": side, "unanswered_only": True},
        dedupe=f"{side}:{min(uuids)}",
    )
    for channel in (IN_APP, MAIL):
        put_in_outbox(
            project=project,
            recipients=people,
            kind="alerts_escalated",
            # A mail that is about to leave is not sent when somebody has answered meanwhile; the inbox remembers.
            data={
                "alerts": uuids,
                "side": side,
                "unanswered_only": channel == MAIL,
            },
            channels=[channel],
            audience=Audience.CLIENT,
            dedupe=f"escalated:{side}:{min(uuids)}",
            due_at=now,
        )


def next_ones(project: Project, side: str, level: str) -> list[User]:
    """To whom an alert goes that nobody of ``side`` has acknowledged: those who have not been told yet.

    The client's goes from the managers to the approvers, from them to whoever reads its organisation's portfolio, and
    back to the managers where there is nobody else. The vendor's goes to the client's managers: it is for them to ask.
    """
    managers = recipients(project, Side.CLIENT, (MANAGER,))
    if side == Side.VENDOR:
        return list(managers)
    approvers = recipients(project, Side.CLIENT, (APPROVER,)) if level != Level.CRITICAL else User.objects.none()
    return list(approvers) or list(portfolio_viewers(project, Side.CLIENT)) or list(managers)


# ── Silence that is over ────────────────────────────────────────────────────────────────────────────
def _end_mutes(projects: Sequence[Project], news: Mapping[int, News], now: dt.datetime) -> None:
    """End what was muted until now, and remind its side of what still stands; its clock begins anew."""
    over = list(Mute.objects.select_for_update().filter(project__in=projects, ended_at=None, until__lte=now))
    by_key = {project.pk: project for project in projects}
    for mute in over:
        project, alert = by_key[mute.project_id], news[mute.project_id].newest[mute.side].get((mute.rule, mute.subject))
        Mute.objects.filter(pk=mute.pk).update(ended_at=mute.until)
        if alert is None or not getattr(alert, f"{mute.side}_told"):
            continue
        start_clock(project, mute.side, [alert], now)
        put_in_outbox(
            project=project,
            recipients=recipients(project, mute.side, (MANAGER,)),
            kind="mute_ended",
            data={"alerts": [str(alert.uuid)], "by": mute.muted_by.name, "reason": mute.reason},
            channels=[IN_APP, MAIL],
            audience=Audience(mute.side),
            dedupe=f"mute_ended:{mute.uuid}",
            due_at=now,
        )


def start_clock(project: Project, side: str, alerts: Sequence[Alert], now: dt.datetime) -> None:
    """From now on the side has its time to acknowledge what it was told of."""
    calendar = calendar_of(project, side, around=now.date())
    for alert in alerts:
        ToldSide.objects.filter(alert=alert, side=side, acknowledged_at=None).update(
            escalates_at=escalates_at(alert.level, calendar, now), escalated_at=None
        )


def _next_moments(projects: Sequence[Project], news: Mapping[int, News]) -> dict[int, dt.datetime]:
    """When something is due next that nobody has to write for: two queries for all projects."""
    moments = {key: list(found.vendor_next) for key, found in news.items()}
    waiting = ToldSide.objects.filter(
        project__in=projects, escalates_at__isnull=False, acknowledged_at=None, escalated_at=None
    )
    muted = Mute.objects.filter(project__in=projects, ended_at=None)
    for rows, name in ((waiting, "escalates_at"), (muted, "until")):
        for key, moment in rows.order_by().values_list("project").annotate(Min(name)):
            moments[key].append(moment)
    return {key: min(found) for key, found in moments.items() if found}
