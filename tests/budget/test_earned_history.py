"""The series that the worker keeps: always what entries, reports, estimates and the tree give from scratch."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext

from accounts.models import Person, User
from alerts.actions import evaluate
from alerts.models import Mark
from alerts.registry import Change
from budget.earned_history import keep_earned_series, rewrite_earned_series
from budget.earned_queries import earned_page
from budget.models import BranchSeries, DaySeries, ItemSeries, TimeEntry
from budget.queries import burn_up_of
from budget.time_entries import reverse_time
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from projects.actions import agree_rate, change_terms
from projects.models import Project
from requirements_app.actions import add_work_item, change_work_item, insert_progress, report_progress
from requirements_app.models import ProgressReport, WorkItem
from requirements_app.progress import ItemProgress, earned_minutes, remaining_minutes

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 6, 1)
H = 60


def june(day: int) -> dt.date:
    return dt.date(2026, 6, day)


@pytest.fixture
def book(project: Project, developer: Person) -> Any:
    """Book minutes on an item, or on none: ``book(item, day, minutes)``."""

    def booked(item: WorkItem | None, on: dt.date, minutes: int) -> TimeEntry:
        (key,) = insert_time_entries(
            project=project,
            entries=[NewTimeEntry(developer.pk, on, minutes, item.pk if item else None)],
            source=TimeEntry.Source.PAGE,
            recorded_by=project.created_by,
        )
        return TimeEntry.objects.get(pk=key)

    return booked


def item_of(project: Project, title: str, estimate: int | None, parent: WorkItem | None = None) -> WorkItem:
    return add_work_item(
        actor=project.created_by, project=project, title=title, estimate_minutes=estimate, parent=parent
    )


def change(item: WorkItem, **changes: Any) -> None:
    item.refresh_from_db()
    change_work_item(actor=item.project.created_by, item=item, expected_version=item.version, **changes)


def below(project: Project, top: WorkItem | None) -> list[WorkItem]:
    """The item and everything below it, or all items, by walking up from each."""
    items = list(WorkItem.objects.filter(project=project).select_related("parent__parent__parent"))
    if top is None:
        return items
    return [item for item in items if top.pk in ancestors(item)]


def ancestors(item: WorkItem) -> Iterable[int]:
    above: WorkItem | None = item
    while above is not None:
        yield above.pk
        above = above.parent


def state_by_hand(project: Project, top: WorkItem | None, day: dt.date) -> dict[str, Decimal]:
    """The figures at the end of a day from entries and reports, by other means than the series are made."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    entries = TimeEntry.objects.filter(project=project, worked_on__lte=day)
    if top is None:
        sums["used"] = Decimal(entries.aggregate(total=Sum("minutes"))["total"] or 0)
    for item in below(project, top):
        own = entries.filter(work_item=item)
        spent = own.aggregate(total=Sum("minutes"))["total"] or 0
        if top is not None:
            sums["used"] += spent
        if item.is_dropped or item.estimate_minutes is None:
            continue
        report = ProgressReport.objects.filter(work_item=item, on__lte=day).order_by("on", "pk").last()
        since = own.filter(worked_on__gt=report.on) if report else own.none()
        progress = ItemProgress(
            estimate=item.estimate_minutes,
            spent=spent,
            is_done=report.is_done if report else False,
            is_reported=report is not None,
            reported_remaining=report.remaining_minutes if report else None,
            spent_since_report=since.aggregate(total=Sum("minutes"))["total"] or 0,
        )
        sums["matched"] += spent
        sums["amount"] += own.aggregate(total=Sum("amount"))["total"] or 0
        sums["unrated"] += own.filter(hourly_rate=None).aggregate(total=Sum("minutes"))["total"] or 0
        sums["earned"] += earned_minutes(project.terms.progress_rule, progress)
        sums["remaining"] += remaining_minutes(progress)
    return {name: sums[name] for name in ("used", "matched", "amount", "unrated", "earned", "remaining")}


