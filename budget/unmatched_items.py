"""Hours whose work item nobody knew: kept by what their file calls it, and assigned many at once.

They count as unordered work from the start, so that nothing is missing from the project's burn. Assigning fills in what
was left open: the entry stays the same one, with the rate that holds for it on that item, and its history says so.
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from budget.models import UnmatchedItem
from budget.time_entry_insert import joined_rates, tell_of_new_time
from budget.time_names import ITEM
from budget.time_staging import set_based
from core.deadlocks import retry_deadlocks
from core.errors import DomainError
from core.kept_query import KeptQuery, among
from projects.access import projects_where_member_can
from projects.activity import record, register_sentences
from projects.audience import Side
from projects.models import ImportBatch, Project
from requirements_app.item_lookup import folded
from requirements_app.models import ItemName, WorkItem

register_sentences(
    {
        "time_assigned": lambda data: (
            ngettext(
                "assigned %(count)s time entry (%(hours)s h) to work items",
                "assigned %(count)s time entries (%(hours)s h) to work items",
                data["count"],
            )
            % data
        ),
    },
    seen_with="view_hours",
)

# By the entry's own key, and of corrections, whose key is another, by the name in the source.
KEEP: Final = """
    INSERT INTO budget_unmatcheditem (uuid, project_id, batch_id, side, name, entries)
    SELECT gen_random_uuid(), %(project)s, %(batch)s, %(side)s, left(named.name, 300), array_agg(written.uuid)
    FROM (
        SELECT staged.item, entry.uuid
        FROM budget_stagedentry AS staged JOIN budget_timeentry AS entry ON entry.uuid = staged.identity
        WHERE staged.batch_id = %(batch)s AND entry.project_id = %(project)s AND entry.batch_id = %(batch)s
        UNION
        SELECT staged.item, entry.uuid
        FROM budget_stagedentry AS staged JOIN budget_timeentry AS entry ON entry.source_id = staged.source_id
        WHERE %(has_corrections)s AND staged.batch_id = %(batch)s
            AND entry.project_id = %(project)s AND entry.batch_id = %(batch)s
    ) AS written
    JOIN {item} AS item ON item.number = written.item
    JOIN budget_stagedname AS named
        ON named.batch_id = %(batch)s AND named.kind = 'item' AND named.number = written.item
    WHERE (item.work_item_id IS NULL OR item.is_dropped) AND NOT item.is_none
    GROUP BY left(named.name, 300)
"""
# What counts of a name by now: what somebody took back stays as it is.
STANDING: Final = """
    FROM budget_unmatcheditem AS unmatched
    CROSS JOIN unnest(unmatched.entries) AS kept (key)
    JOIN budget_timeentry AS entry ON entry.project_id = unmatched.project_id AND entry.uuid = kept.key
    WHERE unmatched.id = ANY (%(keys)s) AND entry.work_item_id IS NULL
        AND NOT EXISTS (
            SELECT FROM budget_timeentry AS back
            WHERE back.project_id = entry.project_id AND back.reverses_id = entry.uuid
        )
"""
COUNTED: Final = """
    SELECT unmatched.id, count(*), sum(entry.minutes), min(entry.worked_on), max(entry.worked_on)
    {standing} GROUP BY unmatched.id
"""
ASSIGN: Final = """
    UPDATE budget_timeentry AS assigned
    SET work_item_id = entry.work_item_id, hourly_rate = rate.hourly_rate,
        amount = CASE WHEN entry.billable = 'n' THEN rate.hourly_rate * 0
                      ELSE round(rate.hourly_rate * entry.minutes / 60, 2) END
    FROM (
        SELECT entry.uuid, entry.person_id, chosen.item AS work_item_id, entry.worked_on, entry.minutes, entry.billable
        FROM (
            SELECT unmatched.id, unnest(unmatched.entries) AS key FROM budget_unmatcheditem AS unmatched
            WHERE unmatched.id = ANY (%(keys)s)
        ) AS kept
        JOIN unnest(%(keys)s, %(items)s) AS chosen (key, item) ON chosen.key = kept.id
        JOIN budget_timeentry AS entry ON entry.project_id = %(project)s AND entry.uuid = kept.key
        WHERE entry.work_item_id IS NULL
            AND NOT EXISTS (
                SELECT FROM budget_timeentry AS back
                WHERE back.project_id = %(project)s AND back.reverses_id = entry.uuid
            )
    ) AS entry
    {rates}
    WHERE assigned.project_id = %(project)s AND assigned.uuid = entry.uuid
    RETURNING assigned.minutes
