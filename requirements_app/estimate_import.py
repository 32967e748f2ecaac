"""An estimate file becomes work items: compared with those the project has, then written as a set.

An item is known again by its outside key (or W-number), without one by its title. What the file does not say stays
as it is, and items that the file does not name are only shown.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import IO, Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.doorbell import ring
from core.errors import DomainError
from core.progress import UNWATCHED, Meter
from core.tabular.columns import Layout, known_names
from core.tabular.problems import Problem
from core.tabular.read import Table, read_table
from core.tabular.sentences import register_sentences
from projects.activity import record
from projects.audience import Side
from projects.import_files import Checked, check_file, fingerprint_of, take_file
from projects.import_outcome import Outcome, Question, counted, shown
from projects.models import ImportBatch, ObjectRef, Project
from projects.notifications import tell_other_side
from projects.topics import touch
from projects.work_categories import WorkCategory
from requirements_app.actions import NewWorkItem, insert_progress, insert_work_items
from requirements_app.estimate_columns import COLUMNS
from requirements_app.estimate_plan import PlannedItem, compare, key_of, name_of, planned_items
from requirements_app.estimate_rows import Choices, read_estimate
from requirements_app.estimate_taking_back import Traces, was_before
from requirements_app.models import WorkItem
from requirements_app.searched import index_work_items
from requirements_app.trackers import TITLE_COLUMNS, mapping_of, tracker_of, with_one_title

register_sentences(
    {
        "untitled": gettext_lazy("Row %(row)s has no title. Its key %(value)s stands in its place."),
        "key_repeated": gettext_lazy("Row %(row)s has the key of row %(first)s. One row is one work item."),
        "added_up": gettext_lazy("Row %(row)s has the key of row %(first)s. Their estimates were added up."),
        "estimate_zero": gettext_lazy("Row %(row)s has an estimate of zero. It counts as not estimated."),
        "negative_estimate": gettext_lazy("Row %(row)s: “%(value)s” in “%(column)s” is negative."),
        "estimate_too_large": gettext_lazy("Row %(row)s: “%(value)s” is more than one work item can hold (100,000 h)."),
        "category_unknown": gettext_lazy("Row %(row)s: “%(value)s” is no category that we know. It was left open."),
        "status_unknown": gettext_lazy("Row %(row)s: “%(value)s” says neither done nor open. It was passed over."),
        "done_in_future": gettext_lazy("Row %(row)s: %(value)s has not come yet. Nothing is done in the future."),
        "finish_before_start": gettext_lazy(
            "Row %(row)s: with %(value)s in “%(column)s” the item would be planned to end before it starts."
        ),
        "not_a_level": gettext_lazy("Row %(row)s: “%(value)s” in “%(column)s” is not a level such as 1 or 2."),
        "address_ignored": gettext_lazy("Row %(row)s: “%(value)s” is not a web address and was passed over."),
        "sum_of_below": gettext_lazy("Row %(row)s: the estimate of “%(value)s” is the sum of the rows below it."),
        "note_line": gettext_lazy("Row %(row)s is a note and was left out."),
        "parent_unknown": gettext_lazy(
            "Row %(row)s: its parent “%(value)s” is neither in the file nor in the project."
        ),
        "parent_elsewhere": gettext_lazy(
            "Row %(row)s: its parent “%(value)s” is not among the rows. It stands at the top, or where it stood."
        ),
        "given_up": gettext_lazy(
            "Row %(row)s: “%(value)s” says that nobody will do it. It counts as open: drop it if it is no more wanted."
        ),
        "circle": gettext_lazy("Row %(row)s would stand below itself. Mend its parent."),
        "number_unknown": gettext_lazy("Row %(row)s: this project has no work item %(value)s."),
    }
)

SHOWN_CHANGES: Final = 100
Plan = tuple[PlannedItem, ...]
# It is already tomorrow in Kiribati: only what has begun nowhere on Earth lies in the future.
AHEAD_OF_UTC: Final = dt.timedelta(hours=14)


def check_estimate(
    *, batch: ImportBatch, options: Mapping[str, Any] | None = None, meter: Meter = UNWATCHED
) -> Outcome:
    """Look at the file with the answers given so far; the batch keeps what was found."""
    return check_file(batch=batch, look=_look, options=options, meter=meter)


def take_estimate(
    *,
    actor: User,
    batch: ImportBatch,
    preview_hash: str,
    leave_out_wrong_rows: bool = False,
    meter: Meter = UNWATCHED,
) -> Outcome:
    """Add, change and report what the preview named. The same file again changes nothing."""

    def write(locked: ImportBatch, checked: Checked[Plan]) -> Outcome:
        return _write(actor, locked, checked)

    return take_file(
        batch=batch,
        preview_hash=preview_hash,
        look=_look,
        write=write,
        leave_out_wrong_rows=leave_out_wrong_rows,
        meter=meter,
    )


def _look(batch: ImportBatch, file: IO[bytes], meter: Meter) -> Checked[Plan]:
    options = batch.options
    table = read_table(
        file.read(),
        encoding=options.get("encoding", ""),
        sheet=options.get("sheet", ""),
        known_names=known_names(COLUMNS) | TITLE_COLUMNS,
    )
    tracker = tracker_of(table.header)
    table = with_one_title(table)
    mapping = {**mapping_of(table.header, tracker), **options.get("mapping", {})}
    layout = Layout(table.header, mapping, table.without_result, table.rows, table.day_zero)
    seen = Outcome(
        header=table.header,
        sample=tuple(row.cells for row in table.rows[:3]),
        sheets=table.sheets,
        mapping=layout.mapping,
        source=tracker,
    )
    last_day = (timezone.now() + AHEAD_OF_UTC).astimezone(dt.UTC).date()
    estimate = read_estimate(layout, _categories(), Choices.from_options(options), last_day, tracker)
    if estimate.doubts:
        questions = tuple(Question(doubt.name, doubt.choices, doubt.example) for doubt in estimate.doubts)
        return Checked(replace(seen, questions=questions))
    existing = list(
        WorkItem.objects.filter(project=batch.project_id).select_related("ref", "batch").order_by("position", "pk")
    )
    plan, found = planned_items(estimate.rows, existing, layout)
    compare(batch, plan)
    problems = (*table.problems, *estimate.problems, *found)
    rows_of = {
        state: sum(len(each.row.rows) for each in plan if _state_of(each) == state)
        for state in ("new", "changed", "same")
    }
    outcome = replace(
        seen,
        rows=table.read_rows,
        new=rows_of["new"],
        changed=rows_of["changed"],
        same=rows_of["same"],
        left_out=_left_out(table, problems, plan),
        wrong=len({problem.row for problem in problems if problem.is_error}),
        codes=counted(problems),
        problems=shown(problems),
        totals=_totals(plan, existing),
    )
    return Checked(outcome, problems, tuple(plan), fingerprint_of(map(_as_written, plan)))


def _categories() -> dict[str, str]:
    words = {str(label).casefold(): value for value, label in WorkCategory.choices}
    return {**{value.replace("_", "-"): value for value in WorkCategory.values}, **words}


def _state_of(plan: PlannedItem) -> str:
    return "new" if plan.item is None else "changed" if plan.is_changed else "same"


def _left_out(table: Table, problems: Iterable[Problem], plans: Iterable[PlannedItem]) -> int:
    """Rows below the header that no error refuses and that are not taken: each has a warning that says why."""
    taken = {number for plan in plans for number in plan.row.rows}
    refused = {problem.row for problem in problems if problem.is_error}
    warned = {problem.row for problem in problems if problem.code != "title_line"}
    return len(warned - taken - refused)


def _totals(plans: Sequence[PlannedItem], existing: Sequence[WorkItem]) -> dict[str, Any]:
    """What the file comes to, in items and minutes, with the first changes and what it does not name any more."""
    states = Counter(map(_state_of, plans))
    counted_items = [item for item in existing if item.state != WorkItem.State.DROPPED]
    before = sum(item.estimate_minutes or 0 for item in counted_items)
    added = sum(plan.row.estimate_minutes or 0 for plan in plans if plan.item is None)
    moved = sum(
        new - (old or 0) for plan in plans for old, new in [plan.changes.get("estimate_minutes", (0, 0))] if plan.item
    )
    # Of what an earlier import added, and was taken back with it, the whole estimate comes in again.
    moved += sum(_estimate_before(plan) for plan in plans if "state" in plan.changes)
    named = {plan.item.pk for plan in plans if plan.item is not None}
    # A chapter needs no estimate of its own.
    groups = {id(plan.parent) for plan in plans}
    missing = [item for item in counted_items if item.outside_key and item.pk not in named]
    changed = [plan for plan in plans if plan.is_changed]
    return {
        "items_new": states["new"],
        "items_changed": states["changed"],
        "items_same": states["same"],
        "done": sum(bool(plan.report and plan.report.is_done) for plan in plans),
        "without_estimate": sum(_lacks_estimate(plan) for plan in plans if id(plan) not in groups),
        "estimate_before": before,
        "estimate_after": before + added + moved,
        "missing": [{"label": item.ref.label, "title": item.title} for item in missing[:SHOWN_CHANGES]],
        "missing_count": len(missing),
        "changes": [_change_shown(plan) for plan in changed[:SHOWN_CHANGES]],
    }


def _estimate_before(plan: PlannedItem) -> int:
    return (plan.item.estimate_minutes if plan.item else None) or 0


def _lacks_estimate(plan: PlannedItem) -> bool:
    return plan.item is None and bool(plan.row.rows) and plan.row.estimate is None


def _change_shown(plan: PlannedItem) -> dict[str, Any]:
    assert plan.item is not None
    old, new = plan.changes.get("estimate_minutes", (None, None))
    return {
        "label": plan.item.ref.label,
        "title": plan.item.title,
        "fields": [str(getattr(WorkItem._meta.get_field(name), "verbose_name", name)) for name in plan.changes],
        "estimate_before": old,
        "estimate_after": new,
        "is_progress": plan.report is not None,
    }


def _as_written(plan: PlannedItem) -> tuple[Any, ...]:
    """What the preview's hash covers: the row, and the exact version of the item it would change."""
    row, report = plan.row, plan.report
    return (
        (row.name, row.title, row.key, row.category, row.estimate_minutes, row.url),
        (row.planned_start_on, row.planned_finish_on),
        (plan.item.pk, plan.item.version) if plan.item else None,
        name_of(plan.parent) if plan.parent else None,
        (report.on, report.is_done, report.remaining_minutes) if report else None,
    )


