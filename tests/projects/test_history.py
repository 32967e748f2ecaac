"""What was changed, as people read it: who, when, before and after, and money for those alone who may see it."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from celery.signals import task_postrun, task_prerun
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_entries import record_time
from projects.actions import agree_rate, change_terms, end_rate
from projects.history import FieldChange
from projects.models import Project, Rate, Terms
from projects.queries import rates_history, terms_history
from projects.tasks import send_due_messages
from requirements_app.actions import add_work_item, change_work_item
from requirements_app.models import WorkItem

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
DAY = dt.date(2026, 9, 17)


def context_of(row: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = row.events.order_by("pgh_id").last().pgh_context.metadata
    return metadata


def edit(browser: Client, project: Project, item: WorkItem, **changes: object) -> int:
    data = {"title": item.title, "version": item.version, "estimate_minutes": "10", **changes}
    where = reverse("requirements:work_item_edit", args=[project.slug, item.ref.number])
    return browser.post(where, data).status_code


def test_estimate_changed_on_a_page_is_read_with_its_author(
    project: Project, client_manager: User, vendor_analyst: User, sign_in: SignIn
) -> None:
    item: Any = add_work_item(actor=client_manager, project=project, title="Berth plan", estimate_minutes=600)
    assert edit(sign_in(vendor_analyst), project, item, estimate="12.5", estimate_minutes="12.5") == 302
    assert context_of(item) == {"user": vendor_analyst.pk, "route": "requirements:work_item_edit"}
    html = sign_in(client_manager).get(reverse("requirements:work_item_detail", args=[project.slug, 1])).content
    row = html.decode().split('aria-labelledby="history"')[1].split("</table>")[0]
    assert [part in row for part in ("Viktor Analyst", "estimate", "10.0 h", "12.5 h")] == [True] * 4


def test_change_by_a_program_has_its_author(project: Project, client_manager: User, program: Any) -> None:
    item: Any = add_work_item(actor=client_manager, project=project, title="Berth plan", estimate_minutes=600)
    where = f"/api/v1/projects/{project.slug}/work-items/{item.ref.number}/"
    answer = program(client_manager).patch(where, {"title": "Quay plan"}, If_Match='"v1"')
    assert answer.status_code == 200
    assert context_of(item) == {"user": client_manager.pk, "route": "api:work_item_detail"}


def test_change_by_a_worker_has_its_task(project: Project) -> None:
    terms: Any = project.terms
    task = send_due_messages
    task_prerun.send(sender=task, task_id="one", task=task)
    Terms.objects.filter(pk=terms.pk).update(cure_days=7)
    task_postrun.send(sender=task, task_id="one", task=task)
    assert context_of(terms) == {"task": "projects.send_due_messages"}


def test_reading_a_page_writes_no_context(project: Project, client_manager: User, sign_in: SignIn) -> None:
    browser = sign_in(client_manager)
    where = reverse("projects:terms_detail", args=[project.slug])
    with CaptureQueriesContext(connection) as asked:
        browser.get(where)
    assert [one["sql"] for one in asked if "set_config" in one["sql"]] == []


def test_terms_show_money_to_those_who_may_see_it(
    project: Project, client_manager: User, client_viewer: User, vendor_member: User, sign_in: SignIn
) -> None:
    change_terms(
        actor=client_manager, terms=project.terms, expected_version=1, budget_amount=Decimal(50_000), cap_minutes=30_000
    )
    (with_money,), (without,) = (terms_history(project, with_money=seen) for seen in (True, False))
    cap = FieldChange("cap in hours", "480.0 h", "500.0 h")
    money = FieldChange("agreed amount", "EUR\u00a040,000.00", "EUR\u00a050,000.00")
    assert (with_money.by, set(with_money.changes), without.changes) == ("Clara Manager", {cap, money}, (cap,))
    where = reverse("projects:terms_detail", args=[project.slug])
    pages = [sign_in(user).get(where).content.decode() for user in (client_viewer, vendor_member)]
    assert ["50,000.00" in html for html in pages] == [True, False]


def test_rates_tell_which_was_ended(project: Project, client_manager: User, developer: Person, sign_in: SignIn) -> None:
    rate = agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(80), first_day=DAY, person=developer)
    end_rate(actor=client_manager, rate=rate, last_day=dt.date(2026, 12, 31), expected_version=1)
    (change,) = rates_history(project)
    assert (change.subject, change.by, change.changes) == (
        "Dora Developer",
        "Clara Manager",
        (FieldChange("holds", "17 Sep 2026 – …", "17 Sep 2026 – 31 Dec 2026"),),
    )
    html = sign_in(client_manager).get(reverse("projects:rate_list", args=[project.slug])).content.decode()
    assert "17 Sep 2026 – 31 Dec 2026" in html


def test_entry_shows_its_amounts_to_those_who_may_see_them(
    project: Project, client_manager: User, vendor_member: User, developer: Person, sign_in: SignIn
) -> None:
    entry = record_time(
        actor=client_manager, project=project, person=developer, worked_on=DAY, minutes=90, today=DAY, note="Quay"
    )
    TimeEntry.objects.filter(pk=entry.pk).update(hourly_rate=Decimal(80), amount=Decimal(120), note="Quay wall")
    where = reverse("budget:time_entry_detail", args=[project.slug, entry.uuid])
    for_manager, for_vendor = (sign_in(user).get(where).content.decode() for user in (client_manager, vendor_member))
    assert ["120.00" in html for html in (for_manager, for_vendor)] == [True, False]
    assert ["Quay wall" in html.split('id="history"')[1] for html in (for_manager, for_vendor)] == [True, True]


@pytest.mark.parametrize("count", [3, 30])
def test_cost_does_not_grow_with_the_changes(count: int, project: Project, client_manager: User) -> None:
    item: Any = add_work_item(actor=client_manager, project=project, title="Berth plan", estimate_minutes=600)
    for number in range(count):
        change_work_item(actor=client_manager, item=item, expected_version=number + 1, estimate_minutes=number)
    for number in range(count):
        rate = agree_rate(
            actor=client_manager, project=project, hourly_rate=Decimal(80), first_day=DAY, job_role=f"Role {number}"
        )
        end_rate(actor=client_manager, rate=rate, last_day=DAY, expected_version=1)
    with CaptureQueriesContext(connection) as asked:
        assert len(rates_history(project)) == count
    assert (len(asked), Rate.objects.count()) == (3, count)
