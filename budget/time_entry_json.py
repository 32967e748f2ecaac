"""Time entries as the API lists and streams them: what ``TimeEntrySerializer`` writes, from plain values.

Lists are long, and a serializer asks each of its fields about each row. A test holds the two to the same answer.
"""

import datetime as dt
from collections import namedtuple
from collections.abc import Callable
from typing import Any, Final

from django.db.models import QuerySet

from core.api_fields import HoursField
from projects.access import Standing
from projects.audience import Side

# One row an entry: it is taken back at most once.
COLUMNS: Final = (
    "uuid",
    "worked_on",
    "person__uuid",
    "person__name",
    "work_item__ref__number",
    "minutes",
    "billable",
    "note",
    "hourly_rate",
    "amount",
    "reverses__uuid",
    "reversals__uuid",
    "source",
    "source_id",
    "recorded_by__name",
    "recorded_at",
    "recorded_by_client",
    "recorded_from",
    "batch__filename",
)


# A row as ``values_list(named=True)`` makes it.
PlainRow: Final = namedtuple("PlainRow", COLUMNS)  # type: ignore[misc]  # noqa: PYI024  (named as the query is)


def plain_rows(entries: "QuerySet[Any]") -> Any:
    """The rows of a queryset that ``time_entries_of`` gave, in its order."""
    return entries.prefetch_related(None).select_related(None).values_list(*COLUMNS, named=True)


def writer_for(standing: Standing, only_with: Any) -> Callable[[Any], dict[str, Any]]:
    """What makes a row of ``plain_rows`` the answer to this reader; ``only_with`` as the serializer has it."""
    hidden = [name for capability, names in only_with.items() if not standing.can(capability) for name in names]
    hours = HoursField().to_representation

    def written(row: Any) -> dict[str, Any]:
        answer = {
            "uuid": str(row.uuid),
            "worked_on": row.worked_on.isoformat(),
            "person": {"uuid": str(row.person__uuid), "name": row.person__name},
            "work_item": row.work_item__ref__number,
            "minutes": row.minutes,
            "hours": hours(row.minutes),
            "billable": row.billable,
            "note": row.note,
            "hourly_rate": _text(row.hourly_rate),
            "amount": _text(row.amount),
            "reverses": _text(row.reverses__uuid),
            "reversed_by": _text(row.reversals__uuid),
            "source": row.source,
            "source_id": row.source_id,
            "recorded_by": row.recorded_by__name,
            "recorded_at": row.recorded_at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"),
            "recorded_for": Side.VENDOR if row.recorded_by_client else "",
            "recorded_from": (row.recorded_from or row.batch__filename or "") if row.recorded_by_client else "",
        }
        for name in hidden:
            del answer[name]
        return answer

    return written


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
