"""The advisory lock of a project's evaluation, held from a connection of its own."""

from typing import Any, Self

from django.db import connection

from alerts.actions import EVALUATION_LOCK


class HeldLock:
    """While it is open, no evaluation of the project goes on."""

    def __init__(self, project_id: int) -> None:
        self.project_id = project_id
        self.connection: Any = connection.copy()

    def __enter__(self) -> Self:
        self.connection.set_autocommit(True)
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s::text))", [EVALUATION_LOCK, self.project_id])
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()

    @staticmethod
    def waiting() -> int:
        """How many evaluations stand at a lock just now."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            (count,) = cursor.fetchone()
        return int(count)
