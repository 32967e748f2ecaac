"""Any bytes, and valid files with something broken in them, brought in through the pages.

Whatever a file holds, no page fails, and the project has all of what the last page said or nothing at all.
"""

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import Person, User
from budget.models import DayBurn, ItemBurn, StagedEntry, TimeEntry
from core.tabular.writing import as_xlsx
from projects.models import ImportBatch, Project
from requirements_app.models import WorkItem
from tests.import_walk import bring_in

HOURS = (
    b"Date,Person,Hours,Work item,Note,Entry id\n"
    b"2026-01-05,Dora Developer,1.5,CL-2,first,1\n"
    b"2026-01-06,Nora New,2,CL-3,second,2\n"
    b'2026-01-07,"Lee, Ann","0:45",,"a ""quoted"" note",3\n'
)
WIDE = b"Issue,Key,Logged,01/Dec/25,02/Dec/25\nImport,CL-2,3,1,2\nReview,CL-3,1,,1\nTotal,,4,1,3\n"
LOGS = b"Summary,Issue key,Log Work,Log Work\nImport,CL-2,a;05/Jan/26 9:00 AM;ann;3600,b;06/Jan/26 9:00 AM;bo;60\n"
SHEET = as_xlsx([["Date", "Person", "Hours"], ["2026-01-05", "Dora Developer", "1.5"], ["46048", "Nora New", "2"]])
ITEMS = (
    b"Key,Title,Parent key,Category,Estimate (h),Remaining (h),Done on\n"
    b"CL-1,Claims,,,,,\nCL-2,Import,CL-1,back-end,24,8,\nCL-3,Design,CL-1,design,7.5,,2026-01-30\n"
)
ISSUES = (
    b"Summary,Issue key,Issue id,Status,Parent,Original Estimate,Comment,Comment\n"
    b"Claims,CL-1,1,Open,,,,\nImport,CL-2,2,Done,1,3600,a,b,c\n"
)
TREE = b"ID,Work Item Type,Title 1,Title 2,State\n1,Epic,Claims,,Active\n2,Task,,Import,Closed\n"

# What programs, people and attackers put in the place of something else.
NOISE = (
    *(b"\0", b"\xff", b"\xef\xbb\xbf", b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"=8", b"-1", b"0"),
    *(b"1e309", b"NaN", b"1_000", b"99999999999999999999", b"\xd9\xa8", b"2026-02-29", b"03/04/2026", b"9999-12-31"),
    *(
        b"%s",
        b"{}",
        b"\\N",
        b"<script>",
        b"W-1",
        b"Total",
        b"sep=;\n",
        b"x" * 400,
        b"\xf0\x9f\x92\xa9",
        b"\xe2\x80\xae",
    ),
)

Change = tuple[int, int, bytes]
change = st.tuples(st.integers(0, 10_000), st.integers(0, 12), st.one_of(st.sampled_from(NOISE), st.binary(max_size=4)))


def changed(data: bytes, changes: list[Change]) -> bytes:
    """``data`` with some bytes taken out at each place and others put in."""
    for at, length, noise in changes:
        place = at % (len(data) + 1)
        data = data[:place] + noise + data[place + length :]
    return data


def repacked(book: bytes, changes: list[Change]) -> bytes:
    """A workbook whose parts are changed inside an honest archive."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(whole, "w") as target:
        for info in source.infolist():
            part = source.read(info.filename)
            target.writestr(info.filename, changed(part, changes) if "sheet" in info.filename else part)
    return whole.getvalue()


def mutations(*files: bytes) -> st.SearchStrategy[bytes]:
    return st.builds(changed, st.sampled_from(files), st.lists(change, min_size=1, max_size=4))


times = st.one_of(
    mutations(HOURS, WIDE, LOGS),
    mutations(SHEET),
    st.builds(repacked, st.just(SHEET), st.lists(change, min_size=1, max_size=4)),
    st.binary(max_size=300),
)
items = st.one_of(mutations(ITEMS, ISSUES, TREE), st.binary(max_size=300))


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def client_of_manager(client_manager: User, sign_in: Callable[[User | AnonymousUser], Client]) -> Client:
    return sign_in(client_manager)


@contextmanager
def as_if_first() -> Iterator[None]:
    """What one example writes is gone before the next begins."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def bring_hours_in(client: Client, project: Project, data: bytes) -> None:
    with as_if_first():
        statuses = bring_in(client, reverse("budget:time_import_new", args=[project.slug]), data)
        assert set(statuses) <= {200, 302, 422}
        entries = TimeEntry.objects.filter(project=project)
        written, minutes = entries.count(), entries.aggregate(total=Sum("minutes"))["total"] or 0
        assert (DayBurn.objects.filter(project=project).aggregate(total=Sum("minutes"))["total"] or 0) == minutes
        assert (ItemBurn.objects.filter(project=project).aggregate(total=Sum("minutes"))["total"] or 0) == minutes
        batch = ImportBatch.objects.filter(project=project).first()
        if batch is None or batch.state != ImportBatch.State.COMMITTED:
            assert written == 0
        else:
            assert (batch.outcome["new"], batch.outcome["totals"]["minutes"]) == (written, minutes)
        assert StagedEntry.objects.exclude(batch=batch).count() == 0


def bring_items_in(client: Client, project: Project, data: bytes) -> None:
    with as_if_first():
        statuses = bring_in(client, reverse("requirements:work_item_import_new", args=[project.slug]), data)
        assert set(statuses) <= {200, 302, 422}
        batch = ImportBatch.objects.filter(project=project).first()
        written = WorkItem.objects.filter(project=project).count()
        is_taken = batch is not None and batch.state == ImportBatch.State.COMMITTED
        assert written == (batch.outcome["totals"]["items_new"] if batch is not None and is_taken else 0)


def examples(count: int) -> settings:
    """Shrinking takes minutes through real pages: a failure shows the bytes as they were found."""
    return settings(
        max_examples=count,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )


@given(times)
@example(HOURS)
@example(SHEET)
@example(b"Date,Person,Hours\n2026-01-05,%(row)s,1\n2026-01-05,\xc2\xa0,1\n")
@examples(25)
def test_no_file_of_hours_fails_a_page_or_is_taken_in_part(
    project: Project, client_of_manager: Client, developer: Person, data: bytes
) -> None:
    bring_hours_in(client_of_manager, project, data)


@given(items)
@example(ITEMS)
@examples(15)
def test_no_file_of_work_items_fails_a_page_or_is_taken_in_part(
    project: Project, client_of_manager: Client, data: bytes
) -> None:
    bring_items_in(client_of_manager, project, data)


@pytest.mark.long
@given(times)
@examples(1500)
def test_fifteen_hundred_files_of_hours(
    project: Project, client_of_manager: Client, developer: Person, data: bytes
) -> None:
    bring_hours_in(client_of_manager, project, data)


@pytest.mark.long
@given(items)
@examples(1000)
def test_a_thousand_files_of_work_items(project: Project, client_of_manager: Client, data: bytes) -> None:
    bring_items_in(client_of_manager, project, data)
