"""Earned value of a real project: every figure equal to sums made by hand from the published files.

The sums are made from the files alone, line by line, and know nothing of items, series or branches.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest
from pytest_django import Settings

from alerts.actions import evaluate
from budget.earned_queries import branches_named, earned_page, known_through
from budget.models import BranchSeries
from projects.models import Project
from requirements_app.models import WorkItem
from tests.budget.test_real_cesaw import DATA, day_of, load, rows_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="REAL DATA NOT TESTED: OVERSIGHT_REAL_DATA names no folder"),
]


@pytest.fixture
def loaded(tmp_path: Path, settings: Settings) -> Project:
    settings.MEDIA_ROOT = tmp_path
    load()
    project = Project.objects.select_related("terms").get(name="CESAW 171")
    evaluate(project.pk)
    return project


@dataclass
class Task:
    """A plan item of the files: its minutes planned, the day it was done, and its minutes by day."""

    planned: Decimal = Decimal(0)
    group: str = ""
    stamps: list[str] = field(default_factory=list)
    spent: dict[dt.date, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def estimate(self) -> int | None:
        return int(self.planned.quantize(Decimal(1), ROUND_HALF_EVEN)) or None

    @property
    def done_on(self) -> dt.date | None:
        return None if r"\N" in self.stamps or not self.stamps else max(map(day_of, self.stamps))

    def used(self, day: dt.date) -> int:
        return sum(minutes for on, minutes in self.spent.items() if on <= day)

    def earned(self, day: dt.date) -> Decimal:
        """By hours spent and remaining: what is done has earned all, what nobody reported leaves 5 % at least."""
        if self.estimate is None:
            return Decimal(0)
        if self.done_on is not None and self.done_on <= day:
            return Decimal(self.estimate)
        used = self.used(day)
        left = max(Decimal(self.estimate - used), Decimal(self.estimate) / 20)
        return self.estimate * Decimal(used) / (used + left)


@pytest.fixture(scope="module")
def tasks() -> dict[str, Task]:
    found: dict[str, Task] = defaultdict(Task)
    for row in rows_of("tasks.csv"):
        task = found[row["plan_item_key"]]
        task.planned += Decimal(row["task_plan_time_minutes"])
        task.stamps.append(row["task_actual_complete_date"])
        task.group = row["wbs_element_key"]
    for row in rows_of("time_log.csv"):
        found[row["plan_item_key"]].spent[day_of(row["time_log_start_date"])] += int(row["time_log_delta_minutes"])
    return found


def sums(tasks: list[Task], day: dt.date) -> tuple[int, int, int, Decimal]:
    """BAC, used, AC and EV."""
    estimated = [task for task in tasks if task.estimate is not None]
    return (
        sum(task.estimate or 0 for task in estimated),
        sum(task.used(day) for task in tasks),
        sum(task.used(day) for task in estimated),
        round(sum((task.earned(day) for task in estimated), Decimal(0)), 2),
    )


def test_every_figure_equals_the_sums_by_hand(loaded: Project, tasks: dict[str, Task]) -> None:
    """In one test, since loading the project takes longer than all of them."""
    _whole_project(loaded, tasks)
    _day_of_comparison(loaded, tasks)
    _every_branch(loaded, tasks)
    _indices(loaded, tasks)


def _whole_project(project: Project, tasks: dict[str, Task]) -> None:
    """Every fifth day, and the last ones: by hand each day costs all tasks."""
    days = BranchSeries.objects.get(project=project, work_item=None).on
    work = earned_page(project, None, None).work
    looked_at = [*days[::5], *days[-3:]]
    found = {on: work.at(on) for on in looked_at}
    by_hand = {on: sums(list(tasks.values()), on) for on in looked_at}
    assert {
        on: (work.estimate_minutes, now.used, now.matched, round(now.earned, 2)) for on, now in found.items()
    } == by_hand
    assert set(days) == {on for task in tasks.values() for on, minutes in task.spent.items() if minutes} | {
        task.done_on for task in tasks.values() if task.done_on
    }


def _day_of_comparison(project: Project, tasks: dict[str, Task]) -> None:
    hours = max(on for task in tasks.values() for on, minutes in task.spent.items() if minutes)
    progress = max(task.done_on for task in tasks.values() if task.done_on)
    assert known_through(project) == min(hours, progress)


def _every_branch(project: Project, tasks: dict[str, Task]) -> None:
    day = known_through(project)
    assert day is not None
    by_group: dict[str, list[Task]] = defaultdict(list)
    for task in tasks.values():
        if task.group:
            by_group[task.group].append(task)
    items = WorkItem.objects.filter(project=project, outside_key="", title__in=by_group)
    groups = dict(items.values_list("pk", "title"))
    found = {
        groups[key]: (
            int(row.values.bac or 0),
            row.used,
            int(row.values.ac or 0),
            round(row.values.ev or Decimal(0), 2),
        )
        for key, row in branches_named(earned_page(project, None, None), list(groups)).items()
    }
    assert found == {group: sums(parts, day) for group, parts in by_group.items()}


def _indices(project: Project, tasks: dict[str, Task]) -> None:
    day = known_through(project)
    assert day is not None
    budget, _used, actual, earned = sums(list(tasks.values()), day)
    values = earned_page(project, None, None).work.values(day)
    cost, to_complete = values.cost_performance_index.value, values.to_complete_index(Decimal(2 * budget)).value
    assert cost is not None
    assert to_complete is not None
    assert abs(cost - earned / actual) < Decimal("1e-6")
    assert abs(to_complete - (budget - earned) / (2 * budget - actual)) < Decimal("1e-6")
