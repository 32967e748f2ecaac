"""What ends by itself is started again, and what will not live is told."""

import sys
import time
from pathlib import Path

import psutil
import pytest

from launch.children import Child, wait_until
from launch.revival import LIVED_WELL_SECONDS, MOST_DEATHS, Revival, wait_before


def test_first_start_is_at_once_and_each_further_one_later() -> None:
    assert [wait_before(death) for death in range(1, 9)] == [0, 1, 2, 4, 8, 16, 30, 30]


@pytest.fixture
def child(tmp_path: Path) -> Child:
    child = Child(
        "sleeper",
        [sys.executable, "-c", "print('good night', flush=True); import time; time.sleep(60)"],
        tmp_path / "sleeper.log",
    )
    child.start()
    assert wait_until(lambda: "good night" in child.output, seconds=20)
    return child


def test_what_was_killed_lives_again_and_its_last_words_are_shown(child: Child) -> None:
    revival = Revival(child, child.start, lambda: child.is_running, child.kill)
    first = child.process
    child.kill()
    now = time.monotonic()
    assert "good night" in revival.look(now)
    assert revival.look(now) == "The sleeper is started again."
    assert child.is_running
    assert child.process is not first
    child.kill()


def test_what_ends_soon_after_its_start_waits_longer(child: Child) -> None:
    revival = Revival(child, lambda: None, lambda: child.is_running, child.kill, started_at=0.0)
    child.kill()
    assert "started again at once" in revival.look(1.0)
    revival.look(1.0)
    assert "started again in 1 s" in revival.look(2.0)
    assert revival.look(2.5) == ""
    assert revival.look(3.0) == "The sleeper is started again."
    assert "at once" in revival.look(3.0 + LIVED_WELL_SECONDS)


def test_what_ends_again_and_again_is_given_up(child: Child) -> None:
    revival = Revival(child, lambda: None, lambda: child.is_running, child.kill, started_at=0.0)
    child.kill()
    now = 1.0
    while not revival.is_hopeless:
        revival.look(now)
        now = revival.again_at if revival.again_at is not None else now + 1
    assert revival.deaths == MOST_DEATHS + 1


def test_what_it_had_started_ends_with_it(tmp_path: Path) -> None:
    """Else the new one finds the port taken, or works beside the pool of the old one."""
    program = "import subprocess, sys, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    child = Child("parent", [sys.executable, "-c", program], tmp_path / "parent.log")
    child.start()
    assert wait_until(lambda: child.output.endswith("\n"), seconds=20)
    grandchild = psutil.Process(int(child.output))
    assert child.process is not None
    child.process.kill()
    assert wait_until(lambda: not child.is_running, seconds=10)
    Revival(child, lambda: None, lambda: child.is_running, child.kill).look(time.monotonic())
    assert wait_until(lambda: not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE, seconds=10)
