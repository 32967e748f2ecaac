"""Pages of the rate card."""

import datetime as dt
import uuid
from copy import copy

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.form_pages import errors_shown_in, status_of
from core.undo import offer_undo
from projects.access import Standing, project_view
from projects.actions import agree_rate, end_rate
from projects.forms.rates import RateEndForm, RateForm
from projects.queries import days_without_rate, rate_card, rates_held_on, rates_history

RATES_ON_A_PAGE = 50


@project_view("view_rates")
def rate_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "tab": "rates",
        "standing": standing,
        "project": standing.project,
        "page": Paginator(rate_card(standing.project, today), RATES_ON_A_PAGE).get_page(request.GET.get("page")),
        "current_count": rates_held_on(standing.project, today).count(),
        "history": rates_history(standing.project),
        "gaps": days_without_rate(standing.project, today),
    }
    return render(request, "projects/rate_list.html", context)


@project_view("edit_rates")
def rate_add(request: HttpRequest, standing: Standing) -> HttpResponse:
    project = standing.project
    form = RateForm(request.POST or None, project=project)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            agree_rate(actor=standing.user, project=project, **form.agreed())
            messages.success(request, _("The rate is agreed. Hours already booked keep theirs."))
            return redirect("projects:rate_list", project.slug)
    return render(
        request, "projects/rate_add.html", {"tab": "rates", "form": form, "project": project}, status=status_of(form)
    )


@project_view("edit_rates")
def rate_end(request: HttpRequest, standing: Standing, rate_uuid: uuid.UUID) -> HttpResponse:
    project = standing.project
    rate = get_object_or_404(rate_card(project, timezone.localdate()), uuid=rate_uuid)
    form = RateEndForm.of(rate, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            last_day, version = form.cleaned_data["last_day"], form.cleaned_data["version"]
            end_rate(actor=standing.user, rate=copy(rate), last_day=last_day, expected_version=version)
            before = {"last_day": rate.last_day.isoformat() if rate.last_day else "", "version": str(version + 1)}
            offer_undo(request, _said(last_day), request.path, before.items())
            return redirect("projects:rate_list", project.slug)
    context = {"tab": "rates", "form": form, "rate": rate, "project": project}
    return render(request, "projects/rate_end.html", context, status=status_of(form))


def _said(last_day: dt.date | None) -> str:
    if last_day is None:
        return _("The rate holds without an end.")
    return _("The rate holds until %(day)s.") % {"day": date_format(last_day, "j M Y")}
