"""Rows into a table by COPY: as many as there are, without holding more than a few of them."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from django.db import DatabaseError, connection
from psycopg2 import sql

ROWS_AT_ONCE: Final = 1000


def copy_rows(
    cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, never_null: Sequence[str] = ()
) -> int:
    """Send ``rows`` and return how many there were. None and "" are NULL, except in columns that are ``never_null``.

    Such a cursor is psycopg2's: another driver has COPY under another name, and this is the one place that knows.
    """
    options = [sql.SQL("FORMAT csv")]
    if never_null:
        options.append(sql.SQL("FORCE_NOT_NULL ({})").format(_names(never_null)))
    statement = sql.SQL("COPY {} ({}) FROM STDIN WITH ({})").format(
        sql.Identifier(table), _names(columns), sql.SQL(", ").join(options)
    )
    source = _AsFile(rows)
    try:
        with connection.wrap_database_errors:
            cursor.copy_expert(statement, source, 1 << 16)
    except DatabaseError:
        # What went wrong while the rows were made, the driver only quotes.
        if source.error is not None:
            raise source.error from None
        raise
    return int(cursor.rowcount)


def _names(columns: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


class _AsFile:
    """What COPY reads from: each call makes the text of the next rows."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self.parts = self._parts(iter(rows))
        self.error: Exception | None = None

    def read(self, _size: int = -1) -> str:
        try:
            return next(self.parts, "")
        except Exception as error:
            self.error = error
            raise

    @staticmethod
    def _parts(rows: Iterator[Sequence[Any]]) -> Iterator[str]:
        while some := list(islice(rows, ROWS_AT_ONCE)):
            text = io.StringIO(newline="")
            csv.writer(text, lineterminator="\n").writerows(some)
            yield text.getvalue()
