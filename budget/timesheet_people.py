"""Whose hours a file names: people of the project by what is remembered, by mail address or by name."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from accounts.models import Person, PersonSourceId, User
from budget.timesheet_rows import TimesheetRow
from projects.actions import add_person
from projects.audience import Side
from projects.import_outcome import UnknownPerson
from projects.models import Project, ProjectPerson

NEW: Final = "new"
SKIP: Final = "skip"


class KnownPeople:
    """The people of a project as a file of ``source`` calls them, and the answers given about the others.

    An answer is {"as": the person's uuid, "new" or "skip", "name": the new person's name}, by the person's key.
    """

    def __init__(self, project: Project, source: str, answers: Mapping[str, Mapping[str, str]]) -> None:
        members = ProjectPerson.objects.filter(project=project).select_related("person")
        self.answers = answers
        self.by_uuid = {str(member.person.uuid): member.person for member in members}
        self.by_key: dict[str, Person] = {}
        twice: set[str] = set()
        for person in self.by_uuid.values():
            for key in filter(None, (person.name.casefold(), person.email.casefold())):
                if self.by_key.setdefault(key, person) != person:
                    twice.add(key)
        for key in twice:  # two people of one name: asked, not guessed
            del self.by_key[key]
        people = {person.pk: person for person in self.by_uuid.values()}
        for remembered in PersonSourceId.objects.filter(source=source, client=project.client_id, person__in=people):
            # What the project itself calls somebody goes before what was once answered.
            self.by_key.setdefault(remembered.source_id, people[remembered.person_id])

    def person_of(self, row: TimesheetRow) -> Person | None:
        """The person whose hours the row holds, or None while nobody knows or they are still to be added."""
        found = self.by_key.get(row.person_key) or self.by_key.get(row.person.casefold())
        return found or self.by_uuid.get(self.answers.get(row.person_key, {}).get("as", ""))

    def new_name_of(self, row: TimesheetRow) -> str:
        """The name under which the row's person is to be added; empty if they are not."""
        answer = self.answers.get(row.person_key, {})
        return (answer.get("name") or row.person) if answer.get("as") == NEW else ""

    def is_left_out(self, row: TimesheetRow) -> bool:
        return self.answers.get(row.person_key, {}).get("as") == SKIP


def unknown_people(rows: Sequence[TimesheetRow], known: KnownPeople) -> tuple[UnknownPerson, ...]:
    """Everyone in the file about whom nothing is known or decided, with how much depends on it."""
    unknown: dict[str, list[TimesheetRow]] = {}
    for row in rows:
        if not (known.person_of(row) or known.new_name_of(row) or known.is_left_out(row)):
            unknown.setdefault(row.person_key, []).append(row)
    return tuple(
        UnknownPerson(key, of[0].person, of[0].email, len(of), sum(row.minutes for row in of))
        for key, of in sorted(unknown.items())
    )


def add_and_remember(
    *, actor: User, project: Project, source: str, rows: Sequence[TimesheetRow], known: KnownPeople
) -> dict[str, Any]:
    """The key of the person of each row's ``person_key``; new ones are added, and every answer is remembered."""
    side = Side.VENDOR if project.vendor_id else Side.CLIENT
    people: dict[str, Person] = {}
    for row in rows:
        if row.person_key in people:
            continue
        person = known.person_of(row)
        if person is None:
            name = known.new_name_of(row)
            person = known.by_key.get(name.casefold())
        if person is None:
            person = add_person(actor=actor, project=project, name=name, side=side, email=row.email).person
            known.by_key[name.casefold()] = person
        people[row.person_key] = person
    PersonSourceId.objects.bulk_create(
        [
            PersonSourceId(
                organisation_id=people[key].organisation_id,
                client_id=project.client_id,
                person=people[key],
                source=source,
                source_id=key,
            )
            for key in people
            if key in known.answers
        ],
        ignore_conflicts=True,
    )
    return {key: person.pk for key, person in people.items()}
