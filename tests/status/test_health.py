"""Health: what the load balancer and the alarm are told, and nobody else may learn from."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from alerts.models import Canary, Drift, Evaluation, Mark
from core.heartbeats import note
from core.letters import post_letter
from core.models import Heartbeat, Letter
from projects.models import OutboxMessage, Project

pytestmark = pytest.mark.django_db
LONG_AGO = dt.timedelta(seconds=300)


@pytest.fixture
def quiet(project: Project) -> Project:
    """A project whose changes have all been judged and whose messages have all been sent."""
    Mark.objects.all().delete()
    OutboxMessage.objects.all().delete()
    return project


def health_alerts(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get(reverse("status:health_alerts"))
    return response.status_code, response.json()


def message(project: Project, recipient: User, **fields: object) -> OutboxMessage:
    return OutboxMessage.objects.create(
        project=project,
        recipient=recipient,
        audience="both",
        kind="alerts_raised",
        dedupe_key="one",
        **{"channel": OutboxMessage.Channel.MAIL, "due_at": timezone.now() - LONG_AGO, **fields},
    )


def test_live_asks_nothing(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        response = client.get(reverse("status:health_live"))
    assert (response.status_code, response.content, response.headers["Content-Type"]) == (200, b"ok\n", "text/plain")


def test_ready_with_database_and_migrations(client: Client) -> None:
    response = client.get(reverse("status:health_ready"))
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


def test_alerts_in_time_when_nothing_waits(client: Client, quiet: Project) -> None:
    assert health_alerts(client) == (
        200,
        {
            "status": "in time",
            "oldest_change_seconds": None,
            "oldest_recheck_seconds": None,
            "oldest_message_seconds": None,
            "oldest_letter_seconds": None,
            "oldest_refused_mail_seconds": None,
            "worker_silent_seconds": None,
            "beat_silent_seconds": None,
            "canary_started_seconds_ago": None,
            "canary_took_seconds": None,
            "reconciled_seconds_ago": None,
            "refused_mails": 0,
            "failing_evaluations": 0,
            "dead_messages": 0,
            "dead_letters": 0,
            "differing_figures": 0,
        },
    )


@pytest.mark.parametrize(("seconds", "status"), [(60, 200), (130, 503)])
def test_alerts_are_late_when_a_change_waits_for_two_minutes(
    client: Client, quiet: Project, seconds: int, status: int
) -> None:
    Mark.objects.create(project=quiet, cause="test", at=timezone.now() - dt.timedelta(seconds=seconds))
    code, body = health_alerts(client)
    assert (code, body["status"]) == (status, "in time" if status == 200 else "late")
    assert seconds <= float(body["oldest_change_seconds"]) < seconds + 5


def test_alerts_are_late_when_a_recheck_is_overdue(client: Client, quiet: Project) -> None:
    Evaluation.objects.update_or_create(project=quiet, defaults={"recheck_at": timezone.now() - LONG_AGO})
    assert health_alerts(client)[0] == 503


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 503),
        ({"channel": OutboxMessage.Channel.IN_APP}, 200),
        ({"state": OutboxMessage.State.SENT}, 200),
        # Far off, since this is written when the tests are gathered.
        ({"due_at": timezone.now() + dt.timedelta(days=1)}, 200),
    ],
    ids=["due", "inbox only", "sent", "not due yet"],
)
def test_alerts_are_late_when_a_due_message_was_not_sent(
    client: Client, quiet: Project, client_manager: User, fields: dict[str, object], status: int
) -> None:
    message(quiet, client_manager, **fields)
    assert health_alerts(client)[0] == status


def test_alerts_count_what_was_given_up(client: Client, quiet: Project, client_manager: User) -> None:
    message(quiet, client_manager, state=OutboxMessage.State.DEAD)
    Evaluation.objects.update_or_create(project=quiet, defaults={"failures": 2})
    code, body = health_alerts(client)
    assert (code, body["dead_messages"], body["failing_evaluations"]) == (200, 1, 1)


def test_letters_are_watched_as_well(client: Client, quiet: Project) -> None:
    letter = post_letter(about=quiet.uuid, to="vera@example.com", subject="Join", text="Join", html="<p>Join</p>")
    Letter.objects.filter(pk=letter.pk).update(due_at=timezone.now() - LONG_AGO)
    assert health_alerts(client)[0] == 503
    Letter.objects.filter(pk=letter.pk).update(state=Letter.State.DEAD, text="", html="")
    code, body = health_alerts(client)
    assert (code, body["dead_letters"]) == (200, 1)


def test_mails_that_are_refused_for_long_are_an_alarm(client: Client, quiet: Project, client_manager: User) -> None:
    refused = message(quiet, client_manager, attempts=3, due_at=timezone.now() + LONG_AGO)
    assert health_alerts(client)[1]["status"] == "in time"
    OutboxMessage.objects.filter(pk=refused.pk).update(created_at=timezone.now() - 4 * LONG_AGO)
    code, body = health_alerts(client)
    assert (code, body["status"], body["refused_mails"]) == (503, "mail refused", 1)


@pytest.mark.parametrize("kind", ["worker", "beat"])
def test_a_silent_part_is_an_alarm(client: Client, quiet: Project, kind: str) -> None:
    note("worker", "here:1")
    note("beat", "here:2")
    assert health_alerts(client)[0] == 200
    Heartbeat.objects.filter(kind=kind).update(heard_at=timezone.now() - LONG_AGO)
    code, body = health_alerts(client)
    assert (code, body["status"]) == (503, "silent")
    assert float(body[f"{kind}_silent_seconds"]) >= LONG_AGO.total_seconds()


def test_a_canary_that_does_not_arrive_is_an_alarm(client: Client, quiet: Project) -> None:
    canary = Canary.objects.create(project=quiet, started_at=timezone.now() - dt.timedelta(seconds=30))
    assert health_alerts(client)[0] == 200
    Canary.objects.filter(pk=canary.pk).update(started_at=timezone.now() - LONG_AGO)
    assert health_alerts(client)[1]["status"] == "late"
    Canary.objects.filter(pk=canary.pk).update(arrived_at=timezone.now() - LONG_AGO + dt.timedelta(seconds=2))
    code, body = health_alerts(client)
    assert (code, round(float(body["canary_took_seconds"]))) == (200, 2)
    Canary.objects.filter(pk=canary.pk).update(
        started_at=timezone.now() - dt.timedelta(hours=2), arrived_at=timezone.now() - dt.timedelta(hours=2)
    )
    assert health_alerts(client)[1]["status"] == "late"


def test_a_difference_is_an_alarm(client: Client, quiet: Project) -> None:
    Drift.objects.create(project=quiet, what="burn by day", kept="60", found="90", found_at=timezone.now())
    code, body = health_alerts(client)
    assert (code, body["status"], body["differing_figures"]) == (503, "drift", 1)


def test_health_names_no_project(client: Client, quiet: Project, client_manager: User) -> None:
    message(quiet, client_manager)
    Mark.objects.create(project=quiet, cause="test")
    for name in ("status:health_live", "status:health_ready", "status:health_alerts"):
        told = client.get(reverse(name)).content.decode()
        assert quiet.name not in told
        assert quiet.slug not in told
