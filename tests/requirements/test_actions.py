import datetime as dt
from itertools import permutations

import pytest
from django.utils import timezone

from accounts.models import User
from core.errors import DomainError, StaleVersion
from projects.activity import ActivityLine
from projects.models import Activity, ObjectRef, Project
from requirements_app.actions import add_work_item, change_work_item, report_progress
from requirements_app.models import WorkItem

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 9, 14)


@pytest.fixture
def item(project: Project, client_manager: User) -> WorkItem:
    return add_work_item(actor=client_manager, project=project, title="Import of claims", estimate_minutes=600)


def sentences(project: Project) -> list[str]:
    """What was done to the work items, newest first."""
    return [
        ActivityLine.of(activity).sentence for activity in Activity.objects.filter(project=project, ref__isnull=False)
    ]


def test_add_numbers_items_and_says_so(project: Project, item: WorkItem, client_manager: User) -> None:
    second = add_work_item(actor=client_manager, project=project, title="Letters", parent=item)
    assert [item.ref.label, second.ref.label] == ["W-1", "W-2"]
    assert (second.parent, second.ref.title, second.state) == (item, "Letters", "open")
    assert sentences(project) == ["added W-2 Letters", "added W-1 Import of claims"]


def test_add_refuses_an_outside_key_twice(project: Project, client_manager: User) -> None:
    add_work_item(actor=client_manager, project=project, title="One", outside_key="P-1")
    with pytest.raises(DomainError) as refused:
        add_work_item(actor=client_manager, project=project, title="Two", outside_key="P-1")
    assert (refused.value.code, refused.value.field) == ("outside_key_taken", "outside_key")
    assert list(WorkItem.objects.values_list("title", flat=True)) == ["One"]
    assert ObjectRef.objects.filter(project=project).count() == 1


def test_outside_keys_of_two_projects_do_not_meet(
    project: Project, other_project: Project, client_manager: User
) -> None:
    for each in (project, other_project):
        add_work_item(actor=client_manager, project=each, title="One", outside_key="P-1")
    assert WorkItem.objects.filter(outside_key="P-1").count() == 2


def test_change_writes_what_changed_and_raises_the_version(
    project: Project, item: WorkItem, client_manager: User
) -> None:
    change_work_item(
        actor=client_manager, item=item, expected_version=1, title="Import", estimate_minutes=600, category="back_end"
    )
    saved = WorkItem.objects.select_related("ref").get(pk=item.pk)
    assert (saved.title, saved.category, saved.version, saved.ref.title) == ("Import", "back_end", 2, "Import")
    assert sentences(project)[0] == "changed W-1: title, category"


def test_change_refuses_a_stale_version_and_brings_what_stands(item: WorkItem, client_manager: User) -> None:
    other = WorkItem.objects.get(pk=item.pk)
    change_work_item(actor=client_manager, item=item, expected_version=1, title="Theirs")
    with pytest.raises(StaleVersion) as refused:
        change_work_item(actor=client_manager, item=other, expected_version=1, title="Mine")
    assert refused.value.current.title == "Theirs"
    assert WorkItem.objects.get(pk=item.pk).title == "Theirs"


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_change_refuses_a_parent_that_stands_below(
    project: Project, item: WorkItem, client_manager: User, depth: int
) -> None:
    chain = [item]
    for number in range(depth):
        chain.append(add_work_item(actor=client_manager, project=project, title=f"Below {number}", parent=chain[-1]))
    with pytest.raises(DomainError) as refused:
        change_work_item(actor=client_manager, item=item, expected_version=1, parent=chain[-1])
    assert (refused.value.code, refused.value.field) == ("circle", "parent")
    assert WorkItem.objects.get(pk=item.pk).parent is None


def test_dropped_and_taken_up_again_an_item_is_as_far_as_its_newest_report(
    project: Project, item: WorkItem, client_manager: User
) -> None:
    report_progress(actor=client_manager, item=item, on=DAY, remaining_minutes=120)
    change_work_item(actor=client_manager, item=item, expected_version=item.version, is_dropped=True)
    assert WorkItem.objects.get(pk=item.pk).state == "dropped"
    change_work_item(actor=client_manager, item=item, expected_version=item.version, is_dropped=False)
    again = WorkItem.objects.get(pk=item.pk)
    assert (again.state, again.remaining_minutes) == ("open", 120)
    assert sentences(project)[:2] == ["took up W-1 again", "dropped W-1"]


def test_taking_up_an_item_that_was_done_makes_it_done(item: WorkItem, client_manager: User) -> None:
    report_progress(actor=client_manager, item=item, on=DAY, is_done=True)
    for is_dropped in (True, False):
        change_work_item(actor=client_manager, item=item, expected_version=item.version, is_dropped=is_dropped)
    assert WorkItem.objects.get(pk=item.pk).state == "done"


REPORTS = (
    {"on": DAY, "remaining_minutes": 300},
    {"on": DAY + dt.timedelta(days=7), "is_done": True},
    {"on": DAY + dt.timedelta(days=3), "remaining_minutes": 60},
)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_progress_is_the_newest_day_whichever_order_reports_arrive_in(
    item: WorkItem, client_manager: User, order: tuple[int, ...]
) -> None:
    for number in order:
        report_progress(actor=client_manager, item=item, **REPORTS[number])
    saved = WorkItem.objects.get(pk=item.pk)
    assert (saved.state, saved.remaining_minutes) == ("done", 0)


def test_a_later_report_of_the_same_day_corrects_the_earlier_one(item: WorkItem, client_manager: User) -> None:
    report_progress(actor=client_manager, item=item, on=DAY, is_done=True)
    report_progress(actor=client_manager, item=item, on=DAY)
    saved = WorkItem.objects.get(pk=item.pk)
    assert (saved.state, saved.remaining_minutes) == ("open", None)


def test_progress_of_a_day_to_come_is_refused(item: WorkItem, client_manager: User) -> None:
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    with pytest.raises(DomainError) as refused:
        report_progress(actor=client_manager, item=item, on=tomorrow, is_done=True)
    assert (refused.value.code, refused.value.field) == ("future", "on")
    assert item.progress_reports.count() == 0


def test_progress_of_a_dropped_item_is_refused(item: WorkItem, client_manager: User) -> None:
    change_work_item(actor=client_manager, item=item, expected_version=1, is_dropped=True)
    with pytest.raises(DomainError) as refused:
        report_progress(actor=client_manager, item=item, on=DAY, is_done=True)
    assert refused.value.code == "dropped"


def test_progress_remembers_what_the_client_recorded_it_from(
    project: Project, item: WorkItem, client_manager: User
) -> None:
    report = report_progress(
        actor=client_manager, item=item, on=DAY, remaining_minutes=90, recorded_from="mail of 14 Sep"
    )
    activity = Activity.objects.filter(project=project, verb="progress_reported").get()
    assert (report.recorded_from, activity.recorded_from) == ("mail of 14 Sep", "mail of 14 Sep")
    assert ActivityLine.of(activity).sentence == "reported 1.5 h left on W-1"
