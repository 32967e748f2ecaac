"""Timesheets become time entries: looked at with people and work items known, then written as a set."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db import connection
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from budget.entry_identity import identity_of_name
from budget.models import DayBurn, TimeEntry
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from budget.timesheet_formats import COLUMNS, mapping_of, tool_of
from budget.timesheet_people import KnownPeople, add_and_remember, unknown_people
from budget.timesheet_rows import Choices, TimesheetRow, read_timesheet
from core.tabular.columns import Layout, known_names
from core.tabular.problems import WARNING, Problem
from core.tabular.read import Table, read_table
from core.tabular.sentences import register_sentences
from projects.activity import record
from projects.audience import Side
from projects.import_files import Checked, check_file, fingerprint_of, read_file, take_file
from projects.import_outcome import Outcome, Question, counted, shown
from projects.models import ImportBatch, Project
from projects.notifications import tell_other_side
from requirements_app.item_lookup import ItemLookup, days_done
from requirements_app.models import WorkItem

register_sentences(
    {
        "other_project": _("Row %(row)s belongs to “%(value)s” and was left out."),
        "break_row": _("Row %(row)s is a break and was left out."),
        "future": _("Row %(row)s: %(value)s has not come yet. Hours are recorded once they are worked."),
        "negative": _("Row %(row)s: “%(value)s” is negative. Take an entry back on its own page instead."),
        "more_than_a_day": _(
            "Row %(row)s: “%(value)s” is more than 24 hours. One row is one person's work on one day."
        ),
        "zero_minutes": _("Row %(row)s has no time and was left out."),
        "under_half_a_minute": _("Row %(row)s is shorter than half a minute and was left out."),
        "over_midnight": _("Row %(row)s ends on another day (%(value)s). It counts on the day it began."),
        "same_times": _(
            "Row %(row)s has the person, start and end of row %(first)s. Both count: ask whether they are one."
        ),
        "after_done": _("Row %(row)s lies after %(done_on)s, when %(label)s was reported done. It counts."),
        "over_24_hours_a_day": _(
            "%(person)s has %(hours)s h on %(day)s, more than a day holds. Ask whether that is right."
        ),
        "note_shortened": _("Row %(row)s: the note was cut to %(limit)s characters."),
        "id_twice": _("Row %(row)s repeats row %(first)s with the same id and was left out."),
        "id_reused": _("Row %(row)s has the id of row %(first)s and says something else."),
        "changed_since": _(
            "Row %(row)s was taken before as %(hours)s h on %(day)s. Take that entry back to record this."
        ),
        "person_left_out": _("Row %(row)s belongs to %(value)s, whose rows were left out by choice."),
        "item_unknown": _("Row %(row)s: no work item is called “%(value)s”. The hours count as unordered work."),
        "item_dropped": _("Row %(row)s: “%(value)s” was dropped. The hours count as unordered work."),
    }
)

WITHIN_A_QUERY: Final = 5000
# It is already tomorrow in Kiribati: only what has begun nowhere on Earth lies in the future.
AHEAD_OF_UTC: Final = dt.timedelta(hours=14)


@dataclass(frozen=True)
class ReadyRow:
    """A row with its work item found. ``is_known`` says that the project already has the very same entry."""

    row: TimesheetRow
    person: str
    work_item: WorkItem | None
    is_known: bool


def check_timesheet(*, batch: ImportBatch, options: Mapping[str, Any] | None = None) -> Outcome:
    """Look at the file with the answers given so far; the batch keeps what was found."""
    return check_file(batch=batch, read=_read, options=options)


def problems_of_timesheet(batch: ImportBatch) -> tuple[Problem, ...]:
    """Every problem of the file, of which the batch keeps only the first."""
    return read_file(batch, _read).problems


def take_timesheet(
    *, actor: User, batch: ImportBatch, preview_hash: str, leave_out_wrong_rows: bool = False
) -> Outcome:
    """Write the entries that the preview named. The same file again, even at the same moment, adds nothing."""

    def write(locked: ImportBatch, checked: Checked[ReadyRow]) -> Outcome:
        return _write(actor, locked, checked)

    return take_file(
        batch=batch, preview_hash=preview_hash, read=_read, write=write, leave_out_wrong_rows=leave_out_wrong_rows
    )


def _read(batch: ImportBatch, data: bytes) -> Checked[ReadyRow]:
    options = batch.options
    table = read_table(
        data,
        encoding=options.get("encoding", ""),
        sheet=options.get("sheet", ""),
        known_names=known_names(COLUMNS),
    )
    source = tool_of(table.header)
    layout = Layout(table, {**mapping_of(table.header), **options.get("mapping", {})})
    seen = Outcome(
        header=table.header,
        sample=tuple(row.cells for row in table.rows[:3]),
        sheets=table.sheets,
        mapping=layout.mapping,
        source=source,
    )
    timesheet = read_timesheet(
        layout, source, Choices.from_options(options), (timezone.now() + AHEAD_OF_UTC).astimezone(dt.UTC).date()
    )
    if timesheet.doubts:
        questions = tuple(Question(doubt.name, doubt.choices, doubt.example) for doubt in timesheet.doubts)
        return Checked(replace(seen, questions=questions))
    known = KnownPeople(batch.project, source, options.get("people", {}))
    ready, found = _ready_rows(batch.project, layout, timesheet.rows, known)
    problems = (*table.problems, *timesheet.problems, *found)
    outcome = replace(
        seen,
        people=unknown_people(timesheet.rows, known),
        rows=table.read_rows,
        new=sum(not each.is_known for each in ready),
        same=sum(each.is_known for each in ready),
        left_out=_left_out(table, problems, ready),
        wrong=len({problem.row for problem in problems if problem.is_error}),
        codes=counted(problems),
        problems=shown(problems),
        totals=_totals(batch.project, ready),
    )
    return Checked(outcome, problems, tuple(ready), fingerprint_of(map(_as_written, ready)))


def _ready_rows(
    project: Project, layout: Layout, rows: Sequence[TimesheetRow], known: KnownPeople
) -> tuple[list[ReadyRow], list[Problem]]:
    items = ItemLookup(project)
    done_on = days_done(project)
    written = _entries_by_source_id(project, [row.source_id for row in rows])
    ready: list[ReadyRow] = []
    problems: list[Problem] = []
    for row in rows:
        item = items.find(row.item) if row.item else None
        before = written.get(row.source_id)
        if known.is_left_out(row):
            problems.append(_warning("person_left_out", row, layout.header_of("person"), row.person))
        elif before and before != (row.worked_on, row.minutes):
            day, minutes = before
            params = {"day": day.isoformat(), "hours": f"{minutes / 60:.2f}"}
            problems.append(_warning("changed_since", row, layout.header_of("duration"), row.source_id, params))
        else:
            if row.item and item is None:
                problems.append(_warning("item_unknown", row, layout.header_of("item"), row.item))
            elif item is not None and item.state == WorkItem.State.DROPPED:
                problems.append(_warning("item_dropped", row, layout.header_of("item"), row.item))
                item = None
            elif item is not None and row.worked_on > done_on.get(item.pk, row.worked_on):
                params = {"done_on": done_on[item.pk].isoformat(), "label": item.ref.label}
                problems.append(_warning("after_done", row, layout.header_of("worked_on"), row.item, params))
            person = known.person_of(row)
            name = str(person.uuid) if person else known.new_name_of(row) or row.person
            ready.append(ReadyRow(row, name, item, is_known=before is not None))
    return ready, problems


def _entries_by_source_id(project: Project, source_ids: Sequence[str]) -> dict[str, tuple[dt.date, int]]:
    found: dict[str, tuple[dt.date, int]] = {}
    for start in range(0, len(source_ids), WITHIN_A_QUERY):
        keys = {_key_of(project, source_id): source_id for source_id in source_ids[start : start + WITHIN_A_QUERY]}
        entries = TimeEntry.objects.filter(project=project, pk__in=keys).values_list("pk", "worked_on", "minutes")
        for key, worked_on, minutes in entries:
            found[keys[key]] = (worked_on, minutes)
    return found


def _key_of(project: Project, source_id: str) -> uuid.UUID:
    return identity_of_name(project.pk, source_id)


def _left_out(table: Table, problems: Iterable[Problem], ready: Iterable[ReadyRow]) -> int:
    """Rows below the header that no error refuses and that are not taken: each has a warning that says why."""
    taken = {each.row.number for each in ready}
    refused = {problem.row for problem in problems if problem.is_error}
    warned = {problem.row for problem in problems if problem.code != "title_line"}
    return len(warned - taken - refused)


def _totals(project: Project, ready: Sequence[ReadyRow]) -> dict[str, Any]:
    """What the new rows come to. Minutes; days as ISO dates."""
    new = [each for each in ready if not each.is_known]
    minutes: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    for each in new:
        minutes[each.row.person] += each.row.minutes
        rows[each.row.person] += 1
    days = [each.row.worked_on for each in ready]
    used: int = DayBurn.objects.filter(project=project).aggregate(total=Sum("minutes"))["total"] or 0
    return {
        "minutes": sum(minutes.values()),
        "unordered_minutes": sum(each.row.minutes for each in new if each.work_item is None),
        "used_before_minutes": used,
        "first_day": min(days).isoformat() if days else "",
        "last_day": max(days).isoformat() if days else "",
        "people": [{"name": name, "rows": rows[name], "minutes": total} for name, total in minutes.most_common()],
    }


def _as_written(each: ReadyRow) -> tuple[Any, ...]:
    """What the preview's hash covers: the entry, whether or not the project has it by now."""
    row, item = each.row, each.work_item
    return (each.person, item.pk if item else None, row.worked_on, row.minutes, row.billable, row.note, row.source_id)


