"""Pages of a list, problems, versions and limits: what every resource of the API shares."""

import datetime as dt
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core import signing
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Person, User
from projects.models import Project
from requirements_app.actions import NewWorkItem, add_work_item, insert_work_items
from requirements_app.api import WorkItemViewSet
from requirements_app.models import WorkItem
from tests.api_client import ApiClient, Program

pytestmark = pytest.mark.django_db

PROBLEM = "application/problem+json"


@pytest.fixture
def path(project: Project) -> str:
    return f"projects/{project.slug}/work-items/"


def add_items(project: Project, *estimates: int | None) -> None:
    insert_work_items(
        project=project,
        new_items=[
            NewWorkItem(title=f"Same title {number % 2}", estimate_minutes=estimate)
            for number, estimate in enumerate(estimates)
        ],
    )


def every_page(api: ApiClient, path: str, **query: Any) -> list[list[int]]:
    pages = []
    address: str | None = path
    while address:
        answer = api.get(address, **(query if address == path else {})).json()
        pages.append([row["number"] for row in answer["results"]])
        address = answer["next"]
    return pages


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("order", ["", "number", "-number", "title", "-title", "estimate", "-estimate", "state"])
def test_pages_hold_every_row_once_in_the_list_s_order(
    program: Program, path: str, client_manager: User, project: Project, order: str
) -> None:
    """Equal values and missing ones too: those sort as the database sorts them."""
    add_items(project, 60, None, 60, 30, None, 90, 60)
    api = program(client_manager)
    query = {"order": order} if order else {}
    whole = [row["number"] for row in api.get(path, **query).json()["results"]]
    pages = every_page(api, path, limit=2, **query)
    assert [len(page) for page in pages] == [2, 2, 2, 1]
    assert [number for page in pages for number in page] == whole
    assert sorted(whole) == [1, 2, 3, 4, 5, 6, 7]


def test_rows_added_between_pages_are_neither_repeated_nor_lost(
    program: Program, client_manager: User, project: Project, developer: Person
) -> None:
    path = f"projects/{project.slug}/time-entries/"
    api = program(client_manager)
    row = {"person": str(developer.uuid), "worked_on": "2026-09-02", "minutes": 1}
    before = [one["uuid"] for one in api.post(path, [row] * 4).json()["results"]]
    first = api.get(path, limit=2).json()
    api.post(path, [{**row, "worked_on": "2026-09-03"}, row])
    second = api.get(first["next"]).json()
    assert [one["uuid"] for one in first["results"] + second["results"]] == before[::-1]


def test_cursor_tells_no_key_and_belongs_to_its_list(
    program: Program, path: str, client_manager: User, project: Project
) -> None:
    add_items(project, 60, 60, 60)
    api = program(client_manager)
    address = api.get(path, limit=1).json()["next"]
    (cursor,) = parse_qs(urlsplit(address).query)["cursor"]
    for query in ({"cursor": cursor, "order": "-title"}, {"cursor": cursor + "x"}, {"cursor": "1"}):
        refused = api.get(path, **query)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "cursor")
    item = WorkItem.objects.order_by("position").first()
    assert item is not None
    said = signing.loads(cursor, salt="core.api.cursor")
    assert said == [["position", "pk"], [item.position], item.ref.number]


@pytest.mark.parametrize("limit", ["0", "201", "-1", "many", "1.5", "²"])
def test_limit_is_from_1_to_200(program: Program, path: str, client_manager: User, limit: str) -> None:
    refused = program(client_manager).get(path, limit=limit)
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "limit")


def test_page_costs_the_same_queries_however_long(
    program: Program,
    path: str,
    client_manager: User,
    project: Project,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = program(client_manager)
    api.get(path)
    for estimates in ([60] * 3, [60] * 27):
        add_items(project, *estimates)
        with django_assert_num_queries(6):
            api.get(path)


# ── Problems ────────────────────────────────────────────────────────────────────────────────────────
def problem(response: Any) -> dict[str, Any]:
    assert response["Content-Type"] == PROBLEM
    body: dict[str, Any] = response.json()
    assert body["status"] == response.status_code
    return body


def test_invalid_values_are_named_by_their_place(program: Program, path: str, client_manager: User) -> None:
    refused = program(client_manager).post(path, {"title": "x" * 301, "estimate_minutes": -1})
    assert problem(refused) == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "detail": "2 values cannot be taken; nothing was changed.",
        "code": "invalid",
        "errors": [
            {
                "pointer": "#/title",
                "code": "max_length",
                "detail": "Ensure this field has no more than 300 characters.",
            },
            {
                "pointer": "#/estimate_minutes",
                "code": "min_value",
                "detail": "Ensure this value is greater than or equal to 0.",
            },
        ],
    }