def states(series: DaySeries) -> dict[dt.date, dict[str, Decimal]]:
    names = ("used", "matched", "amount", "unrated", "earned", "remaining")
    arrays = (
        series.used_minutes,
        series.matched_minutes,
        series.matched_amount,
        series.unrated_minutes,
        series.earned_minutes,
        series.remaining_minutes,
    )
    assert {len(array) for array in arrays} == {len(series.on)}
    return {
        on: dict(zip(names, map(Decimal, values), strict=True)) for on, *values in zip(series.on, *arrays, strict=True)
    }


def assert_is_what_the_data_gives(project: Project) -> None:
    """Every kept series, on every day of it, against sums by hand; and one for each branch, none beside."""
    groups = {item.parent_id for item in WorkItem.objects.filter(project=project, parent__isnull=False)}
    kept = BranchSeries.objects.filter(project=project).select_related("work_item")
    assert {series.work_item_id for series in kept} == groups | {None}
    for series in kept:
        for on, state in states(series).items():
            by_hand = state_by_hand(project, series.work_item, on)
            assert {name: round(value, 2) for name, value in state.items()} == {
                name: round(value, 2) for name, value in by_hand.items()
            }
        days = TimeEntry.objects.filter(project=project)
        if series.work_item is not None:
            days = days.filter(work_item__in=below(project, series.work_item))
        assert set(days.values_list("worked_on", flat=True)) <= set(series.on)
        counted = [item for item in below(project, series.work_item) if not item.is_dropped]
        assert series.estimate_minutes == sum(item.estimate_minutes or 0 for item in counted)
        assert (series.planned_minutes or [0])[-1] == series.estimate_minutes - series.undated_minutes


def from_scratch(project: Project) -> tuple[list[Any], list[Any]]:
    """What would be kept if nothing were kept yet."""
    project = Project.objects.select_related("terms").get(pk=project.pk)
    with transaction.atomic():
        rewrite_earned_series([project])
        found = everything_kept(project)
        transaction.set_rollback(True)
    return found


def everything_kept(project: Project) -> tuple[list[Any], list[Any]]:
    """All figures that are kept, without keys and versions of rows: a row may have changed in what moves no figure."""
    left_out = {"id", "hours_version", "reports_version"}
    items = ItemSeries.objects.filter(project=project).order_by("work_item")
    branches = BranchSeries.objects.filter(project=project).order_by("work_item")
    return tuple(  # type: ignore[return-value]
        [{name: value for name, value in row.items() if name not in left_out} for row in rows.values()]
        for rows in (items, branches)
    )


@pytest.fixture
def tree(project: Project, client_manager: User, book: Any) -> dict[str, WorkItem]:
    """Two branches and a stray item; hours on estimated work, on a group without an estimate and on none."""
    agree_rate(actor=client_manager, project=project, hourly_rate=Decimal(100), first_day=june(3))
    shop = item_of(project, "Shop", None)
    cart = item_of(project, "Cart", 10 * H, shop)
    prices = item_of(project, "Prices", 20 * H, cart)
    billing = item_of(project, "Billing", 40 * H)
    stray = item_of(project, "Stray", None)
    book(cart, june(1), 5 * H)
    book(prices, june(3), 8 * H)
    book(shop, june(3), 2 * H)
    book(billing, june(4), 6 * H)
    book(stray, june(5), 3 * H)
    book(None, june(5), 1 * H)
    report_progress(actor=client_manager, item=prices, on=june(4), remaining_minutes=16 * H)
    evaluate(project.pk)
    return {"shop": shop, "cart": cart, "prices": prices, "billing": billing, "stray": stray}


