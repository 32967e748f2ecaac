"""What alerts say on pages of lower apps."""

from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.translation import ngettext

from alerts.queries import standing_alerts
from projects.access import Standing


def open_alerts(standing: Standing, project_keys: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """How many alerts stand, for whoever may read them."""
    if not standing.can("view_alerts"):
        return {}
    found = {}
    for key, alerts in standing_alerts({standing.project.pk: standing}, timezone.now()).items():
        if alerts:
            text = ngettext("%(count)s alert stands.", "%(count)s alerts stand.", len(alerts))
            found[key] = [text % {"count": len(alerts)}]
    return found
