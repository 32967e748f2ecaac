"""What is special about the issue lists of Jira, Azure DevOps and GitHub. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.tabular.cell_values import Unit
from core.tabular.columns import match_columns
from core.tabular.read import Row, Table, normalised
from requirements_app.estimate_columns import COLUMNS

JIRA: Final = "jira"
AZURE: Final = "azure"
GITHUB: Final = "github"


@dataclass(frozen=True)
class Tracker:
    """A tracker by column names that only its lists have together; each stands for any of its translations."""

    name: str
    signature: tuple[frozenset[str], ...]


TRACKERS: Final = (
    Tracker(
        JIRA,
        (
            frozenset({"summary", "zusammenfassung", "résumé"}),
            frozenset({"issue key", "vorgangsschlüssel", "clé de ticket"}),
        ),
    ),
    Tracker(AZURE, (frozenset({"id"}), frozenset({"work item type"}), frozenset({"title", "title 1"}))),
    Tracker(GITHUB, (frozenset({"number"}), frozenset({"title"}), frozenset({"state"}))),
    Tracker(GITHUB, (frozenset({"title"}), frozenset({"url"}), frozenset({"status"}), frozenset({"assignees"}))),
)
# What Jira writes is seconds, though its names do not say so; in Azure DevOps the same names stand for hours.
UNITS: Final[Mapping[str, Unit]] = {JIRA: Unit.SECONDS, AZURE: Unit.HOURS}
TITLE_COLUMNS: Final = frozenset(f"title {level}" for level in range(1, 21))
TITLE_OF_LEVEL: Final = re.compile(r"title ([0-9]{1,2})")
ISSUE_ADDRESS: Final = re.compile(r"https?://[^/\s]+/([^/\s]+/[^/\s]+)/(?:issues|pull)/([0-9]+)(?:[/?#]\S*)?")
ISSUE_NAME: Final = re.compile(r"([^/\s#]+/[^/\s#]+)?#([0-9]+)")


def tracker_of(header: Sequence[str]) -> str:
    """The tracker whose names the header has, else nothing."""
    names = {normalised(name) for name in header}
    return next((each.name for each in TRACKERS if all(words & names for words in each.signature)), "")


def with_one_title(table: Table) -> Table:
    """``table`` with one column of titles and one of levels, where each level has a title column of its own."""
    levels = {index: int(match[1]) for index, name in enumerate(table.header) if (match := _level_of(name))}
    if not levels:
        return table
    kept = [index for index in range(len(table.header)) if index not in levels]

    def told(row: Row) -> Row:
        title = next((index for index in levels if row.cells[index].strip()), None)
        own = ("", "") if title is None else (row.cells[title], str(levels[title]))
        return Row(row.number, (*(row.cells[index] for index in kept), *own))

    header = (*(table.header[index] for index in kept), "Title", "Level")
    moved = {index: place for place, index in enumerate(kept)}
    without_result = frozenset((number, moved[index]) for number, index in table.without_result if index in moved)
    return replace(table, header=header, rows=tuple(map(told, table.rows)), without_result=without_result)


def mapping_of(header: Sequence[str], tracker: str) -> dict[str, str]:
    """Our columns by the file's names. What Azure DevOps calls effort counts points and no hours."""
    mapping = match_columns(header, COLUMNS)
    if tracker == AZURE and normalised(mapping.get("estimate", "")) == "effort":
        del mapping["estimate"]
    return mapping


def _level_of(name: str) -> "re.Match[str] | None":
    return TITLE_OF_LEVEL.fullmatch(normalised(name))


def repository_and_number(text: str) -> tuple[str, str]:
    """Of "https://github.com/acme/claims/issues/12", "acme/claims#12" or "#12"; empty where it is none of these."""
    match = ISSUE_ADDRESS.fullmatch(text.strip()) or ISSUE_NAME.fullmatch(text.strip())
    return (match[1] or "", match[2]) if match else ("", "")
