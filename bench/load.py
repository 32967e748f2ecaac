"""Brings a data set into an empty installation through the product's own doors: ``python -m bench.load FOLDER ROOM``.

Projects, people, rates and members come by their actions, work items with progress and all hours by the imports that
people use. Prints what the measuring needs to know as one line of JSON.
"""

import csv
import datetime as dt
import io
import json
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import django

django.setup()

# Django's models can be imported only now.
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile, File
from django.db import transaction

from accounts.models import ApiToken, Organisation, OrganisationRole, User
from accounts.tokens import create_token
from bench.pages import READERS
from budget.time_import import check_timesheet, take_timesheet
from projects.actions import add_member, add_person, agree_rate, open_project
from projects.audience import Side
from projects.import_files import store_file
from projects.models import ImportBatch, Membership, Project, ProjectPerson, Terms
from requirements_app.estimate_import import check_estimate, take_estimate

PASSWORD: Final = "measured-over-and-over"  # noqa: S105  (a database that lives for one run)
RATE_RISE, RATE_RISES_ON = Decimal("1.05"), dt.date(2024, 11, 1)
CONTRACTS: Final = {"tm": Terms.BillingModel.TIME_AND_MATERIAL, "fixed": Terms.BillingModel.FIXED_PRICE}
CATEGORIES: Final = {"feature": "Back-end", "bug": "Rework", "support": "Management"}
Row = dict[str, str]


