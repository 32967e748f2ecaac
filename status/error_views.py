"""The pages for what is not there and for what is not allowed."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import defaults

from core.api import PROBLEM_TYPE, Problem, not_found_problem


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, word for word the same for a stranger as for an address that leads nowhere."""
    if _is_of_the_api(request):
        return _told_to_a_program(not_found_problem())
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: a member whose role does not include the page or the act."""
    return render(request, "403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: nobody foresaw this. The page needs neither the database nor a context."""
    if _is_of_the_api(request):
        return _told_to_a_program(Problem(500, "server_error", _("Something went wrong here. Nothing was changed.")))
    return defaults.server_error(request)


def _is_of_the_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _told_to_a_program(problem: Problem) -> HttpResponse:
    return JsonResponse(problem.body, status=problem.status, content_type=PROBLEM_TYPE)
