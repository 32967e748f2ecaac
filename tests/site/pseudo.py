"""A language that nobody speaks: every text that goes through gettext comes out in letters that English has not.

What still shows plain letters on a page was never given to gettext, or is a name. The catalogue is made in memory.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.cache import caches
from django.utils import translation
from django.utils.translation import trans_real

from core import table_rows
from core.templatetags import figures

PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
STRANGE = "ábçđéfǧħíǰķĺṁñóṗǫŕśťúṽẃẋýžÁßÇÐÉƑǦĦÍĴĶĹṀÑÓṖǪŔŚŤÚṼẂẊÝŽ"
LETTERS = str.maketrans(PLAIN, STRANGE.replace("f", "ƒ"))
# What a program reads in a text: placeholders, tags, entities, and the context before a text.
KEPT = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]+>|&\w+;")


def strange(text: str) -> str:
    """``text`` as the language writes it."""
    return "".join(
        part if KEPT.fullmatch(part) else part.translate(LETTERS) for part in re.split(f"({KEPT.pattern})", text)
    )


class Catalogue:
    """Answers as gettext's catalogues do."""

    def gettext(self, message: str) -> str:
        return strange(message.rpartition(trans_real.CONTEXT_SEPARATOR)[2])

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)

    def to_language(self) -> str:
        return "en"


@contextmanager
def spoken_strangely() -> Iterator[None]:
    """Every reader gets the language, whatever they chose."""
    catalogue = Catalogue()
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setitem(trans_real._translations, "en", catalogue)
            patch.setattr(trans_real, "_default", catalogue)
            translation.activate("en")
            _forget_what_is_kept()
            yield
    finally:
        # Only now: while the catalogue stands in, "en" would activate it again, for every later test.
        translation.deactivate()
        _forget_what_is_kept()


def _forget_what_is_kept() -> None:
    """What was written before under the language's name, in its ordinary letters or in these."""
    caches["pieces"].clear()
    figures._day_in.cache_clear()
    figures._hours_in.cache_clear()
    figures._exactly_in.cache_clear()
    table_rows._pattern.cache_clear()
    figures._written_in.cache_clear()
