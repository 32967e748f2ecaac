"""Saving a person's week: more hours are added, fewer take back the newest entries, with the reason for it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_entries import record_times, reverse_times
from budget.time_entry_insert import NewTimeEntry
from budget.week_queries import Cell, standing_entries
from core.deadlocks import retry_deadlocks
from core.errors import DomainError
from projects.models import Project, ProjectPerson


@dataclass(frozen=True)
class CellChange:
    """What somebody wants a cell to hold, and what it held when they looked. Minutes."""

    work_item_id: int | None
    worked_on: dt.date
    seen_minutes: int
    minutes: int

    @property
    def cell(self) -> Cell:
        return self.work_item_id, self.worked_on

    @property
    def takes_back(self) -> bool:
        return self.minutes < self.seen_minutes


class CellsMoved(DomainError):
    """Others changed cells in the meantime, so nothing was saved. ``cells`` says what they hold now, in minutes."""

    code = "stale_version"

    def __init__(self, cells: Mapping[Cell, int]) -> None:
        super().__init__(_("Somebody else changed these hours in the meantime. Nothing of yours was saved yet."))
        self.cells = cells


@dataclass(frozen=True)
class SavedWeek:
    """What came of it, in minutes."""

    added_minutes: int
    taken_back_minutes: int


@retry_deadlocks
@transaction.atomic
def save_week(
    *,
    actor: User,
    project: Project,
    person: Person,
    changes: Sequence[CellChange],
    today: dt.date,
    reason: str = "",
    note: str = "",
    billable: str = TimeEntry.Billable.UNKNOWN,
    recorded_from: str = "",
) -> SavedWeek:
    """Bring each cell to its new hours, all together or, with CellsMoved or RowsRefused, none."""
    if any(change.takes_back for change in changes) and not reason:
        raise DomainError(_("Say why hours are taken back: both sides read it."), code="reason", field="reason")
    # Two sheets of one person wait for each other here; other writers only ever add.
    list(ProjectPerson.objects.select_for_update(no_key=True).filter(project=project, person=person))
    standing = standing_entries(project, person, [change.cell for change in changes])
    held = {cell: sum(entry.minutes for entry in entries) for cell, entries in standing.items()}
    moved = {change.cell: held[change.cell] for change in changes if held[change.cell] != change.seen_minutes}
    if moved:
        raise CellsMoved(moved)
    taken_back: list[TimeEntry] = []
    added: list[NewTimeEntry] = []
    for change in changes:
        back, rest = _newest_down_to(standing[change.cell], change.minutes)
        taken_back += back
        # What remains of an entry that was taken back in part stays what that entry was.
        like = back[-1] if back else None
        if rest:
            added.append(
                NewTimeEntry(
                    person_id=person.pk,
                    worked_on=change.worked_on,
                    minutes=rest,
                    work_item_id=change.work_item_id,
                    billable=like.billable if like else billable,
                    note=like.note if like else note,
                    recorded_from=like.recorded_from if like else recorded_from,
                )
            )
    if taken_back:
        reverse_times(actor=actor, project=project, entries=taken_back, reason=reason, source=TimeEntry.Source.PAGE)
    if added:
        record_times(actor=actor, project=project, entries=added, today=today, source=TimeEntry.Source.PAGE)
    return SavedWeek(sum(entry.minutes for entry in added), sum(entry.minutes for entry in taken_back))


def _newest_down_to(entries: Sequence[TimeEntry], minutes: int) -> tuple[list[TimeEntry], int]:
    """Which of ``entries`` (the newest first) to take back so that at most ``minutes`` stand, and what then lacks."""
    stands = sum(entry.minutes for entry in entries)
    back = []
    for entry in entries:
        if stands <= minutes:
            break
        back.append(entry)
        stands -= entry.minutes
    return back, minutes - stands
