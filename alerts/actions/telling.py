"""Who is told of what rose: each side's circles, from which level on, and by which channels."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from alerts.models import Alert, Level
from alerts.registry import rank
from projects.access import recipients
from projects.audience import Audience, Side
from projects.calendars import calendar_of
from projects.models import Membership, OutboxMessage, Project
from projects.outbox import put_in_outbox
from projects.working_time import add_working_time

VENDOR_IS_TOLD_AFTER_DAYS = 1


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
    if project.vendor_id is None or alert.audience == Audience.CLIENT or alert.level == Level.NOTICE:
        return None
    if project.pk not in known:
        calendar = calendar_of(project, Side.CLIENT, around=now.date())
        minutes = VENDOR_IS_TOLD_AFTER_DAYS * calendar.minutes_of_usual_day()
        known[project.pk] = add_working_time(calendar, now, minutes)
    return known[project.pk]


def tell(projects: Sequence[Project], raised: Sequence[Alert], now: dt.datetime) -> None:
    """One message a person and channel for everything of a project that rose in this evaluation."""
    for project in projects:
        _tell(project, [alert for alert in raised if alert.project_id == project.pk], now)


def _tell(project: Project, raised: Sequence[Alert], now: dt.datetime) -> None:
    for circle in CIRCLES if raised else ():
        theirs = [
            alert
            for alert in raised
            if rank(alert.level) >= rank(circle.from_level)
            and (circle.side == Side.CLIENT or alert.vendor_told_at is not None)
        ]
        if not theirs:
            continue
        uuids = sorted(str(alert.uuid) for alert in theirs)
        put_in_outbox(
            project=project,
            recipients=recipients(project, circle.side, circle.roles),
            kind="alerts_raised",
            data={"alerts": uuids},
            channels=circle.channels,
            audience=Audience.CLIENT if circle.side == Side.CLIENT else Audience.BOTH,
            dedupe="alerts:" + hashlib.sha256(",".join(uuids).encode()).hexdigest()[:32],
            due_at=now if circle.side == Side.CLIENT else theirs[0].vendor_told_at,
        )
