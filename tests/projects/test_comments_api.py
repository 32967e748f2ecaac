"""Comments and files through the API: the pages' acts, rights and words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from projects.actions import add_comment, add_files, change_comment
from projects.models import Attachment, Comment, ObjectRef, Project
from requirements_app.actions import add_work_item
from tests.api_client import Program

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def ref(project: Project, client_manager: User) -> ObjectRef:
    return add_work_item(actor=client_manager, project=project, title="Berth plan").ref


def upload(content: bytes = b"plan", name: str = "plan.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def post_form(program: Any, path: str, **data: Any) -> Any:
    """Multipart, as curl -F sends it."""
    headers = {name: data.pop(name) for name in ("Idempotency-Key",) if name in data}
    return program.http.post(program.full(path), data, headers=headers)


def test_what_a_program_says_stands_on_the_page(
    project: Project,
    ref: ObjectRef,
    client_manager: User,
    vendor_manager: User,
    program: Program,
    sign_in: Callable[[User], Client],
) -> None:
    answer = program(client_manager).post(
        f"projects/{project.slug}/comments/", {"text": "Look **here**", "about": "w-1"}
    )
    said = answer.json()
    assert (answer.status_code, answer["ETag"]) == (201, '"v1"')
    assert answer["Location"].endswith(f"/comments/{said['uuid']}/")
    assert {name: said[name] for name in ("about", "author", "side", "audience", "text", "files")} == {
        "about": "W-1",
        "author": "Clara Manager",
        "side": "client",
        "audience": "both",
        "text": "Look **here**",
        "files": [],
    }
    page = sign_in(vendor_manager).get(reverse("projects:comment_list_on", args=[project.slug, ref.uuid]))
    assert "Look <strong>here</strong>" in page.content.decode()


def test_internal_note_is_nowhere_for_the_other_side(
    project: Project, ref: ObjectRef, client_manager: User, vendor_manager: User, program: Program
) -> None:
    note = add_comment(
        actor=client_manager,
        project=project,
        side="client",
        text="Doubts",
        audience="client",
        ref=ref,
        files=[upload()],
    )
    file = note.attachments.get()
    theirs, base = program(vendor_manager), f"projects/{project.slug}"
    for path in ("comments/", "comments/?about=W-1", "comments/?audience=client", "files/", "files/?about=W-1"):
        assert theirs.get(f"{base}/{path}").json() == {"next": None, "results": []}
    addresses = [
        f"comments/{note.uuid}/",
        f"comments/{note.uuid}/history/",
        f"files/{file.uuid}/",
        f"files/{file.uuid}/content/",
    ]
    assert [theirs.get(f"{base}/{path}").status_code for path in addresses] == [404] * 4
    ours = program(client_manager)
    answers = [ours.get(f"{base}/{path}") for path in addresses]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert b"".join(answers[-1].streaming_content) == b"plan"


def test_nobody_writes_for_the_other_side_alone(project: Project, vendor_manager: User, program: Program) -> None:
    answer = program(vendor_manager).post(f"projects/{project.slug}/comments/", {"text": "Hm", "audience": "client"})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_ones_own_side")
    assert Comment.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"text": ""}, ("#/text", "blank")),
        ({"text": "  \n "}, ("#/text", "blank")),
        ({"text": "x" * 20_001}, ("#/text", "max_length")),
        ({"text": "Hm", "about": "W-99"}, ("#/about", "unknown")),
        ({"text": "Hm", "about": "W"}, ("#/about", "unknown")),
        ({"text": "Hm", "about": "W-²"}, ("#/about", "unknown")),
        ({"text": "Hm", "audience": "world"}, ("#/audience", "invalid_choice")),
    ],
)
def test_what_cannot_be_taken_is_named(
    body: dict[str, str], fault: tuple[str, str], project: Project, client_manager: User, program: Program
) -> None:
    answer = program(client_manager).post(f"projects/{project.slug}/comments/", body)
    (one,) = answer.json()["errors"]
    assert (answer.status_code, (one["pointer"], one["code"])) == (422, fault)


def test_thing_that_one_side_keeps_to_itself_is_unknown_to_the_other(
    project: Project, ref: ObjectRef, client_manager: User, vendor_manager: User, program: Program
) -> None:
    ObjectRef.objects.filter(pk=ref.pk).update(audience="client")
    body = {"text": "Hm", "about": "W-1"}
    asked = {
        user.name: program(user).post(f"projects/{project.slug}/comments/", body)
        for user in (client_manager, vendor_manager)
    }
    assert {name: answer.status_code for name, answer in asked.items()} == {"Clara Manager": 201, "Vera Manager": 422}
    assert asked["Clara Manager"].json()["audience"] == "client"


def test_change_names_the_version_and_leaves_the_earlier_words(
    project: Project, client_manager: User, client_member: User, vendor_member: User, program: Program
) -> None:
    said = add_comment(actor=client_manager, project=project, side="client", text="At nine")
    where, mine = f"projects/{project.slug}/comments/{said.uuid}/", program(client_manager)
    assert mine.patch(where, {"text": "At ten"}).status_code == 428
    changed = mine.patch(where, {"text": "At ten"}, If_Match='"v1"')
    assert (changed.status_code, changed["ETag"], changed.json()["text"]) == (200, '"v2"', "At ten")
    stale = mine.patch(where, {"text": "At eleven"}, If_Match='"v1"')
    assert (stale.status_code, stale.json()["etag"]) == (412, '"v2"')
    others = program(client_member).patch(where, {"text": "Never"}, If_Match='"v2"')
    assert (others.status_code, others.json()["code"]) == (409, "not_the_author")
    read = program(vendor_member).get(f"{where}history/").json()["results"]
    assert [(one["text"], one["until"] is None) for one in read] == [("At ten", True), ("At nine", False)]


def test_withdrawn_words_and_files_are_read_by_nobody_and_come_back(
    project: Project, client_manager: User, vendor_manager: User, program: Program
) -> None:
    said = add_comment(actor=client_manager, project=project, side="client", text="At nine", files=[upload()])
    change_comment(actor=client_manager, comment=said, text="At ten", expected_version=1)
    where, mine, theirs = (
        f"projects/{project.slug}/comments/{said.uuid}/",
        program(client_manager),
        program(vendor_manager),
    )
    for _twice in range(2):
        gone = mine.post(f"{where}withdraw/")
        assert (gone.status_code, gone.json()["text"], gone.json()["files"]) == (200, "", [])
        assert gone.json()["withdrawn_at"] is not None
    assert theirs.get(f"{where}history/").json() == {"results": []}
    assert theirs.get(f"projects/{project.slug}/files/").json()["results"] == []
    assert theirs.post(f"{where}restore/").json()["code"] == "not_the_author"
    back = mine.post(f"{where}restore/").json()
    assert (back["text"], len(back["files"]), back["withdrawn_at"]) == ("At ten", 1, None)


def test_files_come_as_they_went(
    project: Project, ref: ObjectRef, client_manager: User, vendor_viewer: User, program: Program
) -> None:
    content = bytes(range(256)) * 40
    sent = post_form(
        program(client_manager),
        f"projects/{project.slug}/files/",
        files=[upload(content, "Grüße – 図.bin"), upload(b"two", "two.csv")],
        about="W-1",
    )
    one, two = sent.json()["results"]
    assert (sent.status_code, one["filename"], one["size"], one["about"]) == (201, "Grüße – 図.bin", 10_240, "W-1")
    assert (two["content_type"], two["uploaded_by"]) == ("text/csv", "Clara Manager")
    answer = program(vendor_viewer).get(f"projects/{project.slug}/files/{one['uuid']}/content/")
    assert b"".join(answer.streaming_content) == content
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_comment_takes_its_files_along(project: Project, client_manager: User, program: Program) -> None:
    answer = post_form(
        program(client_manager), f"projects/{project.slug}/comments/", text="See both", files=[upload(), upload(b"b")]
    )
    assert (answer.status_code, [file["size"] for file in answer.json()["files"]]) == (201, [4, 1])


def test_upload_sent_twice_counts_once(project: Project, client_manager: User, program: Program) -> None:
    mine, where = program(client_manager), f"projects/{project.slug}/files/"
    sent = [post_form(mine, where, files=[upload()], **{"Idempotency-Key": "one"}) for _twice in range(2)]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    assert Attachment.objects.count() == 1
    other = post_form(mine, where, files=[upload(b"other")], **{"Idempotency-Key": "one"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_upload_without_a_file_or_with_too_many_is_refused(
    project: Project, client_manager: User, program: Program
) -> None:
    mine, where = program(client_manager), f"projects/{project.slug}/files/"
    refused = [
        post_form(mine, where, about="W-1").json(),
        post_form(mine, where, files=[upload() for _number in range(11)]).json(),
        post_form(mine, where, files=[upload(b"")]).json(),
    ]
    assert [one["code"] for one in refused] == ["invalid", "invalid", "empty_file"]
    assert Attachment.objects.count() == 0


def test_own_file_is_taken_back_and_put_back(
    project: Project, client_manager: User, vendor_manager: User, program: Program
) -> None:
    (file,) = add_files(actor=client_manager, project=project, side="client", files=[upload()])
    where = f"projects/{project.slug}/files/{file.uuid}/"
    mine, theirs = program(client_manager), program(vendor_manager)
    assert theirs.post(f"{where}withdraw/").json()["code"] == "not_the_author"
    assert mine.post(f"{where}withdraw/").json()["withdrawn_at"] is not None
    assert [client.get(f"{where}{path}").status_code for client in (mine, theirs) for path in ("", "content/")] == [
        404
    ] * 4
    assert mine.post(f"{where}restore/").json()["withdrawn_at"] is None
    assert theirs.get(where).status_code == 200


def test_who_may_only_read_says_nothing(project: Project, client_viewer: User, program: Program) -> None:
    where = f"projects/{project.slug}/"
    answers = [
        program(client_viewer).post(f"{where}comments/", {"text": "Hm"}),
        post_form(program(client_viewer), f"{where}files/", files=[upload()]),
    ]
    assert [(answer.status_code, answer.json()["capability"]) for answer in answers] == [(403, "comment")] * 2


@pytest.mark.parametrize("count", [3, 30])
def test_lists_cost_the_same_however_long(
    count: int, project: Project, ref: ObjectRef, client_manager: User, program: Program
) -> None:
    for _number in range(count):
        add_comment(actor=client_manager, project=project, side="client", text="Look", ref=ref, files=[upload()])
    mine = program(client_manager)
    mine.get("projects/")
    cost = {}
    for path in ("comments", "files"):
        with CaptureQueriesContext(connection) as asked:
            assert len(mine.get(f"projects/{project.slug}/{path}/").json()["results"]) == count
        cost[path] = len(asked)
    assert cost == {"comments": 6, "files": 5}
