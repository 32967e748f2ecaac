"""What can be undone is undone instead of confirmed: the message that says it is done carries the way back."""

from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpRequest


def offer_undo(request: HttpRequest, text: str, url: str, fields: Iterable[tuple[str, str]] = ()) -> None:
    """Tell the reader what was done, with a button that POSTs ``fields`` to ``url``.

    A message's tags that begin with a slash are that address, and behind a line's end what is sent there;
    ``components/messages.html`` draws them.
    """
    messages.success(request, text, extra_tags=f"{url}\n{urlencode(list(fields))}")


def undo_url(tags: str) -> str:
    """Where the way back leads; nothing for a message without one."""
    return tags.partition("\n")[0] if tags.startswith("/") else ""


def undo_fields(tags: str) -> Iterator[tuple[str, str]]:
    """What the way back sends."""
    yield from parse_qsl(tags.partition("\n")[2], keep_blank_values=True)
