"""The kept series equals one that is worked out from nothing, whatever changed and however late."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from alerts.actions import evaluate
from alerts.models import Mark
from alerts.registry import Change
from budget.earned_history import current_series, keep_earned_days
from budget.models import EarnedDay, TimeEntry
from budget.time_entries import NewTimeEntry, insert_time_entries, reverse_time
from projects.models import Project
from requirements_app.actions import NewWorkItem, insert_progress, insert_work_items
from requirements_app.models import ProgressReport, WorkItem

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 3, 2)


@pytest.fixture
def items(project: Project) -> list[WorkItem]:
    return insert_work_items(
        project=project,
        new_items=[NewWorkItem(title=f"Item {number}", estimate_minutes=600 + 70 * number) for number in range(5)],
    )


class Story:
    """Random acts of a project's life, each a day somewhere in forty."""

    def __init__(self, project: Project, person: Person, items: list[WorkItem], seed: int) -> None:
        self.project, self.person, self.items = project, person, items
        self.chance = random.Random(seed)  # noqa: S311  (a story, not a secret)

    def act(self) -> None:
        self.chance.choice([self.book, self.book, self.report, self.take_back, self.move, self.estimate, self.drop])()

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

    def move(self) -> None:
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


def kept(project: Project) -> list[tuple[dt.date, int, Decimal]]:
    rows = EarnedDay.objects.filter(project=project).order_by("on")
    return list(rows.values_list("on", "used_minutes", "earned_minutes"))


def whole(project: Project) -> list[tuple[dt.date, int, Decimal]]:
    project = Project.objects.select_related("terms").get(pk=project.pk)
    return [(day.on, day.used, day.earned) for day in current_series({project: dt.date.min})[project.pk]]


@pytest.mark.parametrize("seed", range(3))
def test_kept_series_equals_the_whole_one_after_every_act(
    project: Project, developer: Person, items: list[WorkItem], seed: int
) -> None:
    story = Story(project, developer, items, seed)
    for _step in range(25):
        story.act()
        evaluate(project.pk)
        assert kept(project) == whole(project)


def test_hours_of_today_read_nothing_of_earlier_days(
    project: Project, developer: Person, items: list[WorkItem]
) -> None:
    """Whether the days before are left alone shows where somebody has changed them without a mark."""
    story = Story(project, developer, items, 1)
    for _step in range(10):
        story.book()
    evaluate(project.pk)
    EarnedDay.objects.filter(project=project, on__lt=FIRST + dt.timedelta(days=39)).update(used_minutes=1)
    late = FIRST + dt.timedelta(days=60)
    insert_time_entries(
        project=project,
        entries=[NewTimeEntry(developer.pk, late, 60, items[0].pk)],
        source=TimeEntry.Source.FILE,
        recorded_by=project.created_by,
    )
    evaluate(project.pk)
    days = EarnedDay.objects.filter(project=project).order_by("on")
    assert days[0].used_minutes == 1
    assert days.last().on == late  # type: ignore[union-attr]


def test_rates_leave_the_series_alone(project: Project, developer: Person, items: list[WorkItem]) -> None:
    Story(project, developer, items, 1).book()
    with CaptureQueriesContext(
        connection,
    ) as captured:
        keep_earned_days([project], {project.pk: [Change("projects_rate", None)]})
    assert len(captured) == 0


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
    assert list(Mark.objects.order_by("pk").values_list("cause", "since_on")) == [
        ("budget_timeentry", FIRST + dt.timedelta(days=4)),
        ("requirements_progressreport", FIRST),
        ("requirements_workitem_progress", None),
        ("requirements_workitem", None),
    ]
