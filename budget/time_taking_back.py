"""Taking an imported timesheet back: its entries are removed, and the history of entries keeps each of them.

They are not reversed: the same file, mended or not, may come in again, and its entries have the same keys. What
somebody took back by hand already counts nothing and stays with the reason they gave.
"""

from functools import partial
from typing import Any, Final

from django.db import connection
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from budget.models import RecordConfirmation, UnmatchedItem
from budget.time_entry_insert import tell_of_new_time
from budget.time_staging import set_based
from core.progress import UNWATCHED, Meter
from core.templatetags.figures import hours
from projects.activity import record, register_sentences
from projects.audience import Side
from projects.import_taking_back import TakingBack, not_taken, take_file_back
from projects.models import ImportBatch, Project
from projects.notifications import tell_other_side

register_sentences(
    {
        "time_import_taken_back": lambda data: (
            ngettext(
                "took back the import of %(filename)s: %(count)s time entry (%(hours)s h)",
                "took back the import of %(filename)s: %(count)s time entries (%(hours)s h)",
                data["count"],
            )
            % data
        ),
    },
    seen_with="view_hours",
)

# An entry that another one takes back; what the same file brought goes together.
TAKEN_BACK: Final = """EXISTS (
    SELECT FROM budget_timeentry AS later
    WHERE later.project_id = entry.project_id AND later.reverses_id = entry.uuid
        AND later.batch_id IS DISTINCT FROM entry.batch_id
)"""
# Held, so that nobody takes one of them back between the look and the removal.
HOLD: Final = """
    SELECT count(*) FROM (
        SELECT FROM budget_timeentry WHERE batch_id = %(batch)s ORDER BY uuid FOR UPDATE
    ) AS held
"""
WHAT_GOES: Final = """
    SELECT count(*) FILTER (WHERE NOT is_taken_back), coalesce(sum(minutes) FILTER (WHERE NOT is_taken_back), 0),
        count(*) FILTER (WHERE is_taken_back)
    FROM (
        SELECT minutes, {taken_back} AS is_taken_back FROM budget_timeentry AS entry WHERE batch_id = %(batch)s
    ) AS brought
"""
# What a later file corrected can only go once that file is taken back.
CORRECTED_BY: Final = """
    SELECT file.filename, count(*)
    FROM budget_timeentry AS entry
    JOIN budget_timeentry AS later ON later.project_id = entry.project_id AND later.reverses_id = entry.uuid
        AND later.batch_id <> entry.batch_id
    JOIN projects_importbatch AS file ON file.id = later.batch_id
    WHERE entry.batch_id = %(batch)s
    GROUP BY file.id ORDER BY file.id DESC LIMIT 1
"""
CONFIRMED: Final = """
    SELECT asked.first_day, asked.last_day FROM budget_recordconfirmation AS asked
    WHERE asked.project_id = %(project)s AND asked.subject = %(hours)s AND asked.state = %(confirmed)s
        AND asked.asked_at >= %(taken_at)s
        AND EXISTS (
            SELECT FROM budget_timeentry AS entry
            WHERE entry.batch_id = %(batch)s AND entry.worked_on BETWEEN asked.first_day AND asked.last_day
        )
    ORDER BY asked.first_day LIMIT 1
"""
REMOVE: Final = "DELETE FROM budget_timeentry AS entry WHERE batch_id = %(batch)s AND NOT {taken_back}"


def time_taking_back(batch: ImportBatch) -> TakingBack:
    """What taking this file back would do."""
    if reason := not_taken(batch):
        return TakingBack(obstacle=reason)
    with set_based() as cursor:
        cursor.execute(WHAT_GOES.format(taken_back=TAKEN_BACK), {"batch": batch.pk})
        entries, minutes, kept = cursor.fetchone()
        return TakingBack(
            counts={"entries": entries, "minutes": int(minutes), "entries_that_stay": kept},
            goes=(_goes(entries, int(minutes)),),
            stays=_stays(kept),
            obstacle=_obstacle(cursor, batch),
        )


def take_timesheet_back(*, actor: User, batch: ImportBatch, shown: str, meter: Meter = UNWATCHED) -> None:
    """Remove the entries that a file brought, as far as nothing rests on them."""

    def look(locked: ImportBatch) -> TakingBack:
        meter.begin("removing")
        # As an import does: two that add up the same days in turn would wait for each other.
        Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=locked.project_id)
        with connection.cursor() as cursor:
            cursor.execute(HOLD, {"batch": locked.pk})
        return time_taking_back(locked)

    take_file_back(actor=actor, batch=batch, shown=shown, look=look, remove=partial(_remove, actor))


def _remove(actor: User, batch: ImportBatch, found: TakingBack) -> None:
    project = batch.project
    with set_based() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        UnmatchedItem.objects.filter(batch=batch).delete()
        cursor.execute(REMOVE.format(taken_back=TAKEN_BACK), {"batch": batch.pk})
    tell_of_new_time(project)
    record(
        project,
        "time_import_taken_back",
        actor=actor,
        act_of=Side.VENDOR,
        recorded_from=batch.filename if batch.recorded_by_side == Side.CLIENT else "",
        count=found.counts["entries"],
        hours=f"{found.counts['minutes'] / 60:.2f}",
        filename=batch.filename,
    )
    tell_other_side(
        project=project,
        actor=actor,
        kind="timesheet_taken_back",
        data={"filename": batch.filename, "path": reverse("budget:time_entry_list", args=[project.slug])},
        dedupe=f"back:{batch.uuid}",
    )


def _goes(entries: int, minutes: int) -> str:
    said = {"count": entries, "hours": hours(minutes)}
    text = ngettext("%(count)s time entry: %(hours)s h", "%(count)s time entries: %(hours)s h", entries)
    return text % said


def _stays(kept: int) -> tuple[str, ...]:
    people = _(
        "People whom the file added to the project, and how names of the file are understood. Whoever takes no part is"
        " given a last day on People."
    )
    if not kept:
        return (people,)
    entries = ngettext(
        "%(count)s time entry that was taken back by hand already: it counts nothing.",
        "%(count)s time entries that were taken back by hand already: they count nothing.",
        kept,
    )
    return entries % {"count": kept}, people


def _obstacle(cursor: Any, batch: ImportBatch) -> str:
    cursor.execute(CORRECTED_BY, {"batch": batch.pk})
    if corrected := cursor.fetchone():
        said = {"filename": corrected[0], "count": corrected[1]}
        text = ngettext(
            "A later import, %(filename)s, corrected %(count)s of its entries. Take that one back first.",
            "A later import, %(filename)s, corrected %(count)s of its entries. Take that one back first.",
            corrected[1],
        )
        return text % said
    params = {
        "project": batch.project_id,
        "batch": batch.pk,
        "taken_at": batch.committed_at,
        "hours": RecordConfirmation.Subject.HOURS,
        "confirmed": RecordConfirmation.State.CONFIRMED,
    }
    cursor.execute(CONFIRMED, params)
    if confirmed := cursor.fetchone():
        first, last = (date_format(day, "j M Y") for day in confirmed)
        return _(
            "The vendor confirmed the hours of %(first)s to %(last)s, which hold some of these. Take single entries"
            " back instead, with a reason."
        ) % {"first": first, "last": last}
    return ""
