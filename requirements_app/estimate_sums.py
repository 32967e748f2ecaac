"""Estimates as spreadsheets have them: lines that only add up others, and notes below the table. Pure.

A chapter's row often holds the sum of its own rows. Taken as an estimate of its own it would count all of them twice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Final

from core.tabular.columns import Layout
from core.tabular.problems import WARNING, Problem
from core.tabular.read import TOTAL_WORDS
from requirements_app.estimate_row import EstimateRow

# Sums of rounded figures are off by a little.
OFF_BY_RATIO: Final = Decimal("0.005")
OFF_BY_MINUTES: Final = Decimal(1)


def left_out(layout: Layout) -> dict[int, Problem]:
    """By number the rows that are no work: totals anywhere in the table, and notes that fill a single cell."""
    found = {}
    for row in layout.rows:
        title, key = layout.text(row, "title"), layout.text(row, "key")
        said = [cell for cell in row.cells if cell.strip()]
        if {_word(title), _word(key)} & TOTAL_WORDS:
            found[row.number] = Problem("total_line", row.number, value=title or key, level=WARNING)
        elif "title" in layout and not title and len(said) == 1 and " " in said[0].strip():
            found[row.number] = Problem("note_line", row.number, value=said[0].strip()[:80], level=WARNING)
    return found


def without_rows(layout: Layout, numbers: Iterable[int]) -> Layout:
    """``layout`` without the rows of these numbers."""
    out = frozenset(numbers)
    return replace(layout, rows=tuple(row for row in layout.rows if row.number not in out)) if out else layout


def without_sums(rows: Mapping[str, EstimateRow]) -> tuple[dict[str, EstimateRow], list[EstimateRow]]:
    """``rows`` in which no estimate repeats what stands below it, and the rows that held such a sum."""
    below: dict[str, list[str]] = defaultdict(list)
    for name, row in rows.items():
        if row.parent in rows and row.parent is not None:
            below[row.parent].append(name)
    mended, sums = dict(rows), []
    with_below: dict[str, Decimal] = {}
    for name in _deepest_first(rows, below):
        row, parts = rows[name], [with_below[child] for child in below.get(name, ())]
        own, whole = row.estimate or Decimal(0), sum(parts, Decimal(0))
        if parts and own and whole and abs(own - whole) <= max(OFF_BY_MINUTES * len(parts), whole * OFF_BY_RATIO):
            sums.append(row)
            mended[name] = replace(row, estimate=None, remaining=None)
            own = Decimal(0)
        with_below[name] = own + whole
    return mended, sorted(sums, key=lambda row: row.rows)


def _deepest_first(rows: Mapping[str, EstimateRow], below: Mapping[str, list[str]]) -> list[str]:
    """Each row after everything below it. Who stands below oneself is left out: of them no sum is known."""
    order = []
    ahead = [name for name, row in rows.items() if row.parent not in rows]
    while ahead:
        order.append(name := ahead.pop())
        ahead += below.get(name, ())
    return order[::-1]


def _word(text: str) -> str:
    return text.casefold().rstrip(":").strip()
