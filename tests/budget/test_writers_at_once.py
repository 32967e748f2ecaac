"""Many write hours of one project at once, by every path: nobody deadlocks, and the rollups stay the sums.

No request is timed here but in the long test, which prints how long the slowest one waited.
"""

import datetime as dt
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection, connections
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_entries import record_times, reverse_time
from budget.time_entry_insert import NewTimeEntry
from budget.time_import import check_timesheet, take_timesheet
from core.errors import DomainError
from projects.actions import add_person
from projects.audience import Side
from projects.import_files import store_file
from projects.models import ImportBatch, OutboxMessage, Project
from requirements_app.actions import add_work_item
from requirements_app.models import WorkItem
from tests.api_client import ApiClient, Program
from tests.budget.rollup_sums import drift

FIRST_DAY = dt.date(2026, 1, 5)
LONGEST_WAIT_SECONDS = 3.0


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def people(fresh_database: object, project: Project, client_manager: User) -> list[Person]:
    return [
        add_person(actor=client_manager, project=project, name=f"Developer {number}", side=Side.VENDOR).person
        for number in range(4)
    ]


@pytest.fixture
def items(project: Project, client_manager: User, people: list[Person]) -> list[WorkItem]:
    return [
        add_work_item(actor=client_manager, project=project, title=f"Item {number}", outside_key=f"CL-{number}")
        for number in range(5)
    ]


def all_at_once(*acts: Callable[[], None]) -> None:
    """Every act in a thread and a connection of its own, begun at the same moment; what one raises is raised here."""
    start = threading.Barrier(len(acts))
    failures: list[Exception] = []

    def run(act: Callable[[], None]) -> None:
        try:
            start.wait(30)
            act()
        except Exception as error:  # noqa: BLE001  (whatever it is, the test has to see it)
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
    assert failures == []


def deadlocks() -> int:
    """How many this database has seen. A connection adds its own when it ends, so that all others have to be gone."""
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    with connection.cursor() as cursor:
        for _wait in range(100):
            cursor.execute(others)
            if cursor.fetchone()[0] == 0:
                break
            time.sleep(0.05)
        else:
            raise AssertionError("somebody else is still connected")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        count: int = cursor.fetchone()[0]
    return count


def test_a_deadlock_would_be_seen(people: list[Person]) -> None:
    """Two that lock two rows in opposite order: what the other tests would miss if the counter were not read right."""
    both_hold_one = threading.Barrier(2)

    def lock(first: Person, second: Person) -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM accounts_person WHERE id = %s FOR UPDATE", [first.pk])
            both_hold_one.wait(30)
            with suppress(OperationalError):
                cursor.execute("SELECT 1 FROM accounts_person WHERE id = %s FOR UPDATE", [second.pk])

    before = deadlocks()
    all_at_once(lambda: lock(people[0], people[1]), lambda: lock(people[1], people[0]))
    assert deadlocks() == before + 1


# ── Any writers ─────────────────────────────────────────────────────────────────────────────────────────────────────

# Person, work item or none, day, minutes.
Row = tuple[int, int, int, int]
Step = tuple[str, list[Row]]

row = st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(0, 13), st.integers(1, 59))
step = st.one_of(
    st.tuples(st.just("record"), st.lists(row, min_size=1, max_size=6)),
    st.tuples(st.just("bring in"), st.lists(row, min_size=1, max_size=12)),
    st.tuples(st.just("take back"), st.just([])),
)


class Writer:
    """One of those who write to the project at once."""

    def __init__(self, project: Project, actor: User, people: Sequence[Person], items: Sequence[WorkItem]) -> None:
        self.project = project
        self.actor = actor
        self.people = people
        self.items = [None, *items]

    def play(self, steps: Sequence[Step]) -> None:
        for kind, rows in steps:
            if kind == "record":
                self.record(rows)
            elif kind == "bring in":
                self.take(self.checked(rows))
            else:
                self.take_back_the_first()

    def record(self, rows: Sequence[Row]) -> None:
        entries = [
            NewTimeEntry(
                person_id=self.people[who].pk,
                worked_on=FIRST_DAY + dt.timedelta(days=day),
                minutes=minutes,
                work_item_id=item.pk if (item := self.items[what]) else None,
            )
            for who, what, day, minutes in rows
        ]
        record_times(actor=self.actor, project=self.project, entries=entries, today=timezone.localdate(), source="page")

    def take_back_the_first(self) -> None:
        entry = TimeEntry.objects.filter(project=self.project, reverses=None, reversals=None).order_by("pk").first()
        if entry is not None:
            # Another one may be first, and says so.
            with suppress(DomainError):
                reverse_time(actor=self.actor, entry=entry, reason="test")

    def checked(self, rows: Iterable[Row]) -> ImportBatch:
        batch = store_file(
            actor=self.actor,
            project=self.project,
            side=Side.CLIENT,
            kind=ImportBatch.Kind.TIME_ENTRIES,
            upload=ContentFile("".join(self._lines(rows)).encode(), name="hours.csv"),
        )
        check_timesheet(batch=batch)
        return batch

    def _lines(self, rows: Iterable[Row]) -> Iterator[str]:
        yield "Date,Person,Hours,Work item,Entry id\n"
        for who, what, day, minutes in rows:
            item, worked_on = self.items[what], FIRST_DAY + dt.timedelta(days=day)
            key = item.outside_key if item else ""
            yield f"{worked_on},{self.people[who].name},0:{minutes:02d},{key},{uuid.uuid4()}\n"

    def take(self, batch: ImportBatch) -> None:
        take_timesheet(actor=self.actor, batch=batch, preview_hash=batch.preview_hash)


