"""Finding things, and what open pages ask to stay up to date."""

import hashlib
import json

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from accounts.access import SignedInRequest, personal_view
from projects.inbox import unread_of
from projects.search import LONGEST_QUERY, find, jump_to, shown
from projects.topics import INBOX, versions_for

FOUND_ON_A_PAGE = 20


@require_GET
@personal_view
def search(request: SignedInRequest) -> HttpResponse:
    """What has the words of ``q``. A number such as W-40 leads to its thing, first of all in the project ``near``."""
    text = request.GET.get("q", "")[:LONGEST_QUERY]
    path = jump_to(request.user, text, request.GET.get("near", ""))
    if path:
        return redirect(path)
    page = Paginator(find(request.user, text), FOUND_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"text": text.strip(), "near": request.GET.get("near", ""), "page": page, "found": shown(page, text)}
    return render(request, "projects/search.html", context)


@require_GET
@personal_view
def live(request: SignedInRequest) -> HttpResponse:
    """The versions of what an open page shows; 304 when nothing moved since the reader asked."""
    topics = set(request.GET.get("topics", "").split(","))
    versions = versions_for(request.user, request.GET.get("p", ""), sorted(topics))
    if INBOX in topics:
        versions[INBOX] = unread_of(request.user).count()
    body = json.dumps(versions, sort_keys=True)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
    same = request.headers.get("If-None-Match") == tag
    response = HttpResponseNotModified() if same else HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-store"
    return response
