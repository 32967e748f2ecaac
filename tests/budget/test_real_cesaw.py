"""A real project of sixteen that were published, through the imports: every row taken or accounted for.

The expected sums are made here from the files themselves, by other means than the imports use.
"""

import csv
import datetime as dt
import io
import os
from collections import Counter, defaultdict
from decimal import ROUND_HALF_EVEN, Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Sum
from pytest_django import Settings

from budget.models import DayBurn, ItemBurn, TimeEntry
from projects.models import ImportBatch, Project
from requirements_app.models import ProgressReport, WorkItem

DATA = Path(os.environ.get("OVERSIGHT_REAL_DATA", "/nowhere")) / "cesaw"
PROJECT = "171"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not DATA.is_dir(), reason="REAL DATA NOT TESTED: OVERSIGHT_REAL_DATA names no folder"),
]


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["project_key"] == PROJECT]


def load(**options: object) -> str:
    told = io.StringIO()
    call_command(
        "load_real_project",
        "cesaw",
        tasks=DATA / "tasks.csv",
        time_log=DATA / "time_log.csv",
        project=PROJECT,
        stdout=told,
        skip_checks=True,
        **options,
    )
    return told.getvalue()


def day_of(text: str) -> dt.date:
    month, day, year = text.split(" ", maxsplit=1)[0].split("/")
    return dt.date(int(year), int(month), int(day))


def quirks_by_hand() -> dict[str, int]:
    """What is odd about the time log, counted over the file alone."""
    log = rows_of("time_log.csv")
    worked = [row for row in log if row["time_log_delta_minutes"] != "0"]
    stamps: dict[str, set[str]] = defaultdict(set)
    for row in rows_of("tasks.csv"):
        stamps[row["plan_item_key"]].add(row["task_actual_complete_date"])
    done_on = {key: max(map(day_of, found)) for key, found in stamps.items() if r"\N" not in found}
    minutes: Counter[tuple[str, dt.date]] = Counter()
    for row in worked:
        minutes[row["person_key"], day_of(row["time_log_start_date"])] += int(row["time_log_delta_minutes"])
    times = {(row["person_key"], row["time_log_start_date"], row["time_log_end_date"]) for row in worked}
    return {
        "zero_minutes": len(log) - len(worked),
        "same_times": len(worked) - len(times),
        "after_done": sum(
            day_of(row["time_log_start_date"]) > done_on.get(row["plan_item_key"], dt.date.max) for row in worked
        ),
        "over_midnight": sum(day_of(row["time_log_start_date"]) != day_of(row["time_log_end_date"]) for row in worked),
        "over_24_hours_a_day": sum(total > 24 * 60 for total in minutes.values()),
    }


def test_every_row_and_minute_of_the_time_log_arrives_and_nothing_twice() -> None:
    load()
    log = rows_of("time_log.csv")
    worked = [row for row in log if row["time_log_delta_minutes"] != "0"]
    assert (len(log), len(worked)) == (3075, 3031)
    total = sum(int(row["time_log_delta_minutes"]) for row in worked)
    by_day: dict[dt.date, int] = defaultdict(int)
    by_item: dict[str, int] = defaultdict(int)
    for row in worked:
        by_day[day_of(row["time_log_start_date"])] += int(row["time_log_delta_minutes"])
        by_item[row["plan_item_key"]] += int(row["time_log_delta_minutes"])
    project = Project.objects.get(name="CESAW 171")
    entries = TimeEntry.objects.filter(project=project)
    assert (entries.count(), entries.aggregate(total=Sum("minutes"))["total"]) == (3031, total)
    assert dict(DayBurn.objects.filter(project=project).values_list("worked_on", "minutes")) == by_day
    assert dict(ItemBurn.objects.filter(project=project).values_list("work_item__outside_key", "minutes")) == by_item
    load()
    assert (entries.count(), WorkItem.objects.filter(project=project).count()) == (3031, 1943 + 444)
    assert ProgressReport.objects.filter(project=project).count() == len(
        {row["plan_item_key"] for row in rows_of("tasks.csv")}
    ) - len({row["plan_item_key"] for row in rows_of("tasks.csv") if row["task_actual_complete_date"] == r"\N"})


def test_estimates_add_up_and_the_table_accounts_for_every_row() -> None:
    told = load()
    plan: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows_of("tasks.csv"):
        plan[row["plan_item_key"]] += Decimal(row["task_plan_time_minutes"])
    rounded = {key: int(minutes.quantize(Decimal(1), ROUND_HALF_EVEN)) or None for key, minutes in plan.items()}
    project = Project.objects.select_related("terms").get(name="CESAW 171")
    items = WorkItem.objects.filter(project=project).exclude(outside_key="")
    assert dict(items.values_list("outside_key", "estimate_minutes")) == rounded
    assert project.terms.budget_minutes == sum(filter(None, rounded.values()))
    assert "time_log.csv: 3,075 rows read" in told
    outcome = ImportBatch.objects.get(kind=ImportBatch.Kind.TIME_ENTRIES).outcome
    assert {name: outcome[name] for name in ("rows", "new", "changed", "same", "left_out", "wrong")} == {
        "rows": 3075,
        "new": 3031,
        "changed": 0,
        "same": 0,
        "left_out": 44,
        "wrong": 0,
    }
    assert outcome["codes"] == quirks_by_hand()


def test_half_a_project_holds_nothing_that_came_later() -> None:
    load(until_share=0.5)
    project = Project.objects.get(name="CESAW 171")
    days = sorted(day_of(row["time_log_start_date"]) for row in rows_of("time_log.csv"))
    last_day = days[3075 // 2 - 1]
    assert TimeEntry.objects.filter(project=project).order_by("-worked_on")[0].worked_on == last_day
    assert ProgressReport.objects.filter(project=project, on__gt=last_day).count() == 0
    assert ProgressReport.objects.filter(project=project).exists()
