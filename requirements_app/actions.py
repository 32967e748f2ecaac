"""Writes to work items: add, change, report progress."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.days import TOO_FAR, is_plausible
from core.deadlocks import retry_deadlocks
from core.doorbell import ring
from core.errors import DomainError
from core.versions import save_version
from projects.activity import record, recorded_for, register_sentences
from projects.audience import Side
from projects.models import ImportBatch, ObjectRef, Project
from projects.numbers import number_objects
from projects.topics import touch
from requirements_app.models import ProgressReport, WorkItem
from requirements_app.searched import index_work_items


def _progress_sentence(data: Mapping[str, Any]) -> str:
    if data["is_done"]:
        return _("reported %(label)s done") % data
    if data["remaining_hours"] is None:
        return _("reported %(label)s open again") % data
    return _("reported %(remaining_hours)s h left on %(label)s") % data


register_sentences(
    {
        "work_item_added": gettext_lazy("added %(label)s %(title)s"),
        "work_item_changed": gettext_lazy("changed %(label)s: %(fields)s"),
        "work_item_dropped": gettext_lazy("dropped %(label)s"),
        "work_item_taken_up": gettext_lazy("took up %(label)s again"),
        "work_items_imported": gettext_lazy("took %(added)s new and %(changed)s changed work items from %(filename)s"),
        "progress_reported": _progress_sentence,
    },
    seen_with="view_project",
)

KIND = "requirements.workitem"


@dataclass(frozen=True)
class NewWorkItem:
    """What a file or a form says of a work item that does not exist yet. Minutes, not hours."""

    title: str
    parent: WorkItem | None = None
    category: str = ""
    estimate_minutes: int | None = None
    estimate_recorded_for: str = ""
    estimate_recorded_from: str = ""
    planned_start_on: dt.date | None = None
    planned_finish_on: dt.date | None = None
    outside_key: str = ""
    outside_url: str = ""


@transaction.atomic
def add_work_item(*, actor: User, project: Project, **fields: Any) -> WorkItem:
    """Add one item and number it. An estimate is the vendor's: typed by the client, it is recorded for them."""
    if fields.get("estimate_minutes") is not None:
        fields["estimate_recorded_for"] = recorded_for(project, actor, Side.VENDOR)
    with _outside_key_is_its_own():
        (item,) = insert_work_items(project=project, new_items=[NewWorkItem(**fields)])
    record(
        project,
        "work_item_added",
        actor=actor,
        ref=item.ref,
        act_of=item.estimate_recorded_for,
        recorded_from=item.estimate_recorded_from,
        label=item.ref.label,
        title=item.title,
    )
    ring("alerts.evaluate", project.pk)
    return item


def insert_work_items(
    *, project: Project, new_items: Sequence[NewWorkItem], batch: ImportBatch | None = None
) -> list[WorkItem]:
    """Number and insert items in order, inside the caller's transaction. Parents must exist already."""
    refs = number_objects(project, kind=KIND, letter="W", titles=[item.title for item in new_items])
    items = [
        WorkItem(
            project=project,
            ref=ref,
            parent=new.parent,
            title=new.title,
            category=new.category,
            estimate_minutes=new.estimate_minutes,
            estimate_recorded_for=new.estimate_recorded_for,
            estimate_recorded_from=new.estimate_recorded_from if new.estimate_recorded_for else "",
            planned_start_on=new.planned_start_on,
            planned_finish_on=new.planned_finish_on,
            outside_key=new.outside_key,
            outside_url=new.outside_url,
            batch=batch,
            position=ref.number,
        )
        for ref, new in zip(refs, new_items, strict=True)
    ]
    for item in items[:1] if batch else items:
        # Files were checked row by row before; a form's single item is checked here.
        item.clean_fields(exclude=["project", "ref", "parent", "batch"])
        item.clean()
    written = WorkItem.objects.bulk_create(items, batch_size=2000)
    index_work_items(project, written)
    touch(project, "work_items")
    return written


@transaction.atomic
def change_work_item(
    *, actor: User, item: WorkItem, expected_version: int, is_dropped: bool | None = None, **changes: Any
) -> None:
    """Change title, parent, category, estimate, outside key or address; drop the item or take it up again.

    Refuses a parent below the item itself. An item that is taken up again is as far as its newest report says.
    Whoever changes the estimate says for whom: the vendor for itself, the client on its behalf.
    """
    changes |= _whose_estimate(actor, item, changes)
    turned = is_dropped is not None and is_dropped != item.is_dropped
    if turned:
        changes |= {"state": WorkItem.State.DROPPED} if is_dropped else _as_reported(item)
    fields = [name for name, value in changes.items() if getattr(item, name) != value]
    for name in fields:
        setattr(item, name, changes[name])
    item.clean_fields()
    item.clean()
    item.validate_constraints(exclude={"outside_key"})  # the database alone sees two writers at once
    if "parent" in fields:
        _refuse_circle(item)
    with _outside_key_is_its_own():
        save_version(item, expected_version=expected_version, fields=fields)
    if "title" in fields:
        ObjectRef.objects.filter(pk=item.ref_id).update(title=item.title)
    if fields:
        index_work_items(item.project, [item])
        touch(item.project_id, "work_items")
    if turned:
        verb = "work_item_dropped" if is_dropped else "work_item_taken_up"
        record(item.project, verb, actor=actor, ref=item.ref, label=item.ref.label)
    told = [name for name in fields if name != "estimate_recorded_for"]
    if named := [name for name in told if name not in {"state", "remaining_minutes"} or not turned]:
        labels = {field.name: str(field.verbose_name) for field in item._meta.fields}
        names = ", ".join(labels[name] for name in named)
        record(
            item.project,
            "work_item_changed",
            actor=actor,
            ref=item.ref,
            act_of=Side.VENDOR if WHOSE_ESTIMATE & set(fields) else "",
            recorded_from=item.estimate_recorded_from if "estimate_recorded_from" in fields else "",
            label=item.ref.label,
            fields=names,
        )
    if fields:
        ring("alerts.evaluate", item.project_id)


