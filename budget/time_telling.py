"""What has to be told of staged rows that depends on the project: an entry that is not taken says so, others may."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.utils.formats import date_format

from budget.time_entry_insert import joined_rates
from budget.time_names import Names
from budget.time_reading import Reading
from budget.time_statements import with_parts
from core.tabular.problems import WARNING, Problem, ProblemLog
from projects.models import Project, Rate

LEFT_OUT: Final = """
    SELECT staged.line, staged.person, count(*) OVER ()
    FROM budget_stagedentry AS staged
    JOIN {person} AS person ON person.number = staged.person AND person.is_left_out
    WHERE staged.batch_id = %(batch)s
    ORDER BY staged.line LIMIT %(room)s
"""
CHANGED_ROWS: Final = """
    SELECT staged.line, staged.source_id, known.worked_on, known.minutes, count(*) OVER ()
    {matched} AND {changed} AND NOT {corrected}
    ORDER BY staged.line LIMIT %(room)s
"""
# What is told of a row's work item.
OF_ITEMS: Final = """
    SELECT code, line, item, count FROM (
        SELECT code, line, item, count(*) OVER (PARTITION BY code) AS count,
            row_number() OVER (PARTITION BY code ORDER BY line) AS place
        FROM (
            SELECT staged.line, staged.item,
                CASE WHEN item.is_none THEN NULL
                    WHEN item.work_item_id IS NULL THEN 'item_unknown'
                    WHEN item.is_dropped THEN 'item_dropped'
                    WHEN staged.worked_on > item.done_on THEN 'after_done' END AS code
            {matched} AND staged.item IS NOT NULL AND NOT {changed}
        ) AS found
        WHERE code IS NOT NULL
    ) AS placed
    WHERE place <= %(room)s
    ORDER BY line
"""
FULL_DAYS: Final = """
    SELECT max(line), min(person.number), staged.worked_on, sum(minutes), count(*) OVER ()
    FROM budget_stagedentry AS staged JOIN {person} AS person ON person.number = staged.person
    WHERE staged.batch_id = %(batch)s
    GROUP BY coalesce(person.person_id, -staged.person - 1), staged.worked_on
    HAVING sum(minutes) > %(most)s
    ORDER BY 1 LIMIT %(room)s
"""
BEFORE_START: Final = """
    SELECT staged.line, count(*) OVER ()
    {matched} AND known.uuid IS NULL AND staged.worked_on < %(start)s
    ORDER BY staged.line LIMIT %(room)s
"""
# ``entry`` is what the rates of a project are joined to.
NEW_ENTRIES: Final = """(
    SELECT staged.line, staged.person, person.person_id, staged.worked_on,
        CASE WHEN NOT item.is_dropped THEN item.work_item_id END AS work_item_id
    {matched} AND known.uuid IS NULL AND staged.billable <> 'n'
)"""
WITHOUT_RATE: Final = """
    SELECT entry.line, entry.person, count(*) OVER ()
    FROM {entries} AS entry {rates}
    WHERE rate.hourly_rate IS NULL ORDER BY entry.line LIMIT %(room)s
"""


class Teller:
    """Asks for problems of one kind after the other. What no row can have is not asked of all of them."""

    def __init__(
        self,
        cursor: Any,
        project: Project,
        params: Mapping[str, Any],
        reading: Reading,
        names: Names,
        log: ProblemLog,
    ) -> None:
        self.cursor = cursor
        self.project = project
        self.params = params
        self.reading = reading
        self.names = names
        self.log = log

    def tell(self, *, has_changed: bool) -> None:
        if any(map(self.names.known.is_left_out, self.names.people)):
            self._of_people_left_out()
        if has_changed:
            self._of_changed_rows()
        if any(each is None or each.is_dropped or each.key in self.names.done_on for each in self.names.found):
            self._of_items()
        self._of_full_days()
        if (start := self.project.planned_start_on) is not None:
            self._of_early_rows(start)
        # While no rate is agreed at all, nobody expects money.
        if Rate.objects.filter(project=self.project).exists():
            self._of_unrated_rows()

    def _asked(self, statement: str) -> list[Any]:
        self.cursor.execute(with_parts(statement), {**self.params, "room": self.log.room})
        return list(self.cursor.fetchall())

    def _problem(self, code: str, line: int, name: str, value: str, **params: Any) -> Problem:
        return Problem(code, line, self.reading.mapping.get(name, ""), value[:80], WARNING, params)

    def _of_people_left_out(self) -> None:
        code, people = "person_left_out", self.names.people
        found = self._asked(LEFT_OUT)
        problems = (self._problem(code, line, "person", people[person].name) for line, person, _count in found)
        self.log.add_counted(code, _count_of(found), problems)

    def _of_changed_rows(self) -> None:
        code, found, problems = "changed_since", self._asked(CHANGED_ROWS), []
        for line, source_id, day, minutes, _count in found:
            value, was = (source_id or "").removeprefix("id:"), f"{minutes / 60:.2f}"
            problems.append(self._problem(code, line, "duration", value, day=day.isoformat(), hours=was))
        self.log.add_counted(code, _count_of(found), problems)

    def _of_items(self) -> None:
        by_code: dict[tuple[str, int], list[Problem]] = {}
        for code, line, item, count in self._asked(OF_ITEMS):
            found, name = self.names.found[item], self.names.items[item]
            if found is not None and code == "after_done":
                done = {"done_on": self.names.done_on[found.key].isoformat(), "label": found.label}
                problem = self._problem(code, line, "worked_on", name, **done)
            else:
                problem = self._problem(code, line, "item", name)
            by_code.setdefault((code, count), []).append(problem)
        for (code, count), problems in by_code.items():
            self.log.add_counted(code, count, problems)

    def _of_early_rows(self, start: dt.date) -> None:
        self.params = {**self.params, "start": start}
        found, said = self._asked(BEFORE_START), {"start": date_format(start, "j M Y")}
        problems = (self._problem("before_start", line, "worked_on", "", **said) for line, _count in found)
        self.log.add_counted("before_start", _count_of(found), problems)

    def _of_unrated_rows(self) -> None:
        statement = WITHOUT_RATE.format(entries=NEW_ENTRIES, rates=joined_rates(self.project))
        found, people = self._asked(statement), self.names.people
        problems = (
            self._problem("without_rate", line, "person", people[person].name) for line, person, _count in found
        )
        self.log.add_counted("without_rate", _count_of(found), problems)

    def _of_full_days(self) -> None:
        code, found, problems = "over_24_hours_a_day", self._asked(FULL_DAYS), []
        for line, person, day, minutes, _count in found:
            name = self.names.people[person].name
            said = {"person": name, "day": day.isoformat(), "hours": f"{minutes / 60:.1f}"}
            problems.append(self._problem(code, line, "", name, **said))
        self.log.add_counted(code, _count_of(found), problems)


def _count_of(found: list[Any]) -> int:
    """How many there are: the last column of each row says it."""
    return found[0][-1] if found else 0