def _write(actor: User, batch: ImportBatch, checked: Checked[Plan]) -> Outcome:
    # The lock under which items move: two imports, or an import and a move, could otherwise close a circle together.
    project = Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=batch.project_id)
    plans = checked.plan or ()
    _insert(project, batch, [plan for plan in plans if plan.item is None])
    was = was_before(plans)
    _change(project, batch, [plan for plan in plans if plan.changes])
    reports = []
    for plan in plans:
        if plan.report is not None:
            assert plan.item is not None
            plan.report.work_item = plan.item
            plan.report.reported_by = actor
            reports.append(plan.report)
    written = insert_progress(project=project, reports=reports)
    touched = [
        plan.item.pk for plan in plans if plan.item is not None and (plan.item.batch_id == batch.pk or plan.is_changed)
    ]
    versions = dict(WorkItem.objects.filter(pk__in=touched).values_list("pk", "version"))
    batch.traces = Traces(versions, was, [report.pk for report in written]).as_json()
    totals = checked.outcome.totals
    record(
        project,
        "work_items_imported",
        actor=actor,
        act_of=Side.VENDOR,
        recorded_from=batch.filename if batch.recorded_by_side == Side.CLIENT else "",
        added=totals["items_new"],
        changed=totals["items_changed"],
        filename=batch.filename,
    )
    tell_other_side(
        project=project,
        actor=actor,
        kind="estimate_taken",
        data={"filename": batch.filename, "path": reverse("requirements:work_item_list", args=[project.slug])},
        dedupe=str(batch.uuid),
    )
    ring("alerts.evaluate", project.pk)
    return checked.outcome


