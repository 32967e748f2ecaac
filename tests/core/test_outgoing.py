"""Requests leave for the open Internet alone, whatever a name says and however it changes its mind."""

import ipaddress
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from core import outgoing
from core.outgoing import AddressRefused, is_open, post
from tests.web_listener import Listener, dripping, listening

SENT = {"body": b"{}", "headers": {"X-Sent": "1"}}


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found


@pytest.fixture
def loopback_allowed(settings: Settings) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture(autouse=True)
def no_demo(settings: Settings) -> None:
    settings.DEMO = False


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  (nothing is bound to it)
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::8.8.8.8",
        "2002:7f00:1::",
        "fd00::1",
        "fe80::1",
        "ff02::1",
    ],
)
def test_addresses_of_private_networks_are_not_open(address: str) -> None:
    assert not is_open(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"])
def test_addresses_of_the_internet_are_open(address: str) -> None:
    assert is_open(ipaddress.ip_address(address))


def test_an_allowed_network_is_asked(listener: Listener, loopback_allowed: None) -> None:
    answer = post(listener.url, **SENT)
    assert answer.status == 204
    assert answer.is_success
    (asked,) = listener.asked
    assert (asked.path, asked.headers["X-Sent"], asked.body) == ("/told?by=oversight", "1", b"{}")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1"])
def test_this_machine_is_refused_however_it_is_written(listener: Listener, host: str) -> None:
    with pytest.raises(AddressRefused, match="private network"):
        post(f"http://{host}:{listener.port}/", **SENT)
    assert listener.asked == []


def test_a_mapped_address_is_refused(listener: Listener) -> None:
    with pytest.raises(AddressRefused):
        post(f"http://[::ffff:127.0.0.1]:{listener.port}/", **SENT)
    assert listener.asked == []


def test_a_name_that_changes_its_mind_is_connected_to_where_it_was_looked_at(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The resolver says an open address once and this machine from then on. Nothing reaches this machine."""
    answers = iter(["203.0.114.1"])

    def resolve(host: str, port: int, **kind: Any) -> list[Any]:
        address = next(answers, "127.0.0.1") if host == "rebinding.test.net" else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    connected = []

    def connect(place: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(place)
        raise ConnectionRefusedError("nobody is there")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OSError, match="nobody is there"):
        post(f"https://rebinding.test.net:{listener.port}/", **SENT)
    assert connected == [("203.0.114.1", listener.port)]


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kind: found)
    with pytest.raises(AddressRefused):
        post("https://mixed.test.net/", **SENT)


def test_the_open_internet_is_asked_with_encryption_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kind: found)
    with pytest.raises(AddressRefused, match="https"):
        post("http://plain.test.net/", **SENT)


def test_the_demo_sends_nothing_out(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    settings.DEMO = True
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kind: found)
    with pytest.raises(AddressRefused, match="demo"):
        post("https://hooks.test.net/", **SENT)


def test_a_redirect_is_not_followed(listener: Listener, loopback_allowed: None) -> None:
    listener.statuses, listener.location = [302], f"http://127.0.0.1:{listener.port}/elsewhere"
    answer = post(listener.url, **SENT)
    assert answer.status == 302
    assert not answer.is_success
    assert len(listener.asked) == 1


def test_whoever_answers_a_byte_at_a_time_is_hung_up_on(
    loopback_allowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outgoing, "WHOLE_SECONDS", 0.3)
    with dripping() as port:
        began = time.monotonic()
        with pytest.raises(OSError, match="Protocol"):
            post(f"http://127.0.0.1:{port}/", **SENT)
        assert time.monotonic() - began < 4


def test_nobody_there_is_an_error(loopback_allowed: None) -> None:
    with listening() as gone:
        pass
    with pytest.raises(OSError, match="refused"):
        post(gone.url, **SENT)


@pytest.mark.parametrize("host", ["hooks.example", "hooks.invalid", "hooks.test"])
def test_names_that_nobody_can_have_are_not_looked_up(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "getaddrinfo")
    with pytest.raises(OSError, match="has no address"):
        post(f"https://{host}/", **SENT)
