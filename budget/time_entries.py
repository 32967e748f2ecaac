"""Hours are recorded and taken back: with their rules, their activity entry and whoever has to know of them."""

import datetime as dt
import uuid
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Person, User
from budget.models import TimeEntry
from budget.time_entry_insert import NewTimeEntry, insert_time_entries
from budget.time_messages import tell_of_sent_time
from core.days import TOO_FAR, is_plausible
from core.deadlocks import retry_deadlocks
from core.errors import DomainError, RowsRefused
from core.kept_query import Columns, KeptQuery, among, among_uuids
from projects.activity import record, register_sentences
from projects.audience import Side
from projects.models import ObjectRef, Project, ProjectPerson
from requirements_app.models import WorkItem

register_sentences(
    {
        "time_recorded": gettext_lazy("recorded %(hours)s h of work on %(day)s"),
        "time_recorded_together": lambda data: (
            ngettext(
                "recorded %(count)s time entry (%(hours)s h)",
                "recorded %(count)s time entries (%(hours)s h)",
                data["count"],
            )
            % data
        ),
        "time_imported": lambda data: (
            ngettext(
                "took %(count)s time entry (%(hours)s h) from %(filename)s",
                "took %(count)s time entries (%(hours)s h) from %(filename)s",
                data["count"],
            )
            % data
        ),
        "time_corrected_by_file": lambda data: (
            _("corrected %(corrected)s and took back %(taken_back)s time entries by %(filename)s (%(hours)s h)") % data
            if "hours" in data
            else _("corrected %(corrected)s and took back %(taken_back)s time entries by %(filename)s") % data
        ),
        "time_reversed": gettext_lazy("took back %(hours)s h of %(day)s: %(reason)s"),
        "time_reversed_together": lambda data: (
            ngettext(
                "took back %(count)s time entry (%(hours)s h): %(reason)s",
                "took back %(count)s time entries (%(hours)s h): %(reason)s",
                data["count"],
            )
            % data
        ),
    },
    seen_with="view_hours",
)


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
    recorded_from: str = "",
) -> TimeEntry:
    """Record one entry. Hours are facts: they are taken even when the budget is used up, and shown.

    ``recorded_from`` is the file or mail from which the client records what the vendor claims.
    """
    entry = NewTimeEntry(
        person_id=person.pk,
        worked_on=worked_on,
        minutes=minutes,
        work_item_id=work_item.pk if work_item else None,
        billable=billable,
        note=note,
        recorded_from=recorded_from,
    )
    with one_of_one():
        recorded = record_times(actor=actor, project=project, entries=[entry], today=today, source=source)
    return recorded.entries[0]


@contextmanager
def one_of_one() -> Iterator[None]:
    """What refuses the only entry is the error itself, not a list with one row."""
    try:
        yield
    except RowsRefused as error:
        raise error.rows[0] from error


@dataclass(frozen=True)
class Recorded:
    """Entries in the order in which they were sent, and how many of them the project did not have yet."""

    entries: tuple[TimeEntry, ...]
    new_count: int


ENTRY: Final = Columns(TimeEntry)
STANDING: Final = KeptQuery(
    lambda project_id, keys: TimeEntry.objects.filter(project=project_id, pk__in=among_uuids(keys)).values_list(
        *ENTRY.names()
    ),
    project_id=int,
    keys=list,
)
REF: Final = Columns(ObjectRef)
REF_OF_ITEM: Final = KeptQuery(
    lambda item: WorkItem.objects.filter(pk=item).order_by().values_list(*REF.names("ref__")), item=int
)


@retry_deadlocks
@transaction.atomic
def record_times(
    *, actor: User, project: Project, entries: Sequence[NewTimeEntry], today: dt.date, source: str
) -> Recorded:
    """Record entries all together or, with RowsRefused, none.

    What the project already has by its ``source_id`` is not recorded again.
    """
    sides = _sides_of(project, {entry.person_id for entry in entries})
    _refuse_rows(_rule_breakers(project, entries, today, sides))
    written = set(insert_time_entries(project=project, entries=entries, source=source, recorded_by=actor))
    keys = [entry.key_in(project) for entry in entries]
    stands = {entry.pk: entry for entry in map(ENTRY.instance, STANDING.rows(project_id=project.pk, keys=keys))}
    found = [stands[key] for key in keys]
    _refuse_rows({row: _taken() for row, pair in enumerate(zip(entries, found, strict=True)) if not _says(*pair)})
    # By key: a list may name the same source_id twice.
    new = {entry.pk: entry for entry in found if entry.pk in written}
    whose, sent_from = _whose(new.values(), sides), _common_source(new.values())
    if len(new) == 1:
        (entry,) = new.values()
        said = {"hours": f"{entry.minutes / 60:.2f}", "day": entry.worked_on.isoformat()}
        ref = REF.instance(REF_OF_ITEM.rows(item=entry.work_item_id)[0]) if entry.work_item_id else None
        record(project, "time_recorded", actor=actor, ref=ref, act_of=whose, recorded_from=sent_from, **said)
    elif new:
        hours = f"{sum(entry.minutes for entry in new.values()) / 60:.2f}"
        record(
            project,
            "time_recorded_together",
            actor=actor,
            act_of=whose,
            recorded_from=sent_from,
            count=len(new),
            hours=hours,
        )
    if new and source == TimeEntry.Source.API:
        tell_of_sent_time(project=project, actor=actor, entries=list(new.values()))
    return Recorded(tuple(found), len(new))


