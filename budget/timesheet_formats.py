"""How the tools that vendors use name their columns: which tool a timesheet comes from, and which column says what."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.tabular.cell_values import Unit
from core.tabular.columns import Column, match_columns
from core.tabular.read import normalised

# Best alias first: a decimal duration before a rounded or formatted one, a key before a title.
COLUMNS: Final = (
    Column(
        "worked_on",
        (
            "work date",
            "date",
            "start date",
            "started",
            "startdatum",
            "datum",
            "day",
            "spent date",
            "spent on",
            "tag",
            "from date",
            "дата",
            "fecha",
            "data",
            "time_log_start_date",
        ),
        is_required=True,
    ),
    Column(
        "duration",
        (
            "duration (decimal)",
            "hours",
            "time (decimal)",
            "minutes",
            "duration (h)",
            "duration",
            "stunden",
            "dauer",
            "time spent (h)",
            "time spent",
            "logged hours",
            "hours logged",
            "spent time",
            "spent hours",
            "time",
            "h",
            "часы",
            "horas",
            "heures",
            "ore",
            "time_log_delta_minutes",
        ),
        is_required=True,
    ),
    Column(
        "person",
        (
            "full name",
            "first name",
            "user",
            "username",
            "name",
            "person",
            "employee",
            "member",
            "author",
            "developer",
            "vorname",
            "benutzer",
            "mitarbeiter",
            "user_id",
            "сотрудник",
            "person_key",
        ),
        is_required=True,
    ),
    Column("surname", ("last name", "nachname", "surname")),
    Column("email", ("email", "e-mail", "user email", "email address", "mail")),
    Column(
        "item",
        (
            "work item",
            "issue key",
            "issue",
            "issue_id",
            "issue id",
            "key",
            "ticket",
            "task",
            "activity",
            "aufgabe",
            "tätigkeit",
            "задача",
            "plan_item_key",
        ),
    ),
    Column(
        "note",
        (
            "notes",
            "note",
            "description",
            "comment",
            "work description",
            "issue summary",
            "notizen",
            "notiz",
            "beschreibung",
            "kommentar",
            "комментарий",
        ),
    ),
    Column("billable", ("billable?", "billable", "abrechenbar?", "abrechenbar", "is billable")),
    Column("source_id", ("time entry id", "entry id", "worklog id", "id", "row", "time_log_fact_key")),
    Column("ended_on", ("end date", "enddatum", "time_log_end_date")),
    Column("started_at", ("start time", "from", "startzeit", "von")),
    Column("ended_at", ("end time", "to", "endzeit", "bis")),
    Column("kind", ("type",)),
    Column("project", ("project", "project name", "projekt", "project_key", "account name", "проект")),
)


@dataclass(frozen=True)
class Tool:
    """A tool by the column names that only its exports have together."""

    name: str
    label: str
    signature: frozenset[str]


TOOLS: Final = (
    Tool("harvest", "Harvest", frozenset({"date", "task", "notes", "hours", "first name", "last name"})),
    Tool("harvest", "Harvest", frozenset({"datum", "aufgabe", "notizen", "stunden"})),
    Tool("clockify", "Clockify", frozenset({"user", "start date", "duration (h)", "duration (decimal)"})),
    Tool("toggl", "Toggl Track", frozenset({"user", "email", "start date", "start time", "duration"})),
    Tool("kimai", "Kimai", frozenset({"date", "from", "to", "duration", "customer"})),
    Tool("tempo", "Tempo", frozenset({"issue key", "hours", "work date"})),
    Tool("redmine", "Redmine", frozenset({"project", "date", "user", "activity", "issue", "hours"})),
    Tool("redmine", "Redmine", frozenset({"issue_id", "date", "hours", "user_id"})),
)
OTHER: Final = "file"
TOOL_LABELS: Final[Mapping[str, str]] = {tool.name: tool.label for tool in TOOLS}

# In these the duration is a plain word, and what a bare number counts is known all the same.
UNIT_BY_TOOL: Final[Mapping[str, Unit]] = {"tempo": Unit.HOURS, "harvest": Unit.HOURS, "redmine": Unit.HOURS}
UNIT_WORDS: Final = (
    (Unit.SECONDS, re.compile(r"\b(seconds?|secs?|sekunden)\b")),
    (Unit.MINUTES, re.compile(r"(\b|_)(minutes?|mins?|minuten)\b")),
    (Unit.HOURS, re.compile(r"\b(hours?|hrs?|h|stunden|std|decimal|часы|horas|heures|ore)\b")),
)


def tool_of(header: Sequence[str]) -> str:
    """The tool whose signature the header holds, else "file"."""
    names = {normalised(name) for name in header}
    return next((tool.name for tool in TOOLS if tool.signature <= names), OTHER)


def mapping_of(header: Sequence[str]) -> dict[str, str]:
    """Our columns by the file's names, as far as its header says."""
    mapping = match_columns(header, COLUMNS)
    if normalised(mapping.get("person", "")) not in ("first name", "vorname"):
        mapping.pop("surname", None)
    return mapping


def unit_of(header_name: str, tool: str) -> Unit | None:
    """What a bare number in the duration column counts, if its name or the tool says so; else it has to be asked."""
    name = normalised(header_name)
    return next((unit for unit, words in UNIT_WORDS if words.search(name)), UNIT_BY_TOOL.get(tool))
