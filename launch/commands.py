"""The commands of ``python -m launch``; the Makefile gives each a target."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from launch.bootstrap import PYTHON, ROOT
from launch.data_dir import DataDir
from launch.development import bench, format_code, lint, lock, prove, test
from launch.refusal import Refusal
from launch.supervisor import Supervisor, reset

DEFAULT_PORT = 8000
HIGHEST_PORT = 65_535


def run(arguments: list[str]) -> int:
    """start everything with demo data, until Ctrl-C"""
    return Supervisor(_data_dir(), _port()).run()


def demo_reset(arguments: list[str]) -> int:
    """remove the demo's data; the next run loads it afresh"""
    reset(_data_dir())
    return 0


def manage(arguments: list[str]) -> int:
    """run a command of manage.py on the demo's servers, which it starts when the demo does not run"""
    # Ctrl-C is for the command, which may be a shell. A handler, since an ignored signal would stay ignored in it.
    signal.signal(signal.SIGINT, lambda number, frame: None)
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
    "prove": prove,
    "bench": bench,
    "lint": lint,
    "format": format_code,
    "lock": lock,
    "demo-reset": demo_reset,
    "manage": manage,
    "help": show_help,
}


def _data_dir() -> DataDir:
    return DataDir(Path(os.environ.get("DATA_DIR") or ROOT / ".data"))


def _port() -> int:
    given = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not given.isdigit() or not 0 < int(given) <= HIGHEST_PORT:
        raise Refusal(f"PORT is {given} and should be a number from 1 to {HIGHEST_PORT}.")
    return int(given)
