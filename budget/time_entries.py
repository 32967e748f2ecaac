"""The one way by which time entries come into being: rated and written as a set, however many they are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from psycopg2.extras import execute_values

from accounts.models import Person, User
from budget.models import TimeEntry
from core.doorbell import ring
from core.errors import DomainError
from projects.activity import record, register_sentences
from projects.models import ImportBatch, Project, ProjectPerson
from requirements_app.models import WorkItem

register_sentences(
    {
        "time_recorded": gettext_lazy("recorded %(hours)s h of work on %(day)s"),
        "time_imported": gettext_lazy("took %(count)s time entries (%(hours)s h) from %(filename)s"),
        "time_reversed": gettext_lazy("took back %(hours)s h of %(day)s: %(reason)s"),
    }
)


@dataclass(frozen=True)
class NewTimeEntry:
    """Minutes that somebody worked on a day; keys of the person and, unless unordered, of the work item."""

    person_id: int
    worked_on: dt.date
    minutes: int
    work_item_id: int | None = None
    billable: str = TimeEntry.Billable.UNKNOWN
    note: str = ""
    source_id: str | None = None
    reverses_id: int | None = None


# The rate of the person, else of their role, else of the item's category, else of everyone, that holds on the day.
# What takes an entry back has exactly that entry's rate and amount, whatever holds by now.
# round() is half away from zero, as core.money says.
INSERT = """
    INSERT INTO budget_timeentry
        (uuid, project_id, person_id, work_item_id, worked_on, minutes, billable, note, source_id, reverses_id,
         source, batch_id, recorded_by_id, recorded_at, hourly_rate, amount)
    SELECT gen_random_uuid(), project.id, entry.person_id, entry.work_item_id, entry.worked_on, entry.minutes,
           entry.billable, entry.note, entry.source_id, entry.reverses_id,
           %(source)s, %(batch)s, %(recorded_by)s, now(),
           CASE WHEN entry.reverses_id IS NULL THEN rate.hourly_rate ELSE reversed.hourly_rate END,
           CASE WHEN entry.reverses_id IS NULL THEN round(rate.hourly_rate * entry.minutes / 60, 2)
                ELSE -reversed.amount END
    FROM (VALUES %%s) AS entry
        (ordinal, person_id, work_item_id, worked_on, minutes, billable, note, source_id, reverses_id)
    CROSS JOIN (SELECT %(project)s::bigint AS id) AS project
    LEFT JOIN projects_projectperson AS member
        ON member.project_id = project.id AND member.person_id = entry.person_id
    LEFT JOIN requirements_workitem AS item ON item.id = entry.work_item_id
    LEFT JOIN budget_timeentry AS reversed ON reversed.id = entry.reverses_id
    LEFT JOIN LATERAL (
        SELECT held.hourly_rate
        FROM projects_rate AS held
        WHERE held.project_id = project.id AND held.valid @> entry.worked_on
            AND (held.person_id = entry.person_id OR held.person_id IS NULL)
            AND held.job_role IN ('', coalesce(member.job_role, ''))
            AND held.category IN ('', coalesce(item.category, ''))
        ORDER BY held.person_id IS NULL, held.job_role = '', held.category = ''
        LIMIT 1
    ) AS rate ON true
    ORDER BY entry.ordinal
    ON CONFLICT (project_id, source_id) WHERE source_id IS NOT NULL DO NOTHING
    RETURNING id
"""
ROW = "(%s, %s::bigint, %s::bigint, %s::date, %s::smallint, %s, %s, %s::text, %s::bigint)"


def insert_time_entries(
    *,
    project: Project,
    entries: Sequence[NewTimeEntry],
    source: str,
    recorded_by: User,
    batch: ImportBatch | None = None,
) -> list[int]:
    """Write ``entries`` with rate and amount in the caller's transaction; the keys of those that were new.

    An entry whose ``source_id`` the project already has is left out: the same file twice counts once, also when two
    transactions bring it at the same time.
    """
    with connection.cursor() as cursor, connection.wrap_database_errors:
        statement = cursor.mogrify(
            INSERT,
            {
                "source": source,
                "batch": batch.pk if batch else None,
                "recorded_by": recorded_by.pk,
                "project": project.pk,
            },
        ).decode()
        rows = [
            (
                ordinal,
                entry.person_id,
                entry.work_item_id,
                entry.worked_on,
                entry.minutes,
                entry.billable,
                entry.note,
                entry.source_id,
                entry.reverses_id,
            )
            for ordinal, entry in enumerate(entries)
        ]
        written: list[tuple[int]] = execute_values(
            cursor.cursor, statement, rows, template=ROW, page_size=2000, fetch=True
        )
    ring("alerts.evaluate", project.pk)
    return [key for (key,) in written]


@transaction.atomic
def record_time(
    *,
    actor: User,
    project: Project,
    person: Person,
    worked_on: dt.date,
    minutes: int,
    today: dt.date,
    work_item: WorkItem | None = None,
    billable: str = TimeEntry.Billable.UNKNOWN,
    note: str = "",
    source: str = TimeEntry.Source.PAGE,
) -> TimeEntry:
    """Record one entry. Hours are facts: they are taken even when the budget is used up, and shown."""
    if worked_on > today:
        raise DomainError(_("Hours cannot be recorded before they are worked."), code="future", field="worked_on")
    if not 0 < minutes <= 1440:
        raise DomainError(_("An entry is from 1 minute to 24 hours."), code="minutes_of_one_day", field="minutes")
    if not ProjectPerson.objects.filter(project=project, person=person).exists():
        raise DomainError(
            _("%(name)s does not belong to the project. Add the person first.") % {"name": person.name},
            code="not_of_project",
            field="person",
        )
    if work_item is not None and work_item.state == WorkItem.State.DROPPED:
        raise DomainError(_("This work item was dropped. Choose another one."), code="dropped", field="work_item")
    (key,) = insert_time_entries(
        project=project,
        entries=[
            NewTimeEntry(
                person_id=person.pk,
                worked_on=worked_on,
                minutes=minutes,
                work_item_id=work_item.pk if work_item else None,
                billable=billable,
                note=note,
            )
        ],
        source=source,
        recorded_by=actor,
    )
    record(
        project,
        "time_recorded",
        actor=actor,
        ref=work_item.ref if work_item else None,
        hours=f"{minutes / 60:.2f}",
        day=worked_on.isoformat(),
    )
    return TimeEntry.objects.get(pk=key)


@transaction.atomic
def reverse_time(*, actor: User, entry: TimeEntry, reason: str) -> TimeEntry:
    """Take an entry back by its negative, which names it. What was recorded stays readable."""
    locked: Any = TimeEntry.objects.select_for_update().get(pk=entry.pk)
    if locked.reverses_id is not None:
        raise DomainError(_("This entry takes back another one and stays."), code="is_reversal")
    if locked.reversals.exists():
        raise DomainError(_("This entry has already been taken back."), code="already_reversed")
    (key,) = insert_time_entries(
        project=locked.project,
        entries=[
            NewTimeEntry(
                person_id=locked.person_id,
                worked_on=locked.worked_on,
                minutes=-locked.minutes,
                work_item_id=locked.work_item_id,
                billable=locked.billable,
                note=reason,
                reverses_id=locked.pk,
            )
        ],
        source=TimeEntry.Source.PAGE,
        recorded_by=actor,
    )
    record(
        locked.project,
        "time_reversed",
        actor=actor,
        hours=f"{locked.minutes / 60:.2f}",
        day=locked.worked_on.isoformat(),
        reason=reason,
    )
    return TimeEntry.objects.get(pk=key)
