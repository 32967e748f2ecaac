"""Pages of the rate card."""

import uuid
from copy import copy

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.form_pages import errors_shown_in, status_of
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
    form = RateEndForm(request.POST or None, initial={"version": rate.version, "last_day": rate.last_day})
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            end_rate(
                actor=standing.user,
                rate=copy(rate),
                last_day=form.cleaned_data["last_day"],
                expected_version=form.cleaned_data["version"],
            )
            return redirect("projects:rate_list", project.slug)
    context = {"tab": "rates", "form": form, "rate": rate, "project": project}
    return render(request, "projects/rate_end.html", context, status=status_of(form))
