"""Questions whose SQL is composed once a process and then asked with other values.

Django composes a query's SQL anew each time, which for what every page asks takes far longer than the database needs
to answer. What the questions mean stays in querysets; only their text is kept (docs/decisions/kept-queries.md).
"""

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

M = TypeVar("M", bound=Model)


class Keys:
    """Stands for a list of keys, see ``among``."""


# Values that nothing else in a query can be, one of each kind for every name.
STAND_INS: Final[dict[type, Callable[[int], Any]]] = {
    int: lambda number: -(2**62) - number,
    str: lambda number: f"stand-in {number}",
    list: lambda number: Keys(),
    uuid.UUID: lambda number: uuid.UUID(int=number),
    dt.date: lambda number: dt.date(1, 1, 1) + dt.timedelta(days=number),
    dt.datetime: lambda number: dt.datetime(1, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=number),
}


def among(keys: Any) -> RawSQL:
    """``filter(project__in=among(keys))``: the same SQL for one key and for a hundred."""
    return RawSQL("SELECT unnest(%s::bigint[])", [keys])


def among_uuids(uuids: Any) -> RawSQL:
    """The same for uuids."""
    return RawSQL("SELECT unnest(%s::uuid[])", [uuids])


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
            self.parameters, self.sql = self._composed()
        given = {stand_in: values[name] for name, stand_in in self.stand_ins.items()}
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [given.get(one, one) for one in self.parameters])
            return list(cursor.fetchall())

    def _composed(self) -> tuple[tuple[Any, ...], str]:
        sql, parameters = self.compose(**self.stand_ins).query.sql_with_params()
        frozen = [one for one in parameters if isinstance(one, dt.date) and one not in self.stand_ins.values()]
        if frozen:
            raise TypeError(f"{frozen[0]!r} would be kept for ever: give it as one of the values")
        return tuple(parameters), sql


@dataclass(frozen=True)
class _Part:
    relation: str
    model: type[Model]
    columns: tuple[str, ...]
    # Places of columns that the driver does not bring as the model has them, such as JSON.
    converted: tuple[tuple[int, Any], ...]


class Columns(Generic[M]):
    """The columns of a model and of those it is joined with, and the instance that a row of them makes.

    ``Columns(Project, "client", "terms")`` stands for ``select_related("client", "terms")`` in a query of values,
    ``without`` for ``defer``.
    """

    def __init__(self, model: type[M], *relations: str, without: Collection[str] = ()) -> None:
        self.parts = (_part("", model, without), *(_part(name, _related(model, name)) for name in relations))

    def names(self, prefix: str = "") -> list[str]:
        """What to give to ``values_list``; ``prefix`` leads to the model, such as "project__"."""
        return [
            f"{prefix}{part.relation}__{column}" if part.relation else f"{prefix}{column}"
            for part in self.parts
            for column in part.columns
        ]

    def instance(self, row: Sequence[Any]) -> M:
        """The model of a row; what it is joined with hangs on it, and is None where the row holds nothing of it."""
        start, made = 0, []
        for part in self.parts:
            values = list(row[start : start + len(part.columns)])
            start += len(part.columns)
            is_there = any(value is not None for value in values)
            for place, field in part.converted:
                values[place] = field.from_db_value(values[place], None, connection)
            made.append(part.model.from_db(DEFAULT_DB_ALIAS, part.columns, values) if is_there else None)
        instance: Any = made[0]
        for part, related in zip(self.parts[1:], made[1:], strict=True):
            setattr(instance, part.relation, related)
        return instance  # type: ignore[no-any-return]


def _part(relation: str, model: type[Model], without: Collection[str] = ()) -> _Part:
    fields = [field for field in model._meta.concrete_fields if field.name not in without]
    return _Part(
        relation,
        model,
        columns=tuple(field.attname for field in fields),
        converted=tuple((place, field) for place, field in enumerate(fields) if hasattr(field, "from_db_value")),
    )


def _related(model: type[Model], relation: str) -> type[Model]:
    related = model._meta.get_field(relation).related_model
    if not isinstance(related, type):
        raise TypeError(f"{model.__name__}.{relation} leads to no model")
    return related
