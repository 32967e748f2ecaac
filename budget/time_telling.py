"""What has to be told of staged rows that depends on the project: an entry that is not taken says so, others may."""

from collections.abc import Mapping
from typing import Any, Final

from budget.time_names import Names
from budget.time_reading import Reading
from budget.time_statements import with_parts
from core.tabular.problems import WARNING, Problem, ProblemLog

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


class Teller:
    """Asks for problems of one kind after the other. What no row can have is not asked of all of them."""

    def __init__(self, cursor: Any, params: Mapping[str, Any], reading: Reading, names: Names, log: ProblemLog) -> None:
        self.cursor = cursor
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
