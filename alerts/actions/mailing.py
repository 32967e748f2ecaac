"""Mails about alerts: what rises together, or one after the other, reaches a person in as few of them as possible.

A mail that has not left takes in what rises meanwhile. Whoever wants one mail a day for everything gets that.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import connection

from accounts.models import User
from alerts.levels import rank
from alerts.mail_times import EarlierMail, Quiet, mail_leaves_at, next_morning
from alerts.models import Alert
from core.doorbell import ring
from projects.audience import Audience, Side
from projects.models import MailPreference, OutboxMessage, Project
from projects.preferences import mail_preferences_of
from projects.working_time import WorkingCalendar

# Any number that no other advisory lock of the application uses: who adds to a person's daily mail holds it.
DAILY_MAIL_LOCK = 8_115_002
RAISED, DAILY = "alerts_raised", "alerts_daily"
A_DAY = dt.timedelta(days=1)


def audience_of(side: str) -> str:
    """For whom a message to ``side`` is: what the vendor has been told, both may know."""
    return Audience.CLIENT if side == Side.CLIENT else Audience.BOTH


def mail_alerts(
    project: Project,
    side: str,
    alerts_of: Mapping[User, Sequence[Alert]],
    calendar: WorkingCalendar,
    now: dt.datetime,
) -> None:
    """Put each person's alerts into their mail of this project, or into their daily one."""
    if not alerts_of:
        return
    preferences = mail_preferences_of(alerts_of)
    at_once = {user: alerts for user, alerts in alerts_of.items() if not preferences[user].is_daily}
    earlier = _earlier(project, at_once, now)
    for user, alerts in at_once.items():
        quiet = Quiet(preferences[user].quiet_hours)
        if preferences[user].alert_mails == MailPreference.Delivery.EACH:
            for alert in alerts:
                due_at = mail_leaves_at(str(alert.level), now, calendar=calendar, quiet=quiet, earlier=())
                _post(user, project, side, RAISED, [alert], due_at)
        else:
            level = max((str(alert.level) for alert in alerts), key=rank)
            due_at = mail_leaves_at(level, now, calendar=calendar, quiet=quiet, earlier=earlier[user.pk])
            _add(user, project, side, RAISED, alerts, due_at)
    # In one order, so that two evaluations that write to the same people wait for each other and no more.
    for user in sorted(alerts_of.keys() - at_once.keys(), key=lambda one: one.pk):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s::text))", [DAILY_MAIL_LOCK, user.pk])
        _add(user, None, side, DAILY, alerts_of[user], next_morning(now, calendar))
    ring("projects.send_due_messages")


def _earlier(project: Project, people: Mapping[User, object], now: dt.datetime) -> dict[int, list[EarlierMail]]:
    """Mails of the last days that left or will leave as they are, by the person's key."""
    rows = OutboxMessage.objects.filter(
        project=project,
        recipient__in=people,
        kind=RAISED,
        channel=OutboxMessage.Channel.MAIL,
        due_at__gt=now - 2 * A_DAY,
    ).exclude(OutboxMessage.untouched())
    found: dict[int, list[EarlierMail]] = defaultdict(list)
    for recipient, due_at, sent_at, data in rows.values_list("recipient", "due_at", "sent_at", "data"):
        found[recipient].append(EarlierMail(sent_at or due_at, data.get("level", "")))
    return found


def _add(
    user: User, project: Project | None, side: str, kind: str, alerts: Sequence[Alert], due_at: dt.datetime
) -> None:
    """Into the mail that waits for the person, which then leaves no later than the new alerts want; else a new one."""
    uuids = [str(alert.uuid) for alert in alerts]
    level = max((str(alert.level) for alert in alerts), key=rank)
    waiting = (
        OutboxMessage.objects.select_for_update()
        .filter(OutboxMessage.untouched(), project=project, recipient=user, kind=kind)
        .filter(channel=OutboxMessage.Channel.MAIL)
        .order_by("pk")
        .first()
    )
    if waiting is not None:
        waiting.data = {
            **waiting.data,
            "alerts": [*waiting.data["alerts"], *uuids],
            "level": max(waiting.data.get("level", level), level, key=rank),
        }
        waiting.due_at = min(waiting.due_at, due_at)
        waiting.save(update_fields=["data", "due_at"])
    else:
        _post(user, project, side, kind, alerts, due_at)


def _post(
    user: User, project: Project | None, side: str, kind: str, alerts: Sequence[Alert], due_at: dt.datetime
) -> None:
    """A mail of its own."""
    uuids = [str(alert.uuid) for alert in alerts]
    OutboxMessage.objects.create(
        project=project,
        recipient=user,
        channel=OutboxMessage.Channel.MAIL,
        audience=audience_of(side),
        kind=kind,
        data={"alerts": uuids, "level": max((str(alert.level) for alert in alerts), key=rank)},
        dedupe_key=f"{kind}:{min(uuids)}:{OutboxMessage.Channel.MAIL}:{user.pk}",
        due_at=due_at,
    )
