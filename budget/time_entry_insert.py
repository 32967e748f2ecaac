"""The one door by which time entries come into the table: rated, and written by one statement however many they are."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Final

from django.db import connection
from psycopg2.extras import execute_values

from accounts.models import User
from budget.entry_identity import identity_of_name, new_identity
from budget.models import TimeEntry
from core.bulk_copy import copy_rows
from core.doorbell import ring
from projects.models import ImportBatch, Project, Rate
from projects.topics import touch

# Beyond it, sending values costs more than a table of their own. Never several statements: each would add to the
# sums in the order of its own keys, and two writers could wait for each other.
MOST_AS_VALUES: Final = 1000


@dataclass(frozen=True)
class NewTimeEntry:
    """Minutes that somebody worked on a day; keys of the person and, unless unordered, of the work item.

    ``key`` is the entry's own unless ``source_id`` gives it one.
    """

    person_id: int
    worked_on: dt.date
    minutes: int
    work_item_id: int | None = None
    billable: str = TimeEntry.Billable.UNKNOWN
    note: str = ""
    source_id: str | None = None
    reverses_id: uuid.UUID | None = None
    recorded_from: str = ""
    key: uuid.UUID = field(default_factory=new_identity)

    def key_in(self, project: Project) -> uuid.UUID:
        return self.key if self.source_id is None else identity_of_name(project.pk, self.source_id)


# The rate of the person, else of their role, else of the item's category, else of everyone, that holds on the day. Each
# speaks of one subject and no two of a subject hold on one day: the database sees to both, so each finds one at most.
RATES: Final = {
    "of_person": "{held}.person_id = entry.person_id",
    "of_role": "{held}.job_role = member.job_role AND {held}.job_role <> ''",
    "of_category": "{held}.category = item.category AND {held}.category <> ''",
    "of_everyone": "{held}.person_id IS NULL AND {held}.job_role = '' AND {held}.category = ''",
}
HOLDS: Final = "{held}.project_id = %(project)s AND {held}.valid @> entry.worked_on AND "
# What those conditions speak of beside the entry.
SUBJECTS: Final = {
    "of_role": "LEFT JOIN projects_projectperson AS member"
    " ON member.project_id = %(project)s AND member.person_id = entry.person_id",
    "of_category": "LEFT JOIN requirements_workitem AS item"
    " ON item.project_id = %(project)s AND item.id = entry.work_item_id",
}
RATE: Final = "CROSS JOIN LATERAL (SELECT coalesce({}) AS hourly_rate) AS rate"
LOOK_UP: Final = "(SELECT held.hourly_rate FROM projects_rate AS held WHERE {})"
LOOKED_UP: Final = " ".join([*SUBJECTS.values(), RATE]).format(
    ", ".join(LOOK_UP.format((HOLDS + condition).format(held="held")) for condition in RATES.values())
)
# ``{entries}`` is any relation with these columns; ``{rates}`` looks rates up, which is best for few entries, or joins
# them, which is best for many. What takes an entry back has exactly that entry's rate and amount, whatever holds by
# now. round() is half away from zero, as core.money says. Hours that are marked not billable cost nothing. In the order
# of keys, so that two writers who bring the same entries wait for each other in one direction; of two with one key the
# first counts.
INSERT: Final = """
    INSERT INTO budget_timeentry
        (uuid, project_id, person_id, work_item_id, worked_on, minutes, billable, note, source_id, reverses_id,
         recorded_from, source, batch_id, recorded_by_id, recorded_at, hourly_rate, amount)
    SELECT entry.uuid, %(project)s, entry.person_id, entry.work_item_id, entry.worked_on, entry.minutes,
           entry.billable, entry.note, entry.source_id, entry.reverses_id, entry.recorded_from,
           %(source)s, %(batch)s, %(recorded_by)s, now(),
           CASE WHEN entry.reverses_id IS NULL THEN rate.hourly_rate ELSE reversed.hourly_rate END,
           CASE WHEN entry.reverses_id IS NOT NULL THEN -reversed.amount
                WHEN entry.billable = 'n' THEN rate.hourly_rate * 0
                ELSE round(rate.hourly_rate * entry.minutes / 60, 2) END
    FROM {entries} AS entry
        (ordinal, uuid, person_id, work_item_id, worked_on, minutes, billable, note, source_id, reverses_id,
         recorded_from)
    LEFT JOIN budget_timeentry AS reversed
        ON reversed.project_id = %(project)s AND reversed.uuid = entry.reverses_id
    {rates}
    ORDER BY entry.uuid, entry.ordinal
    ON CONFLICT (uuid, project_id) DO NOTHING
