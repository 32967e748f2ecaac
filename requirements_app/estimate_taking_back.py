"""Taking an imported estimate back: what it added is withdrawn, what it changed is as it was before.

Work items are numbered, so they are dropped and not deleted; the same file takes them up again. Progress is never
changed, so what the file reported is answered by a newer report of what held before. An item that somebody changed
since, booked hours on or put others below stays as it is.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from core.doorbell import ring
from core.progress import UNWATCHED, Meter
from projects.activity import record, register_sentences
from projects.audience import Side
from projects.import_taking_back import TakingBack, not_taken, take_file_back
from projects.models import ImportBatch, ObjectRef, Project
from projects.notifications import tell_other_side
from projects.topics import touch
from requirements_app.actions import insert_progress
from requirements_app.estimate_plan import PlannedItem
from requirements_app.models import ProgressReport, WorkItem
from requirements_app.resting import items_in_use
from requirements_app.searched import index_work_items

register_sentences(
    {
        "work_items_taken_back": gettext_lazy(
            "took back the import of %(filename)s: %(dropped)s work items dropped, %(restored)s as they were before"
        ),
    },
    seen_with="view_project",
)

DAYS: Final = ("planned_start_on", "planned_finish_on")
WHOSE: Final = ("estimate_recorded_for", "estimate_recorded_from")
RESTORED: Final = ("title", "category", "estimate_minutes", *WHOSE, *DAYS, "outside_url", "parent_id", "state")


@dataclass(frozen=True)
class Traces:
    """What one file did to work items: those it touched with their version afterwards, and what changed ones were.

    ``reports`` are the keys of the progress it reported.
    """

    versions: Mapping[int, int]
    was: Mapping[int, Mapping[str, Any]]
    reports: Sequence[int]

    def as_json(self) -> dict[str, Any]:
        return {"versions": dict(self.versions), "was": dict(self.was), "reports": list(self.reports)}

    @classmethod
    def of(cls, batch: ImportBatch) -> "Traces":
        kept = batch.traces
        return cls(
            {int(key): version for key, version in kept.get("versions", {}).items()},
            {int(key): _read(values) for key, values in kept.get("was", {}).items()},
            kept.get("reports", []),
        )


def was_before(plans: Iterable[PlannedItem]) -> dict[int, dict[str, Any]]:
    """The values that the plans are about to change, by the item's key."""
    found: dict[int, dict[str, Any]] = {}
    for plan in plans:
        if plan.item is not None and plan.changes:
            names = ["parent_id" if name == "parent" else name for name in plan.changes]
            if "estimate_minutes" in plan.changes:
                names += WHOSE
            values = {name: getattr(plan.item, name) for name in names}
            found[plan.item.pk] = {
                name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()
            }
    return found


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: dt.date.fromisoformat(value) if name in DAYS and value is not None else value
        for name, value in values.items()
    }


@dataclass(frozen=True)
class _Found:
    """The items that go back to what they were, in the order of their keys, and how many stay as they are."""

    dropped: tuple[WorkItem, ...]
    restored: tuple[WorkItem, ...]
    reports: tuple[ProgressReport, ...]
    changed_since: int
    in_use: int
    in_record: int


def estimate_taking_back(batch: ImportBatch) -> TakingBack:
    """What taking this file back would do."""
    if reason := not_taken(batch):
        return TakingBack(obstacle=reason)
    if not batch.traces:
        return TakingBack(
            obstacle=_("This file was taken before imports could be taken back. Change the items instead.")
        )
    return _told(_find(batch, WorkItem.objects.all()))


def take_estimate_back(*, actor: User, batch: ImportBatch, shown: str, meter: Meter = UNWATCHED) -> None:
    """Drop what the file added and restore what it changed, as far as nothing rests on it."""

    def look(locked: ImportBatch) -> TakingBack:
        meter.begin("removing")
        # Under this lock items move; the items are held, so that nobody books on one or changes it meanwhile.
        Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=locked.project_id)
        held = WorkItem.objects.select_for_update(of=("self",)).filter(pk__in=Traces.of(locked).versions)
        list(held.order_by("pk").values_list("pk"))
        return estimate_taking_back(locked)

    take_file_back(actor=actor, batch=batch, shown=shown, look=look, remove=partial(_remove, actor))


