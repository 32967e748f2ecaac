"""The rollups beside the sums that anybody can make from the entries."""

from django.db import connection

FROM_SCRATCH = """
    SELECT {keys}, sum(minutes)::bigint,
        coalesce(sum(minutes) FILTER (WHERE billable = 'y'), 0)::bigint,
        coalesce(sum(minutes) FILTER (WHERE hourly_rate IS NULL), 0)::bigint,
        coalesce(sum(amount), 0), count(*)
    FROM budget_timeentry GROUP BY {keys}
"""
KEPT = "SELECT {keys}, minutes, billable_minutes, unrated_minutes, amount, entry_count FROM {table} {there}"
# Entries that are removed leave a row of zeros, which says the same as none.
THERE = "WHERE (minutes, entry_count) <> (0, 0)"
GRAINS = (
    ("budget_itemburn", "project_id, work_item_id", "project_id, work_item_id"),
    ("budget_dayburn", "project_id, worked_on", "project_id, worked_on"),
    (
        "budget_personweekburn",
        "project_id, person_id, week_starts_on",
        "project_id, person_id, date_trunc('week', worked_on)::date",
    ),
)


def rows(statement: str) -> set[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return set(cursor.fetchall())


def drift() -> dict[str, set[tuple[object, ...]]]:
    """Where a rollup and the sums over entries differ, by rollup."""
    differing = {
        table: rows(FROM_SCRATCH.format(keys=keys)) ^ rows(KEPT.format(keys=columns, table=table, there=THERE))
        for table, columns, keys in GRAINS
    }
    return {table: found for table, found in differing.items() if found}
