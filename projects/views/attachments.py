"""Files that people added. They are handed out and never shown: nothing in them runs on our address."""

import uuid

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.undo import offer_undo
from projects.access import Standing, project_view
from projects.actions import restore_file, withdraw_file
from projects.discussions import files_of
from projects.downloads import handed_out
from projects.slots import page_of


@require_safe
@project_view("view_project")
def attachment(request: HttpRequest, standing: Standing, attachment_uuid: uuid.UUID) -> FileResponse:
    """The file itself, to be saved: as an attachment, in a sandbox, kept by nobody on the way."""
    found = get_object_or_404(files_of(standing), uuid=attachment_uuid, withdrawn_at=None)
    return handed_out(found)


@require_POST
@project_view("comment")
def attachment_withdraw(request: HttpRequest, standing: Standing, attachment_uuid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(files_of(standing), uuid=attachment_uuid)
    withdraw_file(actor=standing.user, attachment=found)
    undo = reverse("projects:attachment_restore", args=[standing.project.slug, found.uuid])
    offer_undo(request, _("%(filename)s is withdrawn: nobody gets it any more.") % {"filename": found.filename}, undo)
    return redirect(f"{page_of(standing.project, found.ref)}#discussion")


@require_POST
@project_view("comment")
def attachment_restore(request: HttpRequest, standing: Standing, attachment_uuid: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(files_of(standing), uuid=attachment_uuid)
    restore_file(actor=standing.user, attachment=found)
    messages.success(request, _("%(filename)s is back.") % {"filename": found.filename})
    return redirect(f"{page_of(standing.project, found.ref)}#discussion")
