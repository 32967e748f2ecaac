"""What open pages ask to stay up to date, every few seconds and from every tab: it costs next to nothing."""

import hashlib
import json

from django.http import HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_GET

from accounts.access import SignedInRequest, personal_view
from projects.topics import versions_for


@require_GET
@personal_view
def live(request: SignedInRequest) -> HttpResponse:
    """The versions of what an open page shows; 304 when nothing moved since the reader asked."""
    topics = request.GET.get("topics", "").split(",")
    body = json.dumps(versions_for(request.user, request.GET.get("p", ""), topics), sort_keys=True)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:16]}"'
    same = request.headers.get("If-None-Match") == tag
    response = HttpResponseNotModified() if same else HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Content-Length"] = str(len(response.content))
    response["Cache-Control"] = "private, no-store"
    return response
