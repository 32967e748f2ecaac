"""What each request needs to know of its reader, and how a refused act is shown."""

import zoneinfo
from collections.abc import Callable
from functools import cached_property

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils import timezone, translation

from core.errors import DomainError


class StorableQuery:
    """A NUL in the query string reads as the replacement character.

    No text in the database can hold a NUL, so nothing is found by one; asking the database for it would be an error.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = request.META.get("QUERY_STRING", "")
        if "%00" in asked:
            request.META["QUERY_STRING"] = asked.replace("%00", "%EF%BF%BD")
        return self.get_response(request)


class ShortWay:
    """What open pages ask every few seconds is answered with session and sign-in alone (``settings.SHORT_WAY``).

    The rest of the middleware would cost several times as much as the answer. Nobody is led to a page for signing in:
    a script asks, and 401 is what it understands.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.short = SessionMiddleware(AuthenticationMiddleware(self._answer))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in self._views:
            return self.get_response(request)
        response: HttpResponseBase = self.short(request)  # type: ignore[assignment]  # awaited only under ASGI
        return response

    @cached_property
    def _views(self) -> dict[str, Callable[[HttpRequest], HttpResponseBase]]:
        return {path: resolve(path).func for path in map(reverse, settings.SHORT_WAY)}

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return HttpResponse(status=401)
        return self._views[request.path_info](request)


class CompressedPages(GZipMiddleware):
    """Pages go compressed over the wire.

    What has an entity tag stays as it is: the API's tags are strong, and a compressed answer may only have a weak one.
    So does a stream: its reader waits for each line, and compression would hold lines back.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        is_left = response.streaming or response.has_header("ETag")
        return response if is_left else super().process_response(request, response)


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
