"""Makes ``.venv`` and installs the locked dependencies into it, once for each state of the lock files.

Runs on whatever Python is there, so it uses the standard library alone and no syntax younger than Python 3.6.
The installer is uv, which takes seconds where pip takes a minute: the one on PATH, else one that pip puts into the
environment, else pip itself. All of them check every file against the hashes of the lock.
"""

import errno
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from launch.refusal import Refusal

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
INSTALLED = VENV / ".installed"
OLDEST = (3, 11)
RUNTIME = "requirements.lock"
DEVELOPMENT = "requirements-dev.lock"
INSTALLER = "requirements-installer.lock"
# What each lock brings: the development lock holds the whole runtime lock.
CONTAINS = {RUNTIME: (RUNTIME,), DEVELOPMENT: (RUNTIME, DEVELOPMENT)}


def inside_environment() -> bool:
    """Whether this very Python is the environment's."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def refuse_old_python() -> None:
    if sys.version_info < OLDEST:
        raise Refusal(
            f"Oversight needs Python 3.11 or newer, and this is {sys.version_info[0]}.{sys.version_info[1]}. "
            "Install a newer one, or name it: make run PYTHON=/path/to/python3.12"
        )


def ensure(lock: str) -> None:
    """Leave ``.venv`` with everything of ``lock`` in it. Touches nothing, and no network, when that is so already."""
    if is_installed(lock):
        return
    try:
        make_environment()
        install(lock)
        remember(lock)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise Refusal(no_space()) from error
        raise


def is_installed(lock: str) -> bool:
    return PYTHON.exists() and remembered().get(lock) == fingerprint(lock)


def fingerprint(lock: str) -> str:
    return hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()


def remembered() -> "dict[str, str]":
    try:
        return dict(json.loads(INSTALLED.read_text()))
    except (OSError, ValueError):
        return {}


def remember(lock: str) -> None:
    INSTALLED.write_text(json.dumps({name: fingerprint(name) for name in CONTAINS[lock]}))


def make_environment() -> None:
    """A new ``.venv``, unless a working one is there. An interrupted or moved one is made again."""
    if (
        PYTHON.exists()
        and subprocess.run([str(PYTHON), "-c", ""], check=False, stderr=subprocess.DEVNULL).returncode == 0
    ):
        return
    uv = shutil.which("uv")
    print(f"Making the environment .venv with Python {platform.python_version()} …", flush=True)
    shutil.rmtree(str(VENV), ignore_errors=True)
    if uv:
        run([uv, "venv", "--quiet", "--python", sys.executable, str(VENV)], "The environment could not be made")
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Refusal(
            "This Python has no complete venv module. "
            f"On Debian or Ubuntu: apt install python3.{sys.version_info[1]}-venv. Elsewhere install uv."
        )
    run([sys.executable, "-m", "venv", str(VENV)], "The environment could not be made")


def install(lock: str) -> None:
    print("Installing the locked packages, this once …", flush=True)
    uv = uv_command()
    failure = "The packages could not be installed"
    if uv:
        found = attempt(
            [*uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", str(PYTHON), *locked(lock)]
        )
        if found.returncode == 0:
            return
        refuse_full_disk(found)
        failure += f". uv says:\n{found.stderr.strip()[-1000:]}\nand pip says"
    # uv reads its own configuration of package sources, pip reads another one: the second may well succeed.
    run(pip("--quiet", *locked(lock)), failure)


def uv_command() -> "list[str]":
    """The uv to use, put into the environment if need be; empty where there is none for this machine."""
    on_path = shutil.which("uv")
    if on_path:
        return [on_path]
    if attempt([str(PYTHON), "-m", "uv", "--version"]).returncode == 0:
        return [str(PYTHON), "-m", "uv"]
    found = attempt(pip("--quiet", *locked(INSTALLER)))
    refuse_full_disk(found)
    return [str(PYTHON), "-m", "uv"] if found.returncode == 0 else []


def pip(*arguments: str) -> "list[str]":
    return [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", *arguments]


def locked(lock: str) -> "list[str]":
    return ["--require-hashes", "-r", str(ROOT / lock)]


def attempt(command: "list[str]") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, check=False, capture_output=True, text=True)


def run(command: "list[str]", failure: str) -> None:
    found = attempt(command)
    refuse_full_disk(found)
    if found.returncode != 0:
        raise Refusal(f"{failure}:\n{(found.stderr or found.stdout).strip()[-2000:]}")


def refuse_full_disk(found: "subprocess.CompletedProcess[str]") -> None:
    if found.returncode != 0 and os.strerror(errno.ENOSPC) in found.stdout + found.stderr:
        raise Refusal(no_space())


def no_space() -> str:
    return f"The disk is full: Oversight and its packages need about 800 MB in {ROOT}."
