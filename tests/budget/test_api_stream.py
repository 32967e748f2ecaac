"""Hours as lines: each stands for itself, sending all again adds nothing, and what is refused is named by its line."""

import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import ApiToken, Person, User
from budget.api_stream import LINES_AT_ONCE
from budget.models import TimeEntry
from projects.models import Activity, Project
from requirements_app.actions import add_work_item
from tests.api_client import ApiClient, Program

pytestmark = pytest.mark.django_db

NDJSON = "application/x-ndjson"
Send = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def path(project: Project) -> str:
    return f"/api/v1/projects/{project.slug}/time-entries/stream/"


def line(person: Person, number: int, **changes: Any) -> dict[str, Any]:
    return {
        "person": str(person.uuid),
        "worked_on": "2026-09-01",
        "minutes": 30,
        "source_id": f"entry-{number}",
        **changes,
    }


def written(*lines: Any) -> bytes:
    return b"".join((one if isinstance(one, bytes) else json.dumps(one).encode()) + b"\n" for one in lines)


def sent(api: ApiClient, path: str, body: bytes) -> list[dict[str, Any]]:
    """The answer's lines."""
    response = api.http.post(path, body, content_type=NDJSON)
    assert (response.status_code, response["Content-Type"]) == (200, NDJSON)
    return [json.loads(one) for one in b"".join(response.streaming_content).splitlines()]


def test_lines_are_recorded_and_sent_again_add_nothing(
    program: Program, path: str, vendor_manager: User, developer: Person, project: Project
) -> None:
    item = add_work_item(actor=project.created_by, project=project, title="Berth plan")
    body = written(line(developer, 1, work_item=item.ref.number, note="Bollards"), line(developer, 2, billable="y"))
    api = program(vendor_manager)
    assert sent(api, path, body) == [
        {"lines": [1, 2], "new": 2, "same": 0, "refused": []},
        {"done": True, "lines": 2, "new": 2, "same": 0, "refused": 0},
    ]
    assert sent(api, path, body)[-1] == {"done": True, "lines": 2, "new": 0, "same": 2, "refused": 0}
    stands = TimeEntry.objects.order_by("source_id").values_list("minutes", "note", "billable", "source", "source_id")
    assert list(stands) == [(30, "Bollards", "u", "api", "entry-1"), (30, "", "y", "api", "entry-2")]
    assert Activity.objects.filter(verb="time_recorded_together").count() == 1


def test_good_lines_are_kept_and_bad_ones_named(
    program: Program, path: str, vendor_manager: User, developer: Person, client_manager: User
) -> None:
    api = program(vendor_manager)
    sent(api, path, written(line(developer, 7)))
    body = written(
        line(developer, 1),
        b"{",
        line(developer, 2, minutes=0),
        line(developer, 3, work_item=99),
        b"",
        line(developer, 4, worked_on="2199-01-01"),
        line(developer, 7, minutes=31),
        b"[]",
        {"source_id": "x"},
        b'"' + b"x" * 50_000 + b'"',
        line(developer, 5),
        line(developer, 6, source_id=None),
    )
    chunk, end = sent(api, path, body)
    assert [(one["line"], [(e["code"], e["pointer"]) for e in one["errors"]]) for one in chunk["refused"]] == [
        (2, [("not_json", "#")]),
        (3, [("min_value", "#/minutes")]),
        (4, [("unknown", "#/work_item")]),
        (6, [("future", "#/worked_on")]),
        (7, [("source_id_taken", "#/source_id")]),
        (8, [("invalid", "#")]),
        (9, [("required", "#/person"), ("required", "#/worked_on"), ("required", "#/minutes")]),
        (10, [("too_long", "#")]),
        (12, [("null", "#/source_id")]),
    ]
    assert end == {"done": True, "lines": 12, "new": 2, "same": 0, "refused": 9}
    assert sorted(TimeEntry.objects.values_list("source_id", flat=True)) == ["entry-1", "entry-5", "entry-7"]


