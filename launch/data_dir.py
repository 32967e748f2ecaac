"""The folder with everything that a run leaves behind: database, broker, uploads, logs, secrets, what was done."""

import errno
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from launch.refusal import Refusal

SMALLEST_FREE_MB = 200


class DataDir:
    """A data directory; ``locked()`` keeps a second launcher out of it."""

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().resolve()
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            # Passable for the account of the database, readable for its owner alone.
            self.path.chmod(0o711)
        except OSError as error:
            raise Refusal(f"The data directory {self.path} cannot be made: {error.strerror}.") from error
        if shutil.disk_usage(self.path).free < SMALLEST_FREE_MB * 1_000_000:
            raise Refusal(f"The disk is full: less than {SMALLEST_FREE_MB} MB are free for {self.path}.")

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the directory. The kernel lets go of it however the process ends."""
        with (self.path / "lock").open("a+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                if error.errno not in {errno.EAGAIN, errno.EACCES}:
                    raise
                running = self.read("running")
                where = f" at {running['address']} (process {running['pid']})" if running else ""
                raise Refusal(f"Oversight is already running{where} with the data in {self.path}.") from error
            yield

    def is_locked(self) -> bool:
        """Whether somebody runs on it now."""
        try:
            with self.locked():
                return False
        except Refusal:
            return True

    def read(self, name: str) -> Any:
        """What was kept under ``name``; None where there is nothing."""
        try:
            return json.loads((self.path / f"{name}.json").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def keep(self, name: str, value: Any) -> None:
        """Keep ``value`` for the owner's eyes alone; the old one or the new one is there, never half of it."""
        target = self.path / f"{name}.json"
        fresh = target.with_suffix(".new")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            json.dump(value, out)
        fresh.replace(target)

    def forget(self, name: str) -> None:
        (self.path / f"{name}.json").unlink(missing_ok=True)

    def secret(self, name: str) -> str:
        """The random secret of this directory, made on first use."""
        kept: dict[str, str] = self.read("secrets") or {}
        if name not in kept:
            kept[name] = secrets.token_urlsafe(48)
            self.keep("secrets", kept)
        return kept[name]
