"""The machine under load while its parts are killed, again and again: nothing lost, missed or doubled.

Long. Real processes on a database, a broker and a mail server of their own; clients write through the API and send
again what nobody acknowledged, under the same key. The count is printed. Clock jumps, and a worker whose own clock is
wrong, are in tests/projects/test_outbox.py and tests/core/test_life.py: no real process can be made to see another day.
"""

import datetime as dt
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection, connections
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import Organisation
from alerts.actions.evaluation import changes_found
from alerts.models import Alert
from budget.models import TimeEntry
from launch.bootstrap import ROOT
from launch.children import Child, wait_until
from launch.data_dir import DataDir
from launch.ports import HOST, free_port
from launch.postgres import Postgres, Urls
from launch.supervisor import serves, site
from launch.valkey import answers as broker_answers
from projects.actions import add_member, end_membership
from projects.models import Membership, OutboxMessage, Project
from tests.alerts.fault_scene import (
    Client,
    Mailbox,
    Report,
    Target,
    expected_level,
    is_drained,
    levels_raised,
    mailbox,
    share,
    together,
)
from tests.processes import Broker, Process

pytestmark = [pytest.mark.long, pytest.mark.faults]

KILLS = int(os.environ.get("FAULT_KILLS", "100"))
WRITES = int(os.environ.get("FAULT_WRITES", "2000"))
OUTAGE_SECONDS = float(os.environ.get("FAULT_OUTAGE_SECONDS", "120"))
CLIENTS, PROJECTS, MINUTES = 4, 20, 70
BUDGET = WRITES // PROJECTS * MINUTES * 100 // 115
# Within a minute of the return everything due is done.
PATIENCE = 90


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Postgres]:
    """A server of this test alone: it is stopped as by a power cut."""
    children: list[Child] = []
    postgres = Postgres(DataDir(tmp_path / "cluster"), settings=(), may_create_databases=True)
    postgres.start(children)
    try:
        yield postgres
    finally:
        for child in children:
            child.stop()


