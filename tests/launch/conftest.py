"""A launcher in a process of its own, on a data directory of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from launch.bootstrap import ROOT
from launch.children import wait_until
from launch.ports import free_port

# Starts the two servers as make run does, says so, and waits to be ended.
SERVERS_ALONE = """
import sys, time
from pathlib import Path
from launch.data_dir import DataDir
from launch.supervisor import Supervisor
with Supervisor(DataDir(Path(sys.argv[1])), 0).servers() as environment:
    print("servers are up", environment["DATABASE_URL"], flush=True)
    time.sleep(120)
"""


class Launcher:
    """One data directory and what is started on it."""

    def __init__(self, folder: Path, closing: ExitStack) -> None:
        self.data = folder / "data of a run"
        self.port = free_port()
        self.closing = closing
        self.url = ""

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATA_DIR": str(self.data),
            "PORT": str(self.port),
            "PATH": os.environ["PATH"],
            "HOME": str(Path.home()),
        }

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.closing.callback(self._end, process)
        return process

    def start_servers(self) -> "subprocess.Popen[str]":
        process = self.start("-c", SERVERS_ALONE, str(self.data))
        self.url = self.read_until(process, "servers are up").split()[-1]
        return process

    def refused(self, *arguments: str) -> str:
        """What a start that must not succeed says."""
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 1, output
        return output.strip()

    @staticmethod
    def read_until(process: "subprocess.Popen[str]", words: str) -> str:
        """Its output up to the line with ``words``."""
        read = ""
        for line in process.stdout or ():
            read += line
            if words in line:
                return read
        raise AssertionError(f"it never said {words!r}:\n{read}")

    @staticmethod
    def family(process: "subprocess.Popen[str]") -> list[psutil.Process]:
        return psutil.Process(process.pid).children(recursive=True)

    @staticmethod
    def _end(process: "subprocess.Popen[str]") -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
        process.communicate()


def all_gone(processes: list[psutil.Process]) -> bool:
    """Whether none of them lives; a zombie that nobody has collected yet does not."""
    return wait_until(
        lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes), seconds=15
    )


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    with ExitStack() as closing:
        yield Launcher(tmp_path, closing)
