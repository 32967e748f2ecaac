"""Half a request is no request: a body that ends before its announced length is refused instead of taken as it is.

Without this, Django reads what came before a connection was cut (an upload that was cancelled) like a complete form,
and a comment would be added without its file, or half a timesheet be looked at.
"""

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class BodyCutShort(ConnectionError):
    """The other side hung up. Django makes an UnreadablePostError of it."""


class WholeBody:
    """``wsgi.input`` that counts what came."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream = stream
        self._left = length

    def read(self, size: int = -1, /) -> bytes:
        return self._counted(self._stream.read(size), size)

    def readline(self, size: int = -1, /) -> bytes:
        return self._counted(self._stream.readline(size), size)

    def _counted(self, data: bytes, size: int) -> bytes:
        self._left -= len(data)
        if not data and size != 0 and self._left > 0:
            message = f"{self._left} bytes never came"
            raise BodyCutShort(message)
        return data


def whole_bodies(application: Application, *, largest: int) -> Application:
    """``application`` behind the check. What announces more than ``largest`` bytes is refused before it is read."""

    def checked(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        announced = environ.get("CONTENT_LENGTH") or ""
        length = int(announced) if announced.isdecimal() else 0
        if length > largest:
            headers = [("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close")]
            start_response("413 Content Too Large", headers)
            return [f"A request has at most {largest:,} bytes.\n".encode()]
        if length:
            environ["wsgi.input"] = WholeBody(environ["wsgi.input"], length)
        return application(environ, start_response)

    return checked
