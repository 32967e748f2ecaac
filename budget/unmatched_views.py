"""The inbox of hours whose work item nobody knew."""

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext

from budget.unmatched_forms import UnmatchedForm
from budget.unmatched_items import Assigned, assign_unmatched, unmatched_lines, unmatched_of
from core.form_pages import errors_shown_in, status_of
from core.templatetags.figures import hours
from projects.access import Standing, project_view

NAMES_PER_PAGE: Final = 50


@project_view("import_time")
def unmatched_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Every name that files of the reader's side left open; many are assigned at once."""
    page = Paginator(unmatched_of(standing.project, standing.side), NAMES_PER_PAGE).get_page(request.GET.get("page"))
    form = UnmatchedForm(request.POST or None, project=standing.project, lines=unmatched_lines(list(page)))
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            done = assign_unmatched(
                actor=standing.user, project=standing.project, side=standing.side, choices=form.choices()
            )
            messages.success(request, _told(done))
            return redirect("budget:unmatched_list", standing.project.slug)
    context = {"tab": "time", "standing": standing, "page": page, "form": form}
    return render(request, "budget/unmatched_list.html", context, status=status_of(form))


def _told(done: Assigned) -> str:
    text = ngettext(
        "%(count)s time entry (%(hours)s h) is on its work item now.",
        "%(count)s time entries (%(hours)s h) are on their work items now.",
        done.entries,
    )
    return text % {"count": done.entries, "hours": hours(done.minutes)}
