"""Telling the other side of hours that a program recorded: whoever types hours is seen at it, a program is not."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from budget.models import TimeEntry
from core.templatetags.figures import hours
from projects.counted_events import tell_sums
from projects.gathering import events_of
from projects.messages import ByMail, Telling, Wording, register_message
from projects.models import Project

KIND = "time_sent"


def tell_of_sent_time(*, project: Project, actor: User, entries: Sequence[TimeEntry]) -> None:
    """Tell of entries that are new. A message that is still open counts them in; programs are told of each request."""
    figures = {"count": len(entries), "minutes": sum(entry.minutes for entry in entries)}
    tell_sums(project=project, actor=actor, kind=KIND, figures=figures, dedupe=str(entries[0].uuid))


def _worded(tellings: Sequence[Telling]) -> list[Wording | None]:
    return [_one(telling) for telling in tellings]


def _one(telling: Telling) -> Wording:
    events = events_of(telling.data)
    said: dict[str, Any] = {
        "name": telling.data["by"],
        "project": telling.project.name,
        "count": sum(event["count"] for event in events),
        "hours": hours(sum(event["minutes"] for event in events)),
    }
    sentence = ngettext(
        "%(name)s recorded %(count)s time entry (%(hours)s h) through the API.",
        "%(name)s recorded %(count)s time entries (%(hours)s h) through the API.",
        said["count"],
    )
    path = reverse("budget:time_entry_list", args=[telling.project.slug])
    context = {
        "reader": telling.standing.user,
        "project": telling.project,
        "sentence": sentence % said,
        "detail": "",
        "address": settings.SITE_URL + path,
    }
    return Wording(
        subject=f"{telling.project.name}: {(sentence % said).rstrip('.')}"[:300],
        text=render_to_string("projects/mail/event.txt", context),
        html=render_to_string("projects/mail/event.html", context),
        path=path,
    )


register_message(
    KIND,
    _worded,
    capability="view_hours",
    by_mail=ByMail.OFF,
    name=gettext_lazy("a program of the other side records hours"),
)
