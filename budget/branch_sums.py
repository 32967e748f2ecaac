"""Sums the series of work items into those of the branches above them and of whole projects: set-based, in SQL."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from budget.models import BranchSeries
from budget.planned_value import PlannedWork, planned_points

# Each item's steps from day to day (unnest pairs each array with itself one place later), summed by branch and day, and
# added up from the state in which the branch was kept before the first day that changed. What a whole project used is
# what its days say: that holds the hours on no item as well. A project stands among the branches as its key's
# negative; an empty first day sums a branch from nothing.
SUM = """
    INSERT INTO budget_branchseries (project_id, work_item_id, item_count, estimate_minutes, undated_minutes,
        planned_on, planned_minutes, "on",
        used_minutes, matched_minutes, matched_amount, unrated_minutes, earned_minutes, remaining_minutes)
    WITH wanted AS (
        SELECT * FROM unnest(%(branches)s::bigint[], %(projects)s::bigint[], %(days)s::date[])
            AS wanted (branch, project_id, since_on)
    ), total AS (
        SELECT branch, count(*) AS items, coalesce(sum(estimate_minutes), 0) AS estimate, coalesce(
            sum(estimate_minutes) FILTER (WHERE planned_start_on IS NULL OR planned_finish_on IS NULL), 0
        ) AS undated
        FROM budget_itemseries item CROSS JOIN LATERAL unnest((-item.project_id)::bigint || item.path) AS branch
        WHERE item.project_id = ANY(%(projects)s) AND branch = ANY(%(branches)s)
        GROUP BY branch
    ), before AS (
        SELECT branch, wanted.project_id, since_on, coalesce(items, 0) AS items, coalesce(estimate, 0) AS estimate,
            coalesce(undated, 0) AS undated, coalesce(place, 0) AS place, kept."on"[:place] AS days,
            used_minutes[:place] AS used, matched_minutes[:place] AS matched, matched_amount[:place] AS amount,
            unrated_minutes[:place] AS unrated, earned_minutes[:place] AS earned, remaining_minutes[:place] AS remaining
        FROM wanted LEFT JOIN total USING (branch)
        LEFT JOIN budget_branchseries kept ON kept.project_id = wanted.project_id
            AND kept.work_item_id IS NOT DISTINCT FROM (CASE WHEN branch > 0 THEN branch END)
            AND wanted.since_on IS NOT NULL
        LEFT JOIN LATERAL width_bucket(since_on - 1, kept."on") AS place ON true
    ), step AS (
        SELECT branch, day."on", CASE WHEN branch > 0 THEN day.used - day.used_0 ELSE 0 END AS used,
            day.matched - day.matched_0 AS matched, day.amount - day.amount_0 AS amount,
            day.unrated - day.unrated_0 AS unrated, day.earned - day.earned_0 AS earned,
            day.remaining - day.remaining_0 AS remaining
        FROM wanted JOIN budget_itemseries item ON item.project_id = wanted.project_id
            AND (branch < 0 OR branch = ANY(item.path)) AND (since_on IS NULL OR item.last_on >= since_on)
        CROSS JOIN LATERAL unnest(
            item."on", used_minutes, 0::bigint || used_minutes, matched_minutes, 0::bigint || matched_minutes,
            matched_amount, 0::numeric || matched_amount, unrated_minutes, 0::bigint || unrated_minutes,
            earned_minutes, 0::numeric || earned_minutes,
            remaining_minutes, coalesce(estimate_minutes, 0)::numeric || remaining_minutes
        ) AS day("on", used, used_0, matched, matched_0, amount, amount_0, unrated, unrated_0,
            earned, earned_0, remaining, remaining_0)
        WHERE day."on" IS NOT NULL AND (since_on IS NULL OR day."on" >= since_on)
        UNION ALL
        SELECT branch, worked_on, minutes, 0, 0, 0, 0, 0
        FROM wanted JOIN budget_dayburn USING (project_id)
        WHERE branch < 0 AND (since_on IS NULL OR worked_on >= since_on)
    ), moved AS (
        SELECT branch, "on", sum(used) AS used, sum(matched) AS matched, sum(amount) AS amount,
            sum(unrated) AS unrated, sum(earned) AS earned, sum(remaining) AS remaining
        FROM step GROUP BY branch, "on"
    ), state AS (
        SELECT branch, "on", sum(used) OVER so_far AS used, sum(matched) OVER so_far AS matched,
            sum(amount) OVER so_far AS amount, sum(unrated) OVER so_far AS unrated,
            sum(earned) OVER so_far AS earned, sum(remaining) OVER so_far AS remaining
        FROM moved WINDOW so_far AS (PARTITION BY branch ORDER BY "on")
    ), series AS (
        SELECT branch, array_agg("on" ORDER BY "on") AS days,
            array_agg(state.used + coalesce(before.used[place], 0) ORDER BY "on") AS used,
            array_agg(state.matched + coalesce(before.matched[place], 0) ORDER BY "on") AS matched,
            array_agg(state.amount + coalesce(before.amount[place], 0) ORDER BY "on") AS amount,
            array_agg(state.unrated + coalesce(before.unrated[place], 0) ORDER BY "on") AS unrated,
            array_agg(state.earned + coalesce(before.earned[place], 0) ORDER BY "on") AS earned,
            array_agg(state.remaining + coalesce(before.remaining[place], estimate) ORDER BY "on") AS remaining
        FROM state JOIN before USING (branch) GROUP BY branch
    )
    SELECT project_id, CASE WHEN branch > 0 THEN branch END, items, estimate, undated, '{}', '{}',
        coalesce(before.days || series.days, before.days, series.days, '{}'),
        coalesce(before.used || series.used::bigint[], before.used, series.used::bigint[], '{}'),
        coalesce(before.matched || series.matched::bigint[], before.matched, series.matched::bigint[], '{}'),
        coalesce(before.amount || series.amount, before.amount, series.amount, '{}'),
        coalesce(before.unrated || series.unrated::bigint[], before.unrated, series.unrated::bigint[], '{}'),
        coalesce(before.earned || series.earned, before.earned, series.earned, '{}'),
        coalesce(before.remaining || series.remaining, before.remaining, series.remaining, '{}')
    FROM before LEFT JOIN series USING (branch)
    ON CONFLICT (project_id, work_item_id) DO UPDATE SET
        item_count = excluded.item_count, estimate_minutes = excluded.estimate_minutes,
        undated_minutes = excluded.undated_minutes, "on" = excluded."on", used_minutes = excluded.used_minutes,
        matched_minutes = excluded.matched_minutes, matched_amount = excluded.matched_amount,
        unrated_minutes = excluded.unrated_minutes, earned_minutes = excluded.earned_minutes,
        remaining_minutes = excluded.remaining_minutes
