"""The floor's tables: what pages and writes of ``bench.floor_site`` use, and how fast COPY alone would be."""

import io
import time
from urllib.parse import urlsplit

import psycopg2

TABLES = """
    DROP SCHEMA IF EXISTS floor CASCADE;
    CREATE SCHEMA floor;
    CREATE TABLE floor.item (id bigint PRIMARY KEY, title text NOT NULL, minutes bigint NOT NULL);
    INSERT INTO floor.item SELECT id, 'Item ' || id, 0 FROM generate_series(1, 10000) AS id;
    CREATE TABLE floor.entry (LIKE budget_timeentry INCLUDING DEFAULTS INCLUDING IDENTITY INCLUDING INDEXES);
    GRANT USAGE ON SCHEMA floor TO {role};
    GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA floor TO {role};
    ANALYZE floor.item;
"""


def make_tables(owner_url: str, app_url: str) -> None:
    """The floor's tables, in a schema of their own."""
    connection = psycopg2.connect(owner_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(TABLES.format(role=urlsplit(app_url).username))
    connection.close()


def copy_entries(owner_url: str) -> tuple[int, float]:
    """All time entries copied at once into the bare table: their number and the seconds."""
    connection = psycopg2.connect(owner_url)
    with connection, connection.cursor() as cursor:
        rows = io.StringIO()
        cursor.copy_expert("COPY budget_timeentry TO STDOUT", rows)
        rows.seek(0)
        begin = time.perf_counter()
        cursor.copy_expert("COPY floor.entry FROM STDIN", rows)
        connection.commit()
        seconds = time.perf_counter() - begin
        cursor.execute("SELECT count(*) FROM floor.entry")
        (count,) = cursor.fetchone()
        cursor.execute("TRUNCATE floor.entry")
    connection.close()
    return count, seconds