def _whose(entries: Iterable[TimeEntry], sides: Mapping[int, str]) -> str:
    """The side whose hours these are; where they are of both, the vendor claims them."""
    found = {sides[entry.person_id] for entry in entries}
    return Side.CLIENT if found == {Side.CLIENT} else Side.VENDOR


def _common_source(entries: Iterable[TimeEntry]) -> str:
    """What all of them were recorded from; empty where that differs."""
    sources = {entry.recorded_from for entry in entries}
    return sources.pop() if len(sources) == 1 else ""


def _refuse_rows(rows: Mapping[int, DomainError]) -> None:
    if rows:
        raise RowsRefused(_("Some entries cannot be recorded, so none was."), rows=rows)


PEOPLE: Final = KeptQuery(
    lambda project_id, keys: (
        ProjectPerson.objects.filter(project=project_id, person__in=among(keys))
        .order_by()
        .values_list("person", "side")
    ),
    project_id=int,
    keys=list,
)
DROPPED: Final = KeptQuery(
    lambda project_id, keys: WorkItem.objects.filter(
        project=project_id, pk__in=among(keys), state=WorkItem.State.DROPPED
    ).values_list("pk"),
    project_id=int,
    keys=list,
)


def _sides_of(project: Project, people: Iterable[int]) -> dict[int, str]:
    """The side of each of those who belong to the project, by key. One query, however many."""
    return dict(PEOPLE.rows(project_id=project.pk, keys=list(people)))


def _rule_breakers(
    project: Project, entries: Sequence[NewTimeEntry], today: dt.date, people: Container[int]
) -> dict[int, DomainError]:
    """Why an entry cannot be recorded, by its place. One query, however many entries."""
    items = {entry.work_item_id for entry in entries if entry.work_item_id is not None}
    dropped = {key for (key,) in DROPPED.rows(project_id=project.pk, keys=list(items))} if items else set()
    checked = ((row, _broken_rule(entry, today, people, dropped)) for row, entry in enumerate(entries))
    return {row: error for row, error in checked if error is not None}


def _broken_rule(
    entry: NewTimeEntry, today: dt.date, people: Container[int], dropped: Container[int | None]
) -> DomainError | None:
    if entry.worked_on > today:
        return DomainError(_("Hours cannot be recorded before they are worked."), code="future", field="worked_on")
    if not is_plausible(entry.worked_on):
        return DomainError(str(TOO_FAR), code="far", field="worked_on")
    if not 0 < entry.minutes <= 1440:
        return DomainError(_("An entry is from 1 minute to 24 hours."), code="minutes_of_one_day", field="minutes")
    if entry.person_id not in people:
        return DomainError(
            _("This person does not belong to the project. Add the person first."),
            code="not_of_project",
            field="person",
        )
    if entry.work_item_id in dropped:
        return DomainError(_("This work item was dropped. Choose another one."), code="dropped", field="work_item")
    return None


def _says(sent: NewTimeEntry, stands: TimeEntry) -> bool:
    """Whether the entry that has this ``source_id`` is the one that was sent."""
    wanted = (sent.person_id, sent.worked_on, sent.minutes, sent.work_item_id)
    return wanted == (stands.person_id, stands.worked_on, stands.minutes, stands.work_item_id)


def _taken() -> DomainError:
    return DomainError(
        _("An entry with this id says something else. Take it back, and send the new one under another id."),
        code="source_id_taken",
        field="source_id",
    )


@retry_deadlocks
@transaction.atomic
def reverse_time(*, actor: User, entry: TimeEntry, reason: str, source: str = TimeEntry.Source.PAGE) -> TimeEntry:
    """Take an entry back by its negative, which names it. What was recorded stays readable."""
    (key,) = reverse_times(actor=actor, project=entry.project, entries=[entry], reason=reason, source=source)
    return TimeEntry.objects.get(pk=key)


@transaction.atomic
def reverse_times(
    *, actor: User, project: Project, entries: Sequence[TimeEntry], reason: str, source: str
) -> list[uuid.UUID]:
    """Take entries back, all or none; the keys of their negatives."""
    keys = [entry.pk for entry in entries]
    locked = list(TimeEntry.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    if any(entry.reverses_id is not None for entry in locked):
        raise DomainError(_("This entry takes back another one and stays."), code="is_reversal")
    if TimeEntry.objects.filter(reverses__in=keys).exists():
        raise DomainError(_("This entry has already been taken back."), code="already_reversed")
    written = insert_time_entries(
        project=project,
        entries=[
            NewTimeEntry(
                person_id=entry.person_id,
                worked_on=entry.worked_on,
                minutes=-entry.minutes,
                work_item_id=entry.work_item_id,
                billable=entry.billable,
                note=reason,
                reverses_id=entry.pk,
            )
            for entry in locked
        ],
        source=source,
        recorded_by=actor,
    )
    hours = f"{sum(entry.minutes for entry in locked) / 60:.2f}"
    whose = _whose(locked, _sides_of(project, {entry.person_id for entry in locked}))
    if len(locked) == 1:
        day = locked[0].worked_on.isoformat()
        record(project, "time_reversed", actor=actor, act_of=whose, hours=hours, day=day, reason=reason)
    else:
        count = len(locked)
        record(project, "time_reversed_together", actor=actor, act_of=whose, count=count, hours=hours, reason=reason)
    return written