def _find(batch: ImportBatch, items: Any) -> _Found:
    traces = Traces.of(batch)
    touched = list(items.filter(project=batch.project_id, pk__in=traces.versions).select_related("ref").order_by("pk"))
    as_left = [item for item in touched if item.version == traces.versions[item.pk]]
    added = [item for item in as_left if item.batch_id == batch.pk]
    restored = _without_circles(batch.project_id, [item for item in as_left if item.batch_id != batch.pk], traces.was)
    moving = {item.pk for item in restored if "parent_id" in traces.was.get(item.pk, {})}
    use = items_in_use({item.pk for item in added})
    holding = _holding(batch.project_id, added, moving)
    # Whatever stays needs a place to stand.
    holding |= _above(added, use.keys() | holding)
    used = use.keys() | holding
    in_record = {key for key, counts in use.items() if not counts} - holding
    dropped = tuple(item for item in added if item.pk not in used)
    gone = {item.pk for item in (*dropped, *restored)}
    reports = ProgressReport.objects.filter(pk__in=traces.reports, work_item__in=gone).order_by("pk")
    return _Found(
        dropped=dropped,
        restored=restored,
        reports=tuple(reports),
        changed_since=len(touched) - len(added) - len(restored),
        in_use=len(used) - len(in_record),
        in_record=len(in_record),
    )


def _holding(project_key: int, added: Sequence[WorkItem], moving: set[int]) -> set[int]:
    """Those of the added items that have something of others below them that does not move away."""
    keys = {item.pk for item in added}
    children = WorkItem.objects.countable().filter(project=project_key, parent__in=keys).exclude(pk__in=keys | moving)
    return set(children.values_list("parent_id", flat=True))


def _above(added: Sequence[WorkItem], used: Iterable[int]) -> set[int]:
    parents = {item.pk: item.parent_id for item in added}
    above: set[int] = set()
    for key in used:
        parent = parents.get(key)
        while parent is not None and parent not in above:
            above.add(parent)
            parent = parents.get(parent)
    return above


def _without_circles(
    project_key: int, items: Sequence[WorkItem], was: Mapping[int, Mapping[str, Any]]
) -> tuple[WorkItem, ...]:
    """Those that can stand below their former parent again: it may have been moved below them since."""
    if not any("parent_id" in was.get(item.pk, {}) for item in items):
        return tuple(items)
    now = dict(WorkItem.objects.filter(project=project_key).values_list("pk", "parent_id"))
    kept = list(items)
    while True:
        parents = now | {item.pk: was[item.pk]["parent_id"] for item in kept if "parent_id" in was.get(item.pk, {})}
        circling = {item.pk for item in kept if _comes_back(item.pk, parents)}
        if not circling:
            return tuple(kept)
        kept = [item for item in kept if item.pk not in circling]


