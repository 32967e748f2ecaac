"""Brings PostgreSQL and a broker up before Django's settings are read, and takes them down after the last test.

With DATABASE_URL (and DATABASE_OWNER_URL) or REDIS_URL it joins those servers. Otherwise it starts our own ones, whose
data stay in ``.data/test`` for the next run; a second run at the same time takes a temporary folder.
"""

import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from launch.bootstrap import ROOT
from launch.children import Child
from launch.data_dir import DataDir
from launch.postgres import TESTS, Postgres, roles_on
from launch.refusal import Refusal
from launch.valkey import Valkey

# The demo's settings, so that every page is there; a test sets others with the settings fixture. What the terminal
# holds changes no test.
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "oversight.settings",
    "SECRET_KEY": "only-for-tests",
    "SITE_URL": "http://127.0.0.1:8000",
    "ALLOWED_HOSTS": "127.0.0.1,localhost,testserver",
    "OVERSIGHT_DEMO": "1",
    "DEBUG": "0",
    "LOG_LEVEL": "ERROR",
    "EMAIL_URL": "dummymail://",
}


class Servers:
    """The servers of one run of the tests."""

    def __init__(self) -> None:
        self.closing = ExitStack()
        self.data = DataDir(Path(os.environ.get("DATA_DIR") or ROOT / ".data") / "test")

    def start(self) -> None:
        children: list[Child] = []
        self.closing.callback(lambda: [child.stop() for child in reversed(children)])
        environment = dict(SETTINGS)
        if os.environ.get("DATABASE_URL"):
            environment |= roles_on(os.environ, self.data).environment
        else:
            self._take_data_dir()
            postgres = Postgres(self.data, settings=TESTS, may_create_databases=True)
            environment |= postgres.start(children).environment
        if not os.environ.get("REDIS_URL"):
            broker_data = DataDir(Path(self.closing.enter_context(tempfile.TemporaryDirectory(prefix="oversight-"))))
            valkey = Valkey(broker_data)
            valkey.start(children)
            environment["REDIS_URL"] = valkey.url
        os.environ.update(environment, DATA_DIR=str(self.data.path))

    def _take_data_dir(self) -> None:
        try:
            self.closing.enter_context(self.data.locked())
        except Refusal:
            folder = tempfile.mkdtemp(prefix="oversight-")
            self.closing.callback(shutil.rmtree, folder, ignore_errors=True)
            self.data = DataDir(Path(folder))

    def stop(self) -> None:
        self.closing.close()


servers = pytest.StashKey[Servers]()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Before pytest-django reads the settings."""
    running = early_config.stash[servers] = Servers()
    try:
        running.start()
    except Refusal as refusal:
        running.stop()
        raise pytest.UsageError(str(refusal)) from refusal


def pytest_unconfigure(config: pytest.Config) -> None:
    if servers in config.stash:
        config.stash[servers].stop()
