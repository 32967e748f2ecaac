"""The pages for what is not there and for what is not allowed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404, word for word the same for a stranger as for an address that leads nowhere."""
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: a member whose role does not include the page or the act."""
    return render(request, "403.html", status=403)
