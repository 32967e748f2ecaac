"""The pages of work items."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.form_pages import errors_shown_in, status_of
from core.undo import offer_undo
from projects.access import Standing, project_view
from projects.discussion_panel import panel_of
from requirements_app import actions, queries
from requirements_app.filters import WorkItemListFilter
from requirements_app.forms import ProgressForm, WorkItemEditForm, WorkItemForm
from requirements_app.hours_meter import hours_meter
from requirements_app.models import WorkItem
from requirements_app.slots import earned_url_of, entries_url_of, hours_through, minutes_over_estimate
from requirements_app.work_item_lines import work_item_lines

CHOICES_OFFERED = 20


def _item(standing: Standing, number: int) -> WorkItem:
    return get_object_or_404(
        queries.work_items_of(standing.project).select_related("ref", "parent__ref", "project"), ref__number=number
    )


def _may_edit(standing: Standing) -> bool:
    return standing.can("edit_work_items") and not standing.project.is_read_only


@project_view("view_project")
def work_item_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    """The tree of all items; flat as soon as somebody filters or sorts."""
    may_edit = _may_edit(standing)
    over = minutes_over_estimate(standing)
    items = queries.work_items_of(standing.project)
    work_item_filter = WorkItemListFilter(request.GET, queryset=items, over_estimate=over.keys())
    found = queries.work_item_list(
        standing,
        items=work_item_filter.qs,
        is_tree=work_item_filter.is_plain,
        over=over,
        page_number=request.GET.get("page"),
    )
    context = {
        "tab": "work_items",
        "standing": standing,
        "filter": work_item_filter,
        "list": found,
        "lines": work_item_lines(standing.project, found.rows, may_edit=may_edit),
        "page": found.page,
        "counts": queries.work_item_counts(standing.project, over),
        "hours_through": hours_through(standing),
        "progress_through": queries.progress_through(standing.project),
        "may_edit": may_edit,
    }
    return render(request, "requirements/work_item_list.html", context)


@project_view("edit_work_items")
def work_item_add(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Add an item; ``?parent=W-3`` proposes where it belongs."""
    form = WorkItemForm(request.POST or None, initial={"parent": request.GET.get("parent", "")}, standing=standing)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            item = actions.add_work_item(actor=standing.user, project=standing.project, **form.cleaned_data)
            messages.success(
                request, _("%(label)s %(title)s was added.") % {"label": item.ref.label, "title": item.title}
            )
            return redirect("requirements:work_item_list", standing.project.slug)
    context = {"tab": "work_items", "standing": standing, "form": form}
    return render(request, "requirements/work_item_add.html", context, status=status_of(form))


@project_view("view_project")
def work_item_detail(request: HttpRequest, standing: Standing, number: int) -> HttpResponse:
    """One item: what was estimated, used and is left, who reported what, and what happened."""
    may_edit = _may_edit(standing)
    item = _item(standing, number)
    page = queries.work_item_page(standing, item)
    hours = page.with_below
    context = {
        "tab": "work_items",
        "standing": standing,
        "one": page,
        "lines": work_item_lines(standing.project, page.children, may_edit=may_edit),
        "discussion": panel_of(standing, item.ref),
        "meter": hours_meter(hours.estimate, hours.used, hours.remaining),
        "entries_url": entries_url_of(standing, item.pk),
        "earned_url": earned_url_of(standing, item.pk),
        "may_edit": may_edit,
        "may_report": standing.can("report_progress") and not standing.project.is_read_only and not item.is_dropped,
    }
    return render(request, "requirements/work_item_detail.html", context)


@project_view("edit_work_items")
def work_item_edit(request: HttpRequest, standing: Standing, number: int) -> HttpResponse:
    """Change an item. Who read an older version sees both texts and loses none."""
    item = _item(standing, number)
    form = WorkItemEditForm.of(item, standing, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            actions.change_work_item(
                actor=standing.user, item=item, expected_version=form.cleaned_data["version"], **form.changes()
            )
            _say_saved(request, item, form)
            return redirect("requirements:work_item_detail", standing.project.slug, number)
    context = {"tab": "work_items", "standing": standing, "item": item, "form": form}
    return render(request, "requirements/work_item_edit.html", context, status=status_of(form))


def _say_saved(request: HttpRequest, item: WorkItem, form: WorkItemEditForm) -> None:
    """Who has dropped the item can take it up again at once: the same form without that tick."""
    if item.is_dropped and "is_dropped" in form.changed_data:
        said = _("%(label)s is dropped: its estimate counts no longer.") % {"label": item.ref.label}
        offer_undo(request, said, request.path, form.without_drop(item.version))
    else:
        messages.success(request, _("%(label)s was saved.") % {"label": item.ref.label})


@project_view("report_progress")
def progress_report(request: HttpRequest, standing: Standing, number: int) -> HttpResponse:
    """Say how far an item is."""
    item = _item(standing, number)
    form = ProgressForm(request.POST or None, standing=standing, item=item, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            actions.report_progress(actor=standing.user, item=item, **form.report())
            messages.success(request, _("Progress of %(label)s was recorded.") % {"label": item.ref.label})
            return redirect("requirements:work_item_detail", standing.project.slug, number)
    context = {"tab": "work_items", "standing": standing, "item": item, "form": form}
    return render(request, "requirements/progress_report.html", context, status=status_of(form))


@project_view("view_project")
def work_item_choices(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Options for an input that names an item, for what was typed so far."""
    items = queries.work_items_named(standing.project, request.GET.get("q", ""), limit=CHOICES_OFFERED)
    return render(request, "requirements/work_item_choices.html", {"items": items})
