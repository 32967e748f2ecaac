"""A process that the launcher starts, watches and ends.

Each child leads a session of its own, so that the terminal's Ctrl-C reaches the launcher alone and the launcher can
end them in order. On Linux the kernel ends a child whose launcher died, even by ``kill -9``.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
TAIL_LINES = 15


@dataclass(frozen=True)
class Account:
    """The system account that a child runs as, where that is not the launcher's own."""

    uid: int
    gid: int


@dataclass
class Child:
    """One process. ``ask`` is the signal that ends it in order, ``orphan`` the one it gets when the launcher dies."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    directory: Path | None = None
    account: Account | None = None
    text: str = ""
    ask: signal.Signals = signal.SIGTERM
    orphan: signal.Signals = signal.SIGKILL
    grace: float = 10.0
    process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    log_starts_at: int = field(default=0, init=False)

    def start(self) -> None:
        """Start it; its output goes to the end of its log, ``text`` to its standard input."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.log_starts_at = log.tell()
            self.process = subprocess.Popen(
                list(self.command),
                env=dict(self.environment),
                cwd=self.directory,
                stdin=subprocess.PIPE if self.text else subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # Runs after the change of account, which would clear the wish.
                preexec_fn=_die_with_the_launcher(os.getpid(), self.orphan),  # noqa: PLW1509  (no threads here)
                user=self.account.uid if self.account else None,
                group=self.account.gid if self.account else None,
                extra_groups=[] if self.account else None,
            )
        if self.text and self.process.stdin:
            self.process.stdin.write(self.text.encode())
            self.process.stdin.close()

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def output(self) -> str:
        """What it wrote since this start."""
        with contextlib.suppress(FileNotFoundError), self.log.open("rb") as log:
            log.seek(self.log_starts_at)
            return log.read().decode(errors="replace")
        return ""

    @property
    def tail(self) -> str:
        return "\n".join(self.output.splitlines()[-TAIL_LINES:])

    def stop(self) -> None:
        """Ask it to end; after its grace end the whole session."""
        if self.process is None:
            return
        if self.is_running:
            self.process.send_signal(self.ask)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.grace)
        self.kill()

    def kill(self) -> None:
        """End it and whatever it started, at once."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def wait_until(answer: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Ask until ``answer`` is true; False when it was not within ``seconds``."""
    deadline = time.monotonic() + seconds
    while not answer():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


def die_with_make() -> None:
    """End in order when the ``make`` that started the launcher is killed; alone, the launcher is nobody's child."""
    if sys.platform == "linux" and "MAKELEVEL" in os.environ:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _die_with_the_launcher(launcher: int, orphan: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    # Loaded before the fork: between fork and exec only plain calls are safe.
    prctl = ctypes.CDLL(None).prctl

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, orphan)
        if os.getppid() != launcher:
            os._exit(1)

    return ask_the_kernel
