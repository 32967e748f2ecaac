"""All projects of the published data sets, each row of them accounted for."""

import csv
import datetime as dt
import io
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db.models import Sum
from pytest_django import Settings

from budget.models import DayBurn, TimeEntry
from budget.published_data import sip_project
from projects.import_outcome import Outcome
from projects.models import ImportBatch
from requirements_app.models import WorkItem
from tests.budget.rollup_sums import drift
from tests.budget.test_real_cesaw import DATA, day_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.long,
    pytest.mark.skipif(not DATA.is_dir(), reason="REAL DATA NOT TESTED: OVERSIGHT_REAL_DATA names no folder"),
]
SIP = DATA.parent / "sip"
PAGE = Path(__file__).parents[2] / "docs" / "real-data.md"


@pytest.fixture(autouse=True)
def files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    settings.MEDIA_ROOT = tmp_path


def load(data_set: str, **files: Path) -> str:
    told = io.StringIO()
    call_command("load_real_project", data_set, stdout=told, skip_checks=True, **files)
    return told.getvalue()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def outcomes(kind: str) -> dict[str, Outcome]:
    """By the project's name what became of its file."""
    taken = ImportBatch.objects.filter(kind=kind, state=ImportBatch.State.COMMITTED).select_related("project")
    return {batch.project.name: Outcome.from_json(batch.outcome) for batch in taken}


def quirks_by_hand(log: list[dict[str, str]], tasks: list[dict[str, str]]) -> Counter[str]:
    """What is odd about a project's time log, counted over the files alone."""
    taken = [row for row in log if 0 < int(row["time_log_delta_minutes"]) <= 1440]
    stamps: dict[str, set[str]] = defaultdict(set)
    for row in tasks:
        stamps[row["plan_item_key"]].add(row["task_actual_complete_date"])
    done_on = {key: max(map(day_of, found)) for key, found in stamps.items() if r"\N" not in found}
    minutes: Counter[tuple[str, dt.date]] = Counter()
    times = set()
    found: Counter[str] = Counter()
    for row in log:
        length = int(row["time_log_delta_minutes"])
        found["zero_minutes"] += length == 0
        found["more_than_a_day"] += length > 1440
    for row in taken:
        began, ended = day_of(row["time_log_start_date"]), day_of(row["time_log_end_date"])
        minutes[row["person_key"], began] += int(row["time_log_delta_minutes"])
        times.add((row["person_key"], row["time_log_start_date"], row["time_log_end_date"]))
        found["over_midnight"] += began != ended
        found["after_done"] += began > done_on.get(row["plan_item_key"], dt.date.max)
    found["same_times"] = len(taken) - len(times)
    found["over_24_hours_a_day"] = sum(total > 1440 for total in minutes.values())
    return found


def by_project(rows: list[dict[str, str]], column: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def test_every_row_of_sixteen_time_logs_is_accounted_for() -> None:
    told = load("cesaw", tasks=DATA / "tasks.csv", time_log=DATA / "time_log.csv")
    logs = by_project(rows_of(DATA / "time_log.csv"), "project_key")
    tasks = by_project(rows_of(DATA / "tasks.csv"), "project_key")
    assert (len(logs), sum(map(len, logs.values()))) == (16, 71_804)
    by_hand = {f"CESAW {key}": +quirks_by_hand(log, tasks[key]) for key, log in logs.items()}
    found = outcomes(ImportBatch.Kind.TIME_ENTRIES)
    assert {name: Counter(each.codes) for name, each in found.items()} == by_hand
    assert {name: each.rows for name, each in found.items()} == {f"CESAW {key}": len(log) for key, log in logs.items()}
    minutes = [int(row["time_log_delta_minutes"]) for log in logs.values() for row in log]
    taken = [length for length in minutes if 0 < length <= 1440]
    assert TimeEntry.objects.count() == len(taken) == sum(each.new for each in found.values())
    assert DayBurn.objects.aggregate(total=Sum("minutes"))["total"] == sum(taken)
    assert drift() == {}
    assert told.strip() in PAGE.read_text()


def test_every_task_of_six_vendor_codes_is_accounted_for() -> None:
    told = load("sip", tasks=SIP / "tasks.csv", dates=SIP / "dates.csv")
    rows = by_project(rows_of(SIP / "tasks.csv"), "ProjectCode")
    estimates = {
        f"SiP {code}": {row["TaskNumber"]: round(Decimal(row["HoursEstimate"]) * 60) for row in found}
        for code, found in rows.items()
    }
    found = outcomes(ImportBatch.Kind.WORK_ITEMS)
    assert {name: (each.rows, each.new) for name, each in found.items()} == {
        name: (len(tasks), len(tasks)) for name, tasks in estimates.items()
    }
    for name, tasks in estimates.items():
        items = WorkItem.objects.filter(project__name=name).exclude(outside_key="")
        assert dict(items.values_list("outside_key", "estimate_minutes")) == tasks
    assert TimeEntry.objects.count() == 0
    assert told.strip() in PAGE.read_text()


def test_what_developers_spent_on_a_task_is_there_for_a_backtest() -> None:
    published = sip_project(SIP / "tasks.csv", SIP / "dates.csv", "PC13")
    rows = by_project(rows_of(SIP / "tasks.csv"), "ProjectCode")["PC13"]
    spent: Counter[str] = Counter()
    for each in published.spent:
        spent[each.task] += each.hours  # type: ignore[assignment]
    actual = {row["TaskNumber"]: Decimal(row["HoursActual"]) for row in rows}
    assert (len(published.spent), len(published.tasks), dict(spent)) == (len(rows), len(actual), actual)
