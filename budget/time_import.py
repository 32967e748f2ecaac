"""Timesheets become time entries: looked at with people and work items known, then written as a set."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import IO, Any, Final

from django.db import connection, transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from budget.models import TimeEntry
from budget.time_corrections import CORRECTIONS, HOLD, Corrections, count_corrections
from budget.time_entry_insert import INSERT, insert_params, joined_rates, tell_of_new_time
from budget.time_matching import Match, match
from budget.time_names import Names
from budget.time_reading import kept_reading, read_anew
from budget.time_staging import forget_staged, set_based
from budget.time_statements import with_parts
from budget.timesheet_people import add_and_remember
from budget.unmatched_items import keep_unmatched
from core.errors import DomainError
from core.progress import UNWATCHED, Meter
from core.tabular.problems import ProblemLog
from core.tabular.sentences import register_sentences
from projects.activity import record
from projects.audience import Side
from projects.import_files import Checked, check_file, problems_of, take_file
from projects.import_outcome import Outcome, Question, shown
from projects.models import ImportBatch, Project
from projects.notifications import tell_other_side

register_sentences(
    {
        "other_project": gettext_lazy("Row %(row)s belongs to “%(value)s” and was left out."),
        "break_row": gettext_lazy("Row %(row)s is a break and was left out."),
        "future": gettext_lazy("Row %(row)s: %(value)s has not come yet. Hours are recorded once they are worked."),
        "negative": gettext_lazy("Row %(row)s: “%(value)s” is negative. Take an entry back on its own page instead."),
        "more_than_a_day": gettext_lazy(
            "Row %(row)s: “%(value)s” is more than 24 hours. One row is one person's work on one day."
        ),
        "zero_minutes": gettext_lazy("Row %(row)s has no time and was left out."),
        "under_half_a_minute": gettext_lazy("Row %(row)s is shorter than half a minute and was left out."),
        "over_midnight": gettext_lazy("Row %(row)s ends on another day (%(value)s). It counts on the day it began."),
        "same_times": gettext_lazy(
            "Row %(row)s has the person, start and end of row %(first)s. Both count: ask whether they are one."
        ),
        "after_done": gettext_lazy("Row %(row)s lies after %(done_on)s, when %(label)s was reported done. It counts."),
        "over_24_hours_a_day": gettext_lazy(
            "%(person)s has %(hours)s h on %(day)s, more than a day holds. Ask whether that is right."
        ),
        "no_hours": gettext_lazy("Row %(row)s holds no hours and was left out."),
        "alike_too_often": gettext_lazy("Row %(row)s: more than %(limit)s rows of this day say the very same."),
        "too_many_people": gettext_lazy(
            "“%(column)s” names more than %(limit)s people. It is hardly the column with the person."
        ),
        "too_many_items": gettext_lazy(
            "“%(column)s” names more than %(limit)s work items. It is hardly the column with the work item."
        ),
        "note_shortened": gettext_lazy("Row %(row)s: the note was cut to %(limit)s characters."),
        "id_twice": gettext_lazy("Row %(row)s repeats row %(first)s with the same id and was left out."),
        "id_reused": gettext_lazy("Row %(row)s has the id of row %(first)s and says something else."),
        "changed_since": gettext_lazy(
            "Row %(row)s was taken before as %(hours)s h on %(day)s, and stays so unless you take it as a correction."
        ),
        "person_left_out": gettext_lazy("Row %(row)s belongs to %(value)s, whose rows were left out by choice."),
        "item_unknown": gettext_lazy(
            "Row %(row)s: no work item is called “%(value)s”. The hours count as unordered work."
        ),
        "without_rate": gettext_lazy(
            "Row %(row)s: no rate is agreed for %(value)s on that day. It counts without money."
        ),
        "before_start": gettext_lazy("Row %(row)s lies before the planned start, %(start)s. It counts."),
        "item_dropped": gettext_lazy("Row %(row)s: “%(value)s” was dropped. The hours count as unordered work."),
    }
)

# Codes that say how a row stands to the project; all others say how it was read.
OF_THE_PROJECT: Final = frozenset(
    (
        "person_left_out",
        "changed_since",
        "item_unknown",
        "item_dropped",
        "after_done",
        "over_24_hours_a_day",
        "without_rate",
        "before_start",
    )
)
# What has the key of an entry that the project has is not written again: the unique key sees to it.
READY: Final = """
    SELECT staged.line, staged.identity, person.person_id, CASE WHEN NOT item.is_dropped THEN item.work_item_id END,
        staged.worked_on, staged.minutes, staged.billable, coalesce(staged.note, ''), staged.source_id, NULL::uuid, ''
    FROM budget_stagedentry AS staged
    JOIN {person} AS person ON person.number = staged.person AND NOT person.is_left_out
    LEFT JOIN {item} AS item ON item.number = staged.item
    WHERE staged.batch_id = %(batch)s
