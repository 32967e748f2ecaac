"""Questions whose SQL is composed once a process and then asked with other values.

Django composes a query's SQL anew each time, which for the few wide questions that every page asks takes ten times as
long as the database needs to answer them. What they mean stays in querysets; only their text is kept.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

# Values that nothing else in a query can be, one of each kind for every name.
STAND_INS: Final[dict[type, Callable[[int], Any]]] = {
    int: lambda number: -(2**62) - number,
    dt.date: lambda number: dt.date(1, 1, 1) + dt.timedelta(days=number),
    dt.datetime: lambda number: dt.datetime(1, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=number),
}


class KeptQuery:
    """``KeptQuery(compose, user_id=int, now=dt.datetime)``, then ``.rows(user_id=3, now=now)``.

    ``compose`` gets a stand-in for each name and answers with a queryset of plain values, the same one whatever the
    values are. A day or an instant that is no stand-in would be kept for ever and is refused.
    """

    def __init__(self, compose: Callable[..., QuerySet[Any, Any]], **kinds: type) -> None:
        self.compose = compose
        self.stand_ins = {name: STAND_INS[kind](place) for place, (name, kind) in enumerate(kinds.items())}
        self.sql = ""
        self.parameters: tuple[Any, ...] = ()

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        """What the database answers to ``values``."""
        if not self.sql:
            self.sql, self.parameters = self._composed()
        given = {stand_in: values[name] for name, stand_in in self.stand_ins.items()}
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [given.get(one, one) for one in self.parameters])
            return list(cursor.fetchall())

    def _composed(self) -> tuple[str, tuple[Any, ...]]:
        sql, parameters = self.compose(**self.stand_ins).query.sql_with_params()
        frozen = [one for one in parameters if isinstance(one, dt.date) and one not in self.stand_ins.values()]
        if frozen:
            raise TypeError(f"{frozen[0]!r} would be kept for ever: give it as one of the values")
        return sql, tuple(parameters)
