"""What was changed in a text, word by word, so that people read it at a glance. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, takewhile
from typing import Final

# A word, a run of spaces, or a single sign: what a reader takes for one thing.
PIECES: Final = re.compile(r"\w+|\s+|[^\w\s]")
# The comparison takes the square of this (difflib takes the cube where a text repeats itself). Beyond it, what lies
# between the first and the last difference is shown as rewritten, which is how it reads as well.
MOST_COMPARED: Final = 500


@dataclass(frozen=True)
class Piece:
    """A stretch of text that is in both, only in the earlier (``is_gone``) or only in the later (``is_new``)."""

    text: str
    is_gone: bool = False
    is_new: bool = False


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """``after`` with what left and what came, in reading order. The pieces without the new ones are ``before``."""
    old, new = PIECES.findall(before), PIECES.findall(after)
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    first, last = old[:start], old[len(old) - end :]
    old, new = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(old), len(new)) > MOST_COMPARED:
        middle = (*(Piece(one, is_gone=True) for one in old), *(Piece(one, is_new=True) for one in new))
    else:
        middle = tuple(_compared(old, new))
    single = (*map(Piece, first), *middle, *map(Piece, last))
    return tuple(
        Piece("".join(piece.text for piece in run), is_gone, is_new)
        for (is_gone, is_new), run in groupby(single, key=lambda piece: (piece.is_gone, piece.is_new))
    )


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many pieces both begin with."""
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    """Along a longest common subsequence: what leaves before what comes."""
    longest = [[0] * (len(new) + 1) for _row in range(len(old) + 1)]
    for row in reversed(range(len(old))):
        here, below = longest[row], longest[row + 1]
        for column in reversed(range(len(new))):
            if old[row] == new[column]:
                here[column] = below[column + 1] + 1
            else:
                here[column] = max(below[column], here[column + 1])
    row = column = 0
    while row < len(old) and column < len(new):
        if old[row] == new[column]:
            yield Piece(old[row])
            row, column = row + 1, column + 1
        elif longest[row + 1][column] >= longest[row][column + 1]:
            yield Piece(old[row], is_gone=True)
            row += 1
        else:
            yield Piece(new[column], is_new=True)
            column += 1
    yield from (Piece(one, is_gone=True) for one in old[row:])
    yield from (Piece(one, is_new=True) for one in new[column:])
