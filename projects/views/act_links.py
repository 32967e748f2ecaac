"""The page behind a single-purpose link: everybody who has the link may open it, and nobody else learns of it."""

from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.request_limits import limited_by_address
from core.form_pages import errors_shown_in, status_of
from projects.access import standings_to_be_told
from projects.act_links import ACTS
from projects.actions.act_links import LinkIsDead, living_link, use_act_link
from projects.models import ActLink


def _quiet(view: Any) -> Any:
    """No search engine, cache or other site learns the address."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        response: HttpResponse = view(request, token)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return guarded


def _is_of_the_askers(request: HttpRequest, link: ActLink) -> bool:
    """Whoever asks can copy the link, and others of that side may be sent it; none of them answers for the other."""
    user = request.user
    if not isinstance(user, User):
        return False
    standing = standings_to_be_told(user, {link.project_id}).get(link.project_id)
    return user.pk == link.created_by_id or (standing is not None and standing.side != link.side)


@login_not_required
# The token is the proof, and no cookie counts here. With no-referrer a browser sends no origin to check either.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@_quiet
@limited_by_address
def act_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what is asked and changes nothing, for programs that read mail open links. POST answers, once."""
    try:
        link, page = living_link(token)
        act = ACTS[link.act]
        may_answer = not _is_of_the_askers(request, link)
        form = act.form(request.POST if request.method == "POST" else None)
        if request.method == "POST" and may_answer and form.is_valid():
            with errors_shown_in(form):
                said = use_act_link(link, **form.cleaned_data)
                return render(request, "projects/act_link_done.html", {"act": act, "said": said, "link": link})
    except LinkIsDead:
        return render(request, "projects/act_link_dead.html", status=404)
    context = {"act": act, "link": link, "page": page, "form": form, "may_answer": may_answer}
    status = 403 if request.method == "POST" and not may_answer else status_of(form)
    return render(request, "projects/act_link.html", context, status=status)
