"""The week of all of a person's projects in one mail: who gets it when, and what it says.

It is written into the outbox when its reader's week begins, under a key of reader and week, so that two beats write it
once; and worded when it leaves, of what the reader may see by then.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from budget.burn_between import minutes_between
from core.clock import database_now
from core.doorbell import ring
from projects.access import sides_of_everybody, standings_of
from projects.audience import Audience
from projects.calendars import calendars_of
from projects.messages import Wording, register_personal_message
from projects.models import MailPreference, OutboxMessage, Project
from status.answer import answer_of
from status.portfolio import in_order, portfolio_answer
from status.queries import ProjectOverview, overviews_of
from status.turns import Turn, my_list
from status.weekly_times import first_morning

KIND: Final = "weekly_summary"
# More of what waits is counted and not named.
NAMED_AT_MOST: Final = 5


# ── Who gets it, and when ───────────────────────────────────────────────────────────────────────────
@transaction.atomic
def write_weekly_summaries(now: dt.datetime | None = None) -> int:
    """Write the mail of everybody whose week has begun and who has none yet. Returns how many; eight queries."""
    now = now or database_now()
    by_user: dict[int, set[tuple[int, str]]] = defaultdict(set)
    for user, project, side in sides_of_everybody(now.date()):
        by_user[user].add((project, side))
    unwanted = set(MailPreference.objects.filter(weekly_summary=False).values_list("user", flat=True))
    calendars = calendars_of({project for places in by_user.values() for project, _side in places}, around=now.date())
    wanted = {}
    for user in by_user.keys() - unwanted:
        morning = first_morning((calendars[place] for place in by_user[user] if place in calendars), now)
        if morning is not None and morning.is_due(now):
            wanted[weekly_key(user, morning.monday)] = (user, morning.monday)
    known = set(OutboxMessage.objects.filter(dedupe_key__in=wanted).values_list("dedupe_key", flat=True))
    mails = [
        OutboxMessage(
            recipient_id=user,
            channel=OutboxMessage.Channel.MAIL,
            audience=Audience.BOTH,
            kind=KIND,
            data={"monday": monday.isoformat()},
            dedupe_key=key,
            due_at=now,
        )
        for key, (user, monday) in wanted.items()
        if key not in known
    ]
    OutboxMessage.objects.bulk_create(mails, ignore_conflicts=True)
    if mails:
        ring("projects.send_due_messages")
    return len(mails)


def weekly_key(user: int, monday: dt.date) -> str:
    """What makes a second mail to a user about a week impossible."""
    return f"{KIND}:{monday}:{user}"


# ── What it says ────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True)
class Part:
    """One project of the mail."""

    project: Project
    address: str
    light: str
    headline: str
    week_minutes: int
    standing: int


def word_weekly_summary(reader: User, data: Mapping[str, Any]) -> Wording | None:
    """The answer first, then each project of which there is something to say, the worst first; None when of none."""
    now, monday = timezone.now(), dt.date.fromisoformat(data["monday"])
    standings = {
        key: one
        for key, one in standings_of(reader).items()
        if one.can("view_project") and not one.project.is_read_only
    }
    overviews = overviews_of(standings, now, timezone.localdate())
    readable = [key for key, one in standings.items() if one.can("view_hours")]
    worked = minutes_between(readable, monday - dt.timedelta(days=7), monday - dt.timedelta(days=1))
    told = [one for one in in_order(overviews, "") if worked.get(one.project.pk) or _asks_something(one)]
    if not told:
        return None
    answer = [str(sentence) for sentence in portfolio_answer(overviews)]
    waiting = my_list(turn for overview in overviews for turn in overview.turns).decide
    context = {
        "reader": reader,
        "monday": monday,
        "answer": answer,
        "parts": [_part(overview, worked.get(overview.project.pk, 0)) for overview in told],
        "waiting": [_line(turn) for turn in waiting[:NAMED_AT_MOST]],
        "more": max(0, len(waiting) - NAMED_AT_MOST),
        "my_work": settings.SITE_URL + reverse("status:my_work"),
        "preferences": settings.SITE_URL + reverse("projects:notification_preferences"),
    }
    return Wording(
        subject=(_("Your week: %(answer)s") % {"answer": answer[0].rstrip(".")})[:300],
        text=render_to_string("status/mail/weekly_summary.txt", context),
        html=render_to_string("status/mail/weekly_summary.html", context),
        path=reverse("status:portfolio"),
    )


def _asks_something(overview: ProjectOverview) -> bool:
    """An alert stands, or the reader can do something."""
    return bool(overview.alerts) or any(turn.can_act for turn in overview.turns)


def _part(overview: ProjectOverview, week_minutes: int) -> Part:
    return Part(
        project=overview.project,
        address=settings.SITE_URL + overview.project.get_absolute_url(),
        light=overview.light.reason if overview.light else "",
        headline=" ".join(str(sentence) for sentence in _headline(overview)),
        week_minutes=week_minutes,
        standing=len(overview.alerts),
    )


def _headline(overview: ProjectOverview) -> Sequence[Any]:
    """Figures of hours are for who may read hours."""
    return answer_of(overview).headline if overview.standing.can("view_hours") else ()


def _line(turn: Turn) -> dict[str, str]:
    return {"title": str(turn.title), "project": turn.project.name, "address": settings.SITE_URL + turn.url}


register_personal_message(KIND, word_weekly_summary)
