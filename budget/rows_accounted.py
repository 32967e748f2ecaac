"""What became of every row of several files, as a table that adds up. Pure, but for the outcomes it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from projects.import_outcome import Outcome

# Every row is one of these.
BECAME: Final = ("new", "changed", "same", "left_out", "wrong")


@dataclass(frozen=True)
class Accounted:
    """The outcome of one file of a project."""

    project: str
    kind: str
    outcome: Outcome


def as_table(kind: str, files: Sequence[Accounted]) -> str:
    """A line a project and one with the sums, in Markdown; then each code with how many rows it was said of."""
    codes = sorted({code for each in files for code in each.outcome.codes})
    head = (kind, "read", *(name.replace("_", " ") for name in BECAME), *codes)
    counts = [_counts(each.outcome, codes) for each in files]
    sums = [sum(column) for column in zip(*counts, strict=True)]
    if sums[0] != sum(sums[1 : 1 + len(BECAME)]):
        raise ValueError("the rows do not add up")
    lines = [_line(each.project, found) for each, found in zip(files, counts, strict=True)]
    return "\n".join([_cells(head), _cells(("-", *("-:" for _ in sums))), *lines, _line("all", sums)])


def _counts(outcome: Outcome, codes: Sequence[str]) -> list[int]:
    became: list[int] = [getattr(outcome, name) for name in BECAME]
    return [outcome.rows, *became, *(outcome.codes.get(code, 0) for code in codes)]


def _line(name: str, counts: Sequence[int]) -> str:
    return _cells((name, *(f"{count:,}" for count in counts)))


def _cells(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
