"""The week in one mail: to whoever wants it, once, on their morning, of what they may see."""

import datetime as dt
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction

from accounts.models import Organisation, User
from alerts.actions import evaluate
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from launch.postgres import Urls
from projects.actions import add_person, end_membership, open_project, set_status
from projects.models import MailPreference, Membership, OutboxMessage, Project, SideCalendar
from projects.outbox import send_due, word
from requirements_app.actions import NewWorkItem, insert_work_items
from status.weekly_summary import write_weekly_summaries
from tests.cast import new_project, new_user

# A Monday; the calendars of the tests are UTC's, from nine to five.
MONDAY = dt.datetime(2026, 9, 21, 9, 5, tzinfo=dt.UTC)
LAST_WEEK = dt.date(2026, 9, 16)


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def worked(project: Project) -> Project:
    """Hours of last week that burned far ahead of progress."""
    person = add_person(actor=project.created_by, project=project, name="Dev", side="vendor")
    (item,) = insert_work_items(project=project, new_items=[NewWorkItem(title="All of it", estimate_minutes=6000)])
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(person.person_id, LAST_WEEK, 600, item.pk) for _day in range(40)],
        source="file",
        recorded_by=project.created_by,
    )
    evaluate(project.pk, MONDAY)
    return project


def summaries(user: User) -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(recipient=user, kind="weekly_summary"))


def test_the_answer_comes_first_then_each_project(worked: Project, client_manager: User) -> None:
    assert write_weekly_summaries(MONDAY) == 1
    OutboxMessage.objects.exclude(kind="weekly_summary").delete()
    assert send_due(MONDAY) == 1
    (sent,) = mail.outbox
    assert sent.subject.startswith("Your week: Berth booking needs you to act: ")
    first, *_rest = [line for line in sent.body.splitlines() if line][1:]
    assert first.startswith("Berth booking needs you to act: ")
    assert "400.0 h were worked last week." in sent.body
    assert "== What waits for you ==" in sent.body
    assert "http://127.0.0.1:8000/profile/notifications/" in sent.body
    assert sent.to == [client_manager.email]


def test_it_comes_once_a_week(worked: Project, client_manager: User) -> None:
    assert [write_weekly_summaries(MONDAY + dt.timedelta(minutes=15 * turn)) for turn in range(3)] == [1, 0, 0]
    assert write_weekly_summaries(MONDAY + dt.timedelta(days=7)) == 1
    assert len(summaries(client_manager)) == 2


def test_it_waits_for_the_readers_own_morning(worked: Project, client_manager: User, vendor_manager: User) -> None:
    SideCalendar.objects.filter(project=worked, side="vendor").update(time_zone="America/New_York")
    assert write_weekly_summaries(MONDAY) == 1
    assert summaries(vendor_manager) == []
    assert write_weekly_summaries(MONDAY + dt.timedelta(hours=4)) == 1
    assert len(summaries(vendor_manager)) == 1


def test_it_comes_not_when_the_week_is_half_over(worked: Project) -> None:
    assert write_weekly_summaries(MONDAY + dt.timedelta(days=2)) == 0


def test_whoever_wants_none_gets_none(worked: Project, client_manager: User) -> None:
    MailPreference.objects.create(user=client_manager, weekly_summary=False)
    assert write_weekly_summaries(MONDAY) == 0


def test_nothing_is_sent_where_there_is_nothing_to_say(project: Project, client_viewer: User) -> None:
    """A project without hours and alerts, in which the viewer has nothing to do."""
    Membership.objects.exclude(user=client_viewer).update(ended_at=MONDAY)
    write_weekly_summaries(MONDAY)
    (summary,) = summaries(client_viewer)
    assert word(summary) is None
    assert send_due(MONDAY) == 0
    assert mail.outbox == []


def test_a_closed_project_is_not_told_of(worked: Project, client_manager: User) -> None:
    write_weekly_summaries(MONDAY)
    set_status(actor=client_manager, project=worked, status=Project.Status.CLOSED)
    assert word(summaries(client_manager)[0]) is None
    OutboxMessage.objects.all().delete()
    assert write_weekly_summaries(MONDAY) == 0


def test_whoever_left_meanwhile_is_told_nothing(worked: Project, client_manager: User, client_approver: User) -> None:
    write_weekly_summaries(MONDAY)
    end_membership(actor=client_manager, membership=Membership.objects.get(user=client_approver))
    assert word(summaries(client_approver)[0]) is None


def test_whoever_reads_no_hours_is_told_none(worked: Project, client_finance: User) -> None:
    """Finance sees approved invoices alone, and there are none yet."""
    write_weekly_summaries(MONDAY)
    assert [word(summary) for summary in summaries(client_finance)] == [None]


def test_the_portfolio_viewer_gets_it_too(worked: Project, portfolio_viewer: User) -> None:
    write_weekly_summaries(MONDAY)
    wording = word(summaries(portfolio_viewer)[0])
    assert wording is not None
    assert "Berth booking" in wording.text


def test_it_costs_the_same_for_many(
    worked: Project, client_organisation: Any, vendor_organisation: Any, django_assert_num_queries: Any
) -> None:
    for count in (1, 8):
        for number in range(count):
            new_project(
                name=f"P {count}-{number}",
                manager=new_user(f"M {count} {number}"),
                client=client_organisation,
                vendor=vendor_organisation,
            )
        with django_assert_num_queries(10):
            write_weekly_summaries(MONDAY)


def test_two_beats_write_one(fresh_database: Urls) -> None:
    manager = new_user("Clara Manager")
    with transaction.atomic():
        open_project(actor=manager, client=Organisation.objects.create(name="Harbour"), name="Berths")
    ready, failures = threading.Barrier(4), []

    def write() -> None:
        try:
            ready.wait(20)
            write_weekly_summaries(MONDAY)
        except Exception as error:  # noqa: BLE001  (shown below, in the test's own thread)
            failures.append(error)
        finally:
            connection.close()

    beats = [threading.Thread(target=write) for _number in range(4)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join(30)
    assert failures == []
    assert len(summaries(manager)) == 1
