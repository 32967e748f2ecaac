"""A plugin for pytest, used by ``make prove`` alone: databases without a protection, from the untouched template."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

import launch.fingerprint
from tests import databases

# The copy's template is that of the checkout it was copied from, however the copy's models were changed.
launch.fingerprint.ROOT = Path(os.environ["PROVE_UNTOUCHED"])

_clone = databases.clone


@contextmanager
def clone(name: str) -> Iterator[str]:
    """A clone in which the owner has run the statement that removes a protection."""
    with _clone(name) as copy:
        statement = os.environ.get("PROVE_SQL")
        if statement:
            owner = databases.urls().of(copy).owner
            with closing(psycopg2.connect(owner)) as connection, connection, connection.cursor() as cursor:
                cursor.execute(statement)
        yield copy


databases.clone = clone
