"""What a timesheet says in a column of its own, and the names that vendors' tools give to it."""

from collections.abc import Mapping
from typing import Final

from core.tabular.columns import Column

# German, French, then others. A word stands beside every English name that it may mean: "Nom" is a name, and the last
# name where "Prénom" is beside it.
TRANSLATIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "work date": ("arbeitsdatum", "date de travail"),
    "date": ("datum", "fecha", "data", "дата"),
    "start date": ("startdatum", "date de début", "fecha de inicio", "data di inizio", "data de início", "begindatum"),
    "started": ("gestartet", "begonnen am", "démarré"),
    "day": ("tag", "jour"),
    "duration (decimal)": ("dauer (dezimal)", "dauer (dezimalzahl)", "durée (décimale)", "durée (décimal)"),
    "hours": ("stunden", "heures", "horas", "ore", "uren", "godziny", "часы"),
    "minutes": ("minuten",),
    "duration (h)": ("dauer (h)", "durée (h)"),
    "duration": ("dauer", "durée", "duración", "durata", "duração", "duur", "длительность"),
    "time spent": ("aufgewendete zeit", "temps passé", "zeitaufwand", "tiempo dedicado"),
    "spent time": ("gebuchte zeit",),
    "time": ("zeit", "temps"),
    "full name": ("vollständiger name", "nom complet"),
    "first name": ("vorname", "prénom"),
    "user": ("benutzer", "utilisateur", "usuario", "utente", "gebruiker", "пользователь"),
    "username": ("benutzername", "nom d'utilisateur", "nom d’utilisateur"),
    "name": ("nom", "nombre", "nome", "naam", "имя"),
    "employee": ("mitarbeiter", "mitarbeiter:in", "employé", "сотрудник"),
    "member": ("mitglied", "membre"),
    "author": ("autor", "auteur"),
    "last name": ("nachname", "nom", "nom de famille", "apellido"),
    "email": ("e-mail-adresse", "adresse e-mail", "courriel"),
    "issue key": ("vorgangsschlüssel", "vorgang-schlüssel", "schlüssel", "clé de ticket", "clé de demande", "clé"),
    "issue": ("vorgang", "demande"),
    "task": ("aufgabe", "tâche", "tarea", "задача"),
    "activity": ("tätigkeit", "aktivität", "activité", "actividad", "attività", "activiteit"),
    "notes": ("notizen", "notas", "notities"),
    "note": ("notiz", "bemerkung", "remarque"),
    "description": ("beschreibung", "descripción", "descrizione", "descrição", "omschrijving", "описание"),
    "comment": ("kommentar", "commentaire", "comentario", "комментарий"),
    "issue summary": ("vorgangszusammenfassung",),
    "summary": ("zusammenfassung", "résumé"),
    "billable": ("abrechenbar", "facturable", "fatturabile"),
    "billable?": ("abrechenbar?", "facturable ?", "facturable?"),
    "end date": ("enddatum", "date de fin"),
    "start time": ("startzeit", "heure de début"),
    "from": ("von", "beginn", "de", "début"),
    "end time": ("endzeit", "heure de fin"),
    "to": ("bis", "ende", "à", "fin"),
    "type": ("typ", "art"),
    "project": ("projekt", "projet", "proyecto", "progetto", "проект"),
    "account name": ("kontoname", "nom du compte"),
    # Said by tools, and read by nobody but those who look which tool it is.
    "log work": ("arbeit protokollieren", "consigner le travail", "registrar trabajo"),
    "customer": ("kunde", "client", "cliente", "klant"),
}


def _column(name: str, *english: str, is_required: bool = False) -> Column:
    """A column by its English names, best first, each followed by what it is called elsewhere."""
    aliases = (alias for word in english for alias in (word, *TRANSLATIONS.get(word, ())))
    return Column(name, tuple(dict.fromkeys(aliases)), is_required)


# A decimal duration stands before a rounded or formatted one, a key before a title.
COLUMNS: Final = (
    _column(
        "worked_on",
        *("work date", "date", "start date", "started", "day", "spent date", "spent on", "from date"),
        "time_log_start_date",
        is_required=True,
    ),
    _column(
        "duration",
        *("duration (decimal)", "hours", "time (decimal)", "minutes", "duration (h)", "duration", "time spent (h)"),
        *("time spent", "logged hours", "hours logged", "spent time", "spent hours", "time", "h"),
        "time_log_delta_minutes",
        is_required=True,
    ),
    _column(
        "person",
        *("full name", "first name", "user", "username", "name", "person", "employee", "member", "author"),
        *("developer", "user_id", "person_key"),
        is_required=True,
    ),
    _column("surname", "last name", "surname"),
    _column("email", "email", "e-mail", "user email", "email address", "mail"),
    _column(
        "item",
        *("work item", "issue key", "key", "issue", "issue_id", "issue id", "ticket", "task", "activity"),
        "plan_item_key",
    ),
    _column("note", "notes", "note", "description", "comment", "work description", "issue summary", "issue", "summary"),
    _column("billable", "billable?", "billable", "is billable"),
    _column("source_id", "time entry id", "entry id", "worklog id", "id", "row", "time_log_fact_key"),
    _column("ended_on", "end date", "stop date", "time_log_end_date"),
    _column("started_at", "start time", "from", "begin"),
    _column("ended_at", "end time", "stop time", "to", "end"),
    _column("kind", "type"),
    _column("project", "project", "project name", "project_key", "account name"),
)
