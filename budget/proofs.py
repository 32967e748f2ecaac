"""What is kept of hours, proved by the entries themselves: sums of three grains, and the series of used and earned."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db import connection, transaction

from alerts.reconciliation import Difference, register_proof
from budget.earned_history import rewrite_earned_series
from budget.models import BranchSeries
from projects.models import Project

# For each sum its columns beside the project's, and how an entry says them.
GRAINS: Final = {
    "burn by item": ("budget_itemburn", "work_item_id", "work_item_id"),
    "burn by day": ("budget_dayburn", "worked_on", "worked_on"),
    "burn by person and week": (
        "budget_personweekburn",
        "person_id, week_starts_on",
        "person_id, date_trunc('week', worked_on)::date",
    ),
}
# A row of zeros says the same as none: entries that are removed leave it.
COMPARED: Final = """
    WITH made AS (
        SELECT project_id, {expressions}, sum(minutes) AS minutes,
            coalesce(sum(minutes) FILTER (WHERE billable = 'y'), 0) AS billable,
            coalesce(sum(minutes) FILTER (WHERE hourly_rate IS NULL), 0) AS unrated,
            coalesce(sum(amount), 0)::numeric(16, 2) AS amount, count(*) AS entries
        FROM budget_timeentry WHERE project_id = ANY(%(projects)s)
        GROUP BY project_id, {expressions}
    ), made_of AS (
        SELECT project_id, ROW({columns})::text AS about,
            ROW(minutes, billable, unrated, amount, entries)::text AS sums
        FROM made AS made (project_id, {columns}, minutes, billable, unrated, amount, entries)
    ), kept AS (
        SELECT project_id, ROW({columns})::text AS about,
            ROW(minutes, billable_minutes, unrated_minutes, amount, entry_count)::text AS sums
        FROM {table}
        WHERE project_id = ANY(%(projects)s)
            AND (minutes, billable_minutes, unrated_minutes, amount, entry_count) <> (0, 0, 0, 0, 0)
    )
    SELECT project_id, about, coalesce(kept.sums, '–'), coalesce(made_of.sums, '–')
    FROM kept FULL JOIN made_of USING (project_id, about)
    WHERE kept.sums IS DISTINCT FROM made_of.sums
    ORDER BY project_id, about
    LIMIT %(most)s
"""
# One thing that went wrong may show in every row; a hundred of them are enough to know.
MOST: Final = 100


def differing_sums(projects: Sequence[Project]) -> Iterator[Difference]:
    """Sums of the database that are not those of its entries."""
    for what, (table, columns, expressions) in GRAINS.items():
        statement = COMPARED.format(table=table, columns=columns, expressions=expressions)
        with connection.cursor() as cursor:
            cursor.execute(statement, {"projects": [project.pk for project in projects], "most": MOST})
            for project_id, about, kept, found in cursor.fetchall():
                yield Difference(project_id, what, about, kept, found)


def differing_series(projects: Sequence[Project]) -> Iterator[Difference]:
    """Series of whole projects that come out otherwise when they are worked out from nothing."""
    before = _series(projects)
    with transaction.atomic():
        rewrite_earned_series(projects)
        found = _series(projects)
        transaction.set_rollback(True)
    for project in projects:
        kept, made = before.get(project.pk, {}), found.get(project.pk, {})
        differing = sorted(day for day in kept.keys() | made.keys() if kept.get(day) != made.get(day))
        if differing:
            day = differing[0]
            yield Difference(
                project.pk, "used and earned by day", str(day), str(kept.get(day, "–")), str(made.get(day, "–"))
            )


def _series(projects: Sequence[Project]) -> dict[int, dict[Any, tuple[Any, ...]]]:
    rows = BranchSeries.objects.filter(project__in=projects, work_item=None)
    return {
        row.project_id: {
            day: tuple(values)
            for day, *values in zip(
                row.on, row.used_minutes, row.matched_minutes, row.matched_amount, row.earned_minutes, strict=True
            )
        }
        for row in rows
    }


def _differences(projects: Sequence[Project]) -> Iterator[Difference]:
    yield from differing_sums(projects)
    yield from differing_series(projects)


def _work_out_anew(projects: Sequence[Project]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT budget_rebuild_burn(%s::bigint[])", [[project.pk for project in projects]])
    rewrite_earned_series(projects)


register_proof(_differences, _work_out_anew)
