"""Pages of the project itself: open it, change it, name its vendor, set its status."""

from copy import copy

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.access import SignedInRequest, personal_view
from core.form_pages import errors_shown_in, status_of
from projects.access import Standing, project_view
from projects.actions import TRANSITIONS, change_project, open_project, record_vendor, set_status
from projects.forms.project import ProjectForm, ProjectNewForm, StatusForm, VendorForm
from projects.models import Project
from projects.standstill import said_beforehand, standstills_of


@personal_view
def project_new(request: SignedInRequest) -> HttpResponse:
    """Open a project for an organisation that the reader administers or manages projects of.

    ``?cooperation_model=`` and its like show the terms of other models before anything is sent.
    """
    form = ProjectNewForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if not form.has_organisations:
        return render(request, "projects/project_new.html", {"form": form}, status=403)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            project = open_project(actor=request.user, **form.agreed())
            messages.success(request, _("%(name)s is open. You are its manager.") % {"name": project.name})
            return redirect(project)
    return render(request, "projects/project_new.html", {"form": form}, status=status_of(form))


@project_view("edit_project")
def project_edit(request: HttpRequest, standing: Standing) -> HttpResponse:
    # The form and the action work on copies: the page around a refused form shows what stands, not what was typed.
    project = standing.project
    form = ProjectForm(request.POST or None, instance=copy(project))
    if request.method == "POST" and form.is_valid():
        changes = dict(form.cleaned_data)
        with errors_shown_in(form):
            change_project(
                actor=standing.user, project=copy(project), expected_version=changes.pop("version"), **changes
            )
            messages.success(request, _("The project is changed."))
            return redirect("projects:terms_detail", project.slug)
    return render(request, "projects/project_edit.html", {"tab": "terms", "form": form}, status=status_of(form))


@project_view("edit_project", while_closed=True)
def project_status(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Start, pause, close or reopen: the one page that a closed project still takes."""
    project = standing.project
    said = said_beforehand(standing, TRANSITIONS[project.status])
    form = StatusForm(request.POST or None, current=project.status, shown=said.fingerprint)
    if request.method == "POST" and form.is_valid():
        status = Project.Status(form.cleaned_data["status"])
        with errors_shown_in(form):
            set_status(actor=standing.user, project=project, **form.cleaned_data)
            messages.success(request, _("The project is now %(status)s.") % {"status": status.label})
            return redirect("projects:terms_detail", project.slug)
    if form.is_bound:
        form.show_again(said.fingerprint)
    context = {
        "tab": "terms",
        "form": form,
        "standing": standing,
        "standstill": standstills_of([project]).get(project.pk),
        "said": said,
    }
    return render(request, "projects/project_status.html", context, status=status_of(form))


@project_view("edit_project")
def vendor_record(request: HttpRequest, standing: Standing) -> HttpResponse:
    project = standing.project
    form = VendorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            vendor = record_vendor(actor=standing.user, project=copy(project), name=form.cleaned_data["vendor_name"])
            messages.success(request, _("%(name)s is the vendor.") % {"name": vendor.name})
            return redirect("projects:person_list", project.slug)
    context = {"tab": "people", "form": form, "standing": standing}
    return render(request, "projects/vendor_record.html", context, status=status_of(form))
