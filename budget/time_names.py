"""Who and what a staged file names, found in the project by name, and joined to its rows by number."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from budget.models import StagedName
from budget.time_reading import Reading
from budget.timesheet_people import KnownPeople
from budget.timesheet_rows import PersonInFile
from projects.models import ImportBatch
from requirements_app.item_lookup import FoundItem, ItemLookup, days_done

# Who and what the numbers of staged rows mean, as relations: there is one row for each name, in the order of numbers.
PERSON: Final = """(
    SELECT place - 1 AS number, person_id, is_left_out
    FROM unnest(%(person_ids)s::bigint[], %(people_left_out)s::boolean[])
        WITH ORDINALITY AS named (person_id, is_left_out, place)
)"""
ITEM: Final = """(
    SELECT place - 1 AS number, work_item_id, is_dropped, done_on, is_none
    FROM unnest(%(item_ids)s::bigint[], %(items_dropped)s::boolean[], %(items_done_on)s::date[],
                %(items_none)s::boolean[])
        WITH ORDINALITY AS named (work_item_id, is_dropped, done_on, is_none, place)
)"""


@dataclass(frozen=True)
class Names:
    """Who and what the file names, by number, and what they are in the project."""

    people: tuple[PersonInFile, ...]
    items: tuple[str, ...]
    known: KnownPeople
    found: tuple[FoundItem | None, ...]
    done_on: Mapping[int, dt.date]
    # Of each item, whether somebody said that the name means none.
    none: tuple[bool, ...] = ()

    @property
    def has_unmatched(self) -> bool:
        """Whether a name means no work item that hours can be on, and nobody said that it means none."""
        return any(
            (item is None or item.is_dropped) and not none for item, none in zip(self.found, self.none, strict=True)
        )

    def who(self, number: int) -> str:
        """The person of the project, or the name under which one is added or asked for."""
        named = self.people[number]
        person = self.known.person_of(named)
        return str(person.uuid) if person else self.known.new_name_of(named) or named.name

    @property
    def params(self) -> dict[str, Any]:
        """What ``PERSON`` and ``ITEM`` are made of."""
        people = [self.known.person_of(named) for named in self.people]
        return {
            "person_ids": [person and person.pk for person in people],
            "people_left_out": [self.known.is_left_out(named) for named in self.people],
            "item_ids": [item and item.key for item in self.found],
            "items_dropped": [item and item.is_dropped for item in self.found],
            "items_none": list(self.none),
            "items_done_on": [item and self.done_on.get(item.key) for item in self.found],
        }

    def said(self, who: str) -> str:
        """How the page names them: a person of the project by the name they have there."""
        person = self.known.by_uuid.get(who)
        return person.name if person else who


def names_of(batch: ImportBatch, reading: Reading) -> Names:
    people: list[PersonInFile] = []
    items: list[str] = []
    staged = StagedName.objects.filter(batch=batch).order_by("kind", "number")
    for kind, name, email in staged.values_list("kind", "name", "email").iterator():
        if kind == StagedName.Kind.PERSON:
            people.append(PersonInFile(name, email or ""))
        else:
            items.append(name)
    lookup = ItemLookup(batch.project)
    known = KnownPeople(batch.project, reading.tool, batch.options.get("people", {}))
    found = tuple(map(lookup.find, items))
    none = tuple(map(lookup.is_said_to_be_none, items))
    return Names(tuple(people), tuple(items), known, found, days_done(batch.project), none)
