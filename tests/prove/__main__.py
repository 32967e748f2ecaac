"""``make prove``: take one protection after the other away, in a copy, and look whether its tests notice.

First everything runs with all protections in place, since a test that is always red proves nothing.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from launch.bootstrap import ROOT
from tests.database_plugin import Servers
from tests.prove.switches import SWITCHES, Switch

AT_ONCE = 2
SECONDS = 240
# What git does not keep: the environment is linked, data and caches are made anew.
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.pyc", "node_modules")
# The name of a case may hold spaces; what it said follows behind a dash.
FAILED = re.compile(r"^FAILED (.+?)(?: - .*)?$", re.MULTILINE)


class Outdated(Exception):
    """The list of switches no longer fits the code."""


@dataclass(frozen=True)
class Proof:
    """What the tests of one switch said: those that stayed green, or why they could not be asked."""

    switch: Switch
    stayed_green: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def holds(self) -> bool:
        return not self.stayed_green and not self.trouble


def main(wanted: Sequence[str]) -> int:
    """The switches whose protection has one of the words in it; without a word all of them."""
    switches = [one for one in SWITCHES if not wanted or any(word in one.protection for word in wanted)]
    started = time.monotonic()
    servers = Servers()
    try:
        servers.start()
        failed = with_everything_in_place(switches)
        if failed:
            say(f"These fail with every protection in place, so they prove nothing:\n{failed}")
            return 1
        with ThreadPoolExecutor(AT_ONCE) as threads:
            proofs = list(threads.map(told, switches))
    finally:
        servers.stop()
    green = [proof for proof in proofs if not proof.holds]
    say(f"{len(proofs)} protections in {time.monotonic() - started:.0f} s, {len(green)} that no test stands for.")
    return 1 if green else 0


def with_everything_in_place(switches: Iterable[Switch]) -> str:
    """What the tests say when nothing is missing; nothing if all is well."""
    tests = sorted({test for switch in switches for test in switch.tests})
    with tempfile.TemporaryDirectory(prefix="oversight-prove-") as folder:
        run = ask(tests, copy_to(Path(folder)), seconds=SECONDS * 3)
    return "" if run.returncode == 0 else run.stdout[-4000:] + run.stderr[-2000:]


def told(switch: Switch) -> Proof:
    """The proof of one switch, and its line in the table."""
    proof = prove(switch)
    say(f"{'red  ' if proof.holds else 'GREEN'}  {switch.protection}")
    for test in switch.tests:
        say(f"         {test}{'   stayed green' if test in proof.stayed_green else ''}")
    if proof.trouble:
        say(f"         {proof.trouble}")
    return proof


def prove(switch: Switch) -> Proof:
    with tempfile.TemporaryDirectory(prefix="oversight-prove-") as folder:
        copy = copy_to(Path(folder))
        try:
            for text in switch.texts:
                replace(copy / text.path, text.old, text.new)
            run = ask(switch.tests, copy, sql=switch.sql)
        except (Outdated, subprocess.TimeoutExpired) as error:
            return Proof(switch, trouble=str(error))
    if run.returncode not in (0, 1):
        return Proof(switch, trouble=f"pytest ended with {run.returncode}:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    # A test of several cases is red when one of them is.
    red = {name for found in FAILED.findall(run.stdout) for name in (found, found.partition("[")[0])}
    return Proof(switch, stayed_green=tuple(test for test in switch.tests if test not in red))


def copy_to(folder: Path) -> Path:
    """The working tree as it stands, with the environment of the original."""
    copy = folder / "oversight"
    shutil.copytree(ROOT, copy, ignore=LEFT_OUT)
    (copy / ".venv").symlink_to(ROOT / ".venv")
    return copy


def replace(path: Path, old: str, new: str) -> None:
    """Replace what stands there exactly once."""
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise Outdated(f"{path.name} holds {text.count(old)} times, and should hold once: {old!r}")
    path.write_text(text.replace(old, new), encoding="utf-8")


def ask(
    tests: Iterable[str], copy: Path, *, sql: str = "", seconds: int = SECONDS
) -> "subprocess.CompletedProcess[str]":
    options = ("-q", "--tb=no", "-rf", "--show-capture=no", "-p", "tests.prove.without", "-p", "no:cacheprovider")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "-p", "no:randomly", *tests],
        check=False,
        cwd=copy,
        env={**os.environ, "PROVE_UNTOUCHED": str(ROOT), "PROVE_SQL": sql, "DATA_DIR": str(copy.parent / "data")},
        capture_output=True,
        text=True,
        timeout=seconds,
    )


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
