"""Published data sets of real projects as files that our imports take: which rows, and what their columns mean.

CESAW has a time log; SiP has tasks with an estimate and what each developer spent in all, on no day, so that of it
only the work items can be brought in.
"""

import csv
import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from core.tabular.cell_values import DateOrder, read_date
from requirements_app.estimate_rows import ADD_UP, REFUSE

NOTHING: Final = r"\N"
CESAW_TASK_COLUMNS: Final = {
    "key": "plan_item_key",
    "title": "phase_short_name",
    "group": "wbs_element_key",
    "estimate": "task_plan_time_minutes",
    "done_on": "task_actual_complete_date",
}
CESAW_TIME_COLUMNS: Final = {
    "worked_on": "time_log_start_date",
    "ended_on": "time_log_end_date",
    "duration": "time_log_delta_minutes",
    "person": "person_key",
    "item": "plan_item_key",
    "note": "phase_short_name",
    "source_id": "time_log_fact_key",
}
SIP_TASK_COLUMNS: Final = {
    "key": "TaskNumber",
    "title": "Summary",
    "group": "ProjectBreakdownCode",
    "estimate": "HoursEstimate",
    "done": "StatusCode",
    "done_on": "CompletedOn",
}

Lines = list[dict[str, str]]


class NoData(Exception):
    """The files are not there, or hold nothing of the project."""


@dataclass(frozen=True)
class Spent:
    """What one developer spent on one task in all. Hours."""

    task: str
    developer: str
    hours: Decimal


@dataclass(frozen=True)
class PublishedProject:
    """A project's files as rows, with how each is to be read. ``rows_read`` counts the rows of the data set itself."""

    name: str
    vendor: str
    rows_read: int
    tasks: Lines
    task_options: dict[str, Any]
    log: Lines = field(default_factory=list)
    time_options: dict[str, Any] = field(default_factory=dict)
    spent: tuple[Spent, ...] = ()


def cesaw_project(tasks: Path, time_log: Path, key: str, until_share: float = 1) -> PublishedProject:
    """``until_share`` 0.5: as the project stood on the day by which half of its time log was written."""
    own_tasks, log = _rows_of(tasks, "project_key", key), _rows_of(time_log, "project_key", key)
    if not own_tasks or not log:
        raise NoData(f"The files hold nothing of project {key}.")
    own_tasks, log = _as_it_stood(own_tasks, log, until_share)
    people = {row["person_key"]: {"as": "new", "name": f"Developer {row['person_key']}"} for row in log}
    order = {"date_order": DateOrder.MONTH_FIRST}
    return PublishedProject(
        name=f"CESAW {key}",
        vendor=f"Vendor {log[0]['organization']}",
        rows_read=len(own_tasks) + len(log),
        tasks=own_tasks,
        task_options={"mapping": CESAW_TASK_COLUMNS, "repeated_keys": ADD_UP, **order},
        log=log,
        time_options={"mapping": CESAW_TIME_COLUMNS, "people": people, **order},
    )


def sip_project(tasks: Path, dates: Path, key: str) -> PublishedProject:
    """A row of the data set is a task and developer; a row here is a task, whose estimate stood in each of them."""
    rows = _rows_of(tasks, "ProjectCode", key)
    if not rows:
        raise NoData(f"The files hold nothing of project {key}.")
    done_on = {row["TaskNumber"]: row["CompletedOn"] for row in _rows_of(dates)}
    by_task = {row["TaskNumber"]: row for row in reversed(rows)}
    names = ("TaskNumber", "Summary", "ProjectBreakdownCode", "HoursEstimate", "StatusCode")
    return PublishedProject(
        name=f"SiP {key}",
        vendor="Vendor of SiP",
        rows_read=len(rows),
        tasks=[
            {**{name: row[name] for name in names}, "CompletedOn": done_on.get(number, "")}
            for number, row in reversed(by_task.items())
        ],
        task_options={"mapping": SIP_TASK_COLUMNS, "repeated_keys": REFUSE, "unit": "hours"},
        spent=tuple(Spent(row["TaskNumber"], row["DeveloperID"], Decimal(row["DeveloperHoursActual"])) for row in rows),
    )


def project_keys(data_set: str, tasks: Path) -> list[str]:
    """The keys of every project in the files, as numbers count."""
    column = {"cesaw": "project_key", "sip": "ProjectCode"}[data_set]
    keys = {row[column] for row in _rows_of(tasks)}
    return sorted(keys, key=lambda key: (int("".join(filter(str.isdigit, key)) or 0), key))


def _rows_of(path: Path, column: str = "", value: str = "") -> Lines:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if not column or row[column] == value]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise NoData(f"{path} cannot be read: {error}") from error


def _as_it_stood(tasks: Lines, log: Lines, share: float) -> tuple[Lines, Lines]:
    """The files as they would have been on the day by which ``share`` of the time log was written."""
    if share == 1:
        return tasks, log
    days = sorted(_day(row["time_log_start_date"]) for row in log)
    last_day = days[int(len(days) * share) - 1]
    column = "task_actual_complete_date"
    return (
        [row if row[column] == NOTHING or _day(row[column]) <= last_day else {**row, column: NOTHING} for row in tasks],
        [row for row in log if _day(row["time_log_start_date"]) <= last_day],
    )


def _day(text: str) -> dt.date:
    return read_date(text, DateOrder.MONTH_FIRST)
