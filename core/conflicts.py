"""Two people edited one thing: both texts side by side, and nothing typed is lost.

The form keeps what its writer typed and takes over the version that stands now, so that sending it again means
"keep mine". Whoever prefers the other text takes it field by field, or opens the page anew.
"""

from dataclasses import dataclass
from typing import Any

from django import forms

from core.errors import StaleVersion


@dataclass(frozen=True)
class ConflictRow:
    """A field whose two texts differ. ``raw`` is theirs as the input would hold it."""

    name: str
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


def conflict_of(form: forms.BaseForm, error: StaleVersion) -> Conflict:
    """Compare the sent ``form`` with the object as it stands now, and give the form that object's version."""
    data = form.data.copy()
    data[form.add_prefix("version")] = error.current.version
    form.data = data
    rows = []
    for field in form.visible_fields():
        if field.name == "version" or not hasattr(error.current, field.name):
            continue
        theirs = forms.models.model_to_dict(error.current, [field.name]).get(
            field.name, getattr(error.current, field.name)
        )
        if field.field.has_changed(theirs, field.data):
            row = ConflictRow(
                name=field.name,
                label=str(field.label),
                mine=_words(field, field.data),
                theirs=_words(field, theirs),
                raw="" if theirs is None else str(field.field.prepare_value(theirs)),
                input_id=field.id_for_label,
            )
            rows.append(row)
    return Conflict(str(error), tuple(rows))


def _words(field: forms.BoundField, value: Any) -> str:
    """``value`` as its reader would say it: a choice by its label."""
    choices = {str(key): str(label) for key, label in getattr(field.field, "choices", ())}
    return choices.get(str(value), "" if value is None else str(value))
