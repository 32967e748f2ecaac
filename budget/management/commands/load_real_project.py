"""Bring projects of a published data set in, through the same imports that people use."""

import csv
import io
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organisation, OrganisationRole, User
from budget.published_data import NoData, PublishedProject, cesaw_project, project_keys, sip_project
from budget.rows_accounted import Accounted, as_table
from budget.time_import import check_timesheet, take_timesheet
from core.errors import DomainError
from core.tabular.sentences import sentence_of
from projects.actions import change_terms, open_project
from projects.audience import Side
from projects.import_files import discard_file, store_file
from projects.import_outcome import Outcome
from projects.models import ImportBatch, Project
from requirements_app.estimate_import import check_estimate, take_estimate


class Command(BaseCommand):
    help = (
        "Load projects of a published data set: of CESAW the tasks as work items and the time log as time entries, of "
        "SiP the tasks with their estimates."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("data_set", choices=["cesaw", "sip"])
        parser.add_argument("--tasks", required=True, type=Path)
        parser.add_argument("--time-log", type=Path, help="of CESAW")
        parser.add_argument("--dates", type=Path, help="of SiP")
        parser.add_argument("--project", default="", help="the project's key in the files; without it all of them")
        parser.add_argument("--owner", default="", help="mail address of the client's manager")
        parser.add_argument("--until-share", type=float, default=1.0, help="0.5: as it stood after half of the rows")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["until_share"] <= 1:
            raise CommandError("--until-share is a share such as 0.5.")
        owner, client = _owner(options["owner"])
        accounted: list[Accounted] = []
        try:
            keys = [options["project"]] if options["project"] else project_keys(options["data_set"], options["tasks"])
            for key in keys:
                accounted += self._load(owner, client, _published(options, key), in_words=len(keys) == 1)
        except (DomainError, NoData) as error:
            raise CommandError(str(error)) from error
        for kind in dict.fromkeys(each.kind for each in accounted):
            self.stdout.write(f"\n{as_table(kind, [each for each in accounted if each.kind == kind])}")

    def _load(
        self, owner: User, client: Organisation, published: PublishedProject, *, in_words: bool
    ) -> list[Accounted]:
        project = _project(owner, client, published)
        outcomes = {"tasks.csv": _load_tasks(owner, project, published)}
        if published.log:
            outcomes["time_log.csv"] = _load_time(owner, project, published)
        if in_words:
            for kind, outcome in outcomes.items():
                self._tell(kind, outcome)
        if published.spent:
            hours = sum(each.hours for each in published.spent)
            people = len({each.developer for each in published.spent})
            self.stdout.write(
                f"- {published.name}: {published.rows_read:,} rows are {len(published.tasks):,} tasks. What their "
                f"{people} developers spent, {hours:,} h, has no day and is not entered."
            )
        return [Accounted(published.name, kind, outcome) for kind, outcome in outcomes.items()]

    def _tell(self, kind: str, outcome: Outcome) -> None:
        self.stdout.write(f"\n{kind}: {outcome.rows:,} rows read")
        for code, count in outcome.codes.items():
            example = next((each for each in outcome.problems if each["code"] == code), None)
            sentence = sentence_of(code, **{**example, **example["params"]}) if example else ""
            self.stdout.write(f"  {code:<24}{count:>6,}  {sentence}")


def _published(options: Mapping[str, Any], key: str) -> PublishedProject:
    if options["data_set"] == "sip":
        if options["dates"] is None:
            raise CommandError("SiP needs --dates.")
        return sip_project(options["tasks"], options["dates"], key)
    if options["time_log"] is None:
        raise CommandError("CESAW needs --time-log.")
    return cesaw_project(options["tasks"], options["time_log"], key, options["until_share"])


def _load_tasks(owner: User, project: Project, published: PublishedProject) -> Outcome:
    batch = _stored(owner, project, ImportBatch.Kind.WORK_ITEMS, "tasks.csv", published.tasks)
    outcome = check_estimate(batch=batch, options=published.task_options)
    if outcome.would_write:
        outcome = take_estimate(actor=owner, batch=batch, preview_hash=batch.preview_hash, leave_out_wrong_rows=True)
    else:
        discard_file(batch=batch)
    project.terms.refresh_from_db()
    change_terms(
        actor=owner,
        terms=project.terms,
        expected_version=project.terms.version,
        budget_minutes=outcome.totals["estimate_after"],
    )
    return outcome


def _load_time(owner: User, project: Project, published: PublishedProject) -> Outcome:
    batch = _stored(owner, project, ImportBatch.Kind.TIME_ENTRIES, "time_log.csv", published.log)
    outcome = check_timesheet(batch=batch, options=published.time_options)
    if outcome.would_write:
        return take_timesheet(actor=owner, batch=batch, preview_hash=batch.preview_hash, leave_out_wrong_rows=True)
    discard_file(batch=batch)
    return outcome


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


def _project(owner: User, client: Organisation, published: PublishedProject) -> Project:
    known = Project.objects.select_related("terms").filter(client=client, name=published.name).first()
    return known or open_project(
        actor=owner, client=client, name=published.name, currency="USD", vendor_name=published.vendor
    )


def _stored(owner: User, project: Project, kind: str, filename: str, rows: Sequence[Mapping[str, str]]) -> ImportBatch:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    upload = ContentFile(text.getvalue().encode(), name=filename)
    return store_file(actor=owner, project=project, side=Side.CLIENT, kind=kind, upload=upload)
