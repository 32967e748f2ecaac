"""Files added at once, with real commits."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from accounts.models import User
from core.errors import DomainError
from launch.postgres import Urls
from projects.actions import add_files, open_project
from projects.models import Attachment, Project


@pytest.fixture
def disk(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def test_two_who_add_at_once_stay_within_the_quota_together(
    fresh_database: Urls, project: Project, client_manager: User, settings: Any, disk: Path
) -> None:
    """In two projects of one organisation, which wait for each other in nothing else; each alone fits."""
    settings.STORAGE_QUOTA_BYTES = 20
    projects = [project, open_project(actor=client_manager, client=project.client, name="Quay booking")]
    start = Barrier(2)

    def send(into: Project) -> str:
        file = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 berth")
        try:
            start.wait()
            add_files(actor=client_manager, project=into, side="client", files=[file])
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()
        return "added"

    for _round in range(5):
        with ThreadPoolExecutor(2) as threads:
            answers = sorted(threads.map(send, projects))
        assert (answers, sum(path.is_file() for path in disk.rglob("*"))) == (["added", "quota_used_up"], 1)
        (only,) = Attachment.objects.all()
        only.file.delete(save=False)
        only.delete()
