"""Rows by COPY: their values arrive as they are, and what goes wrong on the way is not lost."""

from collections.abc import Iterator

import pytest
from django.db import DataError, connection

from core.bulk_copy import copy_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def table() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE copied (number int, text text, note text NOT NULL) ON COMMIT DROP")


def test_texts_of_every_kind_arrive_unchanged() -> None:
    rows = [
        (number, text, text or "") for number, text in enumerate(['a,"b"', "tab\tline\nend", "\\N", "ü€", None, "'"])
    ]
    with connection.cursor() as cursor:
        assert copy_rows(cursor, "copied", ["number", "text", "note"], rows, never_null=["note"]) == 6
        cursor.execute("SELECT number, text, note FROM copied ORDER BY number")
        assert cursor.fetchall() == rows


def test_an_error_of_whoever_makes_the_rows_comes_out_as_it_was() -> None:
    def rows() -> Iterator[tuple[int, str, str]]:
        yield 1, "", "x"
        raise LookupError("nothing more")

    with connection.cursor() as cursor, pytest.raises(LookupError, match="nothing more"):
        copy_rows(cursor, "copied", ["number", "text", "note"], rows())


def test_an_error_of_the_database_is_one_of_django() -> None:
    with connection.cursor() as cursor, pytest.raises(DataError):
        copy_rows(cursor, "copied", ["number", "text", "note"], [("x", "", "y")])
