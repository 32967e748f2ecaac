"""What a translator gets: whole texts with named places, and a plural for whatever is counted."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ("core", "accounts", "projects", "alerts", "requirements_app", "budget", "status", "oversight")
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop", "pgettext", "pgettext_lazy"}
PLURAL = {"ngettext", "ngettext_lazy", "npgettext", "npgettext_lazy"}
POSITIONAL = re.compile(r"%[sdr]|\{\}")
# A number of things: the names that hold one.
COUNTED = re.compile(
    r"%\((?:count|number|days|weeks|items|rows|people)\)s (?!h\b|min\b)[a-z]|\{\{ (?:count|days|weeks) \}\} [a-z]"
)
# Shown to readers by a script, other than from the page.
SPOKEN_BY_SCRIPT = re.compile(
    r"""(?:textContent|innerHTML|placeholder|title)\s*[:=]\s*["'`]([^"'`]*[A-Za-z]{2}[^"'`]*)["'`]"""
    r"""|setAttribute\("aria-label",\s*["'`]([^"'`]+)["'`]"""
    r"""|(?:alert|confirm|prompt)\(\s*["'`]([^"'`]+)["'`]"""
)


def sources() -> list[Path]:
    return [path for app in APPS for path in sorted((ROOT / app).rglob("*.py")) if "migrations" not in path.parts]


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call of gettext with the name under which it is known here."""
    known = {name: name for name in SINGULAR | PLURAL}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            known |= {alias.asname: alias.name for alias in node.names if alias.asname}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in known:
            yield known[node.func.id], node


def wrong_texts(source: str) -> Iterator[str]:
    """A text that is a variable has to be marked where it is written, in the same file."""
    for name, call in calls(ast.parse(source)):
        texts = [part.value for part in call.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        wanted = {"pgettext": 2, "pgettext_lazy": 2, "ngettext": 2, "ngettext_lazy": 2}.get(
            name, 3 if "np" in name else 1
        )
        if len(texts) < wanted and "gettext_noop(" not in source:
            yield f"line {call.lineno}: no text of its own"
        yield from (f"line {call.lineno}: {text}" for text in texts if POSITIONAL.search(text))
        if name in SINGULAR:
            yield from (f"line {call.lineno}, counted: {text}" for text in texts if COUNTED.search(text))


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_texts_have_named_places_and_plurals(path: Path) -> None:
    assert list(wrong_texts(path.read_text(encoding="utf-8"))) == []


def test_wrong_texts_are_found() -> None:
    source = 'gettext("%s is new"); ngettext("%(n)s row", "%(n)s rows", n); gettext("%(count)s rows"); gettext(name)'
    assert [text.split(": ")[1] for text in wrong_texts(source)] == [
        "%s is new",
        "%(count)s rows",
        "no text of its own",
    ]


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.*")), ids=lambda path: path.name)
def test_what_is_counted_in_a_template_has_a_plural(path: Path) -> None:
    """A text with a number in it says what it counts, and how it reads for one."""
    html = path.read_text(encoding="utf-8")
    blocks = re.findall(r"{% blocktranslate(?P<with>[^%]*)%}(.*?){% endblocktranslate %}", html, re.DOTALL)
    assert [text for given, text in blocks if " count " not in f" {given} " and COUNTED.search(text)] == []


@pytest.mark.parametrize("path", sorted((ROOT / "static" / "js").glob("*.js")), ids=lambda path: path.name)
def test_script_says_nothing_of_its_own(path: Path) -> None:
    """Words that a script shows stand in the page, where they are translated."""
    assert SPOKEN_BY_SCRIPT.findall(path.read_text(encoding="utf-8")) == []
