"""Fixtures of all tests: a database as the application sees it, the cast, and real processes."""

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections
from pytest_django import DjangoDbBlocker

from launch.fingerprint import STATIC_FILES, fingerprint
from launch.postgres import Urls
from tests import databases
from tests.own_database import connect_to, own_database

pytest_plugins = ["tests.cast", "tests.processes", "tests.api_client"]


# What takes longest: with it at the end one core would work and the other wait.
FIRST = tuple(f"tests/{folder}/" for folder in ("browser", "site", "access", "launch"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest come first, after they were shuffled; and tests with real commits get a database of their own.

    Flushing tables needs rights that the application's role has not.
    """
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
    for item in items:
        mark = item.get_closest_marker("django_db")
        if mark is not None and (mark.kwargs.get("transaction") or any(mark.args)):
            raise pytest.UsageError(f"{item.nodeid}: use the fixture fresh_database instead of transaction=True.")


# ── The database ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def template_database() -> str:
    """The migrated database that every other one is a copy of."""
    return databases.template()


@pytest.fixture(scope="session")
def django_db_setup(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """One clone for all tests that end with a rollback, instead of a database migrated by the test runner."""
    with databases.clone(template_database) as name, django_db_blocker.unblock():
        connect_to(name)
        yield
        connections.close_all()


@pytest.fixture
def fresh_database(template_database: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Urls]:
    """A database of this test alone, where commits are real and other processes see them.

    Yields its addresses for both roles. Use it instead of ``django_db`` when on-commit hooks, threads, locks or
    processes matter.
    """
    with django_db_blocker.unblock(), own_database(template_database) as name:
        yield databases.urls().of(name)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    """The test's own database when it asked for one, else a transaction that is rolled back."""
    request.getfixturevalue("fresh_database" if "fresh_database" in request.fixturenames else "db")


# ── Settings that differ from production ────────────────────────────────────────────────────────────


@pytest.fixture(scope="session", autouse=True)
def static_files() -> None:
    """Static files as in production, so that a page that names a missing one fails its test."""
    root = Path(django_settings.STATIC_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    current = fingerprint(*STATIC_FILES)
    with root.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        collected = root / ".collected"
        if not collected.exists() or collected.read_text() != current:
            call_command("collectstatic", "--noinput", "--clear", "--verbosity=0")
            collected.write_text(current)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Passwords are hashed at the cost of a test, not of an attacker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
        yield
