"""What every template and stylesheet keeps to: the strict content policy, translation, no work in templates."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import django_htmx
import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
STYLES = ROOT / "static" / "css"

# Mails have no stylesheet to link to, so their styles stand in them; the content policy is not theirs.
MAILS = ("mail", "email")
# In English on purpose: the guide is for those who build pages, and 500.html is shown when nothing else works.
UNTRANSLATED = {"style_guide.html", "style_guide_ask.html", "style_samples.html", "500.html"}
# Names and units that are the same in every language.
SAME_EVERYWHERE = {"Oversight", "CSV", "XLSX", "h", "Enter", "Esc", "j", "k", "g", "m", "p", "i", "e", "f"}

COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}|<!--.*?-->", re.DOTALL)


def pages() -> list[Path]:
    return [path for path in sorted(TEMPLATES.rglob("*.html")) if not set(MAILS) & set(path.parts)]


def name_of(path: Path) -> str:
    return str(path.relative_to(TEMPLATES))


def source(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


every_page = pytest.mark.parametrize("path", pages(), ids=name_of)


@every_page
def test_template_has_nothing_inline(path: Path) -> None:
    """What the content policy would block: scripts and styles in the page, handlers in attributes."""
    forbidden = r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:|hx-vals=.js:|<script(?![^>]*\ssrc=)"
    assert re.findall(forbidden, source(path)) == []


@every_page
def test_template_fetches_nothing_from_elsewhere(path: Path) -> None:
    assert re.findall(r"""(?:src|href|action)=["'](?:https?:)?//[^"']+""", source(path)) == []


@every_page
def test_template_neither_queries_nor_compares_roles(path: Path) -> None:
    """``.all`` is allowed: it reads what the page's query prefetched, and the literal query counts hold that."""
    tags = " ".join(re.findall(r"{[{%].*?[%}]}", source(path)))
    assert re.findall(r"\.(?:filter|exclude|exists|objects|queryset)\b|_set\b|\.role\s*[!=]=", tags) == []


def untranslated_words(html: str) -> Iterator[str]:
    """Runs of letters between tags and in attributes that are read out, outside of every translation tag."""
    html = re.sub(r"{% blocktranslate.*?{% endblocktranslate %}|<(code|pre)\b.*?</\1>", " ", html, flags=re.DOTALL)
    html = re.sub(r"{[{%].*?[%}]}|&\w+;", " ", html)
    read_out = re.findall(r'\s(?:aria-label|title|placeholder|alt)="([^"]*)"', html)
    for text in [re.sub(r"<[^>]*>", " ", html), *read_out]:
        yield from (word for word in re.findall(r"[^\W\d_]+", text) if word not in SAME_EVERYWHERE)


@pytest.mark.parametrize("path", [path for path in pages() if path.name not in UNTRANSLATED], ids=name_of)
def test_template_translates_every_word(path: Path) -> None:
    assert list(untranslated_words(source(path))) == []


def test_untranslated_word_is_found() -> None:
    html = '<p title="Bare">{% translate "Good" %} {{ name }} words <b>{% if a %}more{% endif %}</b></p>'
    assert sorted(untranslated_words(html)) == ["Bare", "more", "words"]


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(STYLES.glob("*.css")) if path.name not in {"tokens.css", "print.css"}],
    ids=lambda p: p.name,
)
def test_stylesheet_names_no_colour_of_its_own(path: Path) -> None:
    """Colours come from tokens.css; the system's colours are for readers who force their own."""
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    declared = " ".join(re.findall(r":\s*([^;{}]+)[;}]", rules))
    functions, names = "oklch|oklab|rgb|hsl|color-mix|light-dark", "white|black|red|gray|silver"
    assert re.findall(rf"#[0-9a-fA-F]{{3,8}}\b|\b(?:{functions})\(|\b(?:{names})\b", declared) == []


def test_stylesheets_use_only_tokens_that_exist() -> None:
    sheets = {path.name: path.read_text(encoding="utf-8") for path in STYLES.glob("*.css")}
    defined = set(re.findall(r"(--[\w-]+):", "".join(sheets.values())))
    used = set(re.findall(r"var\((--[\w-]+)", "".join(sheets.values())))
    assert used - defined == set()


def test_a_page_stays_light() -> None:
    """Styles, our scripts and htmx of every page: at most 100 kB as they are sent."""
    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    ours = [path for path in (ROOT / "static").rglob("*") if path.suffix in {".css", ".js"}]
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in [htmx, *ours]) <= 100_000
