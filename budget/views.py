"""The pages of hours."""

import uuid
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from budget.filters import TimeEntryListFilter
from budget.forms import ReversalForm, TimeEntryForm
from budget.time_entries import record_time, reverse_time
from budget.time_entry_lines import time_entry_lines
from budget.time_entry_queries import sums_of, sums_of_project, time_entries_of, time_entry_history
from core.counted_pages import CountedPaginator
from core.form_pages import errors_shown_in, status_of
from core.templatetags.figures import day, hours
from projects.access import Standing, project_view

ENTRIES_PER_PAGE: Final = 50


@project_view("view_hours")
def time_entry_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    """All hours, newest day first; the sums go over everything that the filters leave."""
    entry_filter = TimeEntryListFilter(
        request.GET,
        queryset=time_entries_of(standing.project),
        project=standing.project,
        with_money=standing.can("view_money"),
        with_rates=standing.can("view_rates"),
    )
    is_open = not standing.project.is_read_only
    of_project = sums_of_project(standing.project)
    sums = sums_of(entry_filter.qs) if entry_filter.narrows else of_project
    page = CountedPaginator(entry_filter.qs, ENTRIES_PER_PAGE, count=sums.entry_count).get_page(request.GET.get("page"))
    # What somebody's hours cost is their rate: only the project's own total is money without rates.
    shown = {"shows_amounts": standing.can("view_rates"), "may_record": is_open and standing.can("record_time")}
    context = {
        "tab": "time",
        "standing": standing,
        "filter": entry_filter,
        "page": page,
        "lines": time_entry_lines(standing.project, page.object_list, **shown),
        "of_project": of_project,
        "sums": sums,
        "shows_money": standing.can("view_money"),
        **shown,
        "may_import": is_open and standing.can("import_time"),
    }
    return render(request, "budget/time_entry_list.html", context)


@project_view("record_time")
def time_entry_add(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Record hours; ``?person=…&worked_on=…&work_item=…`` proposes what they share with the entry before."""
    today = timezone.localdate()
    form = TimeEntryForm(request.POST or None, initial=request.GET.dict(), standing=standing, today=today)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            entry = record_time(actor=standing.user, project=standing.project, today=today, **form.cleaned_data)
            said = {"hours": hours(entry.minutes), "name": entry.person.name, "day": day(entry.worked_on)}
            messages.success(request, _("%(hours)s h of %(name)s on %(day)s were recorded.") % said)
            if "another" in request.POST:
                again = reverse("budget:time_entry_add", args=[standing.project.slug])
                return redirect(f"{again}?{urlencode(form.like_this())}")
            return redirect("budget:time_entry_list", standing.project.slug)
    context = {"tab": "time", "standing": standing, "form": form}
    return render(request, "budget/time_entry_add.html", context, status=status_of(form))


@project_view("view_hours")
def time_entry_detail(request: HttpRequest, standing: Standing, entry_uuid: uuid.UUID) -> HttpResponse:
    """One entry: who recorded it from where, what took it back, and what was changed of it since."""
    entry = get_object_or_404(time_entries_of(standing.project), uuid=entry_uuid)
    context = {
        "tab": "time",
        "standing": standing,
        "entry": entry,
        "history": time_entry_history(standing, entry),
        "may_record": standing.can("record_time") and not standing.project.is_read_only,
    }
    return render(request, "budget/time_entry_detail.html", context)


@project_view("record_time")
def time_entry_reverse(request: HttpRequest, standing: Standing, entry_uuid: uuid.UUID) -> HttpResponse:
    """Take an entry back by its counter-entry, with the reason for it."""
    entry = get_object_or_404(time_entries_of(standing.project), uuid=entry_uuid)
    form = ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            reverse_time(actor=standing.user, entry=entry, reason=form.cleaned_data["reason"])
            said = {"hours": hours(entry.minutes), "name": entry.person.name, "day": day(entry.worked_on)}
            messages.success(request, _("%(hours)s h of %(name)s on %(day)s were taken back.") % said)
            return redirect("budget:time_entry_list", standing.project.slug)
    context = {"tab": "time", "standing": standing, "form": form, "entry": entry}
    return render(request, "budget/time_entry_reverse.html", context, status=status_of(form))
