"""The one clock of what workers share: the database's. Machines whose own clocks jump still agree on it."""

import datetime as dt

from django.db import connection


def database_now() -> dt.datetime:
    """The instant at which PostgreSQL answers, whatever transaction it stands in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]  # the cursor knows no types
