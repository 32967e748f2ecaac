"""The commands for those who change Oversight: tests, checks, shape and lock files."""

import os
import subprocess
import sys

from launch.bootstrap import DEVELOPMENT, INSTALLER, PYTHON, ROOT, RUNTIME, VENV, uv_command
from launch.refusal import Refusal

CHECKS = (
    ("-m", "ruff", "check", "--quiet"),
    ("-m", "ruff", "format", "--check", "--quiet"),
    ("-m", "mypy"),
    # By its function: the script's first line would not bear a folder with a space.
    ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
    ("-m", "djlint", "templates", "--lint", "--quiet"),
    # No database answers here, and whether its history is consistent is not the question.
    ("-W", "ignore::RuntimeWarning", "manage.py", "makemigrations", "--check", "--dry-run"),
)
LOCKS = {
    RUNTIME: (),
    DEVELOPMENT: ("--group=dev",),
    INSTALLER: ("--group=installer",),
}
# For every system and Python from the oldest on, and without a word about where this machine gets its packages.
COMPILE = (
    *("pip", "compile", "--quiet", "--universal", "--python-version=3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header"),
)


def test(arguments: list[str]) -> int:
    """run the tests on a PostgreSQL and a broker of their own, on all cores"""
    os.chdir(ROOT)
    # The servers are shared, and each process has databases of its own. "-n 0" in ARGS runs them in one process.
    spread = ["-n", str(os.cpu_count() or 1), "--dist", "worksteal"]
    os.execv(str(PYTHON), [str(PYTHON), "-m", "pytest", *spread, *arguments])


def prove(arguments: list[str]) -> int:
    """take one protection after the other away and look whether a test notices"""
    os.chdir(ROOT)
    os.execv(str(PYTHON), [str(PYTHON), "-m", "tests.prove", *arguments])


def bench(arguments: list[str]) -> int:
    """measure pages, imports and memory on neutral data, small and large"""
    os.chdir(ROOT)
    os.execv(str(PYTHON), [str(PYTHON), "-m", "bench", *arguments])


def lint(arguments: list[str]) -> int:
    """check style, types, import directions, templates and migrations"""
    # Settings want an environment, and no check opens a connection.
    environment = {
        **os.environ,
        "SECRET_KEY": "only-to-load-the-settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:9/none",
        "DATABASE_OWNER_URL": "",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "OVERSIGHT_DEMO": "1",
        # djlint calls a helper by name.
        "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
    }
    failed = [
        check
        for check in CHECKS
        if subprocess.run([str(PYTHON), *check], check=False, cwd=ROOT, env=environment).returncode != 0
    ]
    for check in failed:
        print(f"Failed: python {' '.join(check)}", file=sys.stderr)
    return 1 if failed else 0


def format_code(arguments: list[str]) -> int:
    """put the code into shape"""
    ruff = [str(PYTHON), "-m", "ruff"]
    steps = (["check", "--fix-only", "--quiet"], ["format", "--quiet"])
    return max(subprocess.run([*ruff, *step], check=False, cwd=ROOT).returncode for step in steps)


def lock(arguments: list[str]) -> int:
    """renew the lock files from pyproject.toml"""
    uv = uv_command()
    if not uv:
        raise Refusal("There is no uv for this machine, and only uv writes one lock for all machines.")
    for name, groups in LOCKS.items():
        # A group alone is no project: the installer's lock holds nothing else.
        source = () if name == INSTALLER else ("pyproject.toml",)
        command = [*uv, *COMPILE, *source, *groups, f"--output-file={name}", *arguments]
        if subprocess.run(command, check=False, cwd=ROOT).returncode != 0:
            raise Refusal(f"{name} could not be renewed.")
    return 0
