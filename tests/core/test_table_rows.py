"""Rows filled in: what the template would have written, with every text escaped."""

from dataclasses import dataclass
from typing import NamedTuple

import pytest
from django.template import engines
from django.template.loaders import locmem
from django.utils import translation
from django.utils.safestring import mark_safe

from core import table_rows
from core.table_rows import filled_rows


class Shape(NamedTuple):
    is_late: bool
    kind: str


class Texts(NamedTuple):
    title: str
    note: str


@dataclass(frozen=True)
class Line:
    shape: Shape
    texts: Texts


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more template: a row with a condition, a brace and a translated text around one that is not."""
    row = (
        '{% load i18n %}<tr class="{{ kind }}{% if is_late %} late{% endif %}" data-set="{a}" title="{{ note }}">'
        "<td>{{ title }}</td><td>{% blocktranslate %}in {{ note }}{% endblocktranslate %}</td></tr>"
    )
    engine = engines["django"].engine
    loaders = [locmem.Loader(engine, {"row.html": row, "asks.html": "{% if title %}x{% endif %}"})]
    monkeypatch.setattr(engine, "template_loaders", loaders)
    table_rows._pattern.cache_clear()


def line(*, is_late: bool = False, kind: str = "a", title: str = "One", note: str = "two") -> Line:
    return Line(Shape(is_late, kind), Texts(title, note))


@pytest.mark.usefixtures("template")
def test_each_row_has_its_texts_and_what_its_shape_decides() -> None:
    assert filled_rows("row.html", [line(), line(is_late=True, title="Three")]) == (
        '<tr class="a" data-set="{a}" title="two"><td>One</td><td>in two</td></tr>'
        '<tr class="a late" data-set="{a}" title="two"><td>Three</td><td>in two</td></tr>'
    )


@pytest.mark.usefixtures("template")
def test_texts_are_escaped_and_mean_nothing() -> None:
    hostile = "<script>\"' {0} {{ kind }} \ue0001\ue001 %(note)s"
    written = filled_rows("row.html", [line(title=hostile, note='" onload="')])
    assert "&lt;script&gt;&quot;&#x27; {0} {{ kind }} \ue0001\ue001 %(note)s</td>" in written
    assert 'title="&quot; onload=&quot;">' in written


@pytest.mark.usefixtures("template")
def test_shapes_are_escaped_and_what_is_safe_stays() -> None:
    written = filled_rows("row.html", [line(kind='"><b>', title=mark_safe("<b>bold</b>"))])
    assert 'class="&quot;&gt;&lt;b&gt;"' in written
    assert "<td><b>bold</b></td>" in written


@pytest.mark.usefixtures("template")
def test_rows_of_one_shape_cost_one_rendering(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered = []
    original = table_rows.render_to_string

    def counting(*args: object, **kwargs: object) -> str:
        rendered.append(args)
        return original(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(table_rows, "render_to_string", counting)
    filled_rows("row.html", [line(title=str(number), is_late=number % 2 == 0) for number in range(20)])
    assert len(rendered) == 2


@pytest.mark.usefixtures("template")
def test_each_language_has_its_own() -> None:
    with translation.override("de"):
        filled_rows("row.html", [line()])
    filled_rows("row.html", [line()])
    assert table_rows._pattern.cache_info().currsize == 2


@pytest.mark.usefixtures("template")
def test_a_template_that_decides_by_a_text_is_refused() -> None:
    with pytest.raises(TypeError, match="never by a text"):
        filled_rows("asks.html", [line()])


def test_a_text_that_is_none_is_refused() -> None:
    with pytest.raises(AttributeError):
        filled_rows("budget/_time_entry_row.html", [Line(Shape(False, "a"), Texts("x", None))])  # type: ignore[arg-type]
