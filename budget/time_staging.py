"""A timesheet's rows in the database, beside the entries they may become: in by COPY, then compared with each other."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, Final

from django.db import connection

from budget.entry_identity import MOST_ALIKE
from budget.models import StagedEntry, StagedName
from budget.timesheet_rows import StagedRow, TimesheetReader
from core.bulk_copy import copy_rows
from core.progress import Meter
from core.tabular.problems import ERROR, WARNING, Problem
from projects.models import ImportBatch

# The application's role may not gather statistics, so the planner knows nothing of these rows and would take them one
# by one. Sorting and hashing is right for few and for many.
SET_BASED: Final = "SET LOCAL enable_nestloop = off; SET LOCAL work_mem = '64MB'"
AS_BEFORE: Final = "SET LOCAL enable_nestloop = on; SET LOCAL work_mem = DEFAULT"

# Of rows with one id the first counts; the others repeat it, or say something else and are wrong.
TAKE_OUT_REPEATED_IDS: Final = """
    WITH twice AS (
        SELECT identity FROM budget_stagedentry
        WHERE batch_id = %(batch)s AND source_id IS NOT NULL GROUP BY identity HAVING count(*) > 1
    ), placed AS (
        SELECT line, part, substr(source_id, 4) AS source_id, first_value(line) OVER same AS first_line,
            row_number() OVER same AS place,
            (person, worked_on, minutes) = (
                first_value(person) OVER same, first_value(worked_on) OVER same, first_value(minutes) OVER same
            ) AS repeats
        FROM budget_stagedentry JOIN twice USING (identity)
        WHERE batch_id = %(batch)s
        WINDOW same AS (PARTITION BY identity ORDER BY line, part)
    ), gone AS (
        DELETE FROM budget_stagedentry AS staged USING placed
        WHERE staged.batch_id = %(batch)s AND place > 1 AND (staged.line, staged.part) = (placed.line, placed.part)
    )
    SELECT line, first_line, source_id, repeats FROM placed WHERE place > 1 ORDER BY line
"""
# Rows that say the same are as many entries; which of them each is stands in the last four digits of its key.
COUNT_THE_ALIKE: Final = """
    WITH alike AS (
        SELECT identity FROM budget_stagedentry
        WHERE batch_id = %(batch)s AND source_id IS NULL GROUP BY identity HAVING count(*) > 1
    ), placed AS (
        SELECT line, part, row_number() OVER (PARTITION BY identity ORDER BY line, part) - 1 AS place
        FROM budget_stagedentry JOIN alike USING (identity)
        WHERE batch_id = %(batch)s
    ), counted AS (
        UPDATE budget_stagedentry AS staged
        SET identity = (left(replace(identity::text, '-', ''), 28) || lpad(to_hex(place), 4, '0'))::uuid
        FROM placed
        WHERE staged.batch_id = %(batch)s AND place > 0 AND place < %(most)s
            AND (staged.line, staged.part) = (placed.line, placed.part)
    ), gone AS (
        DELETE FROM budget_stagedentry AS staged USING placed
        WHERE staged.batch_id = %(batch)s AND place >= %(most)s
            AND (staged.line, staged.part) = (placed.line, placed.part)
        RETURNING staged.line
    )
    SELECT line FROM gone ORDER BY line
"""
SAME_TIMES: Final = """
    WITH twice AS (
        SELECT times FROM budget_stagedentry
        WHERE batch_id = %(batch)s AND times IS NOT NULL GROUP BY times HAVING count(*) > 1
    ), placed AS (
        SELECT line, first_value(line) OVER same AS first_line, row_number() OVER same AS place
        FROM budget_stagedentry JOIN twice USING (times)
        WHERE batch_id = %(batch)s
        WINDOW same AS (PARTITION BY times ORDER BY line, part)
    )
    SELECT line, first_line, count(*) OVER () FROM placed WHERE place > 1 ORDER BY line LIMIT %(room)s
"""


@contextmanager
def set_based() -> Iterator[Any]:
    """A cursor for statements over staged rows, inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(SET_BASED)
        yield cursor
        cursor.execute(AS_BEFORE)


def forget_staged(batch: ImportBatch) -> None:
    """Take the rows of a file off the stage."""
    for model in (StagedEntry, StagedName):
        model.objects.filter(batch=batch).delete()


def stage(
    batch: ImportBatch,
    reader: TimesheetReader,
    lines: Iterable[tuple[int, Sequence[str], Problem | None]],
    meter: Meter,
) -> None:
    """Bring every row that can be taken in, and take out those that repeat another one's id."""
    with connection.cursor() as cursor:
        copy_rows(
            cursor,
            StagedEntry._meta.db_table,
            ("batch_id", *StagedRow._fields),
            ((batch.pk, *row) for row in reader.staged_rows(lines, meter.at)),
        )
        columns = ("batch_id", "kind", "number", "name", "email")
        copy_rows(cursor, StagedName._meta.db_table, columns, _names(batch, reader))
    meter.begin("comparing")
    with set_based() as cursor:
        if "source_id" in reader.layout:
            _take_out_repeated_ids(cursor, batch, reader)
        _count_the_alike(cursor, batch, reader)
        _tell_same_times(cursor, batch, reader)


def _names(batch: ImportBatch, reader: TimesheetReader) -> Iterator[tuple[Any, ...]]:
    kind = StagedName.Kind
    people = ((kind.PERSON, number, each.name, each.email) for number, each in enumerate(reader.people.names))
    items = ((kind.ITEM, number, name, "") for number, name in enumerate(reader.items.names))
    return ((batch.pk, *row) for row in chain(people, items))


def _take_out_repeated_ids(cursor: Any, batch: ImportBatch, reader: TimesheetReader) -> None:
    cursor.execute(TAKE_OUT_REPEATED_IDS, {"batch": batch.pk})
    column = reader.layout.header_of("source_id")
    for line, first, source_id, repeats in cursor.fetchall():
        reader.staged -= 1
        reader.wrong += not repeats
        code, level = ("id_twice", WARNING) if repeats else ("id_reused", ERROR)
        reader.log.add(Problem(code, line, column, source_id, level, {"first": first}))


def _count_the_alike(cursor: Any, batch: ImportBatch, reader: TimesheetReader) -> None:
    cursor.execute(COUNT_THE_ALIKE, {"batch": batch.pk, "most": MOST_ALIKE})
    for (line,) in cursor.fetchall():
        reader.staged -= 1
        reader.wrong += 1
        reader.log.add(Problem("alike_too_often", line, params={"limit": f"{MOST_ALIKE:,}"}))


def _tell_same_times(cursor: Any, batch: ImportBatch, reader: TimesheetReader) -> None:
    """Two entries of a person with the very same start and end: both count, and may be one."""
    cursor.execute(SAME_TIMES, {"batch": batch.pk, "room": reader.log.room})
    found = cursor.fetchall()
    column = reader.layout.header_of("worked_on")
    problems = (Problem("same_times", line, column, "", WARNING, {"first": first}) for line, first, _ in found)
    reader.log.add_counted("same_times", found[0][2] if found else 0, problems)
