"""What a look at a file found: kept with the batch as JSON, and read back by the pages."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from core.tabular.problems import Problem

SHOWN_PROBLEMS: Final = 30


@dataclass(frozen=True)
class Question:
    """Something the file leaves open. ``choices`` are values of the option ``name``; ``example`` is a cell."""

    name: str
    choices: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class UnknownPerson:
    """Somebody the file names and the project does not know."""

    key: str
    name: str
    email: str
    rows: int
    minutes: int


@dataclass(frozen=True)
class Outcome:
    """Every row read is exactly one of new, changed, same, left out or wrong.

    ``removed`` counts what the project has and the file names no more, as far as it is taken back with the file.
    ``problems`` holds the first of each code, see ``shown``; ``codes`` counts them all. ``totals`` speaks of
    the kind of file.
    """

    header: tuple[str, ...] = ()
    sample: tuple[tuple[str, ...], ...] = ()
    sheets: tuple[str, ...] = ()
    mapping: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    refusal: Mapping[str, Any] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    people: tuple[UnknownPerson, ...] = ()
    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    left_out: int = 0
    wrong: int = 0
    removed: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Mapping[str, Any], ...] = ()
    totals: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.rows != self.new + self.changed + self.same + self.left_out + self.wrong:
            raise ValueError("the rows of a file do not add up")

    @property
    def is_readable(self) -> bool:
        return not self.refusal

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to ask."""
        return self.is_readable and not self.questions and not self.people

    @property
    def would_write(self) -> int:
        """How many rows and removals would change something."""
        return self.new + self.changed + self.removed

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Outcome":
        values = dict(data)
        values["questions"] = tuple(
            Question(**{**each, "choices": tuple(each["choices"])}) for each in data["questions"]
        )
        values["people"] = tuple(UnknownPerson(**each) for each in data["people"])
        return cls(**values)


def counted(problems: Iterable[Problem]) -> dict[str, int]:
    """How often each code occurs, most frequent first."""
    return dict(Counter(problem.code for problem in problems).most_common())


def says_of(problem: Mapping[str, Any]) -> tuple[str, ...]:
    """What a problem says, whichever row says it: of two rows with the same, one line is enough."""
    params = {name: value for name, value in problem["params"].items() if name != "first"}
    return problem["code"], problem["column"], problem["value"], repr(sorted(params.items()))


def shown(problems: Iterable[Problem]) -> tuple[Mapping[str, Any], ...]:
    """The first problems of each code as JSON, in the order of the file: rather others than the same once more.

    ``alike`` counts the rows that say the very same.
    """
    alike: Counter[tuple[str, ...]] = Counter()
    different: dict[str, list[dict[str, Any]]] = {}
    repeated: dict[str, list[dict[str, Any]]] = {}
    for problem in sorted(problems, key=lambda problem: problem.row):
        said = asdict(problem)
        key = says_of(said)
        kept = (repeated if key in alike else different).setdefault(problem.code, [])
        alike[key] += 1
        if len(kept) < SHOWN_PROBLEMS:
            kept.append(said)
    first = [
        {**said, "alike": alike[says_of(said)]}
        for code, others in different.items()
        for said in (others + repeated.get(code, []))[:SHOWN_PROBLEMS]
    ]
    return tuple(sorted(first, key=lambda said: said["row"]))
