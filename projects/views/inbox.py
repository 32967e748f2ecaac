"""A user's own messages."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.access import SignedInRequest, personal_view
from projects.inbox import inbox_lines, mark_all_read, mark_read, messages_of, unread_of
from projects.outbox import word

MESSAGES_ON_A_PAGE = 25


@personal_view
def inbox(request: SignedInRequest) -> HttpResponse:
    page = Paginator(messages_of(request.user), MESSAGES_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "inbox_lines": inbox_lines(request.user, list(page)),
        "unread_count": unread_of(request.user).count(),
    }
    return render(request, "projects/inbox.html", context)


@personal_view
def message_read(request: SignedInRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """Open what a message is about. A plain link, so that it opens in a new tab too; reading is all it changes."""
    message = get_object_or_404(messages_of(request.user).select_related("recipient"), uuid=message_uuid)
    wording = word(message)
    if wording is None:
        raise Http404("no longer to be seen")
    mark_read(message)
    return redirect(wording.path)


@require_POST
@personal_view
def inbox_read(request: SignedInRequest) -> HttpResponse:
    """Mark everything as read."""
    count = mark_all_read(request.user)
    told = ngettext("%(count)s message is marked as read.", "%(count)s messages are marked as read.", count)
    messages.success(request, told % {"count": count})
    return redirect("projects:inbox")
