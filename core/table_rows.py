"""The rows of long tables: each kind of row is rendered once by its template and then filled in.

A hundred rows through the template engine cost many times what it takes to read them. A row has a ``shape``: whatever
its template decides by, and ``texts``: whatever it writes. Rows of one shape differ in their texts alone, so that
the template is rendered once a shape and language, with stand-ins for the texts, and kept.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any, Final, NoReturn, Protocol

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

# Letters that no text holds: Unicode keeps them for private use, and escaping leaves them alone.
OPEN, CLOSE = "\ue000", "\ue001"
STAND_IN: Final = re.compile(f"{OPEN}([0-9]+){CLOSE}")


class Row(Protocol):
    """``shape`` and ``texts`` are named tuples: their names are what the template calls them."""

    @property
    def shape(self) -> Any: ...

    @property
    def texts(self) -> Any: ...


class StandIn(SafeString):
    """Stands for a text while the template is rendered. Only its place is known, so nothing can be decided by it."""

    def __bool__(self) -> NoReturn:
        raise TypeError("a row's template decides by its shape, never by a text")


def filled_rows(template_name: str, rows: Iterable[Row]) -> SafeString:
    """All rows, one after the other. Texts are escaped unless they are safe already."""
    language = get_language()
    written = []
    for row in rows:
        texts = row.texts
        pattern = _pattern(template_name, language, row.shape, texts._fields)
        written.append(pattern.format(*[text if isinstance(text, SafeString) else escape(text) for text in texts]))
    return mark_safe("".join(written))  # noqa: S308  (the template's own markup around escaped texts)


@lru_cache(1024)
def _pattern(template_name: str, _language: str | None, shape: Any, names: tuple[str, ...]) -> str:
    stand_ins = {name: StandIn(f"{OPEN}{place}{CLOSE}") for place, name in enumerate(names)}
    rendered = render_to_string(template_name, {**shape._asdict(), **stand_ins})
    return STAND_IN.sub(r"{\1}", rendered.replace("{", "{{").replace("}", "}}"))
