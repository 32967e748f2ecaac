"""The alerts of a project."""

import uuid
from collections.abc import Callable

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
from alerts.forms import MuteForm
from alerts.models import Alert
from alerts.queries import AlertLine, alert_lines, alerts_of, mutes_of, standing_in_project
from core.form_pages import errors_shown_in, say_how_it_went, status_of
from projects.access import Standing, project_view

ALERTS_PER_PAGE = 50


@project_view("view_alerts")
def alert_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    """What stands now, and everything that was ever raised."""
    now = timezone.now()
    alert_filter = AlertFilter(request.GET, queryset=alerts_of(standing, now))
    page = Paginator(alert_filter.qs, ALERTS_PER_PAGE).get_page(request.GET.get("page"))
    found = standing_in_project(standing, now)
    context = {
        "tab": "alerts",
        "standing": standing,
        "standing_alerts": found,
        "filter": alert_filter,
        "page": page,
        "lines": alert_lines(standing, page, found),
    }
    return render(request, "alerts/alert_list.html", context)


@require_POST
@project_view("acknowledge_alert")
def alert_acknowledge(request: HttpRequest, standing: Standing, alert_uuid: uuid.UUID) -> HttpResponse:
    """Say that an alert has been seen, and go back to where it was said."""
    alert = _alert(standing, alert_uuid)
    return _acted(
        request,
        standing,
        lambda: actions.acknowledge(actor=standing.user, alert=alert, side=standing.side),
        _("Acknowledged. If it gets worse you will be told again."),
    )


@project_view("acknowledge_alert")
def alert_mute(request: HttpRequest, standing: Standing, alert_uuid: uuid.UUID) -> HttpResponse:
    """Ask for silence about an alert's rule: until when, and why."""
    alert = _alert(standing, alert_uuid)
    form = MuteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            actions.mute(
                actor=standing.user,
                alert=alert,
                side=standing.side,
                reason=form.cleaned_data["reason"],
                until=form.until,
            )
            messages.success(request, _("Muted. The pages go on showing it."))
            return redirect("alerts:alert_list", slug=standing.project.slug)
    context = {"tab": "alerts", "standing": standing, "line": _line(standing, alert), "form": form}
    return render(request, "alerts/alert_mute.html", context, status=status_of(form))


@require_POST
@project_view("acknowledge_alert")
def alert_unmute(request: HttpRequest, standing: Standing, mute_uuid: uuid.UUID) -> HttpResponse:
    """Hear of a muted alert again."""
    muted = get_object_or_404(mutes_of(standing), uuid=mute_uuid)
    return _acted(
        request,
        standing,
        lambda: actions.unmute(actor=standing.user, muted=muted),
        _("You hear of it again from now on."),
    )


@project_view("tell_vendor")
def alert_tell_vendor(request: HttpRequest, standing: Standing, alert_uuid: uuid.UUID) -> HttpResponse:
    """Let the vendor know now. What was told cannot be taken back, so that a page asks before."""
    alert = _alert(standing, alert_uuid)
    if request.method != "POST":
        context = {"tab": "alerts", "standing": standing, "line": _line(standing, alert)}
        return render(request, "alerts/alert_tell_vendor.html", context)
    return _acted(
        request,
        standing,
        lambda: actions.tell_vendor(actor=standing.user, alert=alert),
        _("The vendor knows of it now."),
    )


@require_POST
@project_view("tell_vendor")
def alert_keep(request: HttpRequest, standing: Standing, alert_uuid: uuid.UUID) -> HttpResponse:
    """Keep an alert that the vendor does not know yet."""
    alert = _alert(standing, alert_uuid)
    return _acted(
        request,
        standing,
        lambda: actions.keep_from_vendor(actor=standing.user, alert=alert),
        _("It stays with you. You can still tell the vendor."),
    )


def _alert(standing: Standing, alert_uuid: uuid.UUID) -> Alert:
    return get_object_or_404(alerts_of(standing, timezone.now()), uuid=alert_uuid)


def _line(standing: Standing, alert: Alert) -> AlertLine:
    return alert_lines(standing, [alert], standing_in_project(standing, timezone.now()))[0]


def _acted(request: HttpRequest, standing: Standing, act: Callable[[], object], done: str) -> HttpResponse:
    """Do it, say so, and go back to where it was asked for."""
    say_how_it_went(request, act, done)
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("alerts:alert_list", slug=standing.project.slug)