def rows_of(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def grouped(path: Path) -> dict[str, list[Row]]:
    """The rows of a file by their project."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(path):
        found[row["project_id"]].append(row)
    return found


class Loader:
    """One data set on its way in; ``room`` takes the files that are made of it.

    The seconds count reading, checking and writing of hours, as an import does.
    """

    def __init__(self, folder: Path, room: Path) -> None:
        self.folder, self.room = folder, room
        self.people = {row["id"]: row for row in rows_of(folder / "people.csv")}
        self.client = Organisation.objects.create(name="Bench")
        password = make_password(PASSWORD)
        self.readers = [User.objects.create(email=email, name=email, password=password) for email in READERS]
        self.manager = self.readers[0]
        OrganisationRole.objects.create(organisation=self.client, user=self.manager, role=OrganisationRole.Role.ADMIN)
        self.entries = 0
        self.seconds = 0.0

    def load(self) -> dict[str, Any]:
        members = grouped(self.folder / "memberships.csv")
        items = grouped(self.folder / "work_items.csv")
        timesheets = self._split_hours()
        sizes: dict[str, int] = {}
        for number, row in enumerate(rows_of(self.folder / "projects.csv")):
            project = self._open(row, members[row["id"]])
            for user, most in zip(self.readers, READERS.values(), strict=True):
                if most is not None and number < most:
                    add_member(
                        actor=self.manager,
                        project=project,
                        user=user,
                        side=Side.CLIENT,
                        role=Membership.Role.MANAGER,
                    )
            self._bring_in_items(project, items[row["id"]])
            if row["id"] in timesheets:
                self.entries += timesheets[row["id"]][1]
                self.seconds += self._take_hours(project, *timesheets[row["id"]], people={})
            sizes[project.slug] = len(items[row["id"]])
        rows_of_month, seconds_of_month = self._bring_in_month()
        _token, text = create_token(user=self.manager, name="bench", scopes=[ApiToken.Scope.WRITE])
        largest = max(sizes, key=lambda slug: sizes[slug])
        return {
            "password": PASSWORD,
            "token": text,
            "slug": largest,
            **self._names_for_posting(largest),
            "entries": self.entries,
            "seconds": self.seconds,
            "month_rows": rows_of_month,
            "month_seconds": seconds_of_month,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }

    @transaction.atomic
    def _open(self, row: Row, members: Sequence[Row]) -> Project:
        first_day = dt.date.fromisoformat(row["start_date"])
        project = open_project(
            actor=self.manager,
            client=self.client,
            name=row["name"],
            vendor_name=row["vendor"],
            planned_start_on=first_day,
            planned_finish_on=dt.date.fromisoformat(row["end_date"]),
            terms={
                "billing_model": CONTRACTS[row["contract"]],
                "budget_minutes": round(Decimal(row["budget_hours"]) * 60),
                "budget_amount": Decimal(row["budget_amount"]),
            },
        )
        for member in members:
            person = add_person(
                actor=self.manager,
                project=project,
                name=self._name(member["person_id"]),
                side=Side.VENDOR,
                job_role=member["role"],
            ).person
            rate = Decimal(self.people[member["person_id"]]["rate"])
            last_day = RATE_RISES_ON - dt.timedelta(days=1)
            for hourly_rate, begins, ends in (
                (rate, dt.date(2023, 1, 1), last_day),
                (rate * RATE_RISE, RATE_RISES_ON, None),
            ):
                agree_rate(
                    actor=self.manager,
                    project=project,
                    hourly_rate=hourly_rate,
                    first_day=begins,
                    last_day=ends,
                    person=person,
                )
        return project

    def _name(self, person_id: str) -> str:
        person = self.people[person_id]
        return f"{person['first_name']} {person['last_name']}"

    def _bring_in_items(self, project: Project, rows: Sequence[Row]) -> None:
        lines: list[Sequence[Any]] = [
            ("Key", "Title", "Parent key", "Category", "Estimate (h)", "Remaining (h)", "Status", "Done on")
        ]
        for row in rows:
            estimate, done = Decimal(row["estimate_hours"] or 0), int(row["done_percent"])
            is_done = row["status"] in ("closed", "resolved")
            left = "" if is_done or not row["estimate_hours"] else estimate * (100 - done) / 100
            lines.append(
                (
                    row["id"],
                    row["subject"],
                    row["parent_id"],
                    CATEGORIES[row["kind"]],
                    row["estimate_hours"],
                    left,
                    "done" if is_done else "open",
                    row["due_date"] if is_done else "",
                )
            )
        text = io.StringIO(newline="")
        csv.writer(text).writerows(lines)
        upload = ContentFile(text.getvalue().encode(), name="items.csv")
        batch = self._stored(project, ImportBatch.Kind.WORK_ITEMS, upload)
        outcome = check_estimate(batch=batch, options={"decimal_mark": "."})
        if not outcome.is_settled or outcome.wrong:
            raise SystemExit(f"{project.name}: the work items cannot be taken: {outcome.problems or outcome.questions}")
        take_estimate(actor=self.manager, batch=batch, preview_hash=batch.preview_hash)

    def _split_hours(self) -> dict[str, tuple[Path, int]]:
        """The hours as one file a project, with its rows, written row by row: they never lie in memory together."""
        counts: Counter[str] = Counter()
        with ExitStack() as files:
            writers: dict[str, Any] = {}
            for row in rows_of(self.folder / "time_entries.csv"):
                key = row["project_id"]
                if key not in writers:
                    opened = files.enter_context((self.room / f"{key}.csv").open("w", newline="", encoding="utf-8"))
                    writers[key] = csv.writer(opened)
                    writers[key].writerow(("Id", "Date", "Person", "Work item", "Hours", "Note"))
                name = self._name(row["person_id"])
                writers[key].writerow(
                    (row["id"], row["spent_on"], name, row["work_item_id"], row["hours"], row["comment"])
                )
                counts[key] += 1
        return {key: (self.room / f"{key}.csv", count) for key, count in counts.items()}

    def _take_hours(self, project: Project, path: Path, rows: int, *, people: dict[str, Any]) -> float:
        """Bring a timesheet in; the seconds from the stored file to the commit."""
        with path.open("rb") as file:
            batch = self._stored(project, ImportBatch.Kind.TIME_ENTRIES, File(file, name=path.name))
        begin = time.perf_counter()
        outcome = check_timesheet(batch=batch, options={"decimal_mark": ".", "people": people})
        if not outcome.is_settled or outcome.wrong or outcome.new != rows:
            raise SystemExit(f"{project.name}: the hours cannot be taken: {outcome.codes or outcome.questions}")
        take_timesheet(actor=self.manager, batch=batch, preview_hash=batch.preview_hash)
        return time.perf_counter() - begin

    def _bring_in_month(self) -> tuple[int, float]:
        """A vendor's monthly sheet, with people by the names of its own tool."""
        rows = list(rows_of(self.folder / "import10k.csv"))
        project = Project.objects.get(name=rows[0]["project"])
        known = {
            member.person.name: str(member.person.uuid)
            for member in ProjectPerson.objects.filter(project=project).select_related("person")
        }
        people = {
            person["login"]: {"as": known[name]}
            for key, person in self.people.items()
            if (name := self._name(key)) in known
        }
        path = self.room / "month.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("Project", "User", "Issue", "Spent on", "Hours", "Comment"))
            columns = ("project", "user_login", "issue_id", "spent_on", "hours", "comment")
            writer.writerows([row[column] for column in columns] for row in rows)
        return len(rows), self._take_hours(project, path, len(rows), people=people)

    def _stored(self, project: Project, kind: str, upload: "File[Any]") -> ImportBatch:
        return store_file(actor=self.manager, project=project, side=Side.CLIENT, kind=kind, upload=upload)

    def _names_for_posting(self, slug: str) -> dict[str, Any]:
        """Somebody, and a work item, for the entries that the API is sent."""
        member = ProjectPerson.objects.filter(project__slug=slug).select_related("person").order_by("pk")[0]
        return {"person": str(member.person.uuid), "work_item": 1}


if __name__ == "__main__":
    print(json.dumps(Loader(Path(sys.argv[1]), Path(sys.argv[2])).load()))
