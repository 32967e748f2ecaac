"""Files that people added. They are handed out and never shown: nothing in them runs on our address."""

import uuid

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from core.undo import offer_undo
from projects.access import Standing, project_view
from projects.actions import restore_file, withdraw_file
from projects.discussions import files_of
from projects.slots import page_of


@require_safe
@project_view("view_project")
def attachment(request: HttpRequest, standing: Standing, attachment_uuid: uuid.UUID) -> FileResponse:
    """The file itself, to be saved: as an attachment, in a sandbox, kept by nobody on the way."""
    found = get_object_or_404(files_of(standing), uuid=attachment_uuid, withdrawn_at=None)
    try:
        stored = found.file.open("rb")
    except OSError as error:
        said = {"filename": found.filename}
        raise DomainError(_("The file %(filename)s is no longer stored.") % said, code="file_lost") from error
    return FileResponse(
        stored,
        as_attachment=True,
        filename=found.filename,
        content_type=found.content_type,
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


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
