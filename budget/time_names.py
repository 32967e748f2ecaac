"""Who and what a staged file names, found in the project by name, and joined to its rows by number."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from budget.models import StagedName
from budget.time_reading import Reading
from budget.timesheet_people import KnownPeople
from budget.timesheet_rows import PersonInFile
from core.bulk_copy import copy_rows
from projects.models import ImportBatch
from requirements_app.item_lookup import FoundItem, ItemLookup, days_done

TABLES: Final = """
    DROP TABLE IF EXISTS pg_temp.matched_person;
    DROP TABLE IF EXISTS pg_temp.matched_item;
    CREATE TEMPORARY TABLE matched_person (number int, person_id bigint, is_left_out boolean NOT NULL) ON COMMIT DROP;
    CREATE TEMPORARY TABLE matched_item (number int, work_item_id bigint, is_dropped boolean, done_on date)
        ON COMMIT DROP
"""


@dataclass(frozen=True)
class Names:
    """Who and what the file names, by number, and what they are in the project."""

    people: tuple[PersonInFile, ...]
    items: tuple[str, ...]
    known: KnownPeople
    found: tuple[FoundItem | None, ...]
    done_on: Mapping[int, dt.date]

    def who(self, number: int) -> str:
        """The person of the project, or the name under which one is added or asked for."""
        named = self.people[number]
        person = self.known.person_of(named)
        return str(person.uuid) if person else self.known.new_name_of(named) or named.name

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
    return Names(tuple(people), tuple(items), known, found, days_done(batch.project))


def join_names(cursor: Any, names: Names) -> None:
    known = names.known
    people = ((number, known.person_of(each), known.is_left_out(each)) for number, each in enumerate(names.people))
    items = (
        (number, item.key, item.is_dropped, names.done_on.get(item.key)) if item else (number, None, None, None)
        for number, item in enumerate(names.found)
    )
    cursor.execute(TABLES)
    rows = ((number, person.pk if person else None, is_left_out) for number, person, is_left_out in people)
    copy_rows(cursor, "matched_person", ("number", "person_id", "is_left_out"), rows)
    copy_rows(cursor, "matched_item", ("number", "work_item_id", "is_dropped", "done_on"), items)
