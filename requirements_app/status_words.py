"""What a status says of a work item: done, open, or given up by whoever was to do it. Pure."""

import re
from typing import Final

from core.tabular.cell_values import NO, YES
from core.tabular.problems import CellRefused

DONE: Final = YES | {
    *("done", "closed", "resolved", "finished", "complete", "completed", "released", "100%"),
    *("erledigt", "fertig", "geschlossen", "gelöst", "abgeschlossen"),
    *("terminé", "terminée", "fermé", "fermée", "résolu", "résolue", "fait"),
}
OPEN: Final = NO | {
    *("open", "to do", "todo", "new", "in progress", "doing", "in review", "in test", "in testing", "backlog"),
    *("active", "committed", "approved", "proposed", "ready", "blocked", "reopened", "on hold", "draft"),
    *("selected for development", "in development"),
    *("offen", "zu erledigen", "in arbeit", "in bearbeitung", "neu", "blockiert", "wieder geöffnet"),
    *("à faire", "en cours", "ouvert", "ouverte", "nouveau", "bloqué", "en attente"),
}
GIVEN_UP: Final = frozenset(
    (
        *("removed", "won't do", "won’t do", "won't fix", "won’t fix", "wontfix", "duplicate", "rejected", "declined"),
        *("cancelled", "canceled", "abandoned", "not planned", "cannot reproduce", "obsolete", "deferred", "cut"),
        *("wird nicht erledigt", "abgelehnt", "abgebrochen", "doppelt", "annulé", "annulée", "rejeté", "doublon"),
    )
)
PERCENT: Final = re.compile(r"([0-9]{1,2})(?:[.,][0-9]+)? ?%")


def is_given_up(*words: str) -> bool:
    """Whether one of the words says that nobody will do it, such as a status or why it was closed."""
    return any(_plain(word) in GIVEN_UP for word in words)


def is_done(status: str) -> bool:
    """Only where the text says so; anything else is not guessed."""
    word = _plain(status).replace(" %", "%")
    if word in DONE:
        return True
    if word in OPEN or PERCENT.fullmatch(word):
        return False
    raise CellRefused("status_unknown")


def _plain(text: str) -> str:
    """Small letters, single blanks, and no emoji in front, which boards like to have."""
    words = " ".join(text.replace("_", " ").split()).casefold()
    return re.sub(r"^[^\w]+(?=[^\W\d])", "", words)
