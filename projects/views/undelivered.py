"""Mails that did not get through, and what to do about them."""

import uuid
from collections.abc import Callable

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.form_pages import say_how_it_went
from projects.access import Standing, project_view
from projects.actions import discard_message, send_message_again
from projects.undelivered import undelivered_of

MESSAGES_ON_A_PAGE = 50


@project_view("resend_messages")
def undelivered_list(request: HttpRequest, standing: Standing) -> HttpResponse:
    page = Paginator(undelivered_of(standing), MESSAGES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"tab": "people", "standing": standing, "page": page}
    return render(request, "projects/undelivered_list.html", context)


@require_POST
@project_view("resend_messages")
def undelivered_send(request: HttpRequest, standing: Standing, message_uuid: uuid.UUID) -> HttpResponse:
    """Try it again, once the address is mended for example."""
    return _act(request, standing, message_uuid, send_message_again, _("It is being sent again."))


@project_view("resend_messages")
def undelivered_discard(request: HttpRequest, standing: Standing, message_uuid: uuid.UUID) -> HttpResponse:
    """Give it up for good, which a page asks before. What it told stands in the inbox all the same."""
    if request.method != "POST":
        message = get_object_or_404(undelivered_of(standing), uuid=message_uuid)
        context = {"tab": "people", "standing": standing, "message": message}
        return render(request, "projects/undelivered_discard.html", context)
    return _act(request, standing, message_uuid, discard_message, _("The mail is discarded."))


def _act(
    request: HttpRequest, standing: Standing, message_uuid: uuid.UUID, act: Callable[..., None], done: str
) -> HttpResponse:
    message = get_object_or_404(undelivered_of(standing), uuid=message_uuid)
    say_how_it_went(request, lambda: act(actor=standing.user, message=message, side=standing.side), done)
    return redirect("projects:undelivered_list", standing.project.slug)
