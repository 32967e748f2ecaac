"""By what a list may be sorted, in words: each column in both directions."""

from typing import Any

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

# A field of the model, its name in the address, and what the reader calls it.
Column = tuple[str, str, str | Promise]


def by_columns(*columns: Column) -> dict[str, Any]:
    """What an ``OrderingFilter`` takes.

    Left to itself, django-filter names the columns in English once and for all when the module is loaded.
    """
    rising = {field: label for field, _name, label in columns}
    falling = {f"-{name}": format_lazy(_("{label}, falling"), label=label) for _field, name, label in columns}
    return {"fields": [(field, name) for field, name, _label in columns], "field_labels": {**rising, **falling}}
