"""Bring a project of a published data set in, through the same imports that people use."""

import csv
import datetime as dt
import io
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation, OrganisationRole, User
from budget.time_import import check_timesheet, take_timesheet
from core.errors import DomainError
from core.tabular.cell_values import DateOrder, read_date
from core.tabular.sentences import sentence_of
from projects.actions import change_terms, open_project
from projects.audience import Side
from projects.import_files import discard_file, store_file
from projects.import_outcome import Outcome
from projects.models import ImportBatch, Project
from requirements_app.estimate_import import check_estimate, take_estimate
from requirements_app.estimate_rows import ADD_UP

ORDER = DateOrder.MONTH_FIRST
NOTHING = r"\N"
TASK_COLUMNS = {
    "key": "plan_item_key",
    "title": "phase_short_name",
    "group": "wbs_element_key",
    "estimate": "task_plan_time_minutes",
    "done_on": "task_actual_complete_date",
}
TIME_COLUMNS = {
    "worked_on": "time_log_start_date",
    "ended_on": "time_log_end_date",
    "duration": "time_log_delta_minutes",
    "person": "person_key",
    "item": "plan_item_key",
    "note": "phase_short_name",
    "source_id": "time_log_fact_key",
}

Lines = list[dict[str, str]]


class Command(BaseCommand):
    help = "Load a project of the CESAW data set: its tasks as work items, its time log as time entries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data_set", choices=["cesaw"])
        parser.add_argument("--tasks", required=True, type=Path)
        parser.add_argument("--time-log", required=True, type=Path)
        parser.add_argument("--project", required=True, help="the project's key in the files")
        parser.add_argument("--owner", default="", help="mail address of the client's manager")
        parser.add_argument("--until-share", type=float, default=1.0, help="0.5: as it stood after half of the rows")

    def handle(self, *args: Any, **options: Any) -> None:
        tasks, log = _rows_of(options["tasks"], options["project"]), _rows_of(options["time_log"], options["project"])
        if not tasks or not log:
            raise CommandError(f"The files hold nothing of project {options['project']}.")
        if not 0 < options["until_share"] <= 1:
            raise CommandError("--until-share is a share such as 0.5.")
        tasks, log = _as_it_stood(tasks, log, options["until_share"])
        owner, client = _owner(options["owner"])
        project = _project(owner, client, f"CESAW {options['project']}", f"Vendor {log[0]['organization']}")
        try:
            self._load_tasks(owner, project, tasks)
            self._load_time(owner, project, log)
        except DomainError as error:
            raise CommandError(str(error)) from error

    def _load_tasks(self, owner: User, project: Project, tasks: Lines) -> None:
        batch = _stored(owner, project, ImportBatch.Kind.WORK_ITEMS, "tasks.csv", tasks)
        outcome = check_estimate(
            batch=batch, options={"mapping": TASK_COLUMNS, "date_order": ORDER, "repeated_keys": ADD_UP}
        )
        if outcome.would_write:
            outcome = take_estimate(
                actor=owner, batch=batch, preview_hash=batch.preview_hash, leave_out_wrong_rows=True
            )
        else:
            discard_file(batch=batch)
        self._tell(batch.filename, outcome)
        project.terms.refresh_from_db()
        change_terms(
            actor=owner,
            terms=project.terms,
            expected_version=project.terms.version,
            budget_minutes=outcome.totals["estimate_after"],
        )

    def _load_time(self, owner: User, project: Project, log: Lines) -> None:
        batch = _stored(owner, project, ImportBatch.Kind.TIME_ENTRIES, "time_log.csv", log)
        people = {row["person_key"]: {"as": "new", "name": f"Developer {row['person_key']}"} for row in log}
        outcome = check_timesheet(batch=batch, options={"mapping": TIME_COLUMNS, "date_order": ORDER, "people": people})
        if outcome.would_write:
            outcome = take_timesheet(
                actor=owner, batch=batch, preview_hash=batch.preview_hash, leave_out_wrong_rows=True
            )
        else:
            discard_file(batch=batch)
        self._tell(batch.filename, outcome)

    def _tell(self, filename: str, outcome: Outcome) -> None:
        self.stdout.write(f"\n{filename}: {outcome.rows:,} rows read")
        for name in ("new", "changed", "same", "left_out", "wrong"):
            self.stdout.write(f"  {name.replace('_', ' '):<12}{getattr(outcome, name):>8,}")
        if outcome.codes:
            self.stdout.write("  of which")
        for code, count in outcome.codes.items():
            example = next((each for each in outcome.problems if each["code"] == code), None)
            sentence = sentence_of(code, **{**example, **example["params"]}) if example else ""
            self.stdout.write(f"  {code:<24}{count:>6,}  {sentence}")


def _rows_of(path: Path, project: str) -> Lines:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [row for row in csv.DictReader(file) if row["project_key"] == project]
    except (OSError, KeyError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error


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
    return read_date(text, ORDER)


def _owner(address: str) -> tuple[User, Organisation]:
    """The client's manager and organisation: of the demo where there is one, else made for this."""
    user = User.objects.filter(email__iexact=address).first() if address else None
    if address and user is None:
        raise CommandError(f"Nobody signs in as {address}.")
    admins = OrganisationRole.objects.filter(role=OrganisationRole.Role.ADMIN, organisation__kept_by=None)
    role = (admins.filter(user=user) if user else admins).select_related("user", "organisation").order_by("pk").first()
    if role is not None:
        return user or role.user, role.organisation
    client = Organisation.objects.create(name="Client of published projects")
    user = user or User.objects.create_user("published-projects@example.com", "Owner of published projects")
    OrganisationRole.objects.create(organisation=client, user=user, role=OrganisationRole.Role.ADMIN)
    return user, client


def _project(owner: User, client: Organisation, name: str, vendor_name: str) -> Project:
    known = Project.objects.select_related("terms").filter(client=client, name=name).first()
    return known or open_project(actor=owner, client=client, name=name, currency="USD", vendor_name=vendor_name)


def _stored(owner: User, project: Project, kind: str, filename: str, rows: Sequence[Mapping[str, str]]) -> ImportBatch:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    upload = ContentFile(text.getvalue().encode(), name=filename)
    return store_file(actor=owner, project=project, side=Side.CLIENT, kind=kind, upload=upload)
