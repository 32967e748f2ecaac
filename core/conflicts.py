"""Two people edited one thing: both texts side by side, and nothing typed is lost.

The form keeps what its writer typed and takes over the version that stands now, so that sending it again means
"keep mine". Whoever prefers the other text takes it field by field, or opens the page anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.forms.widgets import DateTimeBaseInput
from django.utils.translation import gettext as _

from core.errors import StaleVersion


@dataclass(frozen=True)
class ConflictRow:
    """A field whose two texts differ. ``raw`` is theirs as the input would hold it."""

    label: str
    mine: str
    theirs: str
    raw: str
    input_id: str


@dataclass(frozen=True)
class Conflict:
    """What the conflict page shows: the sentence and the fields that differ."""

    message: str
    rows: tuple[ConflictRow, ...]


def conflict_of(form: forms.BaseForm, error: StaleVersion, theirs: Mapping[str, Any] | None = None) -> Conflict:
    """Compare the sent ``form`` with the object as it stands now, and give the form that object's version.

    ``theirs`` gives what now stands by the form's field names, where they are not the model's.
    """
    sent: Any = form.data
    data = sent.copy()
    data[form.add_prefix("version")] = error.current.version
    form.data = data
    stands: Mapping[str, Any] = model_to_dict(error.current) if theirs is None else theirs
    rows = [
        _row(field, stands[field.name])
        for field in form.visible_fields()
        if field.name in stands and field.field.has_changed(stands[field.name], field.data)
    ]
    return Conflict(str(error), tuple(rows))


def _row(field: forms.BoundField, theirs: Any) -> ConflictRow:
    raw = field.field.prepare_value(theirs)
    if isinstance(field.field.widget, DateTimeBaseInput):
        # As the input writes it: a working day ends at 17:00, without its seconds.
        raw = field.field.widget.format_value(raw)
    return ConflictRow(
        label=str(field.label),
        mine=_words(field, field.data),
        theirs=_words(field, raw),
        raw=",".join(raw) if isinstance(raw, list) else "" if raw is None else str(raw),
        # Several boxes to tick stand in a fieldset, which is named for the field.
        input_id=f"{field.auto_id}_field" if field.use_fieldset else field.id_for_label,
    )


def _words(field: forms.BoundField, value: Any) -> str:
    """``value`` as its reader would say it: a choice by its label, a tick as yes or no."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_words(field, one) for one in value)
    choices = {str(key): str(label) for key, label in getattr(field.field, "choices", ())}
    if isinstance(value, list):
        return ", ".join(choices.get(str(one), str(one)) for one in value)
    return choices.get(str(value), "" if value is None else str(value))
