"""Addresses of pages with open places for slugs, numbers and uuids: found once a process, filled in for each row.

``reverse`` looks through the addresses of a name anew for each call, which made every link of a long table cost more
than the rest of its row.
"""

import uuid
from collections.abc import Callable
from functools import cache
from typing import Final
from urllib.parse import quote

from django.urls import reverse

STAND_INS: Final[dict[type, str]] = {
    str: "stand-in-{}",
    int: "98765432{}",
    uuid.UUID: "98765432-aaaa-4aaa-8aaa-aaaaaaaaaaa{}",
}


def address(url_name: str, *parts: str | int | uuid.UUID) -> str:
    """What ``reverse(url_name, args=parts)`` answers."""
    return _filled(url_name, tuple(str if isinstance(part, str) else type(part) for part in parts))(
        *(quote(part, safe="") if isinstance(part, str) else part for part in parts)
    )


@cache
def _filled(url_name: str, kinds: tuple[type, ...]) -> Callable[..., str]:
    stand_ins = [STAND_INS[kind].format(place) for place, kind in enumerate(kinds)]
    found = reverse(url_name, args=stand_ins).replace("{", "{{").replace("}", "}}")
    for place, stand_in in enumerate(stand_ins):
        found = found.replace(stand_in, f"{{{place}}}")
    return found.format
