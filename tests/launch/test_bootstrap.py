"""What runs before anything is installed."""

import ast
import re
import sys

import pytest

from launch import bootstrap
from launch.refusal import Refusal
from tests.launch.conftest import Launcher

OLDEST_THAT_MAY_ASK = (3, 6)


@pytest.mark.parametrize("name", ["__init__", "__main__", "bootstrap", "refusal"])
def test_files_that_run_on_an_old_python_are_understood_by_it(name: str) -> None:
    source = (bootstrap.ROOT / "launch" / f"{name}.py").read_text()
    tree = ast.parse(source, feature_version=OLDEST_THAT_MAY_ASK)
    top = {node.module.partition(".")[0] for node in tree.body if isinstance(node, ast.ImportFrom) and node.module}
    top |= {alias.name.partition(".")[0] for node in tree.body if isinstance(node, ast.Import) for alias in node.names}
    assert top <= {*sys.stdlib_module_names, "launch"}


def test_an_old_python_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    with pytest.raises(Refusal, match=r"needs Python 3\.11 or newer, and this is 3\.9\. Install a newer one"):
        bootstrap.refuse_old_python()


@pytest.mark.parametrize("lock", [bootstrap.RUNTIME, bootstrap.DEVELOPMENT, bootstrap.INSTALLER])
def test_lock_files_name_no_address_and_hash_every_package(lock: str) -> None:
    text = (bootstrap.ROOT / lock).read_text()
    assert re.findall(r"https?://|file:|--(?:extra-)?index|--find-links|--trusted-host", text) == []
    pins = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    assert pins
    assert [pin.partition(" ")[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_the_development_lock_holds_the_runtime_lock() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (bootstrap.ROOT / lock).read_text(), re.MULTILINE))

    assert pins(bootstrap.RUNTIME) - pins(bootstrap.DEVELOPMENT) == set()


def test_a_port_that_is_none_is_refused(launcher: Launcher) -> None:
    launcher.port = 70_000
    assert launcher.refused("-m", "launch", "run") == "PORT is 70000 and should be a number from 1 to 65535."