"""


def keep_unmatched(cursor: Any, params: Mapping[str, Any], batch: ImportBatch) -> None:
    """Keep the entries that a file just brought under names that nobody knows."""
    more = {"side": batch.recorded_by_side, "has_corrections": batch.options.get("corrections") is not None}
    cursor.execute(KEEP.format(item=ITEM), {**params, **more})


@dataclass(frozen=True)
class UnmatchedLine:
    """A name with the hours that wait for it. Minutes; days are None where nothing of it counts any more."""

    item: UnmatchedItem
    entries: int
    minutes: int
    first_day: dt.date | None
    last_day: dt.date | None


def unmatched_of(project: Project, side: str) -> QuerySet[UnmatchedItem]:
    """The names that files of a side left open, without their entries, which may be many."""
    found = UnmatchedItem.objects.filter(project=project, side=side)
    return found.select_related("batch").defer("entries", "batch__outcome", "batch__options", "batch__reading")


@transaction.atomic
def unmatched_lines(items: Sequence[UnmatchedItem]) -> list[UnmatchedLine]:
    """Each of them with what counts of it by now: one question, however many entries wait."""
    with set_based() as cursor:
        cursor.execute(COUNTED.format(standing=STANDING), {"keys": [item.pk for item in items]})
        counted = {row[0]: row[1:] for row in cursor.fetchall()}
    return [UnmatchedLine(item, *counted.get(item.pk, (0, 0, None, None))) for item in items]


NAMES: Final = KeptQuery(
    lambda keys: (
        UnmatchedItem.objects.filter(project__in=among(keys))
        .order_by()
        .values("project", "side")
        .annotate(count=Count("pk"))
        .values_list("project", "side", "count")
    ),
    keys=list,
)


def unmatched_names(projects: Iterable[int]) -> dict[int, dict[str, int]]:
    """How many names are open in each of the projects, by the side whose files they stand in: one query."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for project, side, count in NAMES.rows(keys=list(projects)):
        found[project][side] = count
    return found


def projects_with_unmatched(user: User, today: dt.date | None = None) -> QuerySet[Project]:
    """Where somebody of the user's side has to say what names mean, and the user may."""
    found = Q()
    for side in Side:
        waits = UnmatchedItem.objects.filter(project=OuterRef("pk"), side=side)
        found |= Q(Exists(waits), pk__in=projects_where_member_can(user, side, "import_time", today).values("pk"))
    return Project.objects.filter(found)


@dataclass(frozen=True)
class Assigned:
    """How many entries went to work items, and how much that is."""

    entries: int
    minutes: int


@retry_deadlocks
@transaction.atomic
def assign_unmatched(
    *, actor: User, project: Project, side: str, choices: Mapping[uuid.UUID, WorkItem | None]
) -> Assigned:
    """Say what names mean; None: no work item, the hours stay unordered. The next file asks nothing of them.

    The same name of other files of the side goes with it.
    """
    # As an import does: two that add up the same days in turn would wait for each other.
    Project.objects.select_for_update(no_key=True, of=("self",)).get(pk=project.pk)
    if any(item is not None and item.is_dropped for item in choices.values()):
        raise DomainError(_("This work item was dropped. Choose another one."), code="dropped", field="work_item")
    open_items = list(UnmatchedItem.objects.filter(project=project, side=side).defer("entries").order_by("pk"))
    said = {folded(item.name): choices[item.uuid] for item in open_items if item.uuid in choices}
    if len({item.uuid for item in open_items} & choices.keys()) != len(choices):
        raise DomainError(
            _("Somebody else said what one of these names means. Look again: nothing of yours was saved."),
            code="assigned_meanwhile",
        )
    meant = [(item, said[folded(item.name)]) for item in open_items if folded(item.name) in said]
    minutes = _assign(project, [(item.pk, work.pk) for item, work in meant if work is not None])
    UnmatchedItem.objects.filter(pk__in=[item.pk for item, _work in meant]).delete()
    _remember(project, said)
    if minutes:
        tell_of_new_time(project)
        record(project, "time_assigned", actor=actor, count=len(minutes), hours=f"{sum(minutes) / 60:.2f}")
    return Assigned(len(minutes), sum(minutes))


def _assign(project: Project, chosen: Sequence[tuple[int, int]]) -> list[int]:
    """The minutes of each entry that got its item: one statement, however many."""
    if not chosen:
        return []
    params: dict[str, Any] = {
        "project": project.pk,
        "keys": [key for key, _ in chosen],
        "items": [item for _, item in chosen],
    }
    with set_based() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(ASSIGN.format(rates=joined_rates(project)), params)
        return [minutes for (minutes,) in cursor.fetchall()]


def _remember(project: Project, said: Mapping[str, WorkItem | None]) -> None:
    names: Iterable[ItemName] = [ItemName(project=project, name=name, work_item=item) for name, item in said.items()]
    ItemName.objects.bulk_create(
        names, update_conflicts=True, unique_fields=["project", "name"], update_fields=["work_item"]
    )
