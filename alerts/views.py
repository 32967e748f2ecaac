"""The alerts of a project."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alerts import actions
from alerts.filters import AlertFilter
from alerts.queries import AlertLine, alerts_of, standing_alerts
from core.errors import DomainError
from projects.access import Standing, project_view

ALERTS_PER_PAGE = 50


@project_view("view_alerts")
def alert_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    """What stands now, and everything that was ever raised."""
    now = timezone.now()
    alert_filter = AlertFilter(request.GET, queryset=alerts_of(standing, now))
    page = Paginator(alert_filter.qs, ALERTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": "alerts",
        "standing": standing,
        "standing_alerts": standing_alerts({standing.project.pk: standing}, now)[standing.project.pk],
        "filter": alert_filter,
        "page": page,
        "lines": [AlertLine.of(alert) for alert in page],
    }
    return render(request, "alerts/alert_list.html", context)


@require_POST
@project_view("acknowledge_alert")
def alert_acknowledge(request: HttpRequest, standing: Standing, alert_uuid: uuid.UUID) -> HttpResponse:
    """Say that an alert has been seen, and go back to where it was said."""
    alert = get_object_or_404(alerts_of(standing, timezone.now()), uuid=alert_uuid)
    try:
        actions.acknowledge(actor=standing.user, alert=alert)
    except DomainError as error:
        messages.warning(request, error.message)
    else:
        messages.success(request, _("Acknowledged. If it gets worse you will be told again."))
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("alerts:alert_list", slug=standing.project.slug)
