"""``make run`` from nothing to its end. Long: it loads the demo."""

import signal
import time
import urllib.request

import psutil
import pytest

from launch.children import wait_until
from tests.launch.conftest import Launcher, all_gone

pytestmark = pytest.mark.long

IN_ORDER = [f"Stopping {name} …" for name in ("beat", "worker", "web server", "broker", "database")]
# One to three seconds on a machine of its own; a busy one gets time.
SECOND_START_SECONDS = 15
RESIDENT_MB = 700


def test_run_from_nothing_to_its_end(launcher: Launcher) -> None:
    first = launcher.start("-m", "launch", "run")
    said = launcher.read_until(first, "Ctrl-C stops everything")
    assert f"Oversight is ready at http://127.0.0.1:{launcher.port}\n" in said
    assert f"http://localhost:{launcher.port}\n" in said
    family = launcher.family(first)
    with urllib.request.urlopen(f"http://127.0.0.1:{launcher.port}/health/live", timeout=5) as answer:
        assert answer.read() == b"ok\n"
    resident = sum(process.memory_info().rss for process in [psutil.Process(first.pid), *family]) / 1_000_000
    assert resident < RESIDENT_MB
    first.send_signal(signal.SIGINT)
    rest, _ = first.communicate(timeout=40)
    assert [line for line in rest.splitlines() if line] == IN_ORDER
    assert first.returncode == 0
    assert all_gone(family)

    began = time.monotonic()
    second = launcher.start("-m", "launch", "run")
    said = launcher.read_until(second, "ready at")
    assert time.monotonic() - began < SECOND_START_SECONDS
    assert "…" not in said  # nothing was prepared again

    worker = next(child for child in psutil.Process(second.pid).children() if "worker" in child.cmdline())
    family = launcher.family(second)
    worker.kill()
    rest, _ = second.communicate(timeout=40)
    assert "The worker ended unexpectedly, so everything was stopped." in rest
    assert second.returncode == 1
    assert all_gone(family)


def test_ctrl_c_while_the_demo_loads_leaves_nothing_and_the_next_start_finishes(launcher: Launcher) -> None:
    process = launcher.start("-m", "launch", "run")
    launcher.read_until(process, "Loading the demo")
    assert wait_until(lambda: len(launcher.family(process)) > 2, seconds=5)
    family = launcher.family(process)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=40)
    assert process.returncode == 0
    assert all_gone(family)
    launcher.read_until(launcher.start("-m", "launch", "run"), "ready at")