def _comes_back(key: int, parents: Mapping[int, int | None]) -> bool:
    above, seen = parents.get(key), set()
    while above is not None and above not in seen:
        if above == key:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def _told(found: _Found) -> TakingBack:
    dropped, restored, reports = len(found.dropped), len(found.restored), len(found.reports)
    goes = [
        (dropped, ngettext("%(count)s work item is dropped.", "%(count)s work items are dropped.", dropped)),
        (
            restored,
            ngettext(
                "%(count)s work item is as it was before the file.",
                "%(count)s work items are as they were before the file.",
                restored,
            ),
        ),
        (
            reports,
            ngettext(
                "%(count)s progress report is answered by what held before it.",
                "%(count)s progress reports are answered by what held before them.",
                reports,
            ),
        ),
    ]
    stays = [
        (
            found.changed_since,
            ngettext(
                "%(count)s work item that was changed since.",
                "%(count)s work items that were changed since.",
                found.changed_since,
            ),
        ),
        (
            found.in_use,
            ngettext(
                "%(count)s work item that has hours or others below it.",
                "%(count)s work items that have hours or others below them.",
                found.in_use,
            ),
        ),
        (
            found.in_record,
            ngettext(
                "%(count)s work item: hours were booked on it and taken back; they stay in the record.",
                "%(count)s work items: hours were booked on them and taken back; they stay in the record.",
                found.in_record,
            ),
        ),
    ]
    staying = tuple(text % {"count": count} for count, text in stays if count)
    said = [_("Nothing that this file brought can go. This stays:"), *staying]
    return TakingBack(
        counts={
            "items_dropped": dropped,
            "items_restored": restored,
            "reports_answered": reports,
            "items_changed_since": found.changed_since,
            "items_in_use": found.in_use,
            "items_in_record": found.in_record,
        },
        goes=tuple(text % {"count": count} for count, text in goes if count),
        stays=staying,
        obstacle="" if dropped or restored else " ".join(said),
    )


def _remove(actor: User, batch: ImportBatch, found: TakingBack) -> None:
    project = batch.project
    going = _find(batch, WorkItem.objects.all())
    _answer_reports(actor, batch, going.reports)
    was = Traces.of(batch).was
    # Answering a report moves the version of its item.
    items = WorkItem.objects.select_related("ref").in_bulk([each.pk for each in (*going.dropped, *going.restored)])
    for item in items.values():
        before = was.get(item.pk, {})
        for name, value in before.items():
            setattr(item, name, value)
        if item.batch_id == batch.pk:
            item.state = WorkItem.State.DROPPED
        if "title" in before:
            item.ref.title = item.title
        item.version += 1
    fields = [name.removesuffix("_id") for name in RESTORED]
    WorkItem.objects.bulk_update(items.values(), [*fields, "version"], batch_size=1000)
    retitled = [item.ref for item in items.values() if "title" in was.get(item.pk, {})]
    ObjectRef.objects.bulk_update(retitled, ["title"], batch_size=1000)
    index_work_items(project, items.values())
    touch(project, "work_items")
    record(
        project,
        "work_items_taken_back",
        actor=actor,
        act_of=Side.VENDOR,
        recorded_from=batch.filename if batch.recorded_by_side == Side.CLIENT else "",
        dropped=found.counts["items_dropped"],
        restored=found.counts["items_restored"],
        filename=batch.filename,
    )
    tell_other_side(
        project=project,
        actor=actor,
        kind="estimate_taken_back",
        data={"filename": batch.filename, "path": reverse("requirements:work_item_list", args=[project.slug])},
        dedupe=f"back:{batch.uuid}",
    )
    ring("alerts.evaluate", project.pk)


def _answer_reports(actor: User, batch: ImportBatch, reports: Sequence[ProgressReport]) -> None:
    """Say of each day what held before the file spoke of it."""
    earlier: dict[int, list[ProgressReport]] = {}
    others = ProgressReport.objects.filter(work_item__in=[report.work_item_id for report in reports])
    for one in others.exclude(pk__in=[report.pk for report in reports]).order_by("on", "pk"):
        earlier.setdefault(one.work_item_id, []).append(one)
    answers = []
    for report in reports:
        held = [one for one in earlier.get(report.work_item_id, []) if one.on <= report.on and one.pk < report.pk]
        before = held[-1] if held else None
        answers.append(
            ProgressReport(
                project_id=batch.project_id,
                work_item_id=report.work_item_id,
                on=report.on,
                is_done=before.is_done if before else False,
                remaining_minutes=before.remaining_minutes if before else None,
                reported_by=actor,
                recorded_from=report.recorded_from,
            )
        )
    insert_progress(project=batch.project, reports=answers)
