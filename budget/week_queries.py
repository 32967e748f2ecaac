"""One person's ISO week on a project, by work item and day: what the week's sheet shows and compares with."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, Sum

from accounts.models import Person
from budget.models import PersonWeekBurn, TimeEntry
from projects.models import Project
from requirements_app.models import WorkItem

DAYS = 7
WEEK = dt.timedelta(days=DAYS)

# A cell of the sheet: the work item's key, None for unordered work, and the day.
Cell = tuple[int | None, dt.date]


@dataclass(frozen=True)
class WeekRow:
    """Minutes of the seven days on one work item; on None they are hours that nobody ordered."""

    work_item: WorkItem | None
    minutes: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.minutes)

    @property
    def number(self) -> int:
        """The work item's number; 0 for unordered work."""
        return self.work_item.ref.number if self.work_item else 0


@dataclass(frozen=True)
class Week:
    """A person's week. All figures in minutes."""

    person: Person
    starts_on: dt.date
    rows: tuple[WeekRow, ...]
    minutes_before: int

    @property
    def days(self) -> tuple[dt.date, ...]:
        return tuple(self.starts_on + dt.timedelta(days=day) for day in range(DAYS))

    @property
    def day_totals(self) -> tuple[int, ...]:
        return tuple(sum(row.minutes[day] for row in self.rows) for day in range(DAYS))

    @property
    def total(self) -> int:
        return sum(row.total for row in self.rows)

    @property
    def last_day(self) -> dt.date:
        return self.starts_on + dt.timedelta(days=DAYS - 1)

    @property
    def before(self) -> dt.date:
        return self.starts_on - WEEK

    @property
    def after(self) -> dt.date:
        return self.starts_on + WEEK

    @property
    def rows_with_hours(self) -> int:
        return sum(1 for row in self.rows if row.total)


def week_of(project: Project, person: Person, monday: dt.date, numbers: Collection[int] = ()) -> Week:
    """The week that begins on ``monday``: a row for each work item of it, of the week before and of ``numbers``.

    Number 0 asks for the row of unordered work. Three queries, whatever the number of entries: a week of one person
    holds few, so they are summed as they stand.
    """
    minutes: dict[int | None, list[int]] = defaultdict(lambda: [0] * DAYS)
    entries = TimeEntry.objects.filter(
        project=project, person=person, worked_on__gte=monday - WEEK, worked_on__lt=monday + WEEK
    )
    for item, day, total in entries.order_by().values_list("work_item", "worked_on").annotate(total=Sum("minutes")):
        if day >= monday:
            minutes[item][(day - monday).days] += total
        elif total > 0 and item is not None:
            # Whoever worked on it last week likely goes on.
            minutes[item]
    wanted = Q(pk__in=[key for key in minutes if key]) | Q(ref__number__in=[number for number in numbers if number])
    items = WorkItem.objects.filter(wanted, project=project).select_related("ref").order_by("ref__number")
    rows = [
        WeekRow(item, tuple(minutes[item.pk]))
        for item in items
        if any(minutes[item.pk]) or item.state != WorkItem.State.DROPPED
    ]
    if None in minutes or 0 in numbers:
        rows.append(WeekRow(None, tuple(minutes[None])))
    burned = PersonWeekBurn.objects.filter(project=project, person=person, week_starts_on=monday - WEEK)
    return Week(person, monday, tuple(rows), sum(burned.values_list("minutes", flat=True)))


def standing_entries(project: Project, person: Person, cells: Collection[Cell]) -> Mapping[Cell, Sequence[TimeEntry]]:
    """The entries in ``cells`` that count: neither taken back nor taking back; the newest first, held for the caller.

    Their rows are locked in the order of their keys, as every writer of several entries does.
    """
    days = [day for _item, day in cells]
    found = (
        TimeEntry.objects.filter(project=project, person=person, worked_on__in=set(days), reverses=None)
        .filter(reversals=None)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    by_cell: dict[Cell, list[TimeEntry]] = {cell: [] for cell in cells}
    for entry in sorted(found, key=lambda entry: (entry.recorded_at, entry.pk), reverse=True):
        if (entry.work_item_id, entry.worked_on) in by_cell:
            by_cell[entry.work_item_id, entry.worked_on].append(entry)
    return by_cell
