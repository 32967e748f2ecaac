"""Uploads in a bucket, against a store within this process: the library stands in for Amazon, not for our code."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from django.core.checks import run_checks
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import reverse
from moto import mock_aws

from accounts.models import User
from core.errors import DomainError
from projects.actions import add_files
from projects.actions.attachments import files_removed_on_failure
from projects.models import Attachment, Project

BUCKET = "oversight-uploads"
CONTENT = bytes(range(256)) * 20_000


@pytest.fixture
def store(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The bucket as production configures it."""
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    with mock_aws():
        client = boto3.client("s3", region_name="eu-central-1")
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        options = {
            "bucket_name": BUCKET,
            "region_name": "eu-central-1",
            "access_key": "key",
            "secret_key": "secret",
            "max_memory_size": 2 * 1024 * 1024,
        }
        backend = {"BACKEND": "core.bucket_storage.BucketStorage", "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "default": backend}
        yield client


def names(store: Any) -> list[str]:
    return [one["Key"] for one in store.list_objects_v2(Bucket=BUCKET).get("Contents", ())]


def add(actor: User, project: Project, content: bytes = CONTENT) -> Attachment:
    file = SimpleUploadedFile("Grüße.bin", content)
    (added,) = add_files(actor=actor, project=project, side="client", files=[file])
    return added


@pytest.mark.django_db
def test_file_goes_into_the_bucket_and_comes_back_through_the_view(
    store: Any, project: Project, client_manager: User, sign_in: Callable[[User], Client]
) -> None:
    added = add(client_manager, project)
    assert names(store) == [f"attachments/{project.uuid}/{added.uuid}"]
    answer = sign_in(client_manager).get(reverse("projects:attachment", args=[project.slug, added.uuid]))
    assert b"".join(answer.streaming_content) == CONTENT  # type: ignore[attr-defined]
    assert (answer["Content-Length"], answer["Content-Security-Policy"]) == (
        str(len(CONTENT)),
        "sandbox; default-src 'none'",
    )
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.django_db
def test_failed_transaction_takes_its_file_out_of_the_bucket(
    store: Any, project: Project, client_manager: User
) -> None:
    def fail() -> None:
        with files_removed_on_failure(), transaction.atomic():
            add(client_manager, project)
            assert len(names(store)) == 1
            raise DomainError("Refused after all.", code="refused")

    with pytest.raises(DomainError):
        fail()
    assert (names(store), Attachment.objects.count()) == ([], 0)


@pytest.mark.django_db
def test_store_that_fails_is_told_and_nothing_is_added(
    store: Any, project: Project, client_manager: User, sign_in: Callable[[User], Client]
) -> None:
    added = add(client_manager, project)
    store.delete_object(Bucket=BUCKET, Key=added.file.name)
    browser = sign_in(client_manager)
    gone = browser.get(reverse("projects:attachment", args=[project.slug, added.uuid]))
    assert (gone.status_code, "is no longer stored" in gone.content.decode()) == (409, True)
    store.delete_bucket(Bucket=BUCKET)
    data = {"text": "Look", "audience": "both", "attached": [SimpleUploadedFile("plan.txt", b"plan")]}
    refused = browser.post(reverse("projects:comment_list", args=[project.slug]), data)
    html = refused.content.decode()
    assert (refused.status_code, "cannot be stored just now" in html, ">\nLook</textarea>" in html) == (422, True, True)
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({}, None),
        ({"S3_BUCKET": BUCKET}, None),
        ({"S3_BUCKET": BUCKET, "S3_ACCESS_KEY_ID": "key", "S3_SECRET_ACCESS_KEY": "secret"}, None),
        ({"S3_BUCKET": BUCKET, "S3_ACCESS_KEY_ID": "key"}, "oversight.E007"),
        ({"S3_REGION": "eu-central-1"}, "oversight.E006"),
        ({"S3_BUCKET": BUCKET, "S3_ENDPOINT_URL": "http://store.example"}, "oversight.E005"),
    ],
)
def test_half_a_bucket_does_not_boot(changed: dict[str, str], error: str | None, settings: Any) -> None:
    settings.DEMO = False
    for name, value in changed.items():
        setattr(settings, name, value)
    found = {one.id for one in run_checks()} & {f"oversight.E00{number}" for number in (5, 6, 7)}
    assert found == ({error} if error else set())