def test_rule_about_a_value_is_422_and_about_the_state_409(
    program: Program, path: str, client_manager: User, project: Project
) -> None:
    api = program(client_manager)
    api.post(path, {"title": "Quay", "outside_key": "A-1"})
    taken = problem(api.post(path, {"title": "Crane", "outside_key": "A-1"}))
    assert (taken["status"], taken["code"], taken["errors"][0]["pointer"]) == (
        422,
        "outside_key_taken",
        "#/outside_key",
    )
    api.post(f"projects/{project.slug}/status/", {"status": "closed"})
    closed = problem(api.post(path, {"title": "Crane"}))
    assert (closed["status"], closed["code"]) == (409, "project_closed")


def test_stranger_and_nothing_get_the_same_answer(
    program: Program, path: str, other_client: User, client_manager: User
) -> None:
    foreign = program(other_client).get(path)
    nothing = program(client_manager).get("projects/no-such-project/work-items/")
    missing = program(client_manager).get(f"{path}999/")
    unknown = program(client_manager).get("no/such/address/")
    bodies = [problem(answer) for answer in (foreign, nothing, missing, unknown)]
    assert bodies == [bodies[0]] * 4
    assert (bodies[0]["status"], bodies[0]["code"]) == (404, "not_found")


def test_missing_capability_is_named(program: Program, path: str, vendor_viewer: User) -> None:
    refused = problem(program(vendor_viewer).post(path, {"title": "Quay"}))
    assert (refused["status"], refused["code"], refused["capability"]) == (403, "capability_missing", "edit_work_items")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"[1]", "application/json", 422),
    ],
)
def test_unreadable_body_is_a_problem(
    program: Program, path: str, client_manager: User, body: bytes, content_type: str, status: int
) -> None:
    api = program(client_manager)
    assert problem(api.http.post(api.full(path), body, content_type=content_type))["status"] == status


def test_error_that_nobody_foresaw_is_a_problem_too(
    program: Program, path: str, client_manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = program(client_manager)
    api.http.raise_request_exception = False
    monkeypatch.setattr(WorkItemViewSet, "get_queryset", lambda view: 1 / 0)
    told = problem(api.get(path))
    assert (told["status"], told["code"]) == (500, "server_error")
    assert "zero" not in str(told)


def test_method_that_is_not_offered_is_405(program: Program, path: str, client_manager: User) -> None:
    api = program(client_manager)
    refused = api.http.delete(api.full(path))
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, POST")


# ── Versions ────────────────────────────────────────────────────────────────────────────────────────
def test_change_names_the_version_that_was_read(
    program: Program, path: str, client_manager: User, project: Project
) -> None:
    item = add_work_item(actor=client_manager, project=project, title="Quay")
    api = program(client_manager)
    one = f"{path}{item.ref.number}/"
    assert api.get(one)["ETag"] == '"v1"'
    changed = api.patch(one, {"title": "Long quay"}, If_Match='"v1"')
    assert (changed.status_code, changed["ETag"], changed.json()["title"]) == (200, '"v2"', "Long quay")
    stale = problem(api.patch(one, {"title": "Short quay"}, If_Match='"v1"'))
    assert (stale["status"], stale["code"], stale["etag"]) == (412, "stale_version", '"v2"')
    weak = api.patch(one, {"title": "Short quay"}, If_Match='W/"v2"')
    assert weak.status_code == 412
    for headers in ({}, {"If_Match": "*"}):
        missing = problem(api.patch(one, {"title": "Short quay"}, **headers))
        assert (missing["status"], missing["code"]) == (428, "precondition_required")
    item.refresh_from_db()
    assert (item.title, item.version) == ("Long quay", 2)


# ── Limits ──────────────────────────────────────────────────────────────────────────────────────────
def test_token_is_limited_for_the_rest_of_the_minute(
    program: Program, path: str, client_manager: User, settings: Settings
) -> None:
    settings.API_REQUESTS_PER_MINUTE = 3
    api, other = program(client_manager), program(client_manager)
    moment = timezone.now().replace(second=45, microsecond=0)
    with time_machine.travel(moment, tick=False):
        assert [api.get(path).status_code for _time in range(4)] == [200, 200, 200, 429]
        refused = api.get(path)
        assert (refused["Retry-After"], problem(refused)["code"]) == ("15", "throttled")
        assert other.get(path).status_code == 200
    with time_machine.travel(moment + dt.timedelta(seconds=15), tick=False):
        assert api.get(path).status_code == 200


def test_refused_requests_count_too(program: Program, client_manager: User, settings: Settings) -> None:
    settings.API_REQUESTS_PER_MINUTE = 2
    api = program(client_manager)
    with time_machine.travel(timezone.now(), tick=False):
        answers = [api.get(f"projects/guess-{number}/").status_code for number in range(3)]
    assert answers == [404, 404, 429]
