"""A client that asks one page after the other over a connection that stays open, as a browser does."""

import gzip
import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from launch.ports import HOST

FORM_TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
TIMEOUT = 60.0


@dataclass(frozen=True)
class Request:
    """What is asked of the server at ``port``, and the status of a good answer."""

    port: int
    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    expected: int = 200


@dataclass(frozen=True)
class Answer:
    status: int
    text: bytes


class Connection:
    """One connection, opened anew where the server closed it."""

    def __init__(self, port: int) -> None:
        self.http = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)

    def ask(self, request: Request) -> Answer:
        headers = {"Accept-Encoding": "gzip", **request.headers}
        try:
            self.http.request(request.method, request.path, request.body, headers)
            answer = self.http.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # An idle connection was closed meanwhile.
            self.http.close()
            self.http.request(request.method, request.path, request.body, headers)
            answer = self.http.getresponse()
        body = answer.read()
        return Answer(answer.status, gzip.decompress(body) if answer.headers["Content-Encoding"] == "gzip" else body)

    def timed(self, request: Request) -> float:
        """The milliseconds of a good answer."""
        begin = time.perf_counter()
        answer = self.ask(request)
        took = (time.perf_counter() - begin) * 1000
        if answer.status != request.expected:
            raise RuntimeError(f"{request.path}: {answer.status}\n{answer.text.decode(errors='replace')[:2000]}")
        return took

    def close(self) -> None:
        self.http.close()


def sign_in(port: int, email: str, password: str) -> str:
    """Sign in as people do; the cookies to send from then on."""
    connection = http.client.HTTPConnection(HOST, port, timeout=TIMEOUT)
    try:
        connection.request("GET", "/sign-in/")
        answer = connection.getresponse()
        cookies, token = _cookies(answer), FORM_TOKEN.search(answer.read())
        if token is None:
            raise RuntimeError("the sign-in page has no form")
        fields = {"csrfmiddlewaretoken": token[1].decode(), "login": email, "password": password}
        headers = {
            "Cookie": _header(cookies),
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://{HOST}:{port}",
        }
        connection.request("POST", "/sign-in/", urlencode(fields), headers)
        answer = connection.getresponse()
        answer.read()
        cookies |= _cookies(answer)
        if "sessionid" not in cookies:
            raise RuntimeError(f"{email} could not sign in: {answer.status}")
        return _header(cookies)
    finally:
        connection.close()


def _cookies(answer: http.client.HTTPResponse) -> dict[str, str]:
    pairs = (line.split(";", 1)[0].split("=", 1) for line in answer.headers.get_all("Set-Cookie") or ())
    return {pair[0]: pair[1] for pair in pairs}


def _header(cookies: Mapping[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())
