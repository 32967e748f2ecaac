"""Hours that a program records are told to the other side: each entry once, however it was sent and sent again."""

import json
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_entries import record_time
from projects.models import OutboxMessage, Project, Webhook, WebhookDelivery
from projects.outbox import word
from projects.preferences import Channels, channels_wanted_by, choose_channels
from tests.api_client import ApiClient, Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/time-entries/"


@pytest.fixture
def api(program: Program, vendor_manager: User) -> ApiClient:
    return program(vendor_manager)


def entry(person: Person, **changes: Any) -> dict[str, Any]:
    return {"person": str(person.uuid), "worked_on": "2026-09-01", "minutes": 90, **changes}


def told(reader: User) -> list[tuple[str, str, str]]:
    """Every message to the reader: channel, kind and what it says, without the project's name."""
    found = []
    for message in OutboxMessage.objects.filter(recipient=reader).order_by("pk"):
        wording = word(message)
        assert wording is not None
        found.append((message.channel, message.kind, wording.subject.partition(": ")[2]))
    return found


def by_inbox(sentence: str) -> tuple[str, str, str]:
    return ("in_app", "time_sent", sentence)


def test_one_entry_is_told_once(api: ApiClient, path: str, developer: Person, client_manager: User) -> None:
    sent = entry(developer, source_id="tempo-1")
    assert api.post(path, sent).status_code == 201
    assert api.post(path, sent).status_code == 200
    assert told(client_manager) == [by_inbox("Vera Manager recorded 1 time entry (1.5 h) through the API")]


def test_a_list_is_told_once(api: ApiClient, path: str, developer: Person, client_manager: User) -> None:
    sent = [entry(developer, source_id=f"tempo-{number}") for number in range(3)]
    assert api.post(path, sent).json()["new_count"] == 3
    assert api.post(path, [*sent, entry(developer, source_id="tempo-3")]).json()["new_count"] == 1
    assert told(client_manager) == [by_inbox("Vera Manager recorded 4 time entries (6.0 h) through the API")]


def test_a_stream_is_told_once(
    api: ApiClient,
    path: str,
    developer: Person,
    client_manager: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("budget.api_stream.LINES_AT_ONCE", 2)
    lines = "".join(json.dumps(entry(developer, source_id=f"tempo-{number}")) + "\n" for number in range(5))
    for _attempt in range(2):
        answer = api.http.post(api.full(f"{path}stream/"), lines, content_type="application/x-ndjson")
        assert json.loads(list(answer.streaming_content)[-1])["done"]
    assert told(client_manager) == [by_inbox("Vera Manager recorded 5 time entries (7.5 h) through the API")]


def test_what_comes_after_the_message_was_read_is_told_anew(
    api: ApiClient, path: str, developer: Person, client_manager: User
) -> None:
    api.post(path, entry(developer))
    OutboxMessage.objects.filter(recipient=client_manager).update(read_at=timezone.now())
    api.post(path, entry(developer, minutes=60))
    assert told(client_manager) == [
        by_inbox("Vera Manager recorded 1 time entry (1.5 h) through the API"),
        by_inbox("Vera Manager recorded 1 time entry (1.0 h) through the API"),
    ]


def test_what_is_refused_is_not_told(api: ApiClient, path: str, developer: Person, client_manager: User) -> None:
    assert api.post(path, [entry(developer), entry(developer, minutes=0)]).status_code == 422
    assert told(client_manager) == []


def test_each_side_tells_the_other_and_nobody_themselves(
    program: Program, path: str, developer: Person, client_manager: User, vendor_manager: User
) -> None:
    program(client_manager).post(path, entry(developer))
    assert told(client_manager) == []
    assert told(vendor_manager) == [by_inbox("Clara Manager recorded 1 time entry (1.5 h) through the API")]


def test_what_is_typed_on_a_page_is_not_told(
    project: Project, developer: Person, client_manager: User, vendor_manager: User
) -> None:
    today = timezone.localdate()
    record_time(actor=vendor_manager, project=project, person=developer, worked_on=today, minutes=60, today=today)
    assert (TimeEntry.objects.count(), told(client_manager)) == (1, [])


def test_a_mail_and_the_inbox_each_count_what_comes_while_they_are_open(
    api: ApiClient, path: str, developer: Person, client_manager: User
) -> None:
    wanted = {"time_sent": Channels(in_app=True, by_mail=True)}
    choose_channels(user=client_manager, wanted={**channels_wanted_by(client_manager), **wanted})
    api.post(path, entry(developer))
    api.post(path, entry(developer, minutes=60))
    two = "Vera Manager recorded 2 time entries (2.5 h) through the API"
    assert told(client_manager) == [("in_app", "time_sent", two), ("mail", "time_sent", two)]
    OutboxMessage.objects.filter(channel="mail").update(state="sent", sent_at=timezone.now())
    api.post(path, entry(developer, minutes=30))
    three = "Vera Manager recorded 3 time entries (3.0 h) through the API"
    one = "Vera Manager recorded 1 time entry (0.5 h) through the API"
    assert told(client_manager) == [
        ("in_app", "time_sent", three),
        ("mail", "time_sent", two),
        ("mail", "time_sent", one),
    ]


def test_whoever_wants_none_is_told_nothing(api: ApiClient, path: str, developer: Person, client_manager: User) -> None:
    wanted = {"time_sent": Channels(in_app=False, by_mail=False)}
    choose_channels(user=client_manager, wanted={**channels_wanted_by(client_manager), **wanted})
    api.post(path, entry(developer))
    assert told(client_manager) == []


def test_programs_of_the_other_side_are_told_of_each_request(
    api: ApiClient, path: str, developer: Person, project: Project, client_manager: User
) -> None:
    webhook = Webhook.objects.create(
        project=project, side="client", url="https://hooks.example.com/", kinds=["time_sent"], owner=client_manager
    )
    for number in range(2):
        api.post(path, entry(developer, source_id=f"tempo-{number}"))
        api.post(path, entry(developer, source_id=f"tempo-{number}"))
    sent = WebhookDelivery.objects.filter(webhook=webhook).order_by("pk")
    assert [(one.kind, one.data["events"][0]["minutes"]) for one in sent] == [("time_sent", 90)] * 2
