"""The demo's outbox: the mails that it would send, as their recipients would see them."""

import uuid
from collections.abc import Callable
from functools import wraps

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin

from accounts.access import SignedInRequest, personal_view
from projects.outbox import mails_shown_to, word

MAILS_ON_A_PAGE = 50


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Elsewhere mails go to their recipients, and to nobody else."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.DEMO:
            raise Http404("only in the demo")
        return view(request, *args, **kwargs)

    return guarded


@personal_view
@demo_only
def outbox(request: SignedInRequest) -> HttpResponse:
    page = Paginator(mails_shown_to(request.user), MAILS_ON_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "projects/outbox.html", {"page": page})


@csp_update({"frame-src": [SELF]})
@personal_view
@demo_only
def outbox_message(request: SignedInRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """One mail as it was sent; one that still waits as it would read now."""
    mail = get_object_or_404(mails_shown_to(request.user), uuid=message_uuid)
    wording = None if mail.subject else word(mail)
    context = {
        "mail": mail,
        "subject": mail.subject or (wording.subject if wording else ""),
        "text": mail.text or (wording.text if wording else ""),
    }
    return render(request, "projects/outbox_message.html", context)


@xframe_options_sameorigin
@csp({"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "sandbox": ["allow-popups"]})
@personal_view
@demo_only
def outbox_message_html(request: SignedInRequest, message_uuid: uuid.UUID) -> HttpResponse:
    """The mail's HTML by itself, for the frame: no scripts, no forms, nothing from elsewhere."""
    mail = get_object_or_404(mails_shown_to(request.user), uuid=message_uuid)
    wording = None if mail.subject else word(mail)
    return HttpResponse(mail.html or (wording.html if wording else ""))
