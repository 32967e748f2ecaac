"""What every part of the house keeps to, read from the source itself."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.layers import CALCULATIONS, LAYERS, PURE_MODULES

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN_NAMES = {"utils.py", "helpers.py", "services.py", "managers.py", "common.py", "misc.py"}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_pure_modules_import_without_django() -> None:
    program = (
        "import importlib, sys\n"
        f"for name in {PURE_MODULES!r}: importlib.import_module(name)\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'celery', 'rest_framework')])\n"
    )
    shown = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_pure_modules_do_not_ask_the_clock() -> None:
    asking = [
        f"{name}:{node.lineno}"
        for name in PURE_MODULES
        for node in ast.walk(ast.parse((ROOT / (name.replace(".", "/") + ".py")).read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "today", "utcnow"}
    ]
    assert asking == []


def test_tasks_are_rung_and_never_delayed() -> None:
    bare = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*LAYERS)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"delay", "apply_async", "send_task"}
        and path.relative_to(ROOT) != Path("core/doorbell.py")
    ]
    assert bare == []


def test_an_entry_that_names_its_source_says_whose_act_it_is() -> None:
    """Or nobody reads that one side recorded it for the other."""
    silent = []
    for path in sources(*LAYERS):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
                said = {keyword.arg for keyword in node.keywords}
                if "recorded_from" in said and "act_of" not in said:
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert silent == []


def test_guards_are_never_ignored() -> None:
    ignoring = [str(path.relative_to(ROOT)) for path in sources(*LAYERS) if "pgtrigger.ignore" in path.read_text()]
    assert ignoring == []


def test_files_are_named_for_what_they_know() -> None:
    assert [str(path.relative_to(ROOT)) for path in sources(*LAYERS) if path.name in FORBIDDEN_NAMES] == []


def test_every_calculation_has_its_page() -> None:
    missing = [page for page in CALCULATIONS.values() if not (ROOT / "docs/calculations" / page).is_file()]
    assert missing == []
    unnamed = [
        module
        for module, page in CALCULATIONS.items()
        if f"docs/calculations/{page}" not in (ROOT / module).read_text()
    ]
    assert unnamed == []


def test_every_page_of_a_calculation_names_its_code() -> None:
    pages = {path.name for path in (ROOT / "docs/calculations").glob("*.md")}
    assert pages == set(CALCULATIONS.values())
    for module, page in CALCULATIONS.items():
        assert module in (ROOT / "docs/calculations" / page).read_text()


@pytest.mark.parametrize("app", LAYERS)
def test_migrations_are_named(app: str) -> None:
    automatic = [
        path.name
        for path in (ROOT / app / "migrations").glob("[0-9]*.py")
        if re.search(r"_auto_\d|_and_more", path.name)
    ]
    assert automatic == []


def test_tests_do_not_mock_our_own_code() -> None:
    mocking = [
        str(path.relative_to(ROOT))
        for path in sources("tests")
        if path != Path(__file__) and re.search(r"unittest\.mock|mocker\.|MagicMock", path.read_text())
    ]
    assert mocking == []


def test_functions_without_a_clock_take_the_day_as_an_argument() -> None:
    """``queries`` and calculations get the day from the caller, so that yesterday can be asked for as well."""
    asking = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*LAYERS)
        if path.name == "queries.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in {"now", "today"}
    ]
    assert asking == []
