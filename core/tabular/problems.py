"""What can be wrong with a file: as a whole, or in one cell. Codes are stable; ``sentences`` words them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

# What a person can work through; all are counted.
MOST_KEPT: Final = 20_000
FIRST_OF_EACH: Final = 30

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


class ProblemLog:
    """The problems of one file: all counted by code, the first of each code and many of the others kept."""

    def __init__(self) -> None:
        self.codes: Counter[str] = Counter()
        self.kept: list[Problem] = []

    def add(self, problem: Problem) -> None:
        self.codes[problem.code] += 1
        if len(self.kept) < MOST_KEPT or self.codes[problem.code] <= FIRST_OF_EACH:
            self.kept.append(problem)

    def add_counted(self, code: str, count: int, problems: Iterable[Problem]) -> None:
        """``count`` problems of one code, of which only the first may have been looked up."""
        if count:
            self.codes[code] += count
            self.kept.extend(problems)

    @property
    def room(self) -> int:
        """How many more are worth looking up."""
        return max(MOST_KEPT - len(self.kept), FIRST_OF_EACH)


class Unreadable(Exception):
    """The file as a whole cannot be read. ``asks`` names the option that would settle it, if one would.

    Whoever asks about columns says which there are.
    """

    def __init__(self, code: str, *, asks: str = "", **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.asks = asks
        self.params = params
        self.header: tuple[str, ...] = ()
        self.sample: tuple[tuple[str, ...], ...] = ()
        self.mapping: Mapping[str, str] = {}


class CellRefused(ValueError):
    """One cell does not say what its column has to say."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