def _insert(project: Project, batch: ImportBatch, plans: Sequence[PlannedItem]) -> None:
    """Number and insert new items, parents before their children."""
    waiting = list(plans)
    while waiting:
        ready = [plan for plan in waiting if not isinstance(plan.parent, PlannedItem) or plan.parent.item is not None]
        items = insert_work_items(project=project, batch=batch, new_items=[_new_item(plan, batch) for plan in ready])
        for plan, item in zip(ready, items, strict=True):
            plan.item = item
        inserted = set(map(id, ready))
        waiting = [plan for plan in waiting if id(plan) not in inserted]


def _new_item(plan: PlannedItem, batch: ImportBatch) -> NewWorkItem:
    has_estimate = plan.row.estimate_minutes is not None
    return NewWorkItem(
        title=plan.row.title,
        parent=plan.parent.item if isinstance(plan.parent, PlannedItem) else plan.parent,
        category=plan.row.category,
        estimate_minutes=plan.row.estimate_minutes,
        **(_whose_estimate(batch) if has_estimate else {}),
        planned_start_on=plan.row.planned_start_on,
        planned_finish_on=plan.row.planned_finish_on,
        outside_key=plan.row.key,
        outside_url=plan.row.url,
    )


def _whose_estimate(batch: ImportBatch) -> dict[str, str]:
    """The vendor estimates: what the client brings in is recorded for them."""
    is_by_client = batch.recorded_by_side == Side.CLIENT
    return {
        "estimate_recorded_for": Side.VENDOR if is_by_client else "",
        "estimate_recorded_from": batch.filename if is_by_client else "",
    }


