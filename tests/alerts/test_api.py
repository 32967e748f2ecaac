"""Alerts and the inbox through the API: as each side may see them, acknowledged once."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from alerts.actions import acknowledge
from alerts.models import Alert, Mute, RuleState
from projects.models import Activity, OutboxMessage, Project
from projects.outbox import put_in_outbox
from tests.api_client import Program

pytestmark = pytest.mark.django_db

AHEAD = {
    "compared_on": "2026-09-17",
    "from": "0.20",
    "clears_at": "0.18",
    "used_ratio": "0.76",
    "earned_ratio": "0.52",
    "ahead": "0.24",
}


@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/alerts/"


def raised(project: Project, **fields: Any) -> Alert:
    return Alert.objects.create(
        **{
            "project": project,
            "rule": "B2",
            "level": "warning",
            "episode": 1,
            "raised_at": timezone.now() - dt.timedelta(hours=1),
            "numbers": AHEAD,
            **fields,
        }
    )


def test_alert_is_told_in_words(program: Program, path: str, project: Project, client_viewer: User) -> None:
    alert = raised(project)
    (shown,) = program(client_viewer).get(path).json()["results"]
    assert shown == {
        "uuid": str(alert.uuid),
        "rule": "B2",
        "level": "warning",
        "title": "Burn ahead of progress",
        "compared": shown["compared"],
        "raised_at": alert.raised_at.isoformat().replace("+00:00", "Z"),
        "acknowledged_at": None,
        "acknowledged_by": "",
        "other_side_acknowledged_at": None,
    }
    assert "24" in shown["compared"]


def test_alert_that_the_vendor_was_not_told_of_is_not_there(
    program: Program, path: str, project: Project, vendor_manager: User, client_manager: User
) -> None:
    alert = raised(project)
    vendor = program(vendor_manager)
    assert vendor.get(path).json()["results"] == []
    assert vendor.get(f"{path}{alert.uuid}/").status_code == 404
    assert vendor.post(f"{path}{alert.uuid}/acknowledge/").status_code == 404
    Alert.objects.update(vendor_told_at=timezone.now())
    assert vendor.get(f"{path}{alert.uuid}/").status_code == 200


def test_alert_is_acknowledged_once(program: Program, path: str, project: Project, client_manager: User) -> None:
    alert = raised(project)
    api = program(client_manager)
    seen = api.post(f"{path}{alert.uuid}/acknowledge/")
    assert (seen.status_code, seen.json()["acknowledged_by"]) == (200, "Clara Manager")
    twice = api.post(f"{path}{alert.uuid}/acknowledge/")
    assert (twice.status_code, twice.json()["code"]) == (409, "already_acknowledged")
    assert Activity.objects.filter(verb="alert_acknowledged", actor=client_manager).count() == 1


def test_alerts_are_filtered_as_on_the_page(
    program: Program, path: str, project: Project, client_manager: User
) -> None:
    raised(project, level="notice", subject="other")
    acknowledge(actor=client_manager, alert=raised(project), side="client")
    api = program(client_manager)
    assert [one["level"] for one in api.get(path, level="notice").json()["results"]] == ["notice"]
    assert [one["level"] for one in api.get(path, waiting="true").json()["results"]] == ["notice"]


def test_what_stands_says_what_would_clear_it(
    program: Program, path: str, project: Project, client_manager: User
) -> None:
    alert = raised(project)
    RuleState.objects.create(
        project=project, rule="B2", level="warning", since=timezone.now(), episode=1, numbers=AHEAD
    )
    (stands,) = program(client_manager).get(f"{path}standing/").json()["results"]
    assert (stands["alert"], stands["level"], stands["waits"]) == (str(alert.uuid), "warning", True)
    assert all(stands[name] for name in ("title", "compared", "clears", "suggestion", "since"))


def test_alert_is_muted_until_a_moment_and_heard_of_again(
    program: Program, path: str, project: Project, client_manager: User, vendor_manager: User
) -> None:
    alert = raised(project, vendor_told_at=timezone.now())
    api = program(client_manager)
    until = (timezone.now() + dt.timedelta(days=3)).isoformat()
    muted = api.post(f"{path}{alert.uuid}/mute/", {"reason": "Agreed on Monday", "until": until})
    assert (muted.status_code, muted.json()["reason"], muted.json()["muted_by"]) == (
        201,
        "Agreed on Monday",
        "Clara Manager",
    )
    again = api.post(f"{path}{alert.uuid}/mute/", {"reason": "Agreed on Monday", "until": until})
    assert (again.status_code, again.json()["code"]) == (409, "already_muted")
    assert api.post(f"{path}{alert.uuid}/mute/", {"reason": "", "until": until}).status_code == 422
    mutes = f"projects/{project.slug}/alert-mutes/"
    assert [one["uuid"] for one in api.get(mutes).json()["results"]] == [muted.json()["uuid"]]
    # The other side neither sees it nor ends it.
    assert program(vendor_manager).get(mutes).json()["results"] == []
    assert program(vendor_manager).post(f"{mutes}{muted.json()['uuid']}/end/").status_code == 404
    assert api.post(f"{mutes}{muted.json()['uuid']}/end/").json()["ended_at"] is not None
    assert not Mute.objects.filter(ended_at=None).exists()


def test_client_tells_the_vendor_or_keeps_it(
    program: Program, path: str, project: Project, client_manager: User, client_approver: User, vendor_manager: User
) -> None:
    alert = raised(project, vendor_told_at=timezone.now() + dt.timedelta(hours=3))
    api = program(client_manager)
    assert program(client_approver).post(f"{path}{alert.uuid}/keep/").status_code == 403
    assert api.post(f"{path}{alert.uuid}/keep/").status_code == 200
    assert program(vendor_manager).get(f"{path}{alert.uuid}/").status_code == 404
    assert api.post(f"{path}{alert.uuid}/tell-vendor/").status_code == 200
    assert program(vendor_manager).get(f"{path}{alert.uuid}/").status_code == 200
    late = api.post(f"{path}{alert.uuid}/keep/")
    assert (late.status_code, late.json()["code"]) == (409, "already_told")


def test_alerts_cost_the_same_queries_however_many(
    program: Program,
    path: str,
    project: Project,
    client_manager: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = program(client_manager)
    api.get(path)
    for first, last in ((0, 3), (3, 30)):
        for number in range(first, last):
            raised(project, episode=number + 1)
        with django_assert_num_queries(6):
            assert len(api.get(path).json()["results"]) == last


# ── Inbox ───────────────────────────────────────────────────────────────────────────────────────────
def tell(project: Project, user: User, count: int = 1) -> None:
    for number in range(count):
        alert = raised(project, episode=number + 1)
        put_in_outbox(
            project=project,
            recipients=User.objects.filter(pk=user.pk),
            kind="alerts_raised",
            data={"alerts": [str(alert.uuid)]},
            channels=["in_app", "mail"],
            audience="client",
            dedupe=str(alert.uuid),
        )


def test_message_is_read_by_its_recipient(program: Program, project: Project, client_manager: User) -> None:
    tell(project, client_manager)
    api = program(client_manager)
    (message,) = api.get("inbox/").json()["results"]
    kept = OutboxMessage.objects.get(channel="in_app")
    assert (message["uuid"], message["project"], message["read_at"]) == (str(kept.uuid), project.slug, None)
    assert message["subject"] == "Berth booking: Burn ahead of progress (warning)"
    read = api.post(f"inbox/{kept.uuid}/read/").json()
    kept.refresh_from_db()
    assert kept.read_at is not None
    assert read["read_at"] == kept.read_at.isoformat().replace("+00:00", "Z")


def test_mail_is_no_message_of_the_inbox(program: Program, project: Project, client_manager: User) -> None:
    tell(project, client_manager)
    mail = OutboxMessage.objects.get(channel="mail")
    assert program(client_manager).post(f"inbox/{mail.uuid}/read/").status_code == 404


def test_inbox_costs_the_same_queries_however_many(
    program: Program, project: Project, client_manager: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api = program(client_manager)
    api.get("inbox/")
    tell(project, client_manager, 3)
    with django_assert_num_queries(8):
        assert len(api.get("inbox/").json()["results"]) == 3
    Alert.objects.all().delete()
    tell(project, client_manager, 27)
    with django_assert_num_queries(8):
        api.get("inbox/")
