"""How raised alerts read in the inbox and in a mail."""

from collections.abc import Sequence

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.models import Alert
from alerts.registry import RULES, rank
from projects.access import Standing
from projects.messages import Telling, Wording, register_message


def word_alerts_raised(tellings: Sequence[Telling]) -> list[Wording | None]:
    """What rose, worst first, each with what was compared, what would clear it and one suggested act.

    None when the reader may see none of it any more.
    """
    seen = _seen_alerts(tellings)
    return [
        _worded(
            telling.standing, [seen[key] for uuid in telling.data["alerts"] if (key := _key(telling, uuid)) in seen]
        )
        for telling in tellings
    ]


def _key(telling: Telling, uuid: str) -> tuple[int, str, bool, str]:
    standing = telling.standing
    return standing.project.pk, standing.side, standing.can("view_money"), uuid


def _seen_alerts(tellings: Sequence[Telling]) -> dict[tuple[int, str, bool, str], Alert]:
    """The alerts of all tellings that their readers may see: one query for each way of seeing, four at most."""
    seen = {}
    now = timezone.now()
    for side, with_money in {(telling.standing.side, telling.standing.can("view_money")) for telling in tellings}:
        uuids = [uuid for telling in tellings for uuid in telling.data["alerts"]]
        for alert in Alert.objects.filter(uuid__in=uuids).seen_by(side, now, with_money=with_money):
            seen[alert.project_id, side, with_money, str(alert.uuid)] = alert
    return seen


def _worded(standing: Standing, seen: list[Alert]) -> Wording | None:
    if not seen:
        return None
    project = standing.project
    alerts = sorted(seen, key=lambda alert: (-rank(alert.level), alert.rule, alert.subject))
    lines = [
        {
            "level": alert.get_level_display(),
            "title": RULES[alert.rule].title,
            "compared": RULES[alert.rule].explain(alert.numbers),
            "clears": RULES[alert.rule].clears(alert.numbers),
            "suggestion": RULES[alert.rule].suggestions[standing.side],
            "since": alert.raised_at,
        }
        for alert in alerts
    ]
    path = reverse("status:project_detail", args=[project.slug])
    context = {
        "project": project,
        "lines": lines,
        "address": settings.SITE_URL + path,
        "reader": standing.user,
        "is_client": standing.is_client,
    }
    title = str(lines[0]["title"])
    subject = (
        _("%(project)s: %(title)s (%(level)s)") % {"project": project.name, "title": title, "level": lines[0]["level"]}
        if len(lines) == 1
        else ngettext(
            "%(project)s: %(title)s (%(level)s) and %(count)s more",
            "%(project)s: %(title)s (%(level)s) and %(count)s more",
            len(lines) - 1,
        )
        % {"project": project.name, "title": title, "level": lines[0]["level"], "count": len(lines) - 1}
    )
    return Wording(
        subject=subject[:300],
        text=render_to_string("alerts/mail/alerts_raised.txt", context),
        html=render_to_string("alerts/mail/alerts_raised.html", context),
        path=path,
    )


register_message("alerts_raised", word_alerts_raised, capability="view_alerts")
