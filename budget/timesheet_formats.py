"""Which tool a timesheet comes from, which column says what, and what its bare numbers count."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from budget.timesheet_columns import COLUMNS, TRANSLATIONS
from core.tabular.cell_values import Unit
from core.tabular.columns import match_columns
from core.tabular.read import normalised

ENGLISH: Final[Mapping[str, frozenset[str]]] = {
    word: frozenset(english for english, words in TRANSLATIONS.items() if word in words)
    for words in TRANSLATIONS.values()
    for word in words
}
FIRST_NAMES: Final = frozenset({"first name", *TRANSLATIONS["first name"]})


@dataclass(frozen=True)
class Tool:
    """A tool by the English column names that only its exports have together."""

    name: str
    label: str
    signature: frozenset[str]


TOOLS: Final = (
    Tool("harvest", "Harvest", frozenset({"date", "task", "notes", "hours"})),
    Tool("clockify", "Clockify", frozenset({"user", "start date", "duration (h)", "duration (decimal)"})),
    Tool("toggl", "Toggl Track", frozenset({"user", "email", "start date", "start time", "duration"})),
    Tool("toggl", "Toggl Track", frozenset({"member", "email", "start date", "start time", "duration"})),
    Tool("kimai", "Kimai", frozenset({"date", "from", "to", "duration", "customer", "activity"})),
    Tool("tempo", "Tempo", frozenset({"issue key", "hours", "work date"})),
    Tool("tempo", "Tempo", frozenset({"issue", "key", "logged"})),
    Tool("redmine", "Redmine", frozenset({"project", "date", "user", "activity", "issue", "hours"})),
    Tool("redmine", "Redmine", frozenset({"issue_id", "date", "hours", "user_id"})),
    Tool("jira", "Jira", frozenset({"summary", "issue key", "log work"})),
)
OTHER: Final = "file"
TOOL_LABELS: Final[Mapping[str, str]] = {tool.name: tool.label for tool in TOOLS}

# In these the duration is a plain word, and what a bare number counts is known all the same.
UNIT_BY_TOOL: Final[Mapping[str, Unit]] = {"tempo": Unit.HOURS, "harvest": Unit.HOURS, "redmine": Unit.HOURS}
UNIT_WORDS: Final = (
    (Unit.SECONDS, re.compile(r"\b(seconds?|secs?|sekunden|secondes?)\b")),
    (Unit.MINUTES, re.compile(r"(\b|_)(minutes?|mins?|minuten)\b")),
    (
        Unit.HOURS,
        re.compile(r"\b(hours?|hrs?|h|stunden|std|heures?|horas|ore|uren|godziny|часы|decimal|dezimal\w*|décimale?)\b"),
    ),
)


def tool_of(header: Sequence[str]) -> str:
    """The tool whose signature the header holds, in whatever language; else "file"."""
    names = {normalised(name) for name in header}
    names = names.union(*(ENGLISH[name] for name in names if name in ENGLISH))
    return next((tool.name for tool in TOOLS if tool.signature <= names), OTHER)


def mapping_of(header: Sequence[str]) -> dict[str, str]:
    """Our columns by the file's names, as far as its header says."""
    mapping = match_columns(header, COLUMNS)
    if normalised(mapping.get("person", "")) not in FIRST_NAMES:
        mapping.pop("surname", None)
    return mapping


def unit_of(header_name: str, tool: str) -> Unit | None:
    """What a bare number in the duration column counts, if its name or the tool says so; else it has to be asked."""
    name = normalised(header_name)
    return next((unit for unit, words in UNIT_WORDS if words.search(name)), UNIT_BY_TOOL.get(tool))
