"""Hours by file: bring one in, answer what it leaves open, take it."""

import uuid
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from budget.correction_forms import corrections_form
from budget.import_summary import time_import_summary
from budget.timesheet_columns import COLUMNS
from budget.timesheet_shapes import shape_of
from projects import import_pages
from projects.access import Standing, project_view
from projects.import_outcome import Outcome
from projects.import_pages import ImportKind
from projects.models import ImportBatch


def _days_and_logs(outcome: Outcome) -> dict[str, str]:
    """What the columns of a sheet are read as that lays its hours out by day, or logs them beside an issue."""
    shape = shape_of(outcome.header, outcome.mapping)
    days = {outcome.header[index]: _("Hours of this day") for index in shape.days}
    logs = {outcome.header[index]: _("Logged work") for index in shape.logs}
    return {header: str(said) for header, said in {**days, **logs}.items()}


KIND: Final = ImportKind(
    kind=ImportBatch.Kind.TIME_ENTRIES,
    tab="time",
    namespace="budget",
    stem="time_import",
    back_url="budget:time_entry_list",
    columns=COLUMNS,
    labels={
        "worked_on": _("Date"),
        "duration": _("Hours or duration"),
        "person": _("Person, or first name"),
        "surname": _("Last name"),
        "email": _("Mail address of the person"),
        "item": _("Work item: key, number or title"),
        "note": _("Note"),
        "billable": _("Billable"),
        "source_id": _("Id of the entry"),
        "ended_on": _("Day on which it ended"),
        "started_at": _("Time it began"),
        "ended_at": _("Time it ended"),
        "kind": _("Type (rows that say Break are left out)"),
        "project": _("Project in the file"),
    },
    template_rows=(
        ("Date", "Person", "Hours", "Work item", "Note", "Billable", "Entry id"),
        ("2026-01-30", "Ada Lovelace", "7.5", "W-1", "Import of legacy claims", "yes", "1001"),
    ),
    summary=time_import_summary,
    also_read=_days_and_logs,
    choices=corrections_form,
)


@project_view("import_time")
def time_import_new(request: HttpRequest, standing: Standing) -> HttpResponse:
    return import_pages.import_new(request, standing, KIND)


@project_view("import_time")
def time_import_detail(request: HttpRequest, standing: Standing, batch_uuid: uuid.UUID) -> HttpResponse:
    return import_pages.import_detail(request, standing, KIND, batch_uuid)


@project_view("import_time")
def time_import_take_back(request: HttpRequest, standing: Standing, batch_uuid: uuid.UUID) -> HttpResponse:
    return import_pages.import_take_back(request, standing, KIND, batch_uuid)


@project_view("import_time")
def time_import_problems(request: HttpRequest, standing: Standing, batch_uuid: uuid.UUID) -> HttpResponse:
    return import_pages.import_problems(standing, KIND, batch_uuid)


@project_view("import_time")
def time_import_template(request: HttpRequest, standing: Standing, extension: str) -> HttpResponse:
    return import_pages.import_template(KIND, extension)