@pytest.fixture
def fresh_database(cluster: Postgres, django_db_blocker: DjangoDbBlocker) -> Iterator[Urls]:
    """Its database, migrated, which every connection of this process opens."""
    urls = Urls(app=cluster._url("oversight_app"), owner=cluster._url("oversight_owner"))
    environment = {**os.environ, **urls.environment}
    subprocess.run([sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity=0"], check=True, env=environment)
    before = {alias: dict(connections.settings[alias]) for alias in connections}
    with django_db_blocker.unblock():
        connections.close_all()
        for alias, url in (("default", urls.app), ("owner", urls.owner)):
            parts = urlsplit(url)
            connections.settings[alias].update(
                HOST=parts.hostname,
                PORT=parts.port,
                USER=parts.username,
                PASSWORD=parts.password,
                NAME=parts.path.lstrip("/"),
            )
        try:
            yield urls
        finally:
            connections.close_all()
            for alias, earlier in before.items():
                connections.settings[alias].update(earlier)


@pytest.fixture
def box() -> Iterator[tuple[Mailbox, str]]:
    with mailbox() as found:
        yield found


@pytest.fixture
def process_environment(process_environment: dict[str, str], box: tuple[Mailbox, str]) -> dict[str, str]:
    """Beat sweeps more often than in production, so that the loops wait less; mails leave by SMTP."""
    added = {"SWEEP_SECONDS": "2", "EMAIL_URL": box[1], "API_REQUESTS_PER_MINUTE": "1000000", "LOG_LEVEL": "ERROR"}
    return {**process_environment, **added, "OVERSIGHT_DEMO": "1"}


class Fleet:
    """Web server, worker and two beats, which are killed and started again as the supervisor does."""

    def __init__(self, environment: dict[str, str], data: DataDir, broker: Broker) -> None:
        self.port = free_port()
        web, worker, first = site({**environment, "SITE_URL": f"http://{HOST}:{self.port}"}, data, self.port)
        worker.command = [part.replace("WARNING", "INFO").replace("ERROR", "INFO") for part in worker.command]
        _, _, second = site(environment, data, self.port)
        second.log = data.logs / "second-beat.log"
        self.parts = {
            "web": Process(web, lambda: serves(self.port)),
            "worker": Process(worker, lambda: "ready." in worker.output),
            "beat": Process(first, lambda: broker_answers(broker.url)),
            "second beat": Process(second, lambda: broker_answers(broker.url)),
        }

    def start(self) -> None:
        for part in self.parts.values():
            part.start(seconds=90)

    def stop(self) -> None:
        for part in self.parts.values():
            part.stop()

    def kill(self, name: str) -> float:
        """Kill it as ``kill -9`` does and start it again. The seconds until it works."""
        began = time.monotonic()
        self.parts[name].kill()
        self.parts[name].start(seconds=90)
        return time.monotonic() - began


@pytest.fixture
def fleet(
    process_environment: dict[str, str], process_data: DataDir, broker: Broker, cluster: Postgres
) -> Iterator[Fleet]:
    found = Fleet(process_environment, process_data, broker)
    with ExitStack() as closing:
        closing.callback(found.stop)
        found.start()
        yield found


def drain(seconds: float = PATIENCE) -> float:
    """Wait until nothing waits that could be done; the seconds it took."""
    began = time.monotonic()
    assert wait_until(lambda: is_drained(timezone.now()), seconds=seconds, pause=0.2), "something waits still"
    return time.monotonic() - began


class Loop:
    """One run: everything that the phases share."""

    def __init__(self, fleet: Fleet, broker: Broker, cluster: Postgres, box: Mailbox) -> None:
        self.fleet, self.broker, self.cluster, self.box = fleet, broker, cluster, box
        self.organisation = Organisation.objects.create(name="Harbour Authority")
        self.clients = [Client(fleet.port) for _number in range(CLIENTS)]
        self.targets: list[Target] = []
        self.report = Report()

    def targets_of(self, prefix: str, count: int, budget_minutes: int) -> list[Target]:
        made = [Target.make(self.organisation, f"{prefix}{number}", budget_minutes) for number in range(count)]
        self.targets += made
        return made

    # ── Undisturbed ─────────────────────────────────────────────────────────────────────────────
    def measure(self, count: int = 40) -> None:
        """From the acknowledged write to the mail, one project after the other."""
        targets, seconds = self.targets_of("Calm", count, 600), []
        drain()
        for target in targets:
            written = self.clients[0].write(target, 700, f"calm-{target.project.pk}", 0)
            assert wait_until(lambda to=target: self.box.when(to.manager.email) is not None, 30, pause=0.005)  # type: ignore[misc]
            seconds.append((self.box.when(target.manager.email) or 0) - written)
        drain()
        self.report.note("undisturbed, commit to mail, p99", f"{share(seconds, 0.99):.2f} s")
        self.report.note("undisturbed, commit to mail, longest", f"{max(seconds):.2f} s of {count}")

    # ── Kills ───────────────────────────────────────────────────────────────────────────────────
    def kill_under_load(self) -> None:
        """Each client's writes are spread over all kills, so that each kill meets some."""
        targets = self.targets_of("Storm", PROJECTS, BUDGET)
        killed = 0
        chance = random.Random(20260917)  # noqa: S311  (which part is next, and no secret)

        def write(place: int) -> None:
            for number in range(place, WRITES, CLIENTS):
                while number > (killed + 1) * WRITES / KILLS:
                    time.sleep(0.02)
                self.clients[place].write(targets[number % PROJECTS], MINUTES, f"storm-{number}", number)

        def kill() -> None:
            nonlocal killed
            try:
                for _number in range(KILLS):
                    name = chance.choice(["web", "worker", "worker", "beat"])
                    self.report.recovery(f"kill -9 of {name}", self.fleet.kill(name))
                    killed += 1
                self.report.note("kills", killed)
            finally:
                killed = KILLS

        together([lambda place=place: write(place) for place in range(CLIENTS)], meanwhile=kill)  # type: ignore[misc]
        self.report.recovery("the storm, everything due", drain())

    # ── The broker ──────────────────────────────────────────────────────────────────────────────
    def lose_the_broker(self) -> None:
        """Gone for minutes, then killed and emptied; what is written meanwhile is told when it is back."""
        for number, emptied in enumerate((False, True)):
            targets = self.targets_of(f"Gone{number}x", 10, 600)
            drain()
            self.broker.kill() if emptied else self.broker.stop()
            began = time.monotonic()
            for target in targets:
                self.clients[1].write(target, 700, f"gone-{number}-{target.project.pk}", 0)
            if emptied:
                for queues in {left.parent for left in self.broker.valkey.data.path.rglob("*.aof")}:
                    shutil.rmtree(queues)
            else:
                time.sleep(max(0.0, OUTAGE_SECONDS - (time.monotonic() - began)))
            self.broker.start()
            fault = "Redis emptied" if emptied else f"Redis gone for {OUTAGE_SECONDS:.0f} s"
            self.report.recovery(fault, drain())
        self.report.note("slowest write without Redis", f"{self.clients[1].slowest:.1f} s")

    # ── The database ────────────────────────────────────────────────────────────────────────────
    def restart_the_database(self, times: int = 5) -> None:
        """As ``pg_ctl restart -m immediate``, under writes."""
        targets = self.targets_of("Power", 10, 6000)
        stop = False

        def write(place: int) -> None:
            number = place
            while not stop:
                self.clients[place].write(targets[number % 10], 70, f"power-{number}", number)
                number += CLIENTS

        def restart() -> None:
            nonlocal stop
            try:
                for _number in range(times):
                    time.sleep(3)
                    began = time.monotonic()
                    child = self.cluster.child
                    assert child is not None
                    assert child.process is not None
                    child.process.send_signal(signal.SIGQUIT)
                    child.process.wait(30)
                    self.cluster.start_again()
                    assert wait_until(self.cluster._accepts, 60)
                    self.report.recovery("pg_ctl restart -m immediate", time.monotonic() - began)
            finally:
                stop = True

        together([lambda place=place: write(place) for place in range(CLIENTS)], meanwhile=restart)  # type: ignore[misc]
        connection.close()
        self.report.recovery("the last restart, everything due", drain())

    # ── Mails ───────────────────────────────────────────────────────────────────────────────────
    def misbehave_by_mail(self) -> None:
        """Refused, hanging, its reply dropped, taken twice. The waits between attempts are cut short."""
        targets = self.targets_of("Post", 8, 600)
        self.box.answers = ["451 not now", "drops", "takes and drops", "hangs", "421 closing", "takes and drops"]
        for target in targets:
            self.clients[2].write(target, 700, f"post-{target.project.pk}", 0)
        people = {target.manager.email for target in targets}
        waiting = OutboxMessage.objects.filter(state="waiting", channel="mail", leased_until=None, attempts__gt=0)

        def has_arrived() -> bool:
            waiting.filter(recipient__email__in=people).update(due_at=timezone.now())
            return not self.box.answers and people <= {address for address, _name in self.box.effective}

        assert wait_until(has_arrived, 300, pause=1)
        drain()
        self.report.note("readers of a mail server that misbehaved six times", f"{len(people)} of {len(targets)} told")

    def revoke_between_alert_and_mail(self) -> None:
        """The mail waits for the server; its reader leaves; the server takes mails again."""
        (target,) = self.targets_of("Leaver", 1, 600)
        leaver = Target.make(self.organisation, "Elsewhere", 600).manager
        add_member(actor=target.manager, project=target.project, user=leaver, side="client", role="manager")
        self.box.refusing = True
        self.clients[3].write(target, 700, "leaver", 0)
        waiting = OutboxMessage.objects.filter(project=target.project, recipient=leaver, channel="mail", attempts__gt=0)
        assert wait_until(waiting.exists, PATIENCE)
        end_membership(actor=target.manager, membership=Membership.objects.get(user=leaver, project=target.project))
        self.box.refusing = False
        OutboxMessage.objects.filter(project=target.project, state="waiting").update(due_at=timezone.now())
        assert wait_until(lambda: self.box.when(target.manager.email) is not None, PATIENCE)
        drain()
        told = list(OutboxMessage.objects.filter(recipient=leaver, kind="alerts_raised", channel="mail"))
        assert [one.state for one in told] == ["withheld"]
        self.report.note("told although the access was gone", 0)

    # ── Eight at once ───────────────────────────────────────────────────────────────────────────
    def cross_at_once(self) -> None:
        """Eight writers cross the threshold of one project together."""
        (target,) = self.targets_of("Eight", 1, 8 * 70)
        writers = [Client(self.fleet.port) for _number in range(8)]
        together(
            [lambda writer=writer, n=n: writer.write(target, 80, f"eight-{n}", n) for n, writer in enumerate(writers)]  # type: ignore[misc]
        )
        self.clients += writers
        drain()
        assert levels_raised(target)[-1] == "critical"

    # ── The count ───────────────────────────────────────────────────────────────────────────────
    def count(self) -> None:
        """What was acknowledged is there once; every alert that has to stand was raised and told once."""
        acknowledged = [uuid for client in self.clients for uuid in client.acknowledged]
        kept = {str(uuid) for uuid in TimeEntry.objects.values_list("uuid", flat=True)}
        lost = set(acknowledged) - kept
        doubled = len(kept) - len(set(acknowledged))
        expected = {target.project.pk: expected_level(target) for target in self.targets}
        raised = {target.project.pk: levels_raised(target) for target in self.targets}
        missed = [key for key, level in expected.items() if level != "none" and level not in raised[key]]
        order = ["none", "notice", "warning", "critical"]
        extra = [
            key
            for key, levels in raised.items()
            if len(levels) != len(set(levels)) or any(order.index(one) > order.index(expected[key]) for one in levels)
        ]
        projects = list(Project.objects.filter(pk__in=expected).select_related("terms", "client", "vendor"))
        changes, _rechecks = changes_found(projects, timezone.now())
        mails = OutboxMessage.objects.filter(channel="mail", state="sent", project__in=expected)
        names = {f"<{uuid}@{HOST}>" for uuid in mails.values_list("uuid", flat=True)}
        effective = [name for _address, name in self.box.effective]
        told = {uuid for data in mails.values_list("data", flat=True) for uuid in data.get("alerts", ())}
        coming = OutboxMessage.objects.filter(channel="mail", state="waiting", project__in=expected)
        told |= {uuid for data in coming.values_list("data", flat=True) for uuid in data.get("alerts", ())}
        loud = Alert.objects.filter(project__in=expected, level__in=["warning", "critical"])
        untold = {str(uuid) for uuid in loud.values_list("uuid", flat=True)} - told
        note = self.report.note
        note("writes sent", sum(client.sent for client in self.clients))
        note("attempts", sum(client.attempts for client in self.clients))
        note("acknowledged", len(acknowledged))
        note("acknowledged but lost", len(lost))
        note("written twice", doubled)
        note("alerts expected (of the used share)", sum(level != "none" for level in expected.values()))
        note("raised, of all rules", Alert.objects.filter(project__in=expected).count())
        note("missed", len(missed))
        note("extra", len(extra))
        note("rules that a fresh look finds elsewhere", sum(change.rose for change in changes))
        note("raised and told to nobody", len(untold))
        note("mails delivered, raw", len(self.box.arrived))
        note("mails delivered, effective", len(self.box.effective))
        note("mails that came twice under one id", len(self.box.arrived) - len(self.box.effective))
        note("mails marked sent that never came", len(names - set(effective)))
        assert (lost, doubled, missed, extra, untold, names - set(effective)) == (set(), 0, [], [], set(), set())
        assert len(effective) == len(set(effective))
        assert not any(change.rose for change in changes)


def test_nothing_is_lost_missed_or_doubled(
    fleet: Fleet,
    broker: Broker,
    cluster: Postgres,
    box: tuple[Mailbox, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    loop = Loop(fleet, broker, cluster, box[0])
    phases: list[Callable[[], None]] = [
        loop.measure,
        loop.kill_under_load,
        loop.lose_the_broker,
        loop.restart_the_database,
        loop.cross_at_once,
        loop.misbehave_by_mail,
        loop.revoke_between_alert_and_mail,
        loop.count,
    ]
    began = dt.datetime.now(tz=dt.UTC)
    try:
        for phase in phases:
            phase()
    finally:
        loop.report.note("took", f"{(dt.datetime.now(tz=dt.UTC) - began).total_seconds():.0f} s")
        with capsys.disabled():
            sys.stdout.write(f"\n{loop.report}\n")
