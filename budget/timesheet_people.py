"""Whose hours a file names: people of the project by what is remembered, by mail address or by name."""

from collections.abc import Mapping, Sequence
from typing import Final

from accounts.models import Person, PersonSourceId, User
from budget.timesheet_rows import PersonInFile
from projects.actions import add_person
from projects.addresses import speaks_for
from projects.audience import Side
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

    def person_of(self, named: PersonInFile) -> Person | None:
        """The person whom the file means, or None while nobody knows or they are still to be added."""
        found = self.by_key.get(named.key) or self.by_key.get(named.name.casefold())
        return found or self.by_uuid.get(self.answers.get(named.key, {}).get("as", ""))

    def new_name_of(self, named: PersonInFile) -> str:
        """The name under which the person is to be added; empty if they are not."""
        answer = self.answers.get(named.key, {})
        return (answer.get("name") or named.name) if answer.get("as") == NEW else ""

    def is_left_out(self, named: PersonInFile) -> bool:
        return self.answers.get(named.key, {}).get("as") == SKIP

    def is_unknown(self, named: PersonInFile) -> bool:
        """Whether nothing is known of the person and nothing was decided."""
        return not (self.person_of(named) or self.new_name_of(named) or self.is_left_out(named))


def add_and_remember(
    *, actor: User, project: Project, source: str, named: Sequence[PersonInFile], known: KnownPeople
) -> list[Person]:
    """The person of each of ``named``; new ones are added, and every answer is remembered."""
    side = Side.VENDOR if project.vendor_id else Side.CLIENT
    organisation = project.organisation_of(side)
    # An organisation that is here itself looks after its people's addresses; theirs are remembered, not written down.
    is_ours = organisation is not None and speaks_for(actor, project, organisation)
    people: list[Person] = []
    for each in named:
        person = known.person_of(each)
        if person is None:
            name = known.new_name_of(each)
            person = known.by_key.get(name.casefold())
            if person is None:
                person = add_person(
                    actor=actor,
                    project=project,
                    name=name,
                    side=side,
                    email=each.email if is_ours else "",
                    found_by=each.email,
                ).person
                known.by_key[name.casefold()] = person
        people.append(person)
    PersonSourceId.objects.bulk_create(
        [
            PersonSourceId(
                organisation_id=person.organisation_id,
                client_id=project.client_id,
                person=person,
                source=source,
                source_id=each.key,
            )
            for each, person in zip(named, people, strict=True)
            if each.key in known.answers
        ],
        ignore_conflicts=True,
    )
    return people
