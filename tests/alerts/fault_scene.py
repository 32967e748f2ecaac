"""What the long fault loops are made of: a database of their own, clients that write, a mailbox, and the count."""

import asyncio
import datetime as dt
import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from accounts.models import ApiToken, Organisation, User
from accounts.tokens import create_token
from alerts.models import Alert, Mark
from budget.models import TimeEntry
from launch.ports import HOST, free_port
from projects.actions import add_person, open_project
from projects.models import MailPreference, OutboxMessage, Project
from requirements_app.actions import NewWorkItem, insert_work_items

# Real processes go by the real clock, and hours of long ago would be late data as well.
TODAY: Final = dt.datetime.now(tz=dt.UTC).date()
DAYS: Final = 50


@dataclass
class Mailbox:
    """A mail server that takes mails, or misbehaves to one after the other as ``answers`` say."""

    answers: list[str] = field(default_factory=list)
    refusing: bool = False
    arrived: list[tuple[float, str, str]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = "451 not now" if self.refusing else self.answers.pop(0) if self.answers else "250 taken"
        if answer == "hangs":
            await asyncio.sleep(3600)
        assert isinstance(envelope.content, bytes)
        if answer in ("250 taken", "takes and drops"):
            name = str(message_from_bytes(envelope.content)["Message-ID"])
            self.arrived += [(time.monotonic(), address, name) for address in envelope.rcpt_tos]
        if "drops" in answer:
            assert server.transport is not None
            server.transport.abort()
        return answer

    @property
    def effective(self) -> set[tuple[str, str]]:
        """Each mail of each reader once, however often it came: mail programs know it by its Message-ID."""
        return {(address, name) for _at, address, name in self.arrived}

    def when(self, address: str) -> float | None:
        """When the first mail to ``address`` came."""
        return next((at for at, to, _name in self.arrived if to == address), None)


@contextmanager
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    box = Mailbox()
    controller = Controller(box, hostname=HOST, port=free_port(), ready_timeout=30)
    controller.start()
    try:
        yield box, f"smtp://{HOST}:{controller.port}"
    finally:
        controller.stop()


@dataclass(frozen=True)
class Target:
    """A project that clients write hours to, through the API."""

    project: Project
    manager: User
    token: str
    person: str
    item: int
    budget_minutes: int

    @classmethod
    def make(cls, organisation: Organisation, name: str, budget_minutes: int) -> "Target":
        """Its manager is told at any hour, so that a mail is only late when the machine is."""
        manager = User.objects.create_user(email=f"{name.lower()}@example.com", name=name)
        MailPreference.objects.create(user=manager, quiet_hours=MailPreference.QuietHours.NONE)
        project = open_project(actor=manager, client=organisation, name=name, vendor_name="Northwind")
        person = add_person(actor=manager, project=project, name="Dev", side="vendor").person
        (item,) = insert_work_items(
            project=project, new_items=[NewWorkItem(title="All of it", estimate_minutes=budget_minutes)]
        )
        _token, text = create_token(user=manager, name="Writer", scopes=ApiToken.Scope.values)
        return cls(project, manager, text, str(person.uuid), item.ref.number, budget_minutes)


@dataclass
class Client:
    """Sends each write until it is acknowledged, under one key: it may not know whether an earlier attempt arrived."""

    port: int
    sent: int = 0
    attempts: int = 0
    acknowledged: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def write(self, target: Target, minutes: int, key: str, number: int, patience: float = 180) -> float:
        """One time entry. Returns when it was acknowledged; TimeoutError when nobody did."""
        body = json.dumps(
            {
                "person": target.person,
                "worked_on": (TODAY - dt.timedelta(days=number % DAYS)).isoformat(),
                "minutes": minutes,
                "work_item": target.item,
            }
        )
        headers = {
            "Authorization": f"Bearer {target.token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        path = f"/api/v1/projects/{target.project.slug}/time-entries/"
        self.sent += 1
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            self.attempts += 1
            began = time.monotonic()
            uuid = self._attempt(path, body, headers)
            if uuid:
                self.slowest = max(self.slowest, time.monotonic() - began)
                self.acknowledged.append(uuid)
                return time.monotonic()
            time.sleep(0.1)
        raise TimeoutError(key)

    def _attempt(self, path: str, body: str, headers: dict[str, str]) -> str:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            return ""
        finally:
            connection.close()
        # What is broken or too much is tried again; what is refused would be refused again.
        if answer.status in (409, 429) or answer.status >= 500:
            return ""
        assert answer.status == 201, said
        return str(json.loads(said)["uuid"])


def together(acts: Sequence[Callable[[], Any]], meanwhile: Callable[[], Any] | None = None) -> None:
    """Do all at once, and ``meanwhile`` in this thread; fail with the first that failed.

    Processes are started in this thread alone: the kernel ends them with the thread that started them.
    """
    failures: list[Exception] = []

    def do(act: Callable[[], Any]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001  (raised below, in the test's own thread)
            failures.append(error)

    threads = [threading.Thread(target=do, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    if meanwhile is not None:
        do(meanwhile)
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def is_drained(now: dt.datetime) -> bool:
    """Nothing waits that could have been done."""
    return not Mark.objects.exists() and not OutboxMessage.objects.due(now).exists()


@dataclass
class Report:
    """What the loops counted, printed as one table."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    recovered: dict[str, list[float]] = field(default_factory=dict)

    def note(self, name: str, value: object) -> None:
        self.lines.append((name, str(value)))

    def recovery(self, fault: str, seconds: float) -> None:
        self.recovered.setdefault(fault, []).append(seconds)

    def __str__(self) -> str:
        rows = list(self.lines)
        for fault, seconds in self.recovered.items():
            said = f"{statistics.median(seconds):.1f} s in the median, {max(seconds):.1f} s at most, of {len(seconds)}"
            rows.append((f"back after {fault}", said))
        width = max(len(name) for name, _value in rows)
        return "\n".join(f"{name:<{width}}  {value}" for name, value in rows)


def expected_level(target: Target) -> str:
    """What B1 has to say of the hours in the database, by arithmetic of its own: 80, 100 and 110 %."""
    used = (
        sum(TimeEntry.objects.filter(project=target.project).values_list("minutes", flat=True)) / target.budget_minutes
    )
    return "critical" if used >= 1.1 else "warning" if used >= 1 else "notice" if used >= 0.8 else "none"


def levels_raised(target: Target) -> list[str]:
    """The levels at which B1 was raised for the agreed or estimated hours, as often as it was."""
    alerts = Alert.objects.filter(project=target.project, rule="B1", subject="budget_hours")
    return list(alerts.order_by("raised_at").values_list("level", flat=True))


def share(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` of the values lie."""
    found = sorted(values)
    return found[min(len(found) - 1, int(part * len(found)))]
