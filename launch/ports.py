"""TCP ports on this machine."""

import errno
import socket

from launch.refusal import Refusal

HOST = "127.0.0.1"


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def refuse_busy_port(port: int) -> None:
    with socket.socket() as probe:
        # As the web server does: connections of an earlier run that are still closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise Refusal(
                    f"Port {port} is in use by another program. Choose another one: make run PORT={port + 1}"
                ) from error
            if error.errno == errno.EACCES:
                raise Refusal(f"Port {port} is not for ordinary users. Choose one above 1023.") from error
            raise


def answers(port: int) -> bool:
    """Whether somebody listens on ``port``."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
