"""How often the pages that open with a link alone may be asked from one address, and how many guesses a token has."""

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core.request_limits import requests_of_this_minute

LINKS_PER_MINUTE: Final = 30
WRONG_TOKENS_PER_MINUTE: Final = 60
# Whoever has one address of such a network has all of them.
HOME_NETWORK: Final = 64


def address_of(request: HttpRequest) -> str:
    """Where a request comes from, behind as many proxies as the settings trust; of IPv6 the network."""
    said: str = get_adapter().get_client_ip(request)
    try:
        address = ipaddress.ip_address(said)
    except ValueError:
        return said[:45]
    if address.version == 4:
        return str(address)
    return str(ipaddress.ip_network((address, HOME_NETWORK), strict=False).network_address)


def seconds_to_wait(kind: str, request: HttpRequest, limit: int) -> int:
    """Count one more of ``kind`` from the request's address: 0, or how long it waits because there were too many."""
    second = int(timezone.now().timestamp())
    is_too_many = requests_of_this_minute(f"{kind}:{address_of(request)}", second) > limit
    return 60 - second % 60 if is_too_many else 0


def limited_by_address(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For pages whose address is a secret: all of them together count, living links and dead ones alike."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wait = seconds_to_wait("link", request, LINKS_PER_MINUTE)
        if not wait:
            return view(request, *args, **kwargs)
        refused = render(request, "429.html", status=429)
        refused["Retry-After"] = str(wait)
        return refused

    return guarded
