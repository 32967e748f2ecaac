"""What each request needs to know of its reader, and how a refused act is shown."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import timezone, translation

from core.errors import DomainError


class CompressedPages(GZipMiddleware):
    """Pages go compressed over the wire.

    What has an entity tag stays as it is: the API's tags are strong, and a compressed answer may only have a weak one.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if response.has_header("ETag") else super().process_response(request, response)


class ReaderMiddleware:
    """Pages speak the reader's language and show instants in the reader's time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            language = translation.get_language_from_request(request)
            with translation.override(language):
                return self.get_response(request)
        with translation.override(user.locale), timezone.override(zoneinfo.ZoneInfo(user.time_zone)):
            return self.get_response(request)


class DomainErrorMiddleware:
    """A rule that refuses, and that no form caught, answers 409 with its sentence instead of a crash."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return render(request, "refused.html", {"error": exception}, status=409)
        return None