def test_lines_are_answered_a_thousand_at_a_time(
    program: Program, path: str, vendor_manager: User, developer: Person
) -> None:
    body = written(*(line(developer, number) for number in range(LINES_AT_ONCE + 1)))
    answers = sent(program(vendor_manager), path, body)
    assert [(answer["lines"], answer["new"]) for answer in answers] == [
        ([1, LINES_AT_ONCE], LINES_AT_ONCE),
        ([LINES_AT_ONCE + 1, LINES_AT_ONCE + 1], 1),
        (LINES_AT_ONCE + 1, LINES_AT_ONCE + 1),
    ]


def test_what_was_answered_stays_when_the_connection_breaks(
    program: Program, path: str, vendor_manager: User, developer: Person
) -> None:
    class Breaking(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            found = super().readline(size)
            if not found:
                raise ConnectionResetError
            return found

    body = written(*(line(developer, number) for number in range(LINES_AT_ONCE + 5)))
    environ = {"CONTENT_TYPE": NDJSON, "wsgi.input": Breaking(body), "wsgi.input_terminated": True}
    response = program(vendor_manager).http.generic("POST", path, **environ)
    answers = iter(response.streaming_content)  # type: ignore[attr-defined]
    assert json.loads(next(answers))["new"] == LINES_AT_ONCE
    with pytest.raises(ConnectionResetError):
        next(answers)
    assert TimeEntry.objects.count() == LINES_AT_ONCE


def test_nonsense_is_not_read_to_its_end(program: Program, path: str, vendor_manager: User) -> None:
    answers = sent(program(vendor_manager), path, b"{\n" * (LINES_AT_ONCE * 3))
    assert answers[-1] == {
        "done": False,
        "lines": LINES_AT_ONCE * 2,
        "new": 0,
        "same": 0,
        "refused": LINES_AT_ONCE * 2,
        "stopped": "Too many lines were refused.",
    }


def test_empty_stream_is_done(program: Program, path: str, vendor_manager: User) -> None:
    nothing = {"new": 0, "same": 0}
    end = {"done": True, "lines": 1, **nothing, "refused": 0}
    assert sent(program(vendor_manager), path, b"\n") == [{"lines": [1, 1], **nothing, "refused": []}, end]


def test_stream_wants_lines_and_no_idempotency_key(
    program: Program, path: str, vendor_manager: User, developer: Person
) -> None:
    api = program(vendor_manager)
    assert api.post(path, [line(developer, 1)]).status_code == 415
    keyed = api.http.post(path, written(line(developer, 1)), content_type=NDJSON, headers={"Idempotency-Key": "k"})
    assert (keyed.status_code, keyed.json()["code"]) == (422, "invalid")
    assert TimeEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [
        ("vendor_member", 200, 200),
        ("client_viewer", 200, 403),
        ("client_finance", 403, 403),
        ("revoked_member", 404, 404),
        ("other_vendor", 404, 404),
    ],
)
def test_streams_ask_for_their_capability(
    request: pytest.FixtureRequest, program: Program, path: str, who: str, read: int, write: int
) -> None:
    api = program(request.getfixturevalue(who))
    assert (api.get(path).status_code, api.http.post(path, b"\n", content_type=NDJSON).status_code) == (read, write)


def test_token_that_only_reads_writes_no_lines(program: Program, path: str, vendor_manager: User) -> None:
    api = program(vendor_manager, scopes=[ApiToken.Scope.READ])
    assert api.http.post(path, b"\n", content_type=NDJSON).status_code == 403


def test_download_has_the_entries_of_the_list_one_a_line(
    program: Program, path: str, vendor_manager: User, developer: Person, project: Project
) -> None:
    api = program(vendor_manager)
    sent(api, path, written(*(line(developer, number, minutes=number + 1) for number in range(3))))
    response = api.get(path, date_to=dt.date(2026, 9, 1).isoformat())
    lines = [json.loads(one) for one in b"".join(response.streaming_content).splitlines()]
    assert lines == api.get(f"projects/{project.slug}/time-entries/").json()["results"]
    assert len(lines) == 3


def test_stream_is_not_held_back_by_compression(
    program: Program, path: str, vendor_manager: User, developer: Person
) -> None:
    api = program(vendor_manager)
    response = api.http.post(
        path, written(line(developer, 1)), content_type=NDJSON, headers={"Accept-Encoding": "gzip"}
    )
    assert "Content-Encoding" not in response
