"""A request whose body was cut short does nothing, whatever came of it before."""

import socket
from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import User
from core.whole_bodies import BodyCutShort, WholeBody
from projects.models import Attachment, Comment, Project
from tests.processes import Process

BOUNDARY = "cut-here"


def test_whole_body_is_read_as_it_is() -> None:
    body = WholeBody(BytesIO(b"one\ntwo"), 7)
    assert [body.readline(), body.read(2), body.read(100), body.read(), body.readline()] == [
        b"one\n",
        b"tw",
        b"o",
        b"",
        b"",
    ]


@pytest.mark.parametrize("read", [lambda body: body.read(5), lambda body: body.read(), lambda body: body.readline()])
def test_end_before_its_length_is_an_error(read: Callable[[WholeBody], bytes]) -> None:
    body = WholeBody(BytesIO(b"one"), 4)
    assert read(body) == b"one"
    with pytest.raises(BodyCutShort):
        read(body)


def test_asking_for_nothing_is_no_end() -> None:
    assert WholeBody(BytesIO(b""), 4).read(0) == b""


def test_upload_that_is_cut_short_adds_nothing(
    web_process: Process, project: Project, client_manager: User, sign_in: Callable[[User], Client]
) -> None:
    """As a browser that is closed in the middle: the words have arrived, the file has not."""
    browser = sign_in(client_manager)
    path = f"/p/{project.slug}/comments/"
    browser.get(path)
    token = browser.cookies["csrftoken"].value
    parts = {"csrfmiddlewaretoken": token, "text": "The recording", "audience": "both"}
    form = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in parts.items()
    )
    file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="attached"; filename="a.bin"\r\n\r\n' + "x" * 50_000
    whole = f"{form}{file}\r\n--{BOUNDARY}--\r\n"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {urlsplit(web_process.url).netloc}\r\nConnection: close\r\n"
        f"Origin: {web_process.url}\r\nCookie: sessionid={browser.cookies['sessionid'].value}; csrftoken={token}\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(whole)}\r\n\r\n"
    )
    answers = [send(web_process, head + body) for body in (whole[: len(form) + 30_000], whole)]
    assert [answer.split(b" ")[1] for answer in answers] == [b"403", b"302"]
    assert (Comment.objects.count(), Attachment.objects.count()) == (1, 1)


def test_upload_without_measure_is_refused_before_it_is_read(web_process: Process) -> None:
    host = urlsplit(web_process.url).netloc
    answer = send(web_process, f"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: {10**12}\r\n\r\nA")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"at most 314,572,800 bytes" in answer


def send(server: Process, text: str) -> bytes:
    """Everything at once, then nothing more; the answer."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.sendall(text.encode())
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))