def _change(project: Project, batch: ImportBatch, plans: Sequence[PlannedItem]) -> None:
    """Write the changes as a set, if every item is still at the version that was compared."""
    items = {plan.item.pk: plan.item for plan in plans if plan.item is not None}
    held = WorkItem.objects.select_for_update().filter(project=project, pk__in=items).order_by("pk")
    if dict(held.values_list("pk", "version")) != {key: item.version for key, item in items.items()}:
        raise DomainError(_("A work item was changed in the meantime. Check the file again."), code="preview_changed")
    retitled = []
    for plan in plans:
        item = plan.item
        assert item is not None
        for name, (_old, new) in plan.changes.items():
            if name == "parent":
                item.parent_id = key_of(plan.parent) if plan.parent else None
            else:
                setattr(item, name, new)
        if "estimate_minutes" in plan.changes:
            for name, value in _whose_estimate(batch).items():
                setattr(item, name, value)
        if "title" in plan.changes:
            item.ref.title = item.title
            retitled.append(item.ref)
        item.version += 1
    planned = ["planned_start_on", "planned_finish_on"]
    whose = ["estimate_recorded_for", "estimate_recorded_from"]
    fields = ["title", "category", "estimate_minutes", *whose, *planned, "outside_url", "parent", "state", "version"]
    WorkItem.objects.bulk_update(items.values(), fields, batch_size=1000)
    ObjectRef.objects.bulk_update(retitled, ["title"], batch_size=1000)
    if items:
        index_work_items(project, items.values())
        touch(project, "work_items")