def _write(actor: User, batch: ImportBatch, checked: Checked[ReadyRow]) -> Outcome:
    # One import of a project at a time: two that add up the same days in turn would wait for each other.
    project = Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=batch.project_id)
    known = KnownPeople(project, checked.outcome.source, batch.options.get("people", {}))
    rows = [each.row for each in checked.records]
    people = add_and_remember(actor=actor, project=project, source=checked.outcome.source, rows=rows, known=known)
    with connection.cursor() as cursor:
        # Checked at each statement's end: deferred keys would hold the sums' rows until the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    written = insert_time_entries(
        project=project,
        entries=[
            NewTimeEntry(
                person_id=people[each.row.person_key],
                worked_on=each.row.worked_on,
                minutes=each.row.minutes,
                work_item_id=each.work_item.pk if each.work_item else None,
                billable=each.row.billable,
                note=each.row.note,
                source_id=each.row.source_id,
            )
            for each in checked.records
        ],
        source=TimeEntry.Source.FILE,
        recorded_by=actor,
        batch=batch,
    )
    minutes: int = TimeEntry.objects.filter(batch=batch).aggregate(total=Sum("minutes"))["total"] or 0
    record(
        project,
        "time_imported",
        actor=actor,
        recorded_from=batch.filename if batch.recorded_by_side == Side.CLIENT else "",
        count=len(written),
        hours=f"{minutes / 60:.2f}",
        filename=batch.filename,
    )
    tell_other_side(
        project=project,
        actor=actor,
        kind="timesheet_taken",
        data={"filename": batch.filename, "path": reverse("budget:time_entry_list", args=[project.slug])},
        dedupe=str(batch.uuid),
    )
    return replace(
        checked.outcome,
        new=len(written),
        same=len(checked.records) - len(written),
        totals={**checked.outcome.totals, "minutes": minutes},
    )


def _warning(code: str, row: TimesheetRow, column: str, value: str, params: Mapping[str, Any] | None = None) -> Problem:
    return Problem(code, row.number, column, value[:80], WARNING, params or {})
