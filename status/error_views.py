"""The pages for what is not there and for what is not allowed."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core.api import PROBLEM_TYPE, not_found_problem


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, word for word the same for a stranger as for an address that leads nowhere."""
    if request.path.startswith("/api/"):
        return JsonResponse(not_found_problem().body, status=404, content_type=PROBLEM_TYPE)
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: a member whose role does not include the page or the act."""
    return render(request, "403.html", status=403)