"""
ROW: Final = "(%s, %s::uuid, %s::bigint, %s::bigint, %s::date, %s::smallint, %s, %s, %s::text, %s::uuid, %s)"
SENT: Final = """
    CREATE TEMPORARY TABLE sent_entries (
        ordinal bigint, uuid uuid, person_id bigint, work_item_id bigint, worked_on date, minutes smallint,
        billable text, note text, source_id text, reverses_id uuid, recorded_from text
    ) ON COMMIT DROP
"""
COLUMNS: Final = (
    "ordinal",
    "uuid",
    "person_id",
    "work_item_id",
    "worked_on",
    "minutes",
    "billable",
    "note",
    "source_id",
    "reverses_id",
    "recorded_from",
)


def insert_time_entries(
    *,
    project: Project,
    entries: Iterable[NewTimeEntry],
    source: str,
    recorded_by: User,
    batch: ImportBatch | None = None,
) -> list[uuid.UUID]:
    """Write ``entries`` with rate and amount in the caller's transaction; the keys of those that were new, in order.

    An entry whose ``source_id`` the project already has is left out: the same one twice counts once, also when two
    transactions bring it at the same time.
    """
    stream = (_row(project, ordinal, entry) for ordinal, entry in enumerate(entries))
    rows = list(islice(stream, MOST_AS_VALUES))
    params = insert_params(project=project, source=source, recorded_by=recorded_by, batch=batch)
    with connection.cursor() as cursor, connection.wrap_database_errors:
        if (more := next(stream, None)) is not None:
            cursor.execute(SENT)
            copy_rows(
                cursor, "sent_entries", COLUMNS, chain(rows, [more], stream), never_null=["note", "recorded_from"]
            )
            cursor.execute(
                INSERT.format(entries="sent_entries", rates=joined_rates(project)) + " RETURNING uuid", params
            )
            written: list[tuple[uuid.UUID]] = cursor.fetchall()
            cursor.execute("DROP TABLE sent_entries")
        else:
            statement = cursor.mogrify(
                INSERT.format(entries="(VALUES %%s)", rates=LOOKED_UP) + " RETURNING uuid", params
            ).decode()
            written = execute_values(cursor.cursor, statement, rows, template=ROW, page_size=MOST_AS_VALUES, fetch=True)
    tell_of_new_time(project)
    return [key for (key,) in written]


def joined_rates(project: Project) -> str:
    """The rates of a project beside many entries at once, leaving out the kinds of rate that it has none of."""
    rates = Rate.objects.filter(project=project)
    kinds = {
        "of_person": rates.filter(person__isnull=False),
        "of_role": rates.exclude(job_role=""),
        "of_category": rates.exclude(category=""),
        "of_everyone": rates.filter(person=None, job_role="", category=""),
    }
    held = [name for name, of_kind in kinds.items() if of_kind.exists()]
    joins = [
        f"{SUBJECTS.get(name, '')} LEFT JOIN projects_rate AS {name} ON {(HOLDS + RATES[name]).format(held=name)}"
        for name in held
    ]
    return " ".join([*joins, RATE.format(", ".join([*(f"{name}.hourly_rate" for name in held), "NULL::numeric"]))])


def insert_params(*, project: Project, source: str, recorded_by: User, batch: ImportBatch | None) -> dict[str, Any]:
    """What ``INSERT`` needs beside the entries."""
    return {
        "source": source,
        "batch": batch.pk if batch else None,
        "recorded_by": recorded_by.pk,
        "project": project.pk,
    }


def tell_of_new_time(project: Project) -> None:
    """Move the pages that show hours and ring for the rules, once the entries and their sums are written."""
    touch(project, "time")
    ring("alerts.evaluate", project.pk)


def _row(project: Project, ordinal: int, entry: NewTimeEntry) -> tuple[Any, ...]:
    return (
        ordinal,
        entry.key_in(project),
        entry.person_id,
        entry.work_item_id,
        entry.worked_on,
        entry.minutes,
        entry.billable,
        entry.note,
        entry.source_id,
        entry.reverses_id,
        entry.recorded_from,
    )
