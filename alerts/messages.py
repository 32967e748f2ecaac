"""How raised alerts read in the inbox and in a mail."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.models import Alert
from alerts.registry import RULES, rank
from projects.access import Standing
from projects.messages import Wording, register_message
from projects.models import Project


def word_alerts_raised(project: Project, data: Mapping[str, Any], standing: Standing) -> Wording | None:
    """What rose, worst first, each with what was compared, what would clear it and one suggested act.

    None when the reader may see none of it any more.
    """
    alerts = sorted(
        Alert.objects.filter(project=project, uuid__in=data["alerts"]).seen_by(
            standing.side, timezone.now(), with_money=standing.can("view_money")
        ),
        key=lambda alert: (-rank(alert.level), alert.rule, alert.subject),
    )
    if not alerts:
        return None
    lines = [
        {
            "level": alert.get_level_display(),
            "title": RULES[alert.rule].title,
            "compared": RULES[alert.rule].explain(alert.numbers),
            "clears": RULES[alert.rule].clears(alert.numbers),
            "suggestion": RULES[alert.rule].suggest(alert.numbers),
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