"""


def check_timesheet(
    *, batch: ImportBatch, options: Mapping[str, Any] | None = None, meter: Meter = UNWATCHED
) -> Outcome:
    """Look at the file with the answers given so far; the batch keeps what was found."""
    return check_file(batch=batch, look=_look, options=options, meter=meter)


def take_timesheet(
    *,
    actor: User,
    batch: ImportBatch,
    preview_hash: str,
    leave_out_wrong_rows: bool = False,
    meter: Meter = UNWATCHED,
) -> Outcome:
    """Write the entries that the preview named. The same file again, even at the same moment, adds nothing."""

    def write(locked: ImportBatch, checked: Checked[Match]) -> Outcome:
        meter.begin("writing")
        return _write(actor, locked, checked)

    return take_file(
        batch=batch,
        preview_hash=preview_hash,
        look=partial(_look, tells=False),
        write=write,
        leave_out_wrong_rows=leave_out_wrong_rows,
        meter=meter,
    )


def _look(batch: ImportBatch, file: IO[bytes], meter: Meter, *, tells: bool = True) -> Checked[Match]:
    """``tells`` what is amiss; whoever takes the file has been told."""
    log = ProblemLog()
    reading = kept_reading(batch)
    if reading is not None and tells:
        log.kept = [problem for problem in problems_of(batch) if problem.code not in OF_THE_PROJECT]
    elif reading is None:
        reading, log.kept = read_anew(batch, file, meter)
    log.codes.update(reading.codes)
    seen = Outcome(
        header=reading.header,
        sample=reading.sample,
        sheets=reading.sheets,
        mapping=reading.mapping,
        source=reading.tool,
    )
    if reading.doubts:
        return Checked(replace(seen, questions=tuple(Question(**vars(doubt)) for doubt in reading.doubts)))
    meter.begin("matching")
    found = match(batch, reading, log if tells else None)
    outcome = replace(
        seen,
        people=found.unknown,
        rows=reading.rows,
        new=found.new,
        changed=found.corrections.corrected,
        same=found.same,
        wrong=reading.wrong,
        # Whatever is neither taken nor refused has a warning that says why.
        left_out=reading.rows - reading.wrong - found.new - found.corrections.corrected - found.same,
        removed=found.corrections.taken_back,
        codes=dict(log.codes.most_common()) if tells else batch.outcome["codes"],
        problems=shown(log.kept) if tells else batch.outcome["problems"],
        totals=found.totals,
    )
    return Checked(outcome, log.kept, found, found.fingerprint)


def _write(actor: User, batch: ImportBatch, checked: Checked[Match]) -> Outcome:
    assert checked.plan is not None
    # One import of a project at a time: two that add up the same days in turn would wait for each other.
    project = Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=batch.project_id)
    names = checked.plan.names
    with connection.cursor() as cursor:
        # Checked at each statement's end: deferred keys would hold the sums' rows until the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    people = _people_taken(actor, project, checked.outcome.source, names)
    corrections = checked.plan.corrections
    params = {
        **checked.plan.params,
        **insert_params(project=project, source=TimeEntry.Source.FILE, recorded_by=actor, batch=batch),
        "person_ids": people,
        # The notes of entries that take others back
        "correction_note": _("Corrected by %(filename)s.") % {"filename": batch.filename},
        "gone_note": _("No longer in %(filename)s.") % {"filename": batch.filename},
    }
    statement = f"({READY} UNION ALL {CORRECTIONS})" if corrections.is_taken else f"({READY})"
    with set_based() as cursor:
        if corrections.is_taken:
            _hold_corrected(cursor, params, corrections)
        cursor.execute(INSERT.format(entries=with_parts(statement), rates=joined_rates(project)), params)
        written = cursor.rowcount - corrections.entries
        if names.has_unmatched:
            keep_unmatched(cursor, params, batch)
    tell_of_new_time(project)
    minutes: int = TimeEntry.objects.filter(batch=batch).aggregate(total=Sum("minutes"))["total"] or 0
    if written or not corrections.is_taken:
        record(
            project,
            "time_imported",
            actor=actor,
            act_of=Side.VENDOR,
            recorded_from=batch.filename if batch.recorded_by_side == Side.CLIENT else "",
            count=written,
            hours=f"{(minutes - corrections.minutes) / 60:.2f}",
            filename=batch.filename,
        )
    if corrections.is_taken:
        record(
            project,
            "time_corrected_by_file",
            actor=actor,
            act_of=Side.VENDOR,
            recorded_from=batch.filename if batch.recorded_by_side == Side.CLIENT else "",
            corrected=corrections.corrected,
            taken_back=corrections.taken_back,
            hours=f"{corrections.minutes / 60:+.2f}",
            filename=batch.filename,
        )
    tell_other_side(
        project=project,
        actor=actor,
        kind="timesheet_taken",
        data={"filename": batch.filename, "path": reverse("budget:time_entry_list", args=[project.slug])},
        dedupe=str(batch.uuid),
    )
    # Not in this transaction: the sums of the project would stay locked meanwhile.
    transaction.on_commit(partial(forget_staged, batch), robust=True)
    ready = checked.plan.new + checked.plan.same
    return replace(
        checked.outcome, new=written, same=ready - written, totals={**checked.outcome.totals, "minutes": minutes}
    )


def _hold_corrected(cursor: Any, params: Mapping[str, Any], seen: Corrections) -> None:
    """Keep others from taking back what is about to be; refuse if somebody did so since it was looked at."""
    cursor.execute(with_parts(HOLD), params)
    if count_corrections(cursor, params, has_changed=seen.changed > 0) != seen:
        raise DomainError(
            _("Somebody took back an entry that this file corrects. Check it again."), code="preview_changed"
        )


def _people_taken(actor: User, project: Project, source: str, names: Names) -> list[int | None]:
    """The key of the person of each name, whoever is new added; None where they are left out."""
    taken = [named for named in names.people if not names.known.is_left_out(named)]
    people = iter(add_and_remember(actor=actor, project=project, source=source, named=taken, known=names.known))
    return [None if names.known.is_left_out(named) else next(people).pk for named in names.people]
