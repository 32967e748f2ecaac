"""Pages of what was agreed: the terms and each side's calendar."""

import datetime as dt
from copy import copy

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.form_pages import errors_shown_in, status_of
from core.undo import offer_undo
from projects.access import Standing, project_view
from projects.actions import add_day_off, change_calendar, change_terms, remove_day_off
from projects.audience import Side
from projects.forms.terms import CalendarForm, DayOffForm, TermsForm
from projects.models import DayOff, SideCalendar
from projects.queries import agreement_history, side_weeks
from projects.rule_effects import progress_rule_effects
from projects.terms_words import clauses_of, terms_in_one_sentence

CHANGES_ON_A_PAGE = 10


@project_view("view_project")
def terms_detail(request: HttpRequest, standing: Standing) -> HttpResponse:
    project, with_money = standing.project, standing.can("view_money")
    history = agreement_history(project, with_money=with_money)
    context = {
        "tab": "terms",
        "standing": standing,
        "project": project,
        "answer": terms_in_one_sentence(project),
        "clauses": clauses_of(project, with_money=with_money),
        "weeks": side_weeks(project, timezone.localdate()),
        "page": Paginator(history, CHANGES_ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "projects/terms_detail.html", context)


@project_view("edit_terms")
def terms_edit(request: HttpRequest, standing: Standing) -> HttpResponse:
    """``?part=budget`` asks for hours, money and cap alone."""
    # Copies, so that the page around a refused form shows what is agreed and not what was typed.
    terms = standing.project.terms
    form = TermsForm(request.POST or None, instance=copy(terms), part=request.GET.get("part", ""))
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        with errors_shown_in(form):
            change_terms(actor=standing.user, terms=copy(terms), expected_version=changes.pop("version"), **changes)
            messages.success(request, _("The terms are changed. Rules and clocks read them from now on."))
            return redirect("projects:terms_detail", standing.project.slug)
    context = {
        "tab": "terms",
        "form": form,
        "project": standing.project,
        "rule_effects": progress_rule_effects(standing),
    }
    return render(request, "projects/terms_edit.html", context, status=status_of(form))


@project_view("edit_terms")
def calendar_edit(request: HttpRequest, standing: Standing, side: str) -> HttpResponse:
    """``?country=`` offers the parts of another country before anything is saved."""
    calendar = _calendar(standing, side)
    form = CalendarForm(request.POST or None, instance=copy(calendar), country=request.GET.get("country"))
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            change_calendar(actor=standing.user, calendar=copy(calendar), **form.changes())
            messages.success(request, _("The calendar is changed. Clocks run on it from now on."))
            return redirect("projects:terms_detail", standing.project.slug)
    context = {
        "tab": "terms",
        "form": form,
        "calendar": calendar,
        "project": standing.project,
        "days_off": calendar.days_off.filter(on__gte=timezone.localdate()),
    }
    return render(request, "projects/calendar_edit.html", context, status=status_of(form))


@project_view("edit_terms")
def day_off_add(request: HttpRequest, standing: Standing, side: str) -> HttpResponse:
    calendar = _calendar(standing, side)
    form = DayOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            add_day_off(actor=standing.user, calendar=calendar, **form.cleaned_data)
            return redirect("projects:calendar_edit", standing.project.slug, side)
    context = {"tab": "terms", "form": form, "calendar": calendar, "project": standing.project}
    return render(request, "projects/day_off_add.html", context, status=status_of(form))


@require_POST
@project_view("edit_terms")
def day_off_remove(request: HttpRequest, standing: Standing, side: str, on: dt.date) -> HttpResponse:
    day = get_object_or_404(DayOff, calendar=_calendar(standing, side), on=on)
    remove_day_off(actor=standing.user, day=day)
    undo = reverse("projects:day_off_add", args=[standing.project.slug, side])
    said = _("%(day)s is a working day again.") % {"day": date_format(on, "j M Y")}
    offer_undo(request, said, undo, {"on": on.isoformat(), "name": day.name}.items())
    return redirect("projects:calendar_edit", standing.project.slug, side)


def _calendar(standing: Standing, side: str) -> SideCalendar:
    if side not in Side.values:
        raise Http404(side)
    return get_object_or_404(SideCalendar, project=standing.project, side=side)