def test_branches_hold_everything_below_them(project: Project, tree: dict[str, WorkItem]) -> None:
    series = {row.work_item_id: row for row in BranchSeries.objects.filter(project=project)}
    assert set(series) == {None, tree["shop"].pk, tree["cart"].pk}
    whole, shop, cart = (series[key] for key in (None, tree["shop"].pk, tree["cart"].pk))
    assert (whole.on[-1], whole.used_minutes[-1], whole.matched_minutes[-1]) == (june(5), 25 * H, 19 * H)
    assert (shop.on[-1], shop.used_minutes[-1], shop.matched_minutes[-1]) == (june(4), 15 * H, 13 * H)
    assert (cart.used_minutes[-1], cart.matched_minutes[-1], cart.estimate_minutes) == (13 * H, 13 * H, 30 * H)
    # Cart itself 10 × 5 ÷ 10, prices 20 × 8 ÷ 24; the hours before 3 June have no rate.
    assert round(cart.earned_minutes[-1], 2) == round(Decimal(5 * H + 20 * H * 8 / Decimal(24)), 2)
    assert (cart.matched_amount[-1], cart.unrated_minutes[-1]) == (Decimal(800), 5 * H)
    assert_is_what_the_data_gives(project)


def test_what_moves_nothing_is_not_looked_at(project: Project, tree: dict[str, WorkItem]) -> None:
    changes = [Change("projects_rate", None), Change("requirements_workitem_progress", None)]
    with CaptureQueriesContext(connection) as captured:
        keep_earned_series([project], {project.pk: changes})
    assert len(captured) == 0


def test_hours_alone_read_no_tree_and_no_entries_of_other_items(
    project: Project, tree: dict[str, WorkItem], book: Any
) -> None:
    before = dict(ItemSeries.objects.filter(project=project).values_list("work_item", "hours_version"))
    book(tree["billing"], june(8), H)
    with CaptureQueriesContext(connection) as captured:
        keep_earned_series([project], {project.pk: [Change("budget_timeentry", june(8))]})
    read = [query["sql"] for query in captured]
    assert not any('"requirements_workitem"' in statement for statement in read)
    (scan,) = [statement for statement in read if "FROM budget_timeentry" in statement]
    assert f"work_item_id = ANY(ARRAY[{tree['billing'].pk}])" in scan
    after = dict(ItemSeries.objects.filter(project=project).values_list("work_item", "hours_version"))
    assert {key for key in after if before[key] != after[key]} == {tree["billing"].pk}
    assert_is_what_the_data_gives(project)


def test_many_projects_cost_no_more_statements_than_one(
    project: Project, other_project: Project, tree: dict[str, WorkItem], book: Any
) -> None:
    def cost(*projects: Project) -> int:
        with CaptureQueriesContext(connection) as captured:
            keep_earned_series(projects, {one.pk: [Change("requirements_workitem", None)] for one in projects})
        return len(captured)

    item_of(project, "One more", 60)
    alone = cost(project)
    item_of(project, "Another", 60)
    item_of(other_project, "There", 60)
    assert cost(project, other_project) == alone
    assert_is_what_the_data_gives(other_project)


def test_each_kind_of_change_is_followed(
    project: Project, tree: dict[str, WorkItem], book: Any, client_manager: User
) -> None:
    def followed() -> None:
        evaluate(project.pk)
        assert_is_what_the_data_gives(project)

    # Hours move to another day: no sum by item changes, and the series does.
    entry = book(tree["prices"], june(9), 60)
    followed()
    TimeEntry.objects.filter(pk=entry.pk).update(worked_on=june(2))
    followed()
    reverse_time(actor=client_manager, entry=entry, reason="Twice")
    followed()
    change(tree["prices"], estimate_minutes=30 * H)
    followed()
    # A branch moves with everything below it.
    change(tree["cart"], parent=tree["billing"])
    followed()
    change(tree["billing"], is_dropped=True)
    followed()
    report_progress(actor=client_manager, item=tree["cart"], on=june(1), is_done=True)
    followed()
    book(None, june(11), 30)
    followed()
    change_terms(
        actor=client_manager,
        terms=project.terms,
        expected_version=project.terms.version,
        progress_rule="fifty_fifty",
    )
    followed()
    change(tree["cart"], planned_start_on=june(1), planned_finish_on=june(10))
    followed()
    series = BranchSeries.objects.get(project=project, work_item=tree["cart"])
    assert (series.planned_on, series.undated_minutes) == ([dt.date(2026, 5, 31), june(10)], 0)
    # Both sides of the tree change places while somebody books: one look at all of it.
    change(tree["cart"], parent=None)
    change(tree["shop"], parent=tree["cart"])
    book(tree["shop"], june(12), 90)
    followed()
    # What has no rate yet gets one: amounts change, minutes do not.
    TimeEntry.objects.filter(project=project, hourly_rate=None).update(hourly_rate=Decimal(60), amount=Decimal(30))
    followed()


