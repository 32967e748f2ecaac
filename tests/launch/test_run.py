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

    # Whatever is killed lives again and says so; the site goes on.
    for name, words in KILLED.items():
        victim = next(child for child in psutil.Process(second.pid).children() if is_called(child, words))
        victim.kill()
        said = launcher.read_until(second, f"The {name} is started again.")
        assert f"The {name} ended by itself and is started again at once. Its last words:" in said
    assert wait_until(lambda: answers_with_its_database(launcher.port), seconds=40)
    family = launcher.family(second)
    second.send_signal(signal.SIGINT)
    rest, _ = second.communicate(timeout=40)
    assert [line for line in rest.splitlines() if line.startswith("Stopping")] == IN_ORDER
    assert second.returncode == 0
    assert all_gone(family)


# How each is told from the others by its command line.
KILLED = {
    "worker": ("worker",),
    "beat": ("beat",),
    "web server": ("gunicorn",),
    "broker": ("valkey-server",),
    "database": ("postgres", "-D"),
}


def is_called(process: psutil.Process, words: tuple[str, ...]) -> bool:
    line = process.cmdline()
    return all(any(part == word or part.endswith(f"/{word}") for part in line) for word in words)


def answers_with_its_database(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


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
