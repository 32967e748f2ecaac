"""Whom a timesheet names by mail address, and what of it is written down."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from pytest_django import Settings

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_import import check_timesheet, take_timesheet
from projects.audience import Side
from projects.import_files import store_file
from projects.models import ImportBatch, Project

HEADER = "Date,User,Email,Hours\n"
NORA = {"nora@vendor.example": {"as": "new", "name": "Nora New"}}


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def taken(project: Project, actor: User, row: str, people: dict[str, dict[str, str]]) -> ImportBatch:
    batch = store_file(
        actor=actor,
        project=project,
        side=Side.CLIENT,
        kind=ImportBatch.Kind.TIME_ENTRIES,
        upload=ContentFile((HEADER + row).encode(), name="hours.csv"),
    )
    check_timesheet(batch=batch, options={"people": people})
    take_timesheet(actor=actor, batch=batch, preview_hash=batch.preview_hash)
    return batch


def test_the_client_leaves_addresses_to_the_vendor(project: Project, client_manager: User) -> None:
    taken(project, client_manager, "2026-01-05,Nora New,nora@vendor.example,1\n", NORA)
    person = Person.objects.get(name="Nora New")
    assert (person.organisation, person.email) == (project.vendor, "")
    taken(project, client_manager, "2026-01-06,N. New,Nora@Vendor.example,2\n", {})
    assert list(TimeEntry.objects.filter(person=person).values_list("minutes", flat=True).order_by("minutes")) == [
        60,
        120,
    ]


def test_the_vendors_own_file_writes_its_peoples_addresses_down(project: Project, vendor_manager: User) -> None:
    taken(project, vendor_manager, "2026-01-05,Nora New,nora@vendor.example,1\n", NORA)
    assert Person.objects.get(name="Nora New").email == "nora@vendor.example"
