"""What was changed, by whom, from what to what: read from the history that triggers write.

Each row of a history holds what stood before a change; so the next row of the same object, or the object itself, is
what came of it. Who made the change stands in the context that the row names.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from itertools import pairwise
from operator import itemgetter
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import User
from core.templatetags.figures import hours, money

# How often an object is changed in its life is no list to page through; this is what a page shows at most.
CHANGES_SHOWN: Final = 200
Writer = Callable[[Any], str]


@dataclass(frozen=True)
class FieldChange:
    """One field, before and after, in the reader's words and units."""

    label: str
    before: str
    after: str
    # Its name, for programs; people read the label.
    field: str = dataclass_field(default="", compare=False)


@dataclass(frozen=True)
class Change:
    """What somebody changed in one go; ``by`` is empty where nobody is known, ``subject`` says of what."""

    at: dt.datetime
    by: str
    changes: tuple[FieldChange, ...]
    subject: str = ""


def history_of(
    objects: Sequence[Model],
    fields: Mapping[str, Writer] | Callable[[Any], Mapping[str, Writer]],
    *,
    subject: Callable[[Any], str] | None = None,
) -> list[Change]:
    """Every change of ``fields`` of objects of one kind, the newest first. Two queries however many.

    ``fields`` gives those that the reader may see, by name, each with how its value is said; where that depends on
    the object, a function of it.
    """
    if not objects:
        return []
    model: Any = type(objects[0])
    events = model._meta.get_field("events").related_model
    rows_of: dict[int, list[Any]] = {one.pk: [] for one in objects}
    for row in events.objects.filter(pgh_obj__in=rows_of).select_related("pgh_context").order_by("pgh_id"):
        rows_of[row.pgh_obj_id].append(row)
    authors = User.objects.in_bulk({_author_of(row) for rows in rows_of.values() for row in rows} - {None})
    history = []
    for one in objects:
        named = subject(one) if subject else ""
        its_fields = fields(one) if callable(fields) else fields
        for before, after in pairwise([*rows_of[one.pk], one]):
            if changes := tuple(_changes(model, its_fields, before, after)):
                author = authors.get(_author_of(before))
                change = Change(before.pgh_created_at, author.name if author else "", changes, named)
                history.append((before.pgh_id, change))
    return [change for _key, change in sorted(history, key=itemgetter(0), reverse=True)][:CHANGES_SHOWN]


def _changes(model: Any, fields: Mapping[str, Writer], before: Any, after: Any) -> Iterable[FieldChange]:
    for name, write in fields.items():
        field = model._meta.get_field(name)
        was, is_now = getattr(before, field.attname), getattr(after, field.attname)
        if was != is_now:
            yield FieldChange(str(field.verbose_name), _said(write, was), _said(write, is_now), name)


def _said(write: Writer, value: Any) -> str:
    return _("nothing") if value in (None, "") else write(value)


def _author_of(row: Any) -> int | None:
    return row.pgh_context.metadata.get("user") if row.pgh_context else None


# ── How values are said ─────────────────────────────────────────────────────────────────────────────
def in_hours(minutes: int) -> str:
    return _("%(hours)s h") % {"hours": hours(minutes)}


def in_money(currency: str) -> Writer:
    def write(amount: Decimal) -> str:
        return money(amount, currency)

    return write


def by_label(choices: Iterable[tuple[Any, Any]]) -> Writer:
    """A choice as people read it."""
    labels = dict(choices)
    return lambda value: str(labels.get(value, value))
