"""How alerts read in the inbox and in a mail: what rose, what nobody acknowledged, what was muted, one day's alerts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Exists, ExpressionWrapper, F, Func, JSONField, OuterRef, Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from alerts.levels import rank
from alerts.models import Alert, RuleState
from alerts.queries import by_alert, standing_alerts, words_now
from alerts.registry import Words
from projects.access import Standing, projects_where_one_can, standings_to_be_told
from projects.audience import Side
from projects.messages import Reader, Telling, Wording, register_message, register_personal_message


@dataclass(frozen=True)
class Line:
    """One alert as a message tells it: as it was raised, and whether its rule stands no more."""

    alert: Alert
    level: str
    title: str
    compared: str
    clears: str
    suggestion: str
    has_cleared: bool
    acknowledged_by: frozenset[str]


Key = tuple[int, str, bool, str]


def _key(standing: Standing, uuid: str) -> Key:
    return standing.project.pk, standing.side, standing.can("view_money"), uuid


def _lines(wanted: Iterable[tuple[Standing, Sequence[str]]]) -> dict[Key, Line]:
    """The alerts that their readers may see: four queries for each way of seeing, of which there are four at most."""
    now = timezone.now()
    ways: dict[tuple[str, bool], dict[int, Standing]] = defaultdict(dict)
    uuids: set[str] = set()
    for standing, named in wanted:
        ways[standing.side, standing.can("view_money")][standing.project.pk] = standing
        uuids.update(named)
    found = {}
    for (side, with_money), standings in ways.items():
        alerts = Alert.objects.filter(uuid__in=uuids, project__in=standings).seen_by(side, now, with_money=with_money)
        alerts = alerts.with_answers()
        standing_rules = set(
            RuleState.objects.standing().filter(project__in=standings).values_list("project", "rule", "subject")
        )
        stand = by_alert(one for of_project in standing_alerts(standings, now).values() for one in of_project)
        for alert in alerts:
            key = _key(standings[alert.project_id], str(alert.uuid))
            is_standing = (alert.project_id, alert.rule, alert.subject) in standing_rules
            found[key] = _line(alert, words_now(alert, side, stand.get(alert.pk)), stands=is_standing)
    return found


def _line(alert: Alert, words: Words, *, stands: bool) -> Line:
    return Line(
        alert=alert,
        level=str(alert.get_level_display()),
        title=words.title,
        compared=words.compared,
        clears=words.clears,
        suggestion=words.suggestion,
        has_cleared=not stands,
        acknowledged_by=frozenset(one for one in Side if getattr(alert, f"{one}_acknowledged_at") is not None),
    )


def _in_order(lines: Iterable[Line]) -> list[Line]:
    """What still stands first, of that the worst; of one rule and subject only the newest."""
    newest: dict[tuple[int, str, str], Line] = {}
    for line in sorted(lines, key=lambda one: (one.alert.raised_at, one.alert.pk)):
        newest[line.alert.project_id, line.alert.rule, line.alert.subject] = line
    return sorted(
        newest.values(),
        key=lambda one: (one.has_cleared, -rank(one.alert.level), one.alert.rule, one.alert.subject),
    )


def _all_worded(tellings: Sequence[Telling], say: "Say") -> list[Wording | None]:
    """None for whoever may see none of it any more."""
    found = _lines((telling.standing, telling.data["alerts"]) for telling in tellings)
    return [
        _worded(
            telling,
            _in_order(found[key] for uuid in telling.data["alerts"] if (key := _key(telling.standing, uuid)) in found),
            say,
        )
        for telling in tellings
    ]


@dataclass(frozen=True)
class Say:
    """What stands above the alerts, and in the subject before the first of them."""

    opening: Any
    subject: Any = None


def _worded(telling: Telling, lines: list[Line], say: Say) -> Wording | None:
    if telling.data.get("unanswered_only"):
        side = telling.data["side"]
        lines = [line for line in lines if not line.has_cleared and side not in line.acknowledged_by]
    if not lines:
        return None
    standing, project = telling.standing, telling.project
    path = reverse("status:project_detail", args=[project.slug])
    context = {
        "project": project,
        "opening": say.opening(telling),
        "lines": lines,
        "address": settings.SITE_URL + path,
        "reader": standing.user,
        "preferences": _preferences(),
    }
    subject = f"{project.name}: {say.subject(telling) if say.subject else ''}{_first_of(lines)}"
    return Wording(
        subject=subject[:300],
        text=render_to_string("alerts/mail/alerts_raised.txt", context),
        html=render_to_string("alerts/mail/alerts_raised.html", context),
        path=path,
    )


def _preferences() -> str:
    """Where a reader says when mails come and how many."""
    return f"{settings.SITE_URL}{reverse('projects:notification_preferences')}"


def _first_of(lines: Sequence[Line]) -> str:
    said = {"title": lines[0].title, "level": lines[0].level}
    if len(lines) == 1:
        return _("%(title)s (%(level)s)") % said
    return ngettext(
        "%(title)s (%(level)s) and %(count)s more", "%(title)s (%(level)s) and %(count)s more", len(lines) - 1
    ) % {**said, "count": len(lines) - 1}


def _details(telling: Telling) -> Mapping[str, Any]:
    """The alerts as programs read them: those that the owner of the webhook may see."""
    found = _lines([(telling.standing, telling.data["alerts"])])
    return {
        "alerts": [
            {
                "uuid": str(line.alert.uuid),
                "rule": line.alert.rule,
                "subject": line.alert.subject,
                "level": str(line.alert.level),
                "title": line.title,
                "compared": line.compared,
                "clears": line.clears,
                "suggestion": line.suggestion,
                "raised_at": line.alert.raised_at.isoformat(),
                "has_cleared": line.has_cleared,
            }
            for line in _in_order(found.values())
        ]
    }


# ── The kinds ───────────────────────────────────────────────────────────────────────────────────────
def _raised(telling: Telling) -> str:
    if telling.standing.is_client:
        return _("something in this project needs your eyes.")
    return _("the figures of this project have moved; %(client)s sees the same as you.") % {
        "client": telling.project.client.name
    }


def _escalated(telling: Telling) -> str:
    vendor = telling.project.vendor
    if telling.data["side"] == telling.standing.side or vendor is None:
        return _("nobody on your side has acknowledged this in time, so it comes to you.")
    return _("nobody at %(vendor)s has acknowledged this in time. You may want to ask.") % {"vendor": vendor.name}


def _mute_ended(telling: Telling) -> str:
    return _("the time that %(name)s asked for silence is over, and this still stands. The reason was: %(reason)s") % {
        "name": telling.data["by"],
        "reason": telling.data["reason"],
    }


RAISED = Say(_raised)
ESCALATED = Say(_escalated, lambda telling: _("not acknowledged: "))
MUTE_ENDED = Say(_mute_ended, lambda telling: _("no longer muted: "))


def _an_alert_is_seen(reader: Reader) -> Q:
    """What ``_lines`` finds for the reader, as a condition on messages."""
    return Q(*(Exists(_named_and_seen(reader, side)) for side in Side), _connector=Q.OR)


def _named_and_seen(reader: Reader, side: str) -> QuerySet[Alert]:
    """Of the alerts that the message names those that ``side`` may see, where the reader stands on it."""
    alerts = projects_where_one_can(reader.user, side, "view_alerts", reader.today)
    amounts = projects_where_one_can(reader.user, side, "view_money", reader.today)
    return (
        # Only those of the message's project are looked at, by the index that they have.
        Alert.objects.filter(project=OuterRef("project"))
        .annotate(named=ExpressionWrapper(OuterRef("data__alerts"), output_field=JSONField()))
        .filter(named__contains=Func(F("uuid"), function="to_jsonb", output_field=JSONField()))
        .seen_by(side, reader.now, with_money=True)
        .filter(Q(shows_money=False) | Q(project__in=amounts), project__in=alerts)
    )


# What a program may be told as well has a name.
for kind, say, name in (
    ("alerts_raised", RAISED, gettext_lazy("an alert rises")),
    ("alerts_escalated", ESCALATED, gettext_lazy("an alert is not acknowledged in time")),
    ("mute_ended", MUTE_ENDED, ""),
):
    register_message(
        kind,
        partial(_all_worded, say=say),
        capability="view_alerts",
        name=name,
        stands=_an_alert_is_seen,
        details=_details,
    )


def word_figures_drifted(tellings: Sequence[Telling]) -> list[Wording | None]:
    """That the nightly check found something, where it can be read, and what follows from it."""
    return [_drifted(telling) for telling in tellings]


def _drifted(telling: Telling) -> Wording:
    count = telling.data["count"]
    sentence = ngettext(
        "%(count)s figure differs from the hours it is made of.",
        "%(count)s figures differ from the hours they are made of.",
        count,
    ) % {"count": count}
    path = reverse("status:machine")
    context = {
        "project": telling.project,
        "sentence": sentence,
        "address": settings.SITE_URL + path,
        "reader": telling.standing.user,
    }
    return Wording(
        subject=f"{telling.project.name}: {sentence.rstrip('.')}"[:300],
        text=render_to_string("alerts/mail/figures_drifted.txt", context),
        html=render_to_string("alerts/mail/figures_drifted.html", context),
        path=path,
    )


register_message("figures_drifted", word_figures_drifted, capability="view_hours")


def word_alerts_daily(reader: User, data: Mapping[str, Any]) -> Wording | None:
    """One day's alerts of all projects that the reader may still see; the worst project first."""
    uuids = data["alerts"]
    keys = set(Alert.objects.filter(uuid__in=uuids).values_list("project", flat=True))
    standings = {key: one for key, one in standings_to_be_told(reader, keys).items() if one.can("view_alerts")}
    found = _lines((standing, uuids) for standing in standings.values())
    by_project: dict[int, list[Line]] = defaultdict(list)
    for (project, *_way), line in found.items():
        by_project[project].append(line)
    if not by_project:
        return None
    parts = [
        {
            "project": standings[key].project,
            "lines": _in_order(lines),
            "address": settings.SITE_URL + reverse("alerts:alert_list", args=[standings[key].project.slug]),
        }
        for key, lines in by_project.items()
    ]
    parts.sort(key=lambda part: (-rank(part["lines"][0].alert.level), part["project"].name))
    count = sum(len(part["lines"]) for part in parts)
    context = {"reader": reader, "parts": parts, "count": count, "preferences": _preferences()}
    subject = ngettext("%(count)s alert of the last day", "%(count)s alerts of the last day", count) % {"count": count}
    return Wording(
        subject=subject,
        text=render_to_string("alerts/mail/alerts_daily.txt", context),
        html=render_to_string("alerts/mail/alerts_daily.html", context),
        path="/",
    )


register_personal_message("alerts_daily", word_alerts_daily)