WHOSE_ESTIMATE: Final = frozenset({"estimate_minutes", "estimate_recorded_from"})


def _whose_estimate(actor: User, item: WorkItem, changes: Mapping[str, Any]) -> dict[str, Any]:
    """For whom the estimate is recorded once ``changes`` are made, and from what."""
    minutes = changes.get("estimate_minutes", item.estimate_minutes)
    whose = item.estimate_recorded_for
    if minutes is None:
        whose = ""
    elif minutes != item.estimate_minutes:
        whose = recorded_for(item.project, actor, Side.VENDOR)
    source = changes.get("estimate_recorded_from", item.estimate_recorded_from)
    return {"estimate_recorded_for": whose, "estimate_recorded_from": source if whose else ""}


def _as_reported(item: WorkItem) -> dict[str, Any]:
    """State and remaining minutes by the newest report on ``item``."""
    newest = item.progress_reports.order_by("-on", "-pk").first()
    if newest is None:
        return {"state": WorkItem.State.OPEN, "remaining_minutes": None}
    if newest.is_done:
        return {"state": WorkItem.State.DONE, "remaining_minutes": 0}
    return {"state": WorkItem.State.OPEN, "remaining_minutes": newest.remaining_minutes}


@contextmanager
def _outside_key_is_its_own() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "one_work_item_per_outside_key" not in str(error):
            raise
        raise DomainError(
            _("Another work item of this project already has this outside key."),
            code="outside_key_taken",
            field="outside_key",
        ) from error


def _refuse_circle(item: WorkItem) -> None:
    # The project's row is the lock: two moves at once could otherwise close a circle together.
    Project.objects.select_for_update(no_key=True).get(pk=item.project_id)
    parents = dict(WorkItem.objects.filter(project=item.project_id).values_list("pk", "parent"))
    above = item.parent_id
    while above is not None:
        if above == item.pk:
            raise DomainError(
                _("A work item cannot stand below itself. Choose another parent."), code="circle", field="parent"
            )
        above = parents.get(above)


@retry_deadlocks
@transaction.atomic
def report_progress(
    *,
    actor: User,
    item: WorkItem,
    on: dt.date,
    is_done: bool = False,
    remaining_minutes: int | None = None,
    recorded_from: str = "",
) -> ProgressReport:
    """Say how far an item is on a day. The item shows the newest report, whichever order reports arrive in."""
    if item.is_dropped:
        raise DomainError(_("This work item was dropped. Take it up again before reporting on it."), code="dropped")
    if not is_plausible(on):
        raise DomainError(str(TOO_FAR), code="far", field="on")
    if on > timezone.localdate():
        raise DomainError(_("Progress is reported once the day has come."), code="future", field="on")
    (report,) = insert_progress(
        project=item.project,
        reports=[
            ProgressReport(
                project=item.project,
                work_item=item,
                on=on,
                is_done=is_done,
                remaining_minutes=None if is_done else remaining_minutes,
                reported_by=actor,
                recorded_from=recorded_from,
            )
        ],
    )
    record(
        item.project,
        "progress_reported",
        actor=actor,
        ref=item.ref,
        act_of=Side.VENDOR,
        recorded_from=recorded_from,
        label=item.ref.label,
        is_done=is_done,
        remaining_hours=None if remaining_minutes is None else f"{remaining_minutes / 60:g}",
    )
    ring("alerts.evaluate", item.project_id)
    item.refresh_from_db()
    return report


def insert_progress(*, project: Project, reports: Sequence[ProgressReport]) -> list[ProgressReport]:
    """Insert reports and bring the items they speak of up to their newest one; dropped items stay dropped."""
    # Locked before a report points at them: of two who report at once the second one waits, reads the first one's
    # report, and neither wants more of the row than it has. The key stays free for others to point at.
    spoken_of = {report.work_item_id for report in reports}
    items = list(
        WorkItem.objects.select_for_update(no_key=True)
        .filter(project=project, pk__in=spoken_of)
        .countable()
        .order_by("pk")
    )
    written = ProgressReport.objects.bulk_create(reports, batch_size=2000)
    newest = {
        report.work_item_id: report
        for report in ProgressReport.objects.filter(project=project, work_item__in=spoken_of).order_by(
            "work_item_id", "on", "pk"
        )
    }
    for item in items:
        report = newest[item.pk]
        item.state = WorkItem.State.DONE if report.is_done else WorkItem.State.OPEN
        item.remaining_minutes = 0 if report.is_done else report.remaining_minutes
        item.version += 1
    WorkItem.objects.bulk_update(items, ["state", "remaining_minutes", "version"], batch_size=1000)
    if written:
        touch(project, "work_items")
    return written
