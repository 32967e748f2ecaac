"""What can be wrong with a file: as a whole, or in one cell. Codes are stable; ``sentences`` words them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

ERROR: Final = "error"
WARNING: Final = "warning"


@dataclass(frozen=True)
class Problem:
    """A doubt about a row. ``row`` counts lines of the file from 1 as the person's own program shows them.

    An error keeps the row out; a warning only says what was made of it.
    """

    code: str
    row: int
    column: str = ""
    value: str = ""
    level: str = ERROR
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_error(self) -> bool:
        return self.level == ERROR


class Unreadable(Exception):
    """The file as a whole cannot be read. ``asks`` names the option that would settle it, if one would."""

    def __init__(self, code: str, *, asks: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.asks = asks
        self.params = params


class CellRefused(ValueError):
    """One cell does not say what its column has to say."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
