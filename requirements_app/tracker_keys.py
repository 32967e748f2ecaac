"""By which keys a tracker's list names its issues and their parents. Pure.

The parent of an issue may stand there by its key, by a number that is nobody's key, by an address or by its title, and
it may be in none of the list's rows: a list is what somebody filtered.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from core.tabular.columns import Layout
from core.tabular.read import Row
from requirements_app.estimate_row import EstimateRow
from requirements_app.trackers import GITHUB, repository_and_number


class IssueKeys:
    """The key of each row. Where GitHub gives only an address it is the issue's number, with several repositories
    preceded by the repository: "claims#12".
    """

    def __init__(self, layout: Layout, tracker: str) -> None:
        self.layout = layout
        self.is_github = tracker == GITHUB
        addresses = layout.texts("url") if self.is_github else ()
        self.has_one_repository = len({repository for repository, _ in map(repository_and_number, addresses)}) < 2

    def of(self, row: Row) -> str:
        key = self.layout.text(row, "key")
        if not self.is_github:
            return key
        repository, number = repository_and_number(key or self.layout.text(row, "url"))
        if not number:
            return key
        return number if self.has_one_repository else f"{repository.rpartition('/')[2]}#{number}"


@dataclass
class Parents:
    """What else the issues of a list are called, for those that name one of them as their parent."""

    names: dict[str, str] = field(default_factory=dict)
    titles: Counter[str] = field(default_factory=Counter)
    by_title: dict[str, str] = field(default_factory=dict)
    said_titles: dict[str, str] = field(default_factory=dict)

    def note(self, item: EstimateRow, other_key: str, url: str, parent_title: str) -> None:
        for name in filter(None, (other_key, url)):
            self.names.setdefault(name.casefold(), item.name)
        self.titles[item.title.casefold()] += 1
        self.by_title[item.title.casefold()] = item.name
        if item.parent_said and parent_title:
            self.said_titles[item.parent_said] = parent_title

    def settled(self, rows: Mapping[str, EstimateRow]) -> dict[str, EstimateRow]:
        """``rows`` with each parent by its name; one that only its children name by key and title is added."""
        found = dict(rows)
        for name, row in rows.items():
            if row.parent is None or row.parent in rows:
                continue
            parent = self._name_of(row, rows)
            if parent is None and row.parent_said in self.said_titles and not row.parent_said.isdecimal():
                parent = row.parent
                title = self.said_titles[row.parent_said][:300]
                found.setdefault(parent, EstimateRow(name=parent, title=title, key=row.parent_said))
            found[name] = replace(row, parent=parent or row.parent, may_lose_parent=True)
        return found

    def _name_of(self, row: EstimateRow, rows: Mapping[str, EstimateRow]) -> str | None:
        said = row.parent_said.casefold()
        if said in self.names:
            return self.names[said]
        repository, number = repository_and_number(said)
        for name in (number, f"{repository.rpartition('/')[2]}#{number}"):
            if number and name in rows:
                return name
        titled = self.by_title[said] if self.titles[said] == 1 else None
        return titled if titled != row.name else None
