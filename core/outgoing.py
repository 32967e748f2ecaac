"""Requests to addresses that people typed: to the open Internet alone, whatever a name resolves to.

A name is resolved once; each address that it has is looked at, and the socket connects to one of those. So nothing
can change between the look and the connection. Redirects are not followed, proxies of the environment not used, and
the answer's body is not read: only its status counts.
"""

import contextlib
import ipaddress
import os
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

import urllib3
from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 10.0
# All together: whoever answers a byte at a time is hung up on.
WHOLE_SECONDS: Final = 15.0
HTTPS_PORT: Final = 443
# Below it lie the services of a machine, such as its mail.
FIRST_FREE_PORT: Final = 1024

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# IPv6 addresses that end in an IPv4 address, to which they lead.
NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
IPV4_COMPATIBLE: Final = ipaddress.ip_network("::/96")
# Of whoever translates between the two for themselves (RFC 8215); Python counts it as open.
LOCAL_NAT64: Final = ipaddress.ip_network("64:ff9b:1::/48")
# Names that nobody can have (RFC 2606), so no server is asked for them.
NOWHERE: Final = (".example", ".invalid", ".test")


class AddressRefused(OSError):
    """The address is none of the open Internet's. No byte was sent."""


@dataclass(frozen=True)
class Answer:
    """The status of the answer and how long it took."""

    status: int
    milliseconds: int

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send ``body`` and return the answer's status. OSError when there is none, AddressRefused among them."""
    parts = urlsplit(url)
    pool = (_SecurePool if parts.scheme == "https" else _PlainPool)(
        parts.hostname or "",
        parts.port,
        timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=ANSWER_SECONDS),
        retries=False,
        maxsize=1,
    )
    began = time.monotonic()
    try:
        response = pool.urlopen(
            "POST", path_of(parts), body=body, headers=dict(headers), redirect=False, preload_content=False
        )
        response.close()
        return Answer(response.status, round((time.monotonic() - began) * 1000))
    except HTTPError as error:
        if isinstance(error.__cause__, AddressRefused):
            raise error.__cause__ from error
        raise OSError(f"{type(error).__name__}: {error}") from error
    finally:
        pool.close()


def path_of(parts: SplitResult) -> str:
    """What stands behind the host."""
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def addresses_of(host: str, port: int) -> list[Address]:
    """What ``host`` resolves to now, in the order in which they are to be tried. OSError when to nothing."""
    if host.rstrip(".").endswith(NOWHERE):
        raise OSError(f"{host} has no address")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [ipaddress.ip_address(str(address[0]).partition("%")[0]) for *_kind, address in found]


def allowed_networks() -> Sequence[Network]:
    """Networks that may be asked although they are not the open Internet's: those of WEBHOOK_ALLOWED_NETWORKS."""
    return [ipaddress.ip_network(network) for network in settings.WEBHOOK_ALLOWED_NETWORKS]


def is_open(address: Address) -> bool:
    """Whether everybody on the Internet can reach it; of an address within another both have to be."""
    inner = carried_by(address)
    is_local = address.is_multicast or address in LOCAL_NAT64
    return address.is_global and not is_local and (inner is None or is_open(inner))


def carried_by(address: Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to, by any of the ways there are."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in NAT64 or address in IPV4_COMPATIBLE:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def check(address: Address, *, is_secure: bool) -> None:
    """Refuse what is not open and not allowed by name. Without encryption only an allowed network is asked.

    The demo says on each page that nothing is sent out.
    """
    if any(address in network for network in allowed_networks()):
        return
    if not is_open(address):
        raise AddressRefused(f"{address} is an address of a private network")
    if settings.DEMO:
        raise AddressRefused("the demo posts to WEBHOOK_ALLOWED_NETWORKS alone")
    if not is_secure:
        raise AddressRefused("https is needed")


def may_be_asked(host: str) -> bool:
    """False for an address in numbers that is not open to everybody; where a name leads shows when it is asked."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.rstrip(".").casefold() != "localhost" or bool(allowed_networks())
    return is_open(address) or any(address in network for network in allowed_networks())


def _connect(connection: HTTPConnection, *, is_secure: bool) -> socket.socket:
    """A socket to one of the host's addresses, each of which was looked at: a name with one bad address is refused."""
    addresses = addresses_of(connection.host, connection.port)
    for address in addresses:
        check(address, is_secure=is_secure)
    trouble: OSError = OSError(f"{connection.host} has no address")
    for address in addresses:
        try:
            return socket.create_connection((str(address), connection.port), timeout=CONNECT_SECONDS)
        except OSError as error:
            trouble = error
    raise trouble


class _Guarded:
    """What both connections do: look at the address, and hang up when the whole takes too long."""

    is_secure = False
    timer: threading.Timer | None = None
    line: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        try:
            found = _connect(self, is_secure=self.is_secure)  # type: ignore[arg-type]  # a connection of urllib3's
        except OSError as error:
            raise urllib3.exceptions.NewConnectionError(self, str(error)) from error  # type: ignore[arg-type]
        # A second handle on the same line: encryption takes the first one over.
        self.line = socket.socket(fileno=os.dup(found.fileno()))
        self.timer = threading.Timer(WHOLE_SECONDS, _hang_up, [self.line])
        self.timer.daemon = True
        self.timer.start()
        return found

    def close(self) -> None:
        if self.timer is not None:
            self.timer.cancel()
        if self.line is not None:
            self.line.close()
        super().close()  # type: ignore[misc]  # of the connection beside it


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


class _PlainConnection(_Guarded, HTTPConnection):
    pass


class _SecureConnection(_Guarded, HTTPSConnection):
    is_secure = True


class _PlainPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PlainConnection


class _SecurePool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