def test_a_deleted_item_leaves_the_branches_above_it(project: Project, tree: dict[str, WorkItem]) -> None:
    item = item_of(project, "Mistake", 100 * H, tree["shop"])
    evaluate(project.pk)
    ItemSeries.objects.filter(work_item=item).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM requirements_workitem WHERE id = %s", [item.pk])
    evaluate(project.pk)
    assert_is_what_the_data_gives(project)


def test_planned_days_of_the_project_are_those_of_items_without_any(
    project: Project, tree: dict[str, WorkItem]
) -> None:
    whole = BranchSeries.objects.get(project=project, work_item=None)
    assert (whole.planned_on, whole.undated_minutes) == ([], 70 * H)
    Project.objects.filter(pk=project.pk).update(planned_start_on=june(1), planned_finish_on=june(30))
    project.refresh_from_db(fields=["planned_start_on", "planned_finish_on"])
    change(tree["billing"], planned_finish_on=june(10))
    evaluate(project.pk)
    whole.refresh_from_db()
    assert whole.undated_minutes == 0
    assert whole.planned_on == [dt.date(2026, 5, 31), june(10), june(30)]
    assert whole.planned_minutes == [0, 50 * H, 70 * H]


def test_a_project_without_anything_has_an_empty_series(project: Project) -> None:
    keep_earned_series([project], {project.pk: [Change("projects_terms", None)]})
    series = BranchSeries.objects.get(project=project)
    assert (series.work_item, series.on, series.estimate_minutes, series.item_count) == (None, [], 0, 0)


def test_kept_series_that_went_wrong_are_mended_from_scratch(project: Project, tree: dict[str, WorkItem]) -> None:
    right = everything_kept(project)
    BranchSeries.objects.filter(project=project).update(used_minutes=[1], on=[june(1)])
    ItemSeries.objects.filter(project=project).update(earned_minutes=[])
    rewrite_earned_series([project])
    assert everything_kept(project) == right


class Story:
    """Random acts of a project's life, each a day somewhere in forty."""

    def __init__(self, project: Project, person: Person, items: list[WorkItem], seed: int) -> None:
        self.project, self.person, self.items = project, person, items
        self.chance = random.Random(seed)  # noqa: S311  (a story, not a secret)

    def act(self) -> None:
        acts = [self.book, self.book, self.report, self.take_back, self.shift, self.estimate, self.drop]
        self.chance.choice([*acts, self.put_below, self.plan])()

    def day(self) -> dt.date:
        return FIRST + dt.timedelta(days=self.chance.randrange(40))

    def item(self) -> WorkItem | None:
        return self.chance.choice([*self.items, None])

    def book(self) -> None:
        new = [
            NewTimeEntry(self.person.pk, self.day(), self.chance.randrange(7, 400), item.pk if item else None)
            for item in (self.item() for _number in range(self.chance.randrange(1, 6)))
        ]
        insert_time_entries(
            project=self.project, entries=new, source=TimeEntry.Source.FILE, recorded_by=self.project.created_by
        )

    def report(self) -> None:
        is_done = self.chance.random() < 0.3
        report = ProgressReport(
            project=self.project,
            work_item=self.chance.choice(self.items),
            on=self.day(),
            is_done=is_done,
            remaining_minutes=None if is_done else self.chance.randrange(0, 900),
        )
        insert_progress(project=self.project, reports=[report])

    def take_back(self) -> None:
        entry = TimeEntry.objects.filter(project=self.project, reverses=None, reversals=None).order_by("?").first()
        if entry is not None:
            reverse_time(actor=self.project.created_by, entry=entry, reason="wrong")

    def shift(self) -> None:
        """As raw SQL would: a day earlier, without a word to anybody."""
        entries = TimeEntry.objects.filter(project=self.project).values("pk")[:2]
        TimeEntry.objects.filter(pk__in=[entry["pk"] for entry in entries]).update(
            worked_on=F("worked_on") - dt.timedelta(days=1)
        )

    def estimate(self) -> None:
        chosen = WorkItem.objects.filter(pk=self.chance.choice(self.items).pk)
        chosen.update(estimate_minutes=self.chance.choice([None, 333, 1000]))

    def drop(self) -> None:
        state = self.chance.choice([WorkItem.State.DROPPED, WorkItem.State.OPEN])
        WorkItem.objects.filter(pk=self.chance.choice(self.items).pk).update(state=state)

    def put_below(self) -> None:
        """As raw SQL would: below an earlier one, so that no circle closes."""
        place = self.chance.randrange(1, len(self.items))
        parent = self.chance.choice([None, *self.items[:place]])
        WorkItem.objects.filter(pk=self.items[place].pk).update(parent=parent)

    def plan(self) -> None:
        start = self.day()
        WorkItem.objects.filter(pk=self.chance.choice(self.items).pk).update(
            planned_start_on=start, planned_finish_on=start + dt.timedelta(days=self.chance.randrange(20))
        )


