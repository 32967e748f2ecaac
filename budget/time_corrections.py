"""What a file says otherwise than earlier files of its source: rows that changed, and entries that it names no more.

A changed row may be taken as a correction: the entry that stands is reversed, and the row becomes an entry whose key
follows from that of the corrected one (``entry_identity.identity_of_correction``). So a name of the source leads
through all its corrections to the entry that stands for it. What the file names no more may be taken back. Both only by
choice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max, Min

from budget.models import StagedEntry
from budget.time_names import Names
from budget.time_reading import Reading
from budget.time_statements import with_parts
from budget.timesheet_formats import OTHER
from projects.models import ImportBatch

SHOWN: Final = 100

# The entry that stands for a name of the source by now, where it is not the one that first had it.
HEADS: Final = """
    WITH RECURSIVE chain (root, head, length) AS (
        SELECT staged.identity, back.reverses_id, 0
        FROM budget_timeentry AS back
        JOIN budget_stagedentry AS staged ON staged.batch_id = %(batch)s AND staged.identity = back.reverses_id
        WHERE back.project_id = %(project)s AND back.reverses_id IS NOT NULL
        UNION ALL
        SELECT root, later.uuid, length + 1
        FROM chain JOIN budget_timeentry AS later
            ON later.project_id = %(project)s AND later.uuid = {correction_of_head}
    )
    SELECT DISTINCT ON (root) root, head FROM chain WHERE length > 0 ORDER BY root, length DESC
"""
CHANGES: Final = """
    SELECT count(*),
        count(*) FILTER (WHERE {corrected}),
        count(*) FILTER (WHERE {corrected} AND NOT {known_is_back}),
        coalesce(sum(staged.minutes) FILTER (WHERE {corrected}), 0)
            - coalesce(sum(known.minutes) FILTER (WHERE {corrected} AND NOT {known_is_back}), 0),
        coalesce(bit_xor(hash_record_extended(
            ROW (known.uuid, {known_is_back}, staged.identity, staged.person, staged.item, staged.worked_on,
                 staged.minutes, staged.billable, staged.note), 0)) FILTER (WHERE {corrected}), 0)
    {matched} AND {changed}
"""
CHANGES_SHOWN: Final = """
    SELECT known.uuid, staged.line, known.person_id, known.worked_on, known.minutes,
        staged.person, staged.worked_on, staged.minutes
    {matched} AND {changed}
    ORDER BY staged.line LIMIT %(shown)s
"""
GONE_COUNTED: Final = """
    SELECT count(*),
        count(*) FILTER (WHERE {taken_back}),
        coalesce(sum(entry.minutes) FILTER (WHERE {taken_back}), 0),
        coalesce(bit_xor(hashtextextended(entry.uuid::text, 0)) FILTER (WHERE {taken_back}), 0)
    {gone}
"""
GONE_SHOWN: Final = """
    SELECT entry.uuid, entry.person_id, entry.worked_on, entry.minutes, entry.note
    {gone}
    ORDER BY entry.worked_on, entry.uuid LIMIT %(shown)s
"""
# Held, so that nobody takes one of them back meanwhile.
HOLD: Final = """
    SELECT count(*) FROM (
        SELECT FROM budget_timeentry
        WHERE project_id = %(project)s AND uuid IN (
            SELECT known.uuid {matched} AND {corrected} UNION ALL SELECT entry.uuid {gone} AND {taken_back}
        )
        ORDER BY uuid FOR UPDATE
    ) AS held
"""
# What is written beside the rows that are new.
CORRECTIONS: Final = """
    SELECT 0, gen_random_uuid(), known.person_id, known.work_item_id, known.worked_on, -known.minutes,
        known.billable, %(correction_note)s, NULL, known.uuid, ''
    {matched} AND {corrected} AND NOT {known_is_back}
    UNION ALL
    SELECT staged.line, {correction_of_known}, person.person_id,
        CASE WHEN NOT item.is_dropped THEN item.work_item_id END,
        staged.worked_on, staged.minutes, staged.billable, coalesce(staged.note, ''), staged.source_id, NULL, ''
    {matched} AND {corrected}
    UNION ALL
    SELECT 0, gen_random_uuid(), entry.person_id, entry.work_item_id, entry.worked_on, -entry.minutes,
        entry.billable, %(gone_note)s, NULL, entry.uuid, ''
    {gone} AND {taken_back}
