"""The worked examples of docs/calculations/, read as the tests' numbers: what a page says is what the code gives."""

from decimal import Decimal
from pathlib import Path

CALCULATIONS = Path(__file__).parents[1] / "docs" / "calculations"
NOTHING = "–"


def table_under(page: str, first_column: str, *, below: str) -> list[list[str]]:
    """The rows, without the head, of the first table below a heading whose first column is called so."""
    text = (CALCULATIONS / page).read_text()
    table = text[text.index(f"| {first_column} |", text.index(below)) :].split("\n\n", maxsplit=1)[0]
    _head, _rule, *rows = table.splitlines()
    return [_cells(row) for row in rows]


def number(text: str) -> Decimal | None:
    """A number as the pages write it, with a real minus; None for a dash."""
    return None if text == NOTHING else Decimal(text.replace("−", "-").replace(",", ""))


def is_as_written(value: Decimal | None, text: str) -> bool:
    """Whether a value, rounded to as many places as the page gives, is what the page says."""
    written = number(text)
    if value is None or written is None:
        return value is written
    return value.quantize(written) == written


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
