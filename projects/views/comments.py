"""Pages of what is said: a discussion, one's own comment, and the names that can be called."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.form_pages import errors_shown_in, status_of
from core.undo import offer_undo
from projects.access import Standing, project_view
from projects.actions import add_comment, add_files, change_comment, restore_comment, withdraw_comment
from projects.audience import Audience
from projects.discussion_panel import comment_form
from projects.discussions import comments_of, discussion_of, discussion_path, refs_seen_by, wordings_of
from projects.forms.comments import CommentChangeForm, CommentForm
from projects.mentions import readers_of
from projects.models import Comment, ObjectRef
from projects.slots import page_of

NAMES_OFFERED = 8


@project_view("view_project", capability_to_post="comment")
def comment_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    """What was said about the project itself; POST says more."""
    return _discussion(request, standing, None)


@project_view("view_project", capability_to_post="comment")
def comment_list_on(request: HttpRequest, standing: Standing, ref_uuid: uuid.UUID) -> HttpResponse:
    """What was said about one thing; POST says more."""
    return _discussion(request, standing, get_object_or_404(refs_seen_by(standing), uuid=ref_uuid))


def _discussion(request: HttpRequest, standing: Standing, ref: ObjectRef | None) -> HttpResponse:
    """``?panel`` is sent by the panel on the thing's own page, where the writer is taken back to."""
    form = comment_form(standing, ref)
    if request.method == "POST":
        form = CommentForm(request.POST, request.FILES, standing=standing, ref=ref)
        if form.is_valid():
            with errors_shown_in(form):
                anchor = _say(standing, ref, form)
                on_panel = "panel" in request.GET
                where = page_of(standing.project, ref) if on_panel else discussion_path(standing.project, ref)
                return redirect(f"{where}#{anchor}")
        # Sent by a script, the form on the page still holds them.
        if form.files and "X-Dialog" not in request.headers:
            form.add_error("attached", _("Choose the files again: a refused form cannot keep them."))
    context = {
        "tab": "",
        "standing": standing,
        "discussion": discussion_of(standing, ref, request.GET.get("page")),
        "about_url": page_of(standing.project, ref),
        "form": form,
    }
    return render(request, "projects/comment_list.html", context, status=status_of(form) if form else 200)


def _say(standing: Standing, ref: ObjectRef | None, form: CommentForm) -> str:
    """Add what the form holds; the anchor of what was added."""
    text, audience, files = (form.cleaned_data[name] for name in ("text", "audience", "attached"))
    actor, project, side = standing.user, standing.project, standing.side
    if not text:
        add_files(actor=actor, project=project, side=side, ref=ref, audience=audience, files=files)
        return "files"
    comment = add_comment(actor=actor, project=project, side=side, ref=ref, audience=audience, text=text, files=files)
    return f"c-{comment.uuid}"


@project_view("comment")
def comment_edit(request: HttpRequest, standing: Standing, comment_uuid: uuid.UUID) -> HttpResponse:
    comment = _comment(standing, comment_uuid)
    form = CommentChangeForm.of(comment, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with errors_shown_in(form):
            change_comment(
                actor=standing.user,
                comment=comment,
                text=form.cleaned_data["text"],
                expected_version=form.cleaned_data["version"],
            )
            return redirect(f"{page_of(standing.project, comment.ref)}#c-{comment.uuid}")
    context = {
        "tab": "",
        "standing": standing,
        "form": form,
        "comment": comment,
        "is_internal": comment.audience != Audience.BOTH,
        "organisation": standing.project.organisation_of(standing.side),
        "cancel_url": discussion_path(standing.project, comment.ref),
    }
    return render(request, "projects/comment_edit.html", context, status=status_of(form))


@require_safe
@project_view("view_project")
def comment_history(request: HttpRequest, standing: Standing, comment_uuid: uuid.UUID) -> HttpResponse:
    """How a comment read before its author changed it. What was withdrawn is not read any more."""
    comment = get_object_or_404(comments_of(standing), uuid=comment_uuid, withdrawn_at=None)
    context = {
        "tab": "",
        "standing": standing,
        "comment": comment,
        "wordings": wordings_of(comment),
        "back_url": f"{discussion_path(standing.project, comment.ref)}#c-{comment.uuid}",
    }
    return render(request, "projects/comment_history.html", context)


@require_POST
@project_view("comment")
def comment_withdraw(request: HttpRequest, standing: Standing, comment_uuid: uuid.UUID) -> HttpResponse:
    comment = _comment(standing, comment_uuid)
    withdraw_comment(actor=standing.user, comment=comment)
    undo = reverse("projects:comment_restore", args=[standing.project.slug, comment.uuid])
    offer_undo(request, _("The comment is withdrawn: nobody reads it any more."), undo)
    return redirect(f"{page_of(standing.project, comment.ref)}#discussion")


@require_POST
@project_view("comment")
def comment_restore(request: HttpRequest, standing: Standing, comment_uuid: uuid.UUID) -> HttpResponse:
    comment = _comment(standing, comment_uuid)
    restore_comment(actor=standing.user, comment=comment)
    messages.success(request, _("The comment is back."))
    return redirect(f"{page_of(standing.project, comment.ref)}#c-{comment.uuid}")


@project_view("comment")
def comment_mentions(request: HttpRequest, standing: Standing) -> HttpResponse:
    """Names that ``?q=`` may begin, of those who would read what is written for ``?audience=``."""
    asked = request.GET.get("audience", "")
    audience = asked if asked in standing.audiences else Audience.BOTH
    people = readers_of(standing.project, audience).filter(name__icontains=request.GET.get("q", "")[:100])
    return render(request, "projects/comment_mentions.html", {"people": people[:NAMES_OFFERED]})


def _comment(standing: Standing, comment_uuid: uuid.UUID) -> Comment:
    return get_object_or_404(comments_of(standing), uuid=comment_uuid)
