"""Which work item a text in a file means: by its outside key, its number, or its exact title."""

import datetime as dt
import re
from typing import Final, NamedTuple

from projects.models import Project
from requirements_app.models import ItemName, ProgressReport, WorkItem

OWN_NUMBER: Final = re.compile(r"W-([0-9]{1,9})", re.IGNORECASE)
# "PROJ-12 Sign in" and "Bug #123: Sign in", as trackers write an issue with its title.
KEY_BEFORE_TITLE: Final = re.compile(r"([A-Za-z][A-Za-z0-9_]+-[0-9]+)\b|[^#]{0,40}#([0-9]+)\b")


class FoundItem(NamedTuple):
    """What a file needs to know of a work item, and no more: there may be many."""

    key: int
    number: int
    is_dropped: bool

    @property
    def label(self) -> str:
        return f"W-{self.number}"


def folded(name: str) -> str:
    """A name as it is compared: without regard to case and to how many blanks stand in it."""
    return " ".join(name.split()).casefold()


class ItemLookup:
    """The work items of a project by everything they are called. A title that two items share names neither."""

    def __init__(self, project: Project) -> None:
        self.by_key: dict[str, FoundItem] = {}
        self.by_number: dict[int, FoundItem] = {}
        self.by_title: dict[str, list[FoundItem]] = {}
        items = WorkItem.objects.filter(project=project).order_by("position", "pk")
        for key, number, state, outside_key, title in items.values_list(
            "pk", "ref__number", "state", "outside_key", "title"
        ):
            item = FoundItem(key, number, state == WorkItem.State.DROPPED)
            if outside_key:
                self.by_key[outside_key.casefold()] = item
            self.by_number[number] = item
            self.by_title.setdefault(title.casefold(), []).append(item)
        by_key = {item.key: item for item in self.by_number.values()}
        said = ItemName.objects.filter(project=project).values_list("name", "work_item")
        # None: it was said that the name means no work item.
        self.remembered = {name: by_key.get(key) if key is not None else None for name, key in said}

    def is_said_to_be_none(self, text: str) -> bool:
        """Whether somebody said that this names no work item."""
        name = folded(text)
        return name in self.remembered and self.remembered[name] is None and _is_open(self._named(name))

    def find(self, text: str) -> FoundItem | None:
        """The item, or None where nothing or more than one thing has that name."""
        name = folded(text)
        named = self._named(name)
        # What was said of a name goes before an item that was dropped.
        return (self.remembered.get(name) or named) if _is_open(named) else named

    def _named(self, name: str) -> FoundItem | None:
        if found := self.by_key.get(name):
            return found
        if number := OWN_NUMBER.fullmatch(name):
            return self.by_number.get(int(number[1]))
        titled = [item for item in self.by_title.get(name, []) if not item.is_dropped]
        if titled:
            return titled[0] if len(titled) == 1 else None
        if key := KEY_BEFORE_TITLE.match(name):
            return self.by_key.get(key[1] or key[2])
        return None


def _is_open(named: FoundItem | None) -> bool:
    return named is None or named.is_dropped


def days_done(project: Project) -> dict[int, dt.date]:
    """The day on which each item that is done now was last reported done, by the item's key."""
    reports = ProgressReport.objects.filter(project=project, is_done=True, work_item__state=WorkItem.State.DONE)
    return dict(reports.order_by("on", "pk").values_list("work_item", "on"))
