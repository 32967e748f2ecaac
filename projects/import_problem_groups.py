"""The problems of a file as its page lists them: rows that say the same together, others each for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.tabular.problems import ERROR
from core.tabular.sentences import sentence_of
from projects.import_outcome import Outcome, says_of


@dataclass(frozen=True)
class ProblemGroup:
    """Rows that say the same: how many, and the first ones in words.

    ``others`` counts rows with the same code that say something else and are not listed; the last group of the code
    names them.
    """

    code: str
    count: int
    is_error: bool
    lines: tuple[tuple[int, str], ...]
    others: int = 0

    @property
    def more(self) -> int:
        return self.count - len(self.lines)


def problem_groups(outcome: Outcome) -> tuple[ProblemGroup, ...]:
    """Errors first, then the codes with the most rows, then what most of them say."""
    by_code: dict[str, dict[tuple[str, ...], list[Mapping[str, Any]]]] = {}
    for problem in outcome.problems:
        by_code.setdefault(problem["code"], {}).setdefault(says_of(problem), []).append(problem)
    codes = sorted(by_code, key=lambda code: (not _is_error(by_code[code]), -outcome.codes[code]))
    return tuple(group for code in codes for group in _groups_of(code, outcome.codes[code], by_code[code]))


def _is_error(found: Mapping[Any, list[Mapping[str, Any]]]) -> bool:
    return bool(next(iter(found.values()))[0]["level"] == ERROR)


def _groups_of(code: str, count: int, found: Mapping[Any, list[Mapping[str, Any]]]) -> list[ProblemGroup]:
    # What was looked at before they were counted has only what is listed.
    alike = {key: max(same[0].get("alike", 0), len(same)) for key, same in found.items()}
    largest_first = sorted(found, key=lambda key: -alike[key])
    others = count - sum(alike.values())
    return [
        ProblemGroup(
            code,
            alike[key],
            _is_error(found),
            tuple((problem["row"], problem_said(problem)) for problem in found[key]),
            others if key == largest_first[-1] else 0,
        )
        for key in largest_first
    ]


def problem_said(problem: Mapping[str, Any]) -> str:
    values = {name: problem[name] for name in ("row", "column", "value")}
    return sentence_of(problem["code"], **{**values, **problem["params"]})