@pytest.fixture
def writer(project: Project, client_manager: User, people: list[Person], items: list[WorkItem]) -> Writer:
    return Writer(project, client_manager, people, items)


def examples(count: int) -> settings:
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


scripts = st.lists(st.lists(step, min_size=1, max_size=4), min_size=3, max_size=3)


def play_at_once(writer: Writer, played: Sequence[Sequence[Step]]) -> None:
    all_at_once(*(partial(writer.play, steps) for steps in played))
    assert drift() == {}


@given(scripts)
@examples(6)
def test_rollups_are_the_sums_whoever_writes_at_once(writer: Writer, played: list[list[Step]]) -> None:
    play_at_once(writer, played)
    assert deadlocks() == 0


@pytest.mark.long
@given(scripts)
@examples(150)
def test_rollups_are_the_sums_whoever_writes_at_once_for_long(writer: Writer, played: list[list[Step]]) -> None:
    play_at_once(writer, played)
    assert deadlocks() == 0


# ── Two opposed imports, and programs that go on posting ────────────────────────────────────────────────────────────


def opposed(writer: Writer, count: int) -> tuple[ImportBatch, ImportBatch]:
    """Two files of the same people, items and days; what comes first in one comes last in the other."""
    rows = [(n % 4, n % 6, n % 200, n % 59 + 1) for n in range(count)]
    return writer.checked(rows), writer.checked(reversed(rows))


@dataclass
class Posting:
    """A program that posts entries until it is told to stop, or so many, and remembers the longest wait."""

    api: ApiClient
    writer: Writer
    number: int
    longest_seconds: float = 0
    posted: int = 0

    def until(self, is_over: Callable[[], bool]) -> None:
        while not is_over():
            item = self.writer.items[(self.number + self.posted) % 5 + 1]
            assert item is not None
            entry = {
                "person": str(self.writer.people[(self.number + self.posted) % 4].uuid),
                "worked_on": (FIRST_DAY + dt.timedelta(days=(self.number * 31 + self.posted * 7) % 200)).isoformat(),
                "minutes": 7,
                "work_item": item.ref.number,
                "source_id": f"{self.number}-{self.posted}",
            }
            began = time.monotonic()
            answer = self.api.post(f"projects/{self.writer.project.slug}/time-entries/", entry)
            self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)
            assert answer.status_code == 201, answer.content
            self.posted += 1


def told_to(reader: User) -> int:
    """How many entries that programs sent the reader was told of."""
    messages = OutboxMessage.objects.filter(recipient=reader, kind="time_sent", channel="in_app")
    return sum(event["count"] for message in messages for event in message.data["events"])


def import_and_post(
    writer: Writer, api: ApiClient, reader: User, *, rows: int, programs: int, at_least: int
) -> list[Posting]:
    batches = opposed(writer, rows)
    taken = threading.Semaphore(0)
    posting = [Posting(api, writer, number) for number in range(programs)]

    def take(batch: ImportBatch) -> None:
        try:
            writer.take(batch)
        finally:
            taken.release()

    all_over = threading.Event()

    def wait_for_both() -> None:
        taken.acquire()
        taken.acquire()
        all_over.set()

    all_at_once(
        *(partial(take, batch) for batch in batches),
        wait_for_both,
        *(partial(each.until, partial(is_enough, each, all_over, at_least)) for each in posting),
    )
    posted = sum(each.posted for each in posting)
    assert TimeEntry.objects.filter(project=writer.project).count() == 2 * rows + posted
    assert told_to(reader) == posted
    assert drift() == {}
    assert deadlocks() == 0
    return posting


def is_enough(posting: Posting, all_over: threading.Event, at_least: int) -> bool:
    return all_over.is_set() and posting.posted >= at_least


def test_two_opposed_imports_and_programs_meet_without_a_deadlock(
    writer: Writer, client_manager: User, vendor_manager: User, program: Program
) -> None:
    import_and_post(writer, program(client_manager), vendor_manager, rows=400, programs=3, at_least=3)


@pytest.mark.long
def test_no_program_waits_long_for_two_opposed_imports(
    writer: Writer,
    client_manager: User,
    vendor_manager: User,
    program: Program,
    capsys: pytest.CaptureFixture[str],
) -> None:
    posting = import_and_post(writer, program(client_manager), vendor_manager, rows=100_000, programs=8, at_least=20)
    longest, posted = max(each.longest_seconds for each in posting), sum(each.posted for each in posting)
    with capsys.disabled():
        sys.stdout.write(f"\n{posted} posts beside two opposed imports of 100,000 rows: the slowest {longest:.2f} s\n")
    assert longest <= LONGEST_WAIT_SECONDS