"""


@dataclass(frozen=True)
class Branch:
    """What has to be summed anew of a branch: from ``since_on`` on, or all of it where that is None."""

    project_id: int
    since_on: dt.date | None = None


def whole_of(project_id: int) -> int:
    """The key of a whole project among the keys of branches, which are those of their topmost items."""
    return -project_id


def sum_branches(branches: Mapping[int, Branch]) -> None:
    """Sum branches, by their keys, anew from the series of their items."""
    if branches:
        named: dict[str, Any] = {
            "branches": list(branches),
            "projects": [branch.project_id for branch in branches.values()],
            "days": [branch.since_on for branch in branches.values()],
        }
        with connection.cursor() as cursor:
            cursor.execute(SUM, named)


def plan_branches(branches: Mapping[int, int], works: Iterable[tuple[Iterable[int], PlannedWork]]) -> None:
    """Write the planned curve of each branch; ``branches`` maps their keys to their projects'. ``works`` names for
    each planned work the branches that it belongs to.
    """
    works_of: dict[int, list[PlannedWork]] = {branch: [] for branch in branches}
    for within, work in works:
        for branch in within:
            if branch in works_of:
                works_of[branch].append(work)
    known = BranchSeries.objects.filter(project__in=set(branches.values())).only("pk", "project_id", "work_item_id")
    rows = []
    for row in known:
        branch = row.work_item_id or whole_of(row.project_id)
        if branch in branches:
            points = planned_points(works_of[branch])
            row.planned_on = [point.on for point in points]
            row.planned_minutes = [point.minutes for point in points]
            rows.append(row)
    BranchSeries.objects.bulk_update(rows, ["planned_on", "planned_minutes"], batch_size=200)
