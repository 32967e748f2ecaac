import datetime as dt

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts.models import Person, User
from budget.time_entries import record_time
from projects.access import Standing, standing_in
from projects.models import Project
from requirements_app.actions import NewWorkItem, add_work_item, change_work_item, insert_work_items, report_progress
from requirements_app.filters import WorkItemListFilter
from requirements_app.models import WorkItem
from requirements_app.queries import (
    WorkItemCounts,
    WorkItemHours,
    WorkItemList,
    still_to_do,
    work_item_counts,
    work_item_list,
    work_item_page,
    work_items_named,
    work_items_of,
)
from requirements_app.slots import minutes_over_estimate

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 9, 14)


@pytest.fixture
def standing(project: Project, client_manager: User) -> Standing:
    return standing_in(client_manager, project.slug)


@pytest.fixture
def tree(project: Project, client_manager: User, developer: Person) -> dict[str, WorkItem]:
    """Portal (2 h itself) ─ Import 10 h, 15 h used, 1 h left · Letters, not estimated; Old 5 h, dropped."""

    def add(title: str, hours: int | None = None, parent: WorkItem | None = None) -> WorkItem:
        minutes = None if hours is None else hours * 60
        return add_work_item(
            actor=client_manager, project=project, title=title, estimate_minutes=minutes, parent=parent
        )

    portal = add("Portal", 2)
    items = {
        "Portal": portal,
        "Import": add("Import", 10, portal),
        "Letters": add("Letters", None, portal),
        "Old": add("Old", 5),
    }
    record_time(
        actor=client_manager,
        project=project,
        person=developer,
        worked_on=DAY,
        minutes=900,
        today=DAY,
        work_item=items["Import"],
    )
    report_progress(actor=client_manager, item=items["Import"], on=DAY, remaining_minutes=60)
    change_work_item(actor=client_manager, item=items["Old"], expected_version=1, is_dropped=True)
    return items


def listed(standing: Standing, **data: str) -> WorkItemList:
    over = minutes_over_estimate(standing)
    items = WorkItemListFilter(data, queryset=work_items_of(standing.project), over_estimate=over.keys())
    return work_item_list(standing, items=items.qs, is_tree=items.is_plain, over=over, page_number=None)


def titles(found: WorkItemList) -> list[str]:
    return [row.item.title for row in found.rows]


def test_tree_stands_in_order_with_the_sums_of_groups(standing: Standing, tree: dict[str, WorkItem]) -> None:
    found = listed(standing)
    assert [(row.item.title, row.depth) for row in found.rows] == [
        ("Portal", 0),
        ("Import", 1),
        ("Letters", 1),
        ("Old", 0),
    ]
    portal, imports, letters, old = found.rows
    assert (portal.own, portal.below) == (WorkItemHours(120, 0, 120), WorkItemHours(720, 900, 180))
    assert (imports.own, imports.below, imports.over_minutes) == (WorkItemHours(600, 900, 60), None, 300)
    assert letters.own == WorkItemHours(None, 0, None)
    assert old.own == WorkItemHours(None, 0, None)
    assert found.sums == WorkItemHours(720, 900, 180)


def test_filtered_list_is_flat_with_the_path_to_each_item(standing: Standing, tree: dict[str, WorkItem]) -> None:
    found = listed(standing, q="import")
    assert [(row.item.title, row.path, row.depth) for row in found.rows] == [("Import", ("Portal",), 0)]
    assert found.sums == WorkItemHours(600, 900, 60)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"q": "W-2"}, ["Import"]),
        ({"state": "dropped"}, ["Old"]),
        ({"estimated": "false"}, ["Letters"]),
        ({"estimated": "true"}, ["Portal", "Import", "Old"]),
        ({"over": "true"}, ["Import"]),
        ({"over": "false"}, ["Portal", "Letters", "Old"]),
        ({"order": "-estimate"}, ["Import", "Old", "Portal", "Letters"]),
        ({"order": "estimate"}, ["Portal", "Old", "Import", "Letters"]),
        ({"order": "-number"}, ["Old", "Letters", "Import", "Portal"]),
        ({"state": "nonsense"}, ["Portal", "Import", "Letters", "Old"]),
    ],
)
def test_filters_and_order(
    standing: Standing, tree: dict[str, WorkItem], data: dict[str, str], expected: list[str]
) -> None:
    assert titles(listed(standing, **data)) == expected


