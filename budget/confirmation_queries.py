"""What the pages of confirmations read, and what stands now of that which was asked about."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Person, User
from budget.confirmation_content import (
    Change,
    Line,
    changes_between,
    digest_of_content,
    estimate_content,
    hours_content,
    lines_of,
)
from budget.confirmation_words import about_of, changed_in_words
from budget.models import RecordConfirmation, RecordConfirmationQuerySet
from core.kept_query import Columns, KeptQuery, among
from core.models import Letter
from projects.access import projects_where_member_can
from projects.audience import Side
from projects.models import Project
from requirements_app.models import WorkItem

Subject, State = RecordConfirmation.Subject, RecordConfirmation.State
Period = tuple[dt.date, dt.date]

HOURS_OF_PERIODS = """
    SELECT period.place, entry.person_id, entry.work_item_id, sum(entry.minutes)
    FROM unnest(%s::date[], %s::date[]) WITH ORDINALITY AS period (first_day, last_day, place)
    JOIN budget_timeentry AS entry
        ON entry.project_id = %s AND entry.worked_on BETWEEN period.first_day AND period.last_day
    GROUP BY period.place, entry.person_id, entry.work_item_id
    HAVING sum(entry.minutes) <> 0
"""


def confirmations_of(project: Project) -> RecordConfirmationQuerySet:
    """Everything that was asked in a project, the newest first."""
    return (
        RecordConfirmation.objects.filter(project=project)
        .select_related("project__client", "project__vendor", "person", "link", "asked_by", "answered_by")
        .order_by("-asked_at", "-pk")
    )


# All but what was asked about, which may be long.
WAITING: Final = Columns(RecordConfirmation, "person", without=("content",))
WAITING_ROWS: Final = KeptQuery(
    lambda keys: (
        RecordConfirmation.objects.waiting()
        .filter(project__in=among(keys))
        .order_by("asked_at", "pk")
        .values_list(*WAITING.names())
    ),
    keys=list,
)


def waiting_confirmations(projects: Iterable[int]) -> dict[int, list[RecordConfirmation]]:
    """What waits for either side in each of the projects: one query, however many."""
    found: dict[int, list[RecordConfirmation]] = defaultdict(list)
    for confirmation in map(WAITING.instance, WAITING_ROWS.rows(keys=list(projects))):
        found[confirmation.project_id].append(confirmation)
    return found


def confirmations_to_answer(user: User, today: dt.date | None = None) -> QuerySet[RecordConfirmation]:
    """What waits for the user: asked of the vendor they answer for, or objected to by the vendor they asked."""
    asked = RecordConfirmation.objects.filter(
        project__in=projects_where_member_can(user, Side.VENDOR, "answer_confirmation", today), state=State.ASKED
    )
    objected = RecordConfirmation.objects.filter(
        project__in=projects_where_member_can(user, Side.CLIENT, "ask_confirmation", today), state=State.OBJECTED
    )
    return asked | objected


def estimate_now(project: Project) -> dict[str, Any]:
    """Every estimate that counts today."""
    items = WorkItem.objects.filter(project=project, estimate_minutes__isnull=False).countable()
    rows = items.values_list("ref__number", "title", "estimate_minutes")
    return estimate_content([Line(number, title, minutes or 0) for number, title, minutes in rows])


def hours_now(project: Project, periods: Sequence[Period]) -> list[dict[str, Any]]:
    """The hours of each period by person and item, as they stand today: three queries, however many periods."""
    with connection.cursor() as cursor:
        cursor.execute(HOURS_OF_PERIODS, [[first for first, _ in periods], [last for _, last in periods], project.pk])
        rows = cursor.fetchall()
    people = {person.pk: person for person in Person.objects.filter(pk__in={row[1] for row in rows})}
    items = {
        pk: (number, title)
        for pk, number, title in WorkItem.objects.filter(pk__in={row[2] for row in rows} - {None}).values_list(
            "pk", "ref__number", "title"
        )
    }
    lines: dict[int, list[Line]] = defaultdict(list)
    for place, person_id, item_id, minutes in rows:
        number, title = items.get(item_id, (None, ""))
        person = people[person_id]
        lines[place - 1].append(Line(number, title, int(minutes), str(person.uuid), person.name))
    return [hours_content(first, last, lines[place]) for place, (first, last) in enumerate(periods)]


def contents_now(project: Project, confirmations: Sequence[RecordConfirmation]) -> dict[int, dict[str, Any]]:
    """What stands today of that which each confirmation asked about, by its key. Four queries at most."""
    found: dict[int, dict[str, Any]] = {}
    estimates = [one for one in confirmations if one.subject == Subject.ESTIMATE]
    if estimates:
        content = estimate_now(project)
        found.update({one.pk: content for one in estimates})
    of_hours = [one for one in confirmations if one.subject == Subject.HOURS]
    if of_hours:
        periods = [(one.first_day, one.last_day) for one in of_hours]
        found.update(zip((one.pk for one in of_hours), hours_now(project, periods), strict=True))  # type: ignore[arg-type]  # hours have days, by constraint
    return found


@dataclass(frozen=True)
class ConfirmationLine:
    """A confirmation with its lines, and whether what stands today is still what was asked about."""

    confirmation: RecordConfirmation
    lines: tuple[Line, ...]
    lines_now: tuple[Line, ...]
    is_changed: bool

    @property
    def about(self) -> str:
        return about_of(self.confirmation)

    @property
    def changes(self) -> tuple[Change, ...]:
        return changes_between(self.lines, self.lines_now)

    @property
    def asks_for_more(self) -> bool:
        """Objected to, or no longer what was confirmed: asking anew would say something new."""
        state = self.confirmation.state
        return state == State.OBJECTED or (state == State.CONFIRMED and self.is_changed)

    @property
    def changed_in_words(self) -> str:
        return changed_in_words(self.minutes, sum(line.minutes for line in self.lines_now))

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.lines)

    @classmethod
    def of(cls, confirmation: RecordConfirmation, now: Mapping[str, Any]) -> "ConfirmationLine":
        is_changed = digest_of_content(now) != confirmation.digest
        return cls(confirmation, lines_of(confirmation.content), lines_of(now), is_changed)


def confirmation_lines(project: Project, confirmations: Sequence[RecordConfirmation]) -> list[ConfirmationLine]:
    """Each confirmation with what has changed since."""
    now = contents_now(project, confirmations)
    return [ConfirmationLine.of(one, now[one.pk]) for one in confirmations]


def letter_of(confirmation: RecordConfirmation) -> Letter | None:
    """The mail with the newest link, or None where the person has no address."""
    return Letter.objects.filter(about=confirmation.link.uuid).first() if confirmation.link else None
