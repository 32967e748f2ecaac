"""Databases of the tests: one template, migrated by its owner as in production, and clones of it.

The template's name carries a fingerprint of everything that shapes it, so that the next run finds it ready. A clone
costs a tenth of a second. Every test connects as the application's role, as the web server does.
"""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2
from psycopg2 import sql

from launch.bootstrap import ROOT
from launch.fingerprint import TABLES, fingerprint
from launch.postgres import Urls

TEMPLATE = "oversight_template_"
CLONE = "oversight_test_"
ATTEMPTS_TO_DROP = 20
# Any number: whoever makes a template holds this lock, and a second run waits for the result.
MAKING_A_TEMPLATE = 5_318_008


def urls() -> Urls:
    """The two roles as the plugin set them."""
    return Urls(app=os.environ["DATABASE_URL"], owner=os.environ["DATABASE_OWNER_URL"])


def template() -> str:
    """The name of a migrated database that nobody connects to."""
    name = TEMPLATE + _fingerprint()
    with closing(_as_owner()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MAKING_A_TEMPLATE])
        if not _exists(cursor, name):
            _drop_all(cursor, TEMPLATE)
            unfinished = f"{name}_new"
            _create(cursor, unfinished, "template0")
            _migrate(unfinished)
            cursor.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(unfinished), sql.Identifier(name))
            )
    return name


@contextmanager
def clone(name: str) -> Iterator[str]:
    """A database of its own, dropped at the end with whoever is still connected."""
    copy = f"{CLONE}{os.getpid()}_{os.urandom(3).hex()}"
    with closing(_as_owner()) as connection, connection.cursor() as cursor:
        _drop_leftovers(cursor)
        _create(cursor, copy, name)
    try:
        yield copy
    finally:
        with closing(_as_owner()) as connection, connection.cursor() as cursor:
            _drop(cursor, copy)


def _as_owner() -> "psycopg2.extensions.connection":
    connection = psycopg2.connect(urls().owner)
    connection.autocommit = True
    return connection


def _create(cursor: "psycopg2.extensions.cursor", name: str, source: str) -> None:
    # Copying files beats copying through the log for a small template.
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
    cursor.execute(statement.format(sql.Identifier(name), sql.Identifier(source)))


def _drop(cursor: "psycopg2.extensions.cursor", name: str) -> None:
    """Drop it with whoever is connected. What connects anew in between is ended once more."""
    for attempt in range(ATTEMPTS_TO_DROP):
        _end_connections_of_the_application(name)
        try:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        except (psycopg2.errors.InsufficientPrivilege, psycopg2.errors.ObjectInUse):
            if attempt + 1 == ATTEMPTS_TO_DROP:
                raise
            time.sleep(0.2)
        else:
            return


def _end_connections_of_the_application(name: str) -> None:
    """The owner may end its own connections only; the application's role ends those of its own."""
    with closing(psycopg2.connect(urls().app)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()",
            [name],
        )


def _exists(cursor: "psycopg2.extensions.cursor", name: str) -> bool:
    cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def _names(cursor: "psycopg2.extensions.cursor", prefix: str) -> list[str]:
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
    return [name for (name,) in cursor.fetchall()]


def _drop_all(cursor: "psycopg2.extensions.cursor", prefix: str) -> None:
    for name in _names(cursor, prefix):
        _drop(cursor, name)


def _drop_leftovers(cursor: "psycopg2.extensions.cursor") -> None:
    """Clones of runs that were killed. A living run's process number is in its clones' names."""
    for name in _names(cursor, CLONE):
        process = int(name.removeprefix(CLONE).partition("_")[0])
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            _drop(cursor, name)
        except PermissionError:
            continue


def _migrate(name: str) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity=0", "--skip-checks"],
        check=False,
        env={**os.environ, **urls().of(name).environment},
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the template database could not be migrated:\n{done.stderr[-4000:]}")


def _fingerprint() -> str:
    """What shapes the template: the tables' files and the role that the grants name."""
    role = str(psycopg2.extensions.parse_dsn(urls().app)["user"])
    return hashlib.sha256(f"{fingerprint(*TABLES)} {role}".encode()).hexdigest()[:16]