def test_counts_say_what_is_estimated_over_and_missing(standing: Standing, tree: dict[str, WorkItem]) -> None:
    counts = work_item_counts(standing.project, minutes_over_estimate(standing))
    assert counts == WorkItemCounts(
        item_count=3,
        estimated_count=2,
        estimated_minutes=720,
        without_estimate_count=1,
        over_count=1,
        over_minutes=300,
    )


def test_a_group_needs_no_estimate_of_its_own(project: Project, client_manager: User) -> None:
    group = add_work_item(actor=client_manager, project=project, title="Group")
    add_work_item(actor=client_manager, project=project, title="Item", parent=group, estimate_minutes=60)
    assert list(WorkItem.objects.without_estimate()) == []
    assert work_item_counts(project, {}).item_count == 1


def test_hundred_rows_stand_on_a_page_and_sums_go_over_all(project: Project, standing: Standing) -> None:
    insert_work_items(
        project=project, new_items=[NewWorkItem(title=f"Item {n}", estimate_minutes=60) for n in range(130)]
    )
    found = listed(standing)
    assert (len(found.rows), found.page.paginator.count, found.sums.estimate) == (100, 130, 130 * 60)


def test_page_of_an_item_has_everything_around_it(standing: Standing, tree: dict[str, WorkItem]) -> None:
    page = work_item_page(standing, tree["Import"])
    assert [item.title for item in page.path] == ["Portal"]
    assert page.children == ()
    assert (page.hours, page.with_below, page.over_minutes) == (
        WorkItemHours(600, 900, 60),
        WorkItemHours(600, 900, 60),
        300,
    )
    assert [(report.on, report.remaining_minutes) for report in page.reports] == [(DAY, 60)]
    assert [line.sentence for line in page.activity] == [
        "reported 1 h left on W-2",
        page.activity[1].sentence,
        "added W-2 Import",
    ]
    above = work_item_page(standing, tree["Portal"])
    assert [row.item.title for row in above.children] == ["Import", "Letters"]
    assert above.with_below == WorkItemHours(720, 900, 180)


def test_items_of_another_project_appear_nowhere(
    other_project: Project, other_client: User, standing: Standing, tree: dict[str, WorkItem]
) -> None:
    add_work_item(actor=other_client, project=other_project, title="Import of theirs", estimate_minutes=6000)
    assert titles(listed(standing, q="import")) == ["Import"]
    assert listed(standing).sums.estimate == 720
    assert [item.title for item in work_items_named(standing.project, "import", limit=20)] == ["Import"]


def test_suggestions_offer_open_items_before_done_ones_and_no_dropped_ones(
    client_manager: User, standing: Standing, tree: dict[str, WorkItem]
) -> None:
    report_progress(actor=client_manager, item=tree["Portal"], on=DAY, is_done=True)
    found = work_items_named(standing.project, "", limit=20)
    assert [item.title for item in found] == ["Import", "Letters", "Portal"]


@pytest.mark.parametrize(
    ("estimate", "reported", "used", "is_done", "left"),
    [
        (600, 120, 300, False, 120),
        (600, None, 300, False, 300),
        (600, None, 900, False, 30),
        (600, None, 300, True, 0),
        (None, 120, 0, False, 120),
        (None, None, 300, False, None),
    ],
)
def test_still_to_do_is_as_reported_else_as_the_estimate_leaves_it(
    estimate: int | None, reported: int | None, used: int, is_done: bool, left: int | None
) -> None:
    assert still_to_do(estimate, reported, used, is_done=is_done) == left


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize(("data", "queries"), [({}, 4), ({"order": "title"}, 6)])
def test_list_asks_as_often_for_many_rows_as_for_few(
    project: Project,
    client_manager: User,
    developer: Person,
    standing: Standing,
    django_assert_num_queries: DjangoAssertNumQueries,
    rows: int,
    data: dict[str, str],
    queries: int,
) -> None:
    parent = add_work_item(actor=client_manager, project=project, title="Group")
    for item in insert_work_items(
        project=project, new_items=[NewWorkItem(title=f"{n}", parent=parent, estimate_minutes=60) for n in range(rows)]
    ):
        record_time(
            actor=client_manager,
            project=project,
            person=developer,
            worked_on=DAY,
            minutes=60,
            today=DAY,
            work_item=item,
        )
    with django_assert_num_queries(queries):
        assert len(listed(standing, **data).rows) == rows + 1
