"""Signs of life, the schedule that only goes forward, and the worker that ends itself when it is stuck."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from celery import current_app

from core import beat
from core.beat import Scheduler
from core.doorbell import ring_now, tasks_waiting
from core.heartbeats import Heart, last_heard
from core.models import Heartbeat
from core.worker_life import is_stuck
from launch.children import wait_until
from tests.processes import Broker, Process


@pytest.mark.django_db
def test_a_heart_beats_once_in_ten_seconds() -> None:
    heart = Heart("worker")
    heart.beat()
    first = Heartbeat.objects.get().heard_at
    heart.beat()
    assert Heartbeat.objects.get().heard_at == first
    heart.last -= 11
    heart.beat()
    assert last_heard() == {"worker": Heartbeat.objects.get().heard_at}
    assert Heartbeat.objects.get().heard_at > first


class Rings:
    """What the schedule rings, instead of a broker: beat's own clock is what is tested.

    The broker of the whole run may hold more by now than beat adds to.
    """

    def __init__(self) -> None:
        self.rung: list[str] = []

    def __call__(self, task: str, args: Any = ()) -> bool:
        self.rung.append(task)
        return True


@pytest.fixture
def rings(monkeypatch: pytest.MonkeyPatch) -> Rings:
    rings = Rings()
    monkeypatch.setattr(beat, "ring_now", rings)
    monkeypatch.setattr(beat, "tasks_waiting", lambda: 0)
    return rings


@pytest.mark.django_db
def test_beat_rings_everything_at_its_start_and_then_at_its_interval(rings: Rings) -> None:
    scheduler = Scheduler(app=current_app)
    scheduler.tick()
    assert sorted(rings.rung) == sorted(entry["task"] for entry in current_app.conf.beat_schedule.values())
    assert 0 < scheduler.tick() <= 5
    count = len(rings.rung)
    scheduler.due = {name: due - 21 for name, due in scheduler.due.items()}
    scheduler.tick()
    often = [
        entry["task"] for entry in current_app.conf.beat_schedule.values() if entry["schedule"].total_seconds() <= 20
    ]
    assert sorted(rings.rung[count:]) == sorted(often)
    assert "alerts.sweep" in often


@pytest.mark.django_db
@pytest.mark.parametrize("jump_hours", [-48, 48])
def test_a_clock_that_jumps_neither_stops_beat_nor_hurries_it(rings: Rings, jump_hours: int) -> None:
    scheduler = Scheduler(app=current_app)
    scheduler.tick()
    count = len(rings.rung)
    monotonic = time.monotonic
    with time_machine.travel(time.time() + jump_hours * 3600):
        # What time_machine moves is the clock on the wall, and this one as little as a real jump does.
        time.monotonic = monotonic
        try:
            scheduler.tick()
            assert len(rings.rung) == count
            scheduler.due["sweep alerts"] -= 21
            scheduler.tick()
        finally:
            time.monotonic = monotonic
    assert rings.rung[count:] == ["alerts.sweep"]


@pytest.mark.parametrize(
    ("waiting", "busy", "idle", "stuck"), [(3, 0, 61, True), (3, 0, 59, False), (3, 1, 61, False), (0, 0, 61, False)]
)
def test_a_worker_is_stuck_when_tasks_wait_and_it_takes_none(waiting: int, busy: int, idle: float, stuck: bool) -> None:
    assert is_stuck(waiting=waiting, busy=busy, seconds_idle=idle, patience=60) is stuck


@pytest.mark.faults
def test_a_worker_that_takes_nothing_ends_itself(
    process_environment: dict[str, str], broker: Broker, new_celery_worker: Callable[..., Process]
) -> None:
    """It listens to another queue, which is what a stuck one looks like from outside."""
    process_environment["WORKER_STUCK_SECONDS"] = "2"
    worker = new_celery_worker("--queues=another")
    for _number in range(3):
        ring_now("alerts.sweep")
    assert tasks_waiting() == 3
    assert wait_until(lambda: not worker.child.is_running, seconds=30)
    assert "takes nothing any more" in worker.output


@pytest.mark.faults
def test_worker_and_beat_give_signs_of_life(
    broker: Broker, celery_worker: Process, celery_beat: Process, fresh_database: Any
) -> None:
    assert wait_until(lambda: set(last_heard()) == {"worker", "beat"}, seconds=30)
