"""The trial alert that the machine sends itself, and the nightly comparison with the source."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connections

from accounts.models import Organisation, Person, User
from alerts.actions import evaluate, note_arrivals, reconcile, reconcile_if_due, send_canary
from alerts.models import Alert, Canary, Drift, Mark, Reconciliation, RuleState
from budget.models import BranchSeries, DayBurn, ItemBurn
from budget.time_entries import NewTimeEntry, insert_time_entries
from core.clock import database_now
from launch.postgres import Urls
from projects.access import projects_visible_to
from projects.models import OutboxMessage, Project
from projects.outbox import send_due

NIGHT = dt.datetime(2026, 9, 18, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


# ── The canary ──────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_nothing_is_made_before_somebody_has_opened_the_installation() -> None:
    assert send_canary() is None
    assert not Organisation.objects.exists()


@pytest.mark.django_db
def test_canary_takes_the_whole_way(project: Project, settings: Any) -> None:
    settings.MAIL_REDIRECTS = {"canary@oversight.invalid": "watch@example.com"}
    canary = send_canary()
    assert canary is not None
    assert [alert.subject for alert in evaluate(canary.project_id)] == [str(canary.uuid)]
    assert send_due() == 1
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        (["watch@example.com"], "Canary: Trial alert (critical)")
    ]
    note_arrivals()
    canary.refresh_from_db()
    assert canary.arrived_at is not None
    assert canary.arrived_at >= canary.started_at


@pytest.mark.django_db
def test_without_an_address_no_server_is_asked(project: Project) -> None:
    canary = send_canary()
    assert canary is not None
    evaluate(canary.project_id)
    assert (send_due(), mail.outbox) == (1, [])


@pytest.mark.django_db
def test_one_an_hour_each_in_a_mail_of_its_own(project: Project) -> None:
    now = database_now()
    first = send_canary(now)
    assert first is not None
    assert send_canary(now + HOUR / 2) is None
    evaluate(first.project_id, now)
    send_due()
    second = send_canary(now + HOUR)
    assert second is not None
    evaluate(second.project_id, now + HOUR)
    assert send_due(now + HOUR) == 1
    note_arrivals()
    assert Canary.objects.filter(arrived_at=None).count() == 0
    assert Project.objects.filter(name="Canary").count() == 1


@pytest.mark.django_db
def test_old_canaries_leave_nothing_behind(project: Project) -> None:
    now = database_now()
    for day in range(3):
        canary = send_canary(now + day * dt.timedelta(days=1))
        assert canary is not None
        evaluate(canary.project_id, now + day * dt.timedelta(days=1))
        OutboxMessage.objects.update(state="sent", sent_at=now)
    send_canary(now + dt.timedelta(days=30))
    assert Canary.objects.count() == 1
    assert not Alert.objects.filter(project=canary.project_id).exists()


@pytest.mark.django_db
def test_nobody_else_sees_the_canary(project: Project, client_manager: User, organisation_admin: User) -> None:
    canary = send_canary()
    assert canary is not None
    for user in (client_manager, organisation_admin):
        assert not projects_visible_to(user).filter(pk=canary.project_id).exists()


# ── The nightly comparison ──────────────────────────────────────────────────────────────────────────
@pytest.fixture
def burnt(project: Project, developer: Person, client_manager: User) -> Project:
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(developer.pk, dt.date(2026, 9, day), 60) for day in range(1, 11)],
        source="file",
        recorded_by=client_manager,
    )
    evaluate(project.pk, NIGHT - HOUR)
    return project


@pytest.fixture
def as_owner(fresh_database: Urls) -> Iterator[Any]:
    """The one role that can write a sum past its trigger."""
    yield connections["owner"].cursor
    connections["owner"].close()


@pytest.mark.django_db
def test_nothing_differs_in_a_healthy_project(burnt: Project) -> None:
    run = reconcile(NIGHT)
    assert (run.project_count, run.drift_count, Drift.objects.count()) == (1, 0, 0)
    assert RuleState.objects.filter(project=burnt).exists()


def test_a_sum_that_was_written_past_the_triggers_is_found_told_and_mended(
    fresh_database: Urls, as_owner: Any, burnt: Project, client_manager: User, vendor_manager: User
) -> None:
    with as_owner() as cursor:
        cursor.execute("UPDATE budget_dayburn SET minutes = 90 WHERE worked_on = '2026-09-05'")
        cursor.execute("DELETE FROM budget_itemburn")
    Mark.objects.all().delete()
    count = reconcile(NIGHT).drift_count
    # Series and states that were made of the wrong sums differ with them.
    sums = Drift.objects.filter(what__startswith="burn")
    assert {drift.what: (drift.kept, drift.found) for drift in sums} == {
        "burn by day": ("(90,0,60,0.00,1)", "(60,0,60,0.00,1)"),
        "burn by item": ("–", "(600,0,600,0.00,10)"),
    }
    told = OutboxMessage.objects.filter(kind="figures_drifted", channel="mail")
    assert {message.recipient for message in told} == {client_manager, vendor_manager}
    # The next night it is still the same difference, and nobody is told again.
    reconcile(NIGHT + HOUR)
    assert (Drift.objects.count(), told.count()) == (count, 2)
    with pytest.raises(SystemExit):
        call_command("reconcile")
    call_command("reconcile", "--repair")
    assert not Drift.objects.filter(cleared_at=None).exists()
    assert sum(DayBurn.objects.values_list("minutes", flat=True)) == 600
    assert ItemBurn.objects.get().minutes == 600


@pytest.mark.django_db
def test_a_series_that_differs_is_found(burnt: Project) -> None:
    series = BranchSeries.objects.get(project=burnt, work_item=None)
    series.used_minutes[3] += 7
    series.save()
    assert reconcile(NIGHT).drift_count == 1
    drift = Drift.objects.get()
    assert (drift.what, drift.about) == ("used and earned by day", "2026-09-04")
    series.refresh_from_db()
    assert series.used_minutes[3] == 247  # comparing mends nothing


@pytest.mark.django_db
def test_a_state_that_the_rules_would_not_leave_is_found_and_judged_anew(burnt: Project) -> None:
    state = RuleState.objects.filter(project=burnt, rule="B1").first()
    assert state is not None
    RuleState.objects.filter(pk=state.pk).update(level="critical")
    Mark.objects.filter(project=burnt).delete()
    assert reconcile(NIGHT).drift_count == 1
    assert Drift.objects.get().kept == "critical"
    assert Mark.objects.filter(project=burnt, cause="reconciliation").exists()
    evaluate(burnt.pk, NIGHT + HOUR)
    assert reconcile(NIGHT + 2 * HOUR).drift_count == 0
    assert not Drift.objects.filter(cleared_at=None).exists()


@pytest.mark.django_db
def test_what_waits_to_be_judged_is_compared_the_next_night(burnt: Project) -> None:
    RuleState.objects.filter(project=burnt).update(level="critical")
    Mark.objects.create(project=burnt, cause="test")
    assert reconcile(NIGHT).drift_count == 0


@pytest.mark.django_db
def test_once_a_night_and_after_a_missed_one_at_once(project: Project) -> None:
    assert reconcile_if_due(NIGHT) is not None
    assert reconcile_if_due(NIGHT + HOUR) is None
    assert reconcile_if_due(NIGHT + 20 * HOUR) is None  # ten in the evening
    assert reconcile_if_due(NIGHT + 24 * HOUR) is not None
    assert reconcile_if_due(NIGHT + 24 * HOUR + 31 * HOUR) is not None  # nine in the morning, a night was missed
    assert Reconciliation.objects.filter(finished_at__isnull=False).count() == 3
