"""Work items and progress through the API: what the pages do, by the same actions."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import Person, User
from budget.time_entries import record_time
from projects.models import Activity, Project
from requirements_app.actions import add_work_item
from requirements_app.models import ProgressReport, WorkItem
from tests.api_client import Program

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/work-items/"


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Berth plan", estimate_minutes=750)


def test_work_item_is_told_whole(
    program: Program, path: str, item: WorkItem, project: Project, developer: Person, vendor_viewer: User
) -> None:
    day = dt.date(2026, 9, 1)
    record_time(
        actor=project.created_by,
        project=project,
        person=developer,
        worked_on=day,
        minutes=95,
        today=day,
        work_item=item,
    )
    child = add_work_item(actor=project.created_by, project=project, title="Map", parent=item, category="design")
    assert program(vendor_viewer).get(f"{path}{child.ref.number}/").json() == {
        "number": 2,
        "label": "W-2",
        "title": "Map",
        "category": "design",
        "state": "open",
        "parent": 1,
        "estimate_minutes": None,
        "estimate_hours": None,
        "estimate_recorded_for": "",
        "estimate_recorded_from": "",
        "used_minutes": 0,
        "used_hours": "0.00",
        "remaining_minutes": None,
        "remaining_hours": None,
        "planned_start_on": None,
        "planned_finish_on": None,
        "outside_key": "",
        "outside_url": "",
    }
    shown = program(vendor_viewer).get(f"{path}1/").json()
    assert (shown["estimate_hours"], shown["used_minutes"], shown["used_hours"]) == ("12.50", 95, "1.58")


def test_work_item_is_added_below_another(program: Program, path: str, item: WorkItem, vendor_analyst: User) -> None:
    added = program(vendor_analyst).post(
        path, {"title": "Map", "parent": 1, "estimate_minutes": 60, "outside_key": "P-9"}
    )
    assert (added.status_code, added["Location"], added["ETag"]) == (201, f"http://testserver/api/v1/{path}2/", '"v1"')
    child = WorkItem.objects.get(ref__number=2)
    assert (child.parent, child.estimate_minutes, child.outside_key) == (item, 60, "P-9")
    assert Activity.objects.get(verb="work_item_added", ref=child.ref).actor == vendor_analyst


def test_work_item_moves_out_and_is_dropped(
    program: Program, path: str, item: WorkItem, project: Project, client_manager: User
) -> None:
    add_work_item(actor=client_manager, project=project, title="Map", parent=item)
    api = program(client_manager)
    moved = api.patch(f"{path}2/", {"parent": None, "is_dropped": True}, If_Match='"v1"')
    assert (moved.json()["parent"], moved.json()["state"]) == (None, "dropped")
    back = api.patch(f"{path}2/", {"is_dropped": False}, If_Match=moved["ETag"])
    assert back.json()["state"] == "open"


def test_work_item_below_itself_is_refused(program: Program, path: str, item: WorkItem, client_manager: User) -> None:
    refused = program(client_manager).patch(f"{path}1/", {"parent": 1}, If_Match='"v1"')
    assert (refused.status_code, refused.json()["errors"]) == (
        422,
        [
            {
                "pointer": "#/parent",
                "code": "circle",
                "detail": "A work item cannot stand below itself. Choose another parent.",
            }
        ],
    )


def test_parent_of_another_project_is_unknown(
    program: Program, path: str, item: WorkItem, other_project: Project, client_manager: User
) -> None:
    for title in ("Letters", "Stamps"):
        add_work_item(actor=other_project.created_by, project=other_project, title=title)
    refused = program(client_manager).post(path, {"title": "Map", "parent": 2})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown")


def test_progress_is_reported(program: Program, path: str, item: WorkItem, vendor_member: User) -> None:
    told = program(vendor_member).post(f"{path}1/progress/", {"on": "2026-09-01", "remaining_minutes": 90})
    report = ProgressReport.objects.get()
    assert told.status_code == 201
    assert told.json() == {
        "on": "2026-09-01",
        "is_done": False,
        "remaining_minutes": 90,
        "remaining_hours": "1.50",
        "reported_by": "Vito Member",
        "reported_at": report.reported_at.isoformat().replace("+00:00", "Z"),
        "recorded_for": "",
        "recorded_from": "",
    }
    item.refresh_from_db()
    assert (item.remaining_minutes, item.state) == (90, "open")


def test_progress_without_a_day_is_of_today(program: Program, path: str, item: WorkItem, client_manager: User) -> None:
    told = program(client_manager).post(f"{path}1/progress/", {"is_done": True, "recorded_from": "call of today"})
    assert told.json()["on"] == timezone.localdate().isoformat()
    assert ProgressReport.objects.get().recorded_from == "call of today"
    item.refresh_from_db()
    assert item.is_done


@pytest.mark.parametrize(
    ("report", "place"),
    [
        ({"on": "2199-01-01", "is_done": True}, "#/on"),
        ({"on": "9999-12-31", "is_done": True}, "#/on"),
        ({"is_done": True, "remaining_minutes": 5}, "#/remaining_minutes"),
        ({"remaining_minutes": -5}, "#/remaining_minutes"),
        ({"is_done": True, "recorded_from": "mail"}, "#/recorded_from"),
    ],
)
def test_progress_that_cannot_be_is_refused(
    program: Program, path: str, item: WorkItem, vendor_member: User, report: dict[str, object], place: str
) -> None:
    refused = program(vendor_member).post(f"{path}1/progress/", report)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, place)
    assert ProgressReport.objects.count() == 0


def test_work_items_are_filtered_as_on_the_page(
    program: Program, path: str, item: WorkItem, project: Project, client_manager: User
) -> None:
    add_work_item(actor=client_manager, project=project, title="Map of berths", category="design")
    api = program(client_manager)
    for query, numbers in (
        ({"q": "map"}, [2]),
        ({"q": "W-1"}, [1]),
        ({"category": "design"}, [2]),
        ({"estimated": "true"}, [1]),
        ({"state": "done"}, []),
        ({"order": "-number"}, [2, 1]),
    ):
        assert [row["number"] for row in api.get(path, **query).json()["results"]] == numbers
    assert api.get(path, state="lost").status_code == 422
