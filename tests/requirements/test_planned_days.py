"""When an item is planned: typed on its page, sent to the API, kept in its history, refused where it cannot be."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from alerts.models import Mark
from core.errors import DomainError
from projects.audience import Side
from projects.import_files import store_file
from projects.models import Activity, ImportBatch, Project
from requirements_app.actions import add_work_item, change_work_item
from requirements_app.estimate_import import check_estimate, take_estimate
from requirements_app.models import WorkItem
from tests.api_client import Program

pytestmark = pytest.mark.django_db

SignIn = Callable[[Any], Client]
FIRST, LAST = dt.date(2026, 6, 1), dt.date(2026, 6, 10)


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Piles", estimate_minutes=600)


def test_planned_days_are_kept_and_told(item: WorkItem, client_manager: User) -> None:
    Mark.objects.all().delete()
    change_work_item(
        actor=client_manager,
        item=item,
        expected_version=item.version,
        planned_start_on=FIRST,
        planned_finish_on=LAST,
    )
    item.refresh_from_db()
    assert (item.planned_start_on, item.planned_finish_on) == (FIRST, LAST)
    told = Activity.objects.get(project=item.project, verb="work_item_changed")
    assert told.data["fields"] == "planned start, planned finish"
    # Earned value is worked out anew.
    assert list(Mark.objects.values_list("cause", flat=True)) == ["requirements_workitem"]


@pytest.mark.parametrize(
    ("days", "field"),
    [
        ({"planned_start_on": LAST, "planned_finish_on": FIRST}, "planned_finish_on"),
        ({"planned_start_on": dt.date(1066, 10, 14)}, "planned_start_on"),
    ],
)
def test_days_that_cannot_be_are_refused(
    project: Project, item: WorkItem, client_manager: User, days: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationError) as changed:
        change_work_item(actor=client_manager, item=item, expected_version=item.version, **days)
    with pytest.raises(ValidationError) as added:
        add_work_item(actor=client_manager, project=project, title="Caps", **days)
    assert set(changed.value.message_dict) == set(added.value.message_dict) == {field}


def test_database_refuses_a_finish_before_the_start(item: WorkItem) -> None:
    with pytest.raises(IntegrityError, match="work_item_finishes_after_start"), transaction.atomic():
        WorkItem.objects.filter(pk=item.pk).update(planned_start_on=LAST, planned_finish_on=FIRST)


def test_form_takes_planned_days_and_the_page_shows_them(
    project: Project, item: WorkItem, client_manager: User, sign_in: SignIn
) -> None:
    client = sign_in(client_manager)
    edit = reverse("requirements:work_item_edit", args=[project.slug, item.ref.number])
    sent = {"title": "Piles", "version": item.version, "planned_start_on": "2026-06-10"}
    refused = client.post(edit, {**sent, "planned_finish_on": "2026-06-01"})
    assert refused.status_code == 422
    assert "The planned finish lies before the planned start." in refused.content.decode()
    assert client.post(edit, {**sent, "planned_finish_on": "2026-06-12"}).status_code == 302
    page = client.get(item.get_absolute_url()).content.decode()
    assert "10 Jun 2026 – 12 Jun 2026" in page


def test_api_takes_and_gives_planned_days(project: Project, client_manager: User, program: Program) -> None:
    path = f"projects/{project.slug}/work-items/"
    api = program(client_manager)
    made = api.post(path, {"title": "Caps", "planned_start_on": "2026-06-01", "planned_finish_on": "2026-06-10"})
    assert (made.status_code, made.json()["planned_finish_on"]) == (201, "2026-06-10")
    changed = api.patch(f"{path}1/", {"planned_finish_on": "2026-05-01"}, If_Match=made["ETag"])
    assert changed.status_code == 422
    assert changed.json()["errors"][0]["pointer"] == "#/planned_finish_on"
    emptied = api.patch(f"{path}1/", {"planned_start_on": None}, If_Match=made["ETag"])
    assert (emptied.status_code, emptied.json()["planned_start_on"]) == (200, None)


# ── By file ─────────────────────────────────────────────────────────────────────────────────────────
FILE = "Key,Title,Estimate (h),Planned start,Due date\nP-1,Piles,10,2026-06-01,2026-06-10\nP-2,Caps,20,,2026-06-12\n"


@pytest.fixture
def take(project: Project, client_manager: User, tmp_path: Path, settings: Settings) -> Callable[[str], ImportBatch]:
    settings.MEDIA_ROOT = tmp_path

    def taken(text: str) -> ImportBatch:
        upload = ContentFile(text.encode(), name="plan.csv")
        batch = store_file(
            actor=client_manager, project=project, side=Side.CLIENT, kind=ImportBatch.Kind.WORK_ITEMS, upload=upload
        )
        check_estimate(batch=batch, options={})
        take_estimate(actor=client_manager, batch=batch, preview_hash=batch.preview_hash, leave_out_wrong_rows=True)
        return batch

    return taken


def planned(project: Project) -> dict[str, tuple[dt.date | None, dt.date | None]]:
    items = WorkItem.objects.filter(project=project)
    return {key: (start, finish) for key, start, finish in items.values_list("outside_key", *DAYS)}


DAYS = ("planned_start_on", "planned_finish_on")


def test_a_file_brings_planned_days_and_changes_them(project: Project, take: Callable[[str], ImportBatch]) -> None:
    take(FILE)
    assert planned(project) == {"P-1": (FIRST, LAST), "P-2": (None, dt.date(2026, 6, 12))}
    again = take(FILE.replace("2026-06-12", "2026-06-15"))
    assert planned(project)["P-2"] == (None, dt.date(2026, 6, 15))
    assert [change["fields"] for change in again.outcome["totals"]["changes"]] == [["planned finish"]]


def test_a_row_that_would_end_before_it_starts_is_refused(project: Project, take: Callable[[str], ImportBatch]) -> None:
    take(FILE)
    # The file says only the finish; the start is the one that the item has.
    batch = take("Key,Title,Estimate (h),Due date\nP-1,Piles,10,2026-05-30\nP-2,Caps,25,2026-06-12\n")
    assert [(one["code"], one["row"]) for one in batch.outcome["problems"]] == [("finish_before_start", 2)]
    assert planned(project)["P-1"] == (FIRST, LAST)


def test_a_plan_in_unclear_dates_asks_for_their_order(project: Project, take: Callable[[str], ImportBatch]) -> None:
    with pytest.raises(DomainError):
        take("Key,Title,Estimate (h),Due date\nP-1,Piles,10,03/04/2026\n")
    batch = ImportBatch.objects.get(project=project)
    assert [question["name"] for question in batch.outcome["questions"]] == ["date_order"]