@pytest.fixture
def items(project: Project) -> list[WorkItem]:
    return [item_of(project, f"Item {number}", 600 + 70 * number) for number in range(5)]


@pytest.mark.parametrize("seed", range(3))
def test_kept_series_equals_the_whole_one_after_every_act(
    project: Project, developer: Person, items: list[WorkItem], seed: int
) -> None:
    story = Story(project, developer, items, seed)
    for _step in range(30):
        story.act()
        evaluate(project.pk)
        assert everything_kept(project) == from_scratch(project)
    assert_is_what_the_data_gives(project)


def test_marks_name_the_first_day_they_touch(project: Project, developer: Person, items: list[WorkItem]) -> None:
    Mark.objects.all().delete()
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(developer.pk, FIRST + dt.timedelta(days=day), 60) for day in (9, 4, 7)],
        source=TimeEntry.Source.FILE,
        recorded_by=project.created_by,
    )
    insert_progress(
        project=project,
        reports=[ProgressReport(project=project, work_item=items[0], on=FIRST, remaining_minutes=60)],
    )
    WorkItem.objects.filter(pk=items[0].pk).update(estimate_minutes=60)
    WorkItem.objects.filter(pk=items[0].pk).update(parent=items[1])
    WorkItem.objects.filter(pk=items[0].pk).update(planned_start_on=FIRST)
    WorkItem.objects.filter(pk=items[0].pk).update(title="Said better")
    assert list(Mark.objects.order_by("pk").values_list("cause", "since_on")) == [
        ("budget_timeentry", FIRST + dt.timedelta(days=4)),
        ("requirements_progressreport", FIRST),
        ("requirements_workitem_progress", None),
        ("requirements_workitem", None),
        ("requirements_workitem", None),
        ("requirements_workitem", None),
        ("requirements_workitem_progress", None),
    ]


def test_hours_that_were_taken_back_begin_no_series(
    project: Project, client_manager: User, book: Any, items: list[WorkItem]
) -> None:
    early = [book(items[0], FIRST, 60), book(None, FIRST, 30)]
    for entry in early:
        reverse_time(actor=client_manager, entry=entry, reason="of another project")
    evaluate(project.pk)
    assert burn_up_of(project).days == ()
    assert earned_page(project, None, None).work.series == []
    book(items[0], june(9), 120)
    evaluate(project.pk)
    assert burn_up_of(project).days == (june(9),)
    for branch in (None, items[0]):
        assert [value.on for value in earned_page(project, branch, None).work.series] == [june(9)]
