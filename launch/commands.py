"""The commands of ``python -m launch``; the Makefile gives each a target."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from launch.bootstrap import PYTHON, ROOT, VENV
from launch.data_dir import DataDir
from launch.refusal import Refusal
from launch.supervisor import Supervisor, reset

DEFAULT_PORT = 8000


def run(arguments: list[str]) -> int:
    """start everything with demo data, until Ctrl-C"""
    return Supervisor(_data_dir(), _port()).run()


def test(arguments: list[str]) -> int:
    """run the tests on a PostgreSQL and a broker of their own"""
    return subprocess.run([str(PYTHON), "-m", "pytest", *arguments], check=False, cwd=ROOT).returncode


def lint(arguments: list[str]) -> int:
    """check style, types, import directions, templates and migrations"""
    # Settings want an environment, and no check opens a connection.
    environment = {
        "SECRET_KEY": "only-to-load-the-settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "OVERSIGHT_DEMO": "1",
        **os.environ,
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    failed = [
        " ".join(check)
        for check in CHECKS
        if subprocess.run([str(PYTHON), *check], check=False, cwd=ROOT, env=environment).returncode != 0
    ]
    for check in failed:
        print(f"Failed: {check}", file=sys.stderr)
    return 1 if failed else 0


CHECKS = (
    ("-m", "ruff", "check", "--quiet"),
    ("-m", "ruff", "format", "--check", "--quiet"),
    ("-m", "mypy"),
    ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    ("-m", "djlint", "templates", "--lint", "--quiet"),
    # No database answers here, and whether its history is consistent is not the question.
    ("-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check", "--dry-run"),
)


def demo_reset(arguments: list[str]) -> int:
    """remove the demo's data; the next run loads it afresh"""
    reset(_data_dir())
    return 0


def manage(arguments: list[str]) -> int:
    """run a command of manage.py on the demo's servers"""
    data = _data_dir()
    command = [str(PYTHON), str(ROOT / "manage.py"), *arguments]
    running = data.read("running")
    if running and data.is_locked():
        return subprocess.run(command, check=False, env={**os.environ, **running["environment"]}).returncode
    with Supervisor(data, _port()).servers() as environment:
        return subprocess.run(command, check=False, env=environment).returncode


def show_help(arguments: list[str]) -> int:
    """show this list"""
    for name, command in COMMANDS.items():
        print(f"  {name:<12} {command.__doc__}")
    return 0


COMMANDS: dict[str, Callable[[list[str]], int]] = {
    "run": run,
    "test": test,
    "lint": lint,
    "demo-reset": demo_reset,
    "manage": manage,
    "help": show_help,
}


def _data_dir() -> DataDir:
    return DataDir(Path(os.environ.get("DATA_DIR") or ROOT / ".data"))


def _port() -> int:
    given = os.environ.get("PORT", "")
    if not given:
        return DEFAULT_PORT
    if not given.isdigit() or not 0 < int(given) < 65_536:
        raise Refusal(f"PORT is {given!r} and should be a number from 1 to 65535.")
    return int(given)
