"""What a list of work items says in a column of its own, and the names that trackers and spreadsheets give to it."""

from typing import Final

from core.tabular.columns import Column

COLUMNS: Final = (
    Column(
        "key",
        (
            *("key", "issue key", "id", "issue id", "issue_id", "#", "wbs", "number", "no.", "no", "ticket"),
            *(
                "nr.",
                "nr",
                "pos.",
                "pos",
                "position",
                "vorgangsschlüssel",
                "schlüssel",
                "clé de ticket",
                "clé",
                "plan_item_key",
            ),
        ),
    ),
    Column(
        "title",
        (
            *("title", "summary", "subject", "work item", "task", "name", "item", "task name", "work package"),
            *("titel", "zusammenfassung", "aufgabe", "arbeitspaket", "titre", "résumé", "tâche", "задача"),
        ),
        is_required=True,
    ),
    Column(
        "parent_key",
        ("parent key", "parent", "parent id", "parent_key", "parent issue", "übergeordnet", "übergeordneter vorgang"),
    ),
    Column("epic_key", ("custom field (epic link)", "epic link", "benutzerdefinierte felder (epic-verknüpfung)")),
    Column("parent_title", ("parent summary",)),
    Column("other_key", ("issue id", "vorgangs-id", "id de ticket", "id", "node id")),
    Column("level", ("level", "outline level", "indent", "depth", "ebene", "niveau")),
    Column("group", ("group", "epic", "epic name", "phase", "module", "feature", "component", "wbs_element_key")),
    Column("category", ("category", "type of work", "discipline", "role", "kategorie", "rolle", "catégorie")),
    Column(
        "estimate",
        (
            *("estimate (h)", "estimate", "estimated hours", "hours", "most likely", "original estimate", "effort"),
            *("schätzung", "ursprüngliche schätzung", "stunden", "aufwand", "estimation", "estimation originale"),
            *("heures", "task_plan_time_minutes"),
        ),
    ),
    Column(
        "remaining",
        (
            *("remaining (h)", "remaining", "remaining hours", "remaining work", "remaining estimate", "left", "rest"),
            *("verbleibende schätzung", "restaufwand", "estimation restante", "reste à faire"),
        ),
    ),
    # The category of a state is one of three words, whatever a team calls the state itself.
    Column(
        "done",
        (
            *("done", "status category", "statuskategorie", "status", "state", "% complete", "progress", "erledigt"),
            *("zustand", "état", "statut", "catégorie d'état"),
        ),
    ),
    Column("outcome", ("resolution", "state reason", "statereason", "state_reason", "lösung", "résolution", "reason")),
    Column("planned_start", ("planned start", "start date", "start", "begin", "beginn", "geplanter start")),
    Column(
        "planned_finish",
        (
            *("planned finish", "due date", "due", "target date", "end date", "finish", "deadline", "fällig", "ende"),
            *("fälligkeitsdatum", "date d'échéance", "échéance"),
        ),
    ),
    Column(
        "done_on",
        (
            *("completed on", "done on", "finished on", "resolved", "resolved date", "closed date", "closed at"),
            *("closed_at", "closedat", "completed", "task_actual_complete_date", "erledigt", "résolu"),
        ),
    ),
    Column("url", ("address", "url", "html_url", "html url", "link", "outside address")),
)
