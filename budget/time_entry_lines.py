"""The lines of the list of hours as their template takes them: what it decides by, and what it writes."""

from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from budget.models import TimeEntry
from core.addresses import address
from core.templatetags.figures import day, hours, hours_exact, money
from projects.models import Project

# One row an entry: it is taken back at most once.
COLUMNS: Final = (
    "uuid",
    "worked_on",
    "minutes",
    "billable",
    "note",
    "amount",
    "person__uuid",
    "person__name",
    "recorded_by_client",
    "batch__filename",
    "recorded_from",
    "recorded_by__name",
    "work_item__ref__series",
    "work_item__ref__number",
    "work_item__title",
    "reversals__uuid",
    "reversals__recorded_at",
    "reverses__uuid",
    "reverses__minutes",
)


class LineShape(NamedTuple):
    """``by_client`` is "source" or "hand" where the client recorded hours of the vendor's people: known from what, or
    by whom alone."""

    shows_amounts: bool
    may_record: bool
    is_taken_back: bool
    takes_back: bool
    by_client: str
    has_item: bool
    has_note: bool
    has_amount: bool


class LineTexts(NamedTuple):
    """``other_url`` leads to the entry that takes this one back, or that this one takes back."""

    uuid: str
    iso_day: str
    day: str
    person: str
    recorded_from: str
    item_url: str
    item: str
    note: str
    other_url: str
    taken_back_on: str
    hours_taken_back: str
    url: str
    hours: str
    exact: str
    billable: str
    amount: str
    reverse_url: str


@dataclass(frozen=True)
class TimeEntryLine:
    shape: LineShape
    texts: LineTexts


def time_entry_lines(project: Project, entries: Any, *, shows_amounts: bool, may_record: bool) -> list[TimeEntryLine]:
    """A line for each of ``entries``, a page of the queryset that ``time_entries_of`` gives. One query."""
    billable = {choice.value: str(choice.label) for choice in TimeEntry.Billable}
    rows = entries.prefetch_related(None).select_related(None).values_list(*COLUMNS, named=True)
    return [_line(project, row, billable, shows_amounts=shows_amounts, may_record=may_record) for row in rows]


def _line(
    project: Project, row: Any, billable: dict[str, str], *, shows_amounts: bool, may_record: bool
) -> TimeEntryLine:
    iso_day = row.worked_on.isoformat()
    other = row.reversals__uuid or row.reverses__uuid
    number = row.work_item__ref__number
    source = row.recorded_from or row.batch__filename
    has_amount = shows_amounts and row.amount is not None
    shape = LineShape(
        shows_amounts=shows_amounts,
        may_record=may_record,
        is_taken_back=row.reversals__uuid is not None,
        takes_back=row.reverses__uuid is not None,
        by_client=("source" if source else "hand") if row.recorded_by_client else "",
        has_item=number is not None,
        has_note=bool(row.note),
        has_amount=has_amount,
    )
    texts = LineTexts(
        uuid=str(row.uuid),
        iso_day=iso_day,
        day=day(row.worked_on),
        person=row.person__name,
        recorded_from=source or row.recorded_by__name,
        item_url=address("requirements:work_item_detail", project.slug, number) if number is not None else "",
        item=f"{row.work_item__ref__series}-{number} {row.work_item__title}" if number is not None else "",
        note=row.note,
        other_url=f"?person={row.person__uuid}&since={iso_day}&until={iso_day}#{other}" if other else "",
        taken_back_on=day(row.reversals__recorded_at),
        hours_taken_back=hours(row.reverses__minutes),
        url=address("budget:time_entry_detail", project.slug, row.uuid),
        hours=hours(row.minutes),
        exact=hours_exact(row.minutes),
        billable=billable[row.billable],
        amount=money(row.amount, project.currency) if has_amount else "",
        reverse_url=address("budget:time_entry_reverse", project.slug, row.uuid) if may_record else "",
    )
    return TimeEntryLine(shape, texts)
