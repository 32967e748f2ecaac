"""Work items by file: bring an estimate in, answer what it leaves open, take it."""

import uuid
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from projects import import_pages
from projects.access import Standing, project_view
from projects.import_pages import ImportKind
from projects.models import ImportBatch
from requirements_app.estimate_columns import COLUMNS

KIND: Final = ImportKind(
    kind=ImportBatch.Kind.WORK_ITEMS,
    tab="work_items",
    namespace="requirements",
    stem="work_item_import",
    back_url="requirements:work_item_list",
    columns=COLUMNS,
    labels={
        "key": _("Key in the outside tool, or our number"),
        "title": _("Title"),
        "parent_key": _("Key of the parent"),
        "epic_key": _("Key of the epic, for those without a parent"),
        "parent_title": _("Title of the parent"),
        "other_key": _("Another number of the same item, by which others name it"),
        "level": _("Level in the tree"),
        "group": _("Group (becomes the parent)"),
        "category": _("Category"),
        "estimate": _("Estimate"),
        "remaining": _("Remaining"),
        "done": _("Done, or status"),
        "outcome": _("Why it was closed"),
        "done_on": _("Done on"),
        "planned_start": _("Planned start"),
        "planned_finish": _("Planned finish, or due date"),
        "url": _("Address in the outside tool"),
    },
    template_rows=(
        ("Key", "Title", "Parent key", "Category", "Estimate (h)", "Remaining (h)", "Done on", "Address"),
        ("CL-1", "Claims", "", "", "", "", "", ""),
        ("CL-2", "Import of legacy claims", "CL-1", "back-end", "24", "8", "", "https://tracker.example.com/CL-2"),
    ),
)


@project_view("edit_work_items")
def work_item_import_new(request: HttpRequest, standing: Standing) -> HttpResponse:
    return import_pages.import_new(request, standing, KIND)


@project_view("edit_work_items")
def work_item_import_detail(request: HttpRequest, standing: Standing, batch_uuid: uuid.UUID) -> HttpResponse:
    return import_pages.import_detail(request, standing, KIND, batch_uuid)


@project_view("edit_work_items")
def work_item_import_take_back(request: HttpRequest, standing: Standing, batch_uuid: uuid.UUID) -> HttpResponse:
    return import_pages.import_take_back(request, standing, KIND, batch_uuid)


@project_view("edit_work_items")
def work_item_import_problems(request: HttpRequest, standing: Standing, batch_uuid: uuid.UUID) -> HttpResponse:
    return import_pages.import_problems(standing, KIND, batch_uuid)


@project_view("edit_work_items")
def work_item_import_template(request: HttpRequest, standing: Standing, extension: str) -> HttpResponse:
    return import_pages.import_template(KIND, extension)
