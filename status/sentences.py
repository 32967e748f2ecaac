"""Sentences made of figures, each of them a link to what it is made of.

Sentences are translated whole, with a named place for each figure: another language may order them as it likes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format

from core.templatetags.figures import NO_BREAK

PLACE = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Figure:
    """A figure in a sentence; ``url`` leads to what it is made of."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence: plain words, or one figure."""

    text: str
    is_figure: bool = False
    url: str = ""


@dataclass(frozen=True)
class Sentence:
    """A translated sentence with ``%(name)s`` where the figures go; ``tone`` is good, bad or empty."""

    text: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    tone: str = ""

    @property
    def pieces(self) -> Iterator[Piece]:
        """Words and figures in the order of the reader's language."""
        # Splitting at a pattern with one group gives words and names by turns.
        for place, part in enumerate(PLACE.split(self.text)):
            if place % 2:
                yield Piece(self.figures[part].text, is_figure=True, url=self.figures[part].url)
            elif part:
                yield Piece(part)

    def __str__(self) -> str:
        return "".join(piece.text for piece in self.pieces)


def hours_said(minutes: int | Decimal) -> str:
    """Hours as one says them: 1,231 h, and with a decimal under a hundred: 12.5 h."""
    hours = Decimal(minutes) / 60
    places = 0 if abs(hours) >= 100 or hours == hours.to_integral() else 1
    rounded = hours.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{number_format(rounded, decimal_pos=places, use_l10n=True, force_grouping=True)}{NO_BREAK}h"
