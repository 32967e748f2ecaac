"""Errors that a person can act on. Views, the API and imports each show them in their own form."""

from collections.abc import Mapping
from typing import Any


class DomainError(Exception):
    """A rule of the domain refuses the act.

    ``code`` is stable and short, for the API and for tests; ``message`` is a translated sentence that says
    what happened and what to do; ``field`` names the input at fault, when there is one.
    """

    code = "refused"

    def __init__(self, message: str, *, code: str = "", field: str = "", **params: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field
        self.params: Mapping[str, Any] = params

    def __str__(self) -> str:
        return str(self.message)


class StaleVersion(DomainError):
    """Somebody saved the object after the writer had read it. Nothing was written.

    ``current`` is the object as it stands now, so that a page can show both texts.
    """

    code = "stale_version"

    def __init__(self, message: str, *, current: Any) -> None:
        super().__init__(message)
        self.current = current


class RowsRefused(DomainError):
    """Some of many things sent at once break a rule, so none was written. ``rows`` says why, by place from 0."""

    code = "rows_refused"

    def __init__(self, message: str, *, rows: Mapping[int, DomainError]) -> None:
        super().__init__(message)
        self.rows = rows