"""


@dataclass(frozen=True)
class Choice:
    """What of it is taken. ``left`` are the keys of entries that stay as they are all the same."""

    corrects: bool = False
    takes_back: bool = False
    left: tuple[str, ...] = ()

    @classmethod
    def of(cls, batch: ImportBatch) -> "Choice":
        chosen = batch.options.get("corrections", {})
        return cls(
            bool(chosen.get("corrects")), bool(chosen.get("takes_back")), tuple(map(str, chosen.get("left", ())))
        )


@dataclass(frozen=True)
class Corrections:
    """How much changed and is gone, and how much of it is taken.

    Not everything that is corrected is reversed: somebody may have taken it back by hand. ``correction_minutes`` is
    what the corrections add to the project's hours, ``gone_minutes`` what taking back takes off.
    """

    changed: int = 0
    corrected: int = 0
    reversed: int = 0
    correction_minutes: int = 0
    gone: int = 0
    taken_back: int = 0
    gone_minutes: int = 0
    fingerprint: str = ""

    @property
    def is_taken(self) -> bool:
        return bool(self.corrected or self.taken_back)

    @property
    def entries(self) -> int:
        """How many entries that makes."""
        return self.corrected + self.reversed + self.taken_back

    @property
    def minutes(self) -> int:
        return self.correction_minutes - self.gone_minutes


def correction_params(cursor: Any, batch: ImportBatch, reading: Reading, names: Names) -> dict[str, Any]:
    """What the statements of this module are asked with, beside what names the people and items of the file."""
    choice = Choice.of(batch)
    earlier = _earlier_files(batch, reading)
    days = StagedEntry.objects.filter(batch=batch).aggregate(first=Min("worked_on"), last=Max("worked_on"))
    params = {
        **names.params,
        "batch": batch.pk,
        "project": batch.project_id,
        "corrects": choice.corrects,
        "takes_back": choice.takes_back,
        "left": list(choice.left),
        "earlier": earlier,
        "first_day": days["first"],
        "last_day": days["last"],
        "people_named": [
            person.pk
            for named in names.people
            if not names.known.is_left_out(named) and (person := names.known.person_of(named))
        ],
    }
    cursor.execute(with_parts(HEADS), params)
    heads = cursor.fetchall()
    return {**params, "roots": [root for root, _head in heads], "heads": [head for _root, head in heads]}


def _earlier_files(batch: ImportBatch, reading: Reading) -> list[int]:
    """Files that this side took from the same source: from the same tool, else with the same columns."""
    earlier = ImportBatch.objects.filter(
        project=batch.project_id,
        kind=batch.kind,
        recorded_by_side=batch.recorded_by_side,
        state=ImportBatch.State.COMMITTED,
        outcome__source=reading.tool,
    ).exclude(pk=batch.pk)
    if reading.tool == OTHER:
        earlier = earlier.filter(outcome__header=list(reading.header))
    return list(earlier.values_list("pk", flat=True))


def count_corrections(cursor: Any, params: Mapping[str, Any], *, has_changed: bool) -> Corrections:
    """What changed and what is gone. Without an earlier file, or a changed row, there is nothing to ask."""
    changed, corrected, reversed_, minutes, changes_hash = 0, 0, 0, 0, 0
    gone, taken_back, gone_minutes, gone_hash = 0, 0, 0, 0
    if has_changed:
        cursor.execute(with_parts(CHANGES), params)
        changed, corrected, reversed_, minutes, changes_hash = cursor.fetchone()
    if params["earlier"]:
        cursor.execute(with_parts(GONE_COUNTED), params)
        gone, taken_back, gone_minutes, gone_hash = cursor.fetchone()
    fingerprint = f"{corrected} {changes_hash} {taken_back} {gone_hash}" if corrected or taken_back else ""
    return Corrections(changed, corrected, reversed_, int(minutes), gone, taken_back, int(gone_minutes), fingerprint)


def show_corrections(cursor: Any, params: Mapping[str, Any], names: Names, found: Corrections) -> dict[str, Any]:
    """The first of each, as the page shows them: texts, ISO days and minutes. Empty where there is nothing to show."""
    if not (found.changed or found.gone):
        return {}
    asked = {**params, "shown": SHOWN}
    people = {person.pk: person.name for person in names.known.by_uuid.values()}
    changes: Sequence[Any] = ()
    gone: Sequence[Any] = ()
    if found.changed:
        cursor.execute(with_parts(CHANGES_SHOWN), asked)
        changes = cursor.fetchall()
    if found.gone:
        cursor.execute(with_parts(GONE_SHOWN), asked)
        gone = cursor.fetchall()
    told = {
        "changed": found.changed,
        "corrected": found.corrected,
        "correction_minutes": found.correction_minutes,
        "gone": found.gone,
        "taken_back": found.taken_back,
        "gone_minutes": found.gone_minutes,
        "changes": [
            {
                "key": str(key),
                "row": line,
                "person_before": people.get(was, ""),
                "day_before": day_before.isoformat(),
                "minutes_before": minutes_before,
                "person": names.said(names.who(person)),
                "day": day.isoformat(),
                "minutes": minutes,
            }
            for key, line, was, day_before, minutes_before, person, day, minutes in changes
        ],
        "missing": [
            {
                "key": str(key),
                "person": people.get(person, ""),
                "day": day.isoformat(),
                "minutes": minutes,
                "note": note,
            }
            for key, person, day, minutes, note in gone
        ],
    }
    return {"corrections": told}
