"""Files that people add: who gets them, what is refused, and that a refusal leaves nothing behind."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core.errors import DomainError
from projects.actions import add_comment, add_files, withdraw_comment, withdraw_file
from projects.actions.attachments import bytes_used_by, clean_filename, files_removed_on_failure
from projects.models import Activity, Attachment, Comment, ObjectRef, Project
from requirements_app.actions import add_work_item

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def ref(project: Project, client_manager: User) -> ObjectRef:
    return add_work_item(actor=client_manager, project=project, title="Berth plan").ref


def upload(name: str = "plan.pdf", data: bytes = b"%PDF-1.7 berth") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="text/html")


def stored(disk: Path) -> list[Path]:
    return [path for path in disk.rglob("*") if path.is_file()]


def add(actor: User, project: Project, *files: SimpleUploadedFile, side: str = "client", **kwargs: Any) -> Attachment:
    return add_files(actor=actor, project=project, side=side, files=files or [upload()], **kwargs)[0]


def address(attachment: Attachment, name: str = "attachment") -> str:
    return reverse(f"projects:{name}", args=[attachment.project.slug, attachment.uuid])


def status(browser: Client, attachment: Attachment) -> int:
    answer = browser.get(address(attachment))
    if answer.streaming:
        b"".join(answer.streaming_content)  # type: ignore[attr-defined]  # read to its end it is closed
    return answer.status_code


def test_files_are_added_with_a_comment_and_kept_under_a_name_of_their_own(
    project: Project, client_manager: User, ref: ObjectRef, sign_in: SignIn, disk: Path
) -> None:
    answer = sign_in(client_manager).post(
        f"{reverse('projects:comment_list_on', args=[project.slug, ref.uuid])}?panel",
        {"text": "Two plans", "audience": "both", "attached": [upload("a.pdf"), upload("b.png", b"\x89PNG")]},
    )
    comment = Comment.objects.get()
    assert answer["Location"] == (
        f"{reverse('requirements:work_item_detail', args=[project.slug, ref.number])}#c-{comment.uuid}"
    )
    files = list(comment.attachments.all())
    assert [(file.filename, file.content_type, file.size, file.ref) for file in files] == [
        ("a.pdf", "application/pdf", 14, ref),
        ("b.png", "image/png", 4, ref),
    ]
    assert files[0].sha256 == hashlib.sha256(b"%PDF-1.7 berth").hexdigest()
    assert sorted(path.name for path in stored(disk)) == sorted(str(file.uuid) for file in files)


def test_file_without_a_word_belongs_to_the_thing(
    project: Project, vendor_member: User, ref: ObjectRef, sign_in: SignIn
) -> None:
    where = reverse("projects:comment_list_on", args=[project.slug, ref.uuid])
    answer = sign_in(vendor_member).post(where, {"text": "", "audience": "both", "attached": [upload()]})
    assert (answer["Location"], Comment.objects.count()) == (f"{where}#files", 0)
    assert [(file.ref, file.side, file.audience) for file in Attachment.objects.all()] == [(ref, "vendor", "both")]
    assert "plan.pdf" in sign_in(vendor_member).get(where).content.decode()


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "plan.pdf", "no ending"])
def test_file_is_handed_out_and_never_shown(
    name: str, project: Project, client_manager: User, vendor_viewer: User, sign_in: SignIn
) -> None:
    file = add(client_manager, project, upload(name, b"<script>alert(1)</script>"))
    answer = sign_in(vendor_viewer).get(address(file))
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert (answer["Content-Security-Policy"], answer["X-Content-Type-Options"], answer["Cache-Control"]) == (
        "sandbox; default-src 'none'",
        "nosniff",
        "private, no-store",
    )


@pytest.mark.parametrize(
    ("part", "of_both", "of_client"),
    [
        ("client_manager", 200, 200),
        ("client_viewer", 200, 200),
        ("portfolio_viewer", 200, 200),
        ("client_finance", 403, 403),
        ("vendor_manager", 200, 404),
        ("vendor_viewer", 200, 404),
        ("organisation_admin", 404, 404),
        ("revoked_member", 404, 404),
        ("other_client", 404, 404),
        ("other_vendor", 404, 404),
    ],
)
def test_who_gets_a_file(
    part: str,
    of_both: int,
    of_client: int,
    project: Project,
    client_manager: User,
    sign_in: SignIn,
    request: pytest.FixtureRequest,
) -> None:
    files = [add(client_manager, project, audience=audience) for audience in ("both", "client")]
    browser = sign_in(request.getfixturevalue(part))
    assert [status(browser, file) for file in files] == [of_both, of_client]


def test_other_side_does_not_learn_of_an_internal_file(
    project: Project, client_manager: User, vendor_manager: User, sign_in: SignIn
) -> None:
    add(client_manager, project, upload("zanzibar.pdf"), audience="client")
    where = reverse("projects:comment_list", args=[project.slug])
    assert "zanzibar" not in sign_in(vendor_manager).get(where).content.decode()
    assert "zanzibar" in sign_in(client_manager).get(where).content.decode()
    assert list(Activity.objects.filter(verb="file_added").values_list("audience", flat=True)) == ["client"]


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [("empty.txt", 0, "empty_file"), ("large.bin", 25 * MEGABYTE + 1, "too_large")],
)
def test_one_refused_file_refuses_all_and_leaves_nothing(
    name: str, size: int, code: str, project: Project, client_manager: User, disk: Path
) -> None:
    with pytest.raises(DomainError) as refused:
        add_comment(
            actor=client_manager,
            project=project,
            side="client",
            text="Look",
            files=[upload("good.txt"), upload(name, b"x" * size)],
        )
    assert (refused.value.code, name in refused.value.message) == (code, True)
    assert (Comment.objects.count(), Attachment.objects.count(), stored(disk)) == (0, 0, [])


def test_file_of_exactly_the_limit_is_taken(project: Project, client_manager: User) -> None:
    assert add(client_manager, project, upload("large.bin", b"x" * 25 * MEGABYTE)).size == 25 * MEGABYTE


def test_refused_upload_says_why_and_keeps_the_words(project: Project, client_manager: User, sign_in: SignIn) -> None:
    answer = sign_in(client_manager).post(
        reverse("projects:comment_list", args=[project.slug]),
        {"text": "My long words", "audience": "both", "attached": [upload("empty.txt", b"")]},
    )
    html = answer.content.decode()
    assert (answer.status_code, "empty.txt is empty." in html, "My long words" in html) == (422, True, True)


def test_organisation_has_its_quota_over_all_projects(
    project: Project, client_manager: User, vendor_manager: User, settings: Any, disk: Path
) -> None:
    settings.STORAGE_QUOTA_BYTES = 30
    file = add(client_manager, project)
    withdraw_file(actor=client_manager, attachment=file)  # it still lies on the disk
    add(client_manager, project, audience="client")
    assert bytes_used_by(project.client) == 28
    with pytest.raises(DomainError) as refused:
        add(client_manager, project)
    assert (refused.value.code, Attachment.objects.count(), len(stored(disk))) == ("quota_used_up", 2, 2)
    add(vendor_manager, project, side="vendor")  # the other organisation has its own


def test_failed_transaction_takes_its_files_off_the_disk(project: Project, client_manager: User, disk: Path) -> None:
    class PowerCutError(Exception):
        pass

    def lose_power() -> None:
        with files_removed_on_failure(), transaction.atomic():
            add(client_manager, project)
            assert len(stored(disk)) == 1
            raise PowerCutError

    with pytest.raises(PowerCutError):
        lose_power()
    assert (Attachment.objects.count(), stored(disk)) == (0, [])


def test_withdrawn_file_and_one_of_a_withdrawn_comment_are_gone_for_everybody(
    project: Project, client_manager: User, sign_in: SignIn
) -> None:
    browser = sign_in(client_manager)
    comment = add_comment(actor=client_manager, project=project, side="client", text="Look", files=[upload()])
    of_comment, alone = comment.attachments.get(), add(client_manager, project)
    assert browser.post(address(alone, "attachment_withdraw")).status_code == 302
    withdraw_comment(actor=client_manager, comment=comment)
    assert [status(browser, file) for file in (of_comment, alone)] == [404, 404]
    assert browser.post(address(alone, "attachment_restore")).status_code == 302
    assert status(browser, alone) == 200


def test_only_who_added_a_file_takes_it_back(
    project: Project, client_manager: User, client_member: User, sign_in: SignIn
) -> None:
    file = add(client_manager, project)
    assert sign_in(client_member).post(address(file, "attachment_withdraw")).status_code == 409
    file.refresh_from_db()
    assert file.withdrawn_at is None


def test_file_that_is_gone_from_the_disk_is_said(project: Project, client_manager: User, sign_in: SignIn) -> None:
    file = add(client_manager, project)
    file.file.storage.delete(file.file.name)
    answer = sign_in(client_manager).get(address(file))
    assert (answer.status_code, "no longer stored" in answer.content.decode()) == (409, True)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\plans\\plan.pdf", "plan.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\nb\x00.txt", "ab.txt"),
        ("...", "file"),
        ("", "file"),
        ("Grüße – 図.pdf", "Grüße – 図.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_filename_is_shown_without_what_could_deceive(typed: str, kept: str) -> None:
    assert clean_filename(typed) == kept


@pytest.mark.parametrize("count", [3, 30])
def test_cost_does_not_grow_with_the_files(
    count: int, project: Project, client_manager: User, vendor_manager: User, sign_in: SignIn
) -> None:
    for _number in range(count):
        add(vendor_manager, project, side="vendor")
        add_comment(actor=client_manager, project=project, side="client", text="Look", files=[upload()])
    browser = sign_in(client_manager)
    where = reverse("projects:comment_list", args=[project.slug])
    browser.get(where)
    with CaptureQueriesContext(connection) as asked:
        html = browser.get(where).content.decode()
    assert html.count(" download>") == 2 * count
    assert len(asked) == 11
