"""Staged rows beside the project: whose they are, on which items, which of them it has already, and what they come to.

People and items are few: they are found by name in Python and joined by number. Everything that is asked of each row
is asked of all rows at once.
"""

import datetime as dt
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from django.db.models import Sum

from budget.models import DayBurn
from budget.time_corrections import Corrections, correction_params, count_corrections, show_corrections
from budget.time_names import Names, names_of
from budget.time_reading import Reading
from budget.time_staging import set_based
from budget.time_statements import with_parts
from budget.time_telling import Teller
from budget.timesheet_rows import DAY_MINUTES
from core.tabular.problems import ProblemLog
from projects.import_outcome import UnknownPerson
from projects.models import ImportBatch

# The hashes say which rows these are, in whatever order they are read.
BY_PERSON: Final = """
    SELECT staged.person,
        count(*) FILTER (WHERE known.uuid IS NULL),
        count(*) FILTER (WHERE known.uuid IS NOT NULL AND NOT {changed}),
        count(*) FILTER (WHERE {changed}),
        coalesce(sum(staged.minutes) FILTER (WHERE known.uuid IS NULL), 0),
        coalesce(sum(staged.minutes) FILTER (
            WHERE known.uuid IS NULL AND (item.work_item_id IS NULL OR item.is_dropped)), 0),
        min(staged.worked_on) FILTER (WHERE NOT {changed}),
        max(staged.worked_on) FILTER (WHERE NOT {changed}),
        sum(staged.minutes),
        coalesce(bit_xor(hash_record_extended(
            ROW (staged.identity, staged.person, staged.item, staged.worked_on, staged.minutes, staged.billable,
                 staged.note, staged.source_id), 0)) FILTER (WHERE NOT {changed}), 0)
    {matched}
    GROUP BY staged.person
"""


class _OfPerson(NamedTuple):
    """The rows of one person of the file; minutes of the new ones unless said otherwise."""

    person: int
    new: int
    same: int
    changed: int
    minutes: int
    unordered_minutes: int
    first_day: dt.date | None
    last_day: dt.date | None
    all_minutes: int
    rows_hash: int


@dataclass(frozen=True)
class Match:
    """What the staged rows come to: figures of the preview, and the hash of what would be written."""

    names: Names
    params: Mapping[str, Any]
    unknown: tuple[UnknownPerson, ...]
    corrections: Corrections
    new: int
    same: int
    totals: Mapping[str, Any]
    fingerprint: str


def match(batch: ImportBatch, reading: Reading, log: ProblemLog | None) -> Match:
    """Set the staged rows beside the project; what has to be told of them goes into ``log``, if there is one."""
    names = names_of(batch, reading)
    with set_based() as cursor:
        params = {**correction_params(cursor, batch, reading, names), "most": DAY_MINUTES}
        cursor.execute(with_parts(BY_PERSON), params)
        found = [_OfPerson(*row) for row in cursor.fetchall()]
        has_changed = any(each.changed for each in found)
        corrections = count_corrections(cursor, params, has_changed=has_changed)
        told = batch.outcome.get("totals", {})
        corrections_shown = {name: told[name] for name in ("corrections",) if name in told}
        if log is not None:
            Teller(cursor, batch.project, params, reading, names, log).tell(has_changed=has_changed)
            corrections_shown = show_corrections(cursor, params, names, corrections)
    return Match(
        names=names,
        params=params,
        corrections=corrections,
        unknown=tuple(_unknown(names, found)),
        new=sum(each.new for each in found),
        same=sum(each.same for each in found),
        totals={**_totals(batch, names, found, corrections), **corrections_shown},
        fingerprint=_fingerprint(reading, names, found, corrections),
    )


def _unknown(names: Names, found: Sequence[_OfPerson]) -> list[UnknownPerson]:
    """Everyone about whom nothing is known or decided, with how much depends on it."""
    unknown = []
    for each in found:
        named = names.people[each.person]
        if names.known.is_unknown(named):
            rows = each.new + each.same + each.changed
            unknown.append(UnknownPerson(named.key, named.name, named.email, rows, each.all_minutes))
    return sorted(unknown, key=lambda person: person.key)


def _totals(batch: ImportBatch, names: Names, found: Sequence[_OfPerson], corrections: Corrections) -> dict[str, Any]:
    """What the new rows and the corrections come to, and by person the new ones.

    Minutes; days, of all rows that can be taken, as ISO dates.
    """
    first = min((each.first_day for each in found if each.first_day), default=None)
    last = max((each.last_day for each in found if each.last_day), default=None)
    rows: Counter[str] = Counter()
    minutes: Counter[str] = Counter()
    for each in sorted(found):
        if each.new:
            rows[names.who(each.person)] += each.new
            minutes[names.who(each.person)] += each.minutes
    used: int = DayBurn.objects.filter(project=batch.project_id).aggregate(total=Sum("minutes"))["total"] or 0
    return {
        "minutes": sum(each.minutes for each in found) + corrections.minutes,
        "unordered_minutes": sum(each.unordered_minutes for each in found),
        "used_before_minutes": used,
        "first_day": first.isoformat() if first else "",
        "last_day": last.isoformat() if last else "",
        "people": [
            {"name": names.said(who), "rows": rows[who], "minutes": total} for who, total in minutes.most_common()
        ],
    }


def _fingerprint(reading: Reading, names: Names, found: Sequence[_OfPerson], corrections: Corrections) -> str:
    """What would be written: which rows, whose they are, and on what. Whether the project has them by now is not in it.

    What a row says follows from the file and how it is read (``stamp``), so that a short hash tells which are meant.
    """
    people = [names.who(number) for number in range(len(names.people))]
    items = [item and (item.key, item.is_dropped) for item in names.found]
    rows = [(each.person, each.new + each.same, each.rows_hash) for each in sorted(found)]
    said = json.dumps([reading.stamp, people, items, rows, corrections.fingerprint])
    return hashlib.sha256(said.encode()).hexdigest()
