"""Which of the rows that changed, and of the entries that are gone, are taken with a file."""

import datetime as dt
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from budget.import_summary import time_import_summary
from projects.models import ImportBatch


class CorrectionsForm(forms.Form):
    """All of them by one tick each, and of those that are shown any by itself."""

    act = forms.CharField(widget=forms.HiddenInput, initial="choose")
    corrects = forms.BooleanField(
        label=_("Correct them: reverse the entry, and record what the file says"), required=False
    )
    takes_back = forms.BooleanField(label=_("Take them back: a counter-entry takes off their hours"), required=False)
    taken = forms.MultipleChoiceField(required=False)

    def __init__(self, data: Any, *, found: Mapping[str, Any], chosen: Mapping[str, Any]) -> None:
        left = set(chosen.get("left", ()))
        super().__init__(data, initial={name: chosen.get(name, False) for name in ("corrects", "takes_back")})
        self.changes = [_row(each, left) for each in found["changes"]]
        self.missing = [_row(each, left) for each in found["missing"]]
        self.keys = [each["key"] for each in (*self.changes, *self.missing)]
        taken: Any = self.fields["taken"]
        taken.choices = [(key, key) for key in self.keys]

    @property
    def left(self) -> Iterable[str]:
        """The shown ones whose tick was taken away."""
        taken = set(self.cleaned_data["taken"])
        return [key for key in self.keys if key not in taken]

    def as_options(self) -> dict[str, Any]:
        chosen = {name: self.cleaned_data[name] for name in ("corrects", "takes_back")}
        return {"corrections": {**chosen, "left": self.left}}


def _row(kept: Mapping[str, Any], left: AbstractSet[str]) -> dict[str, Any]:
    """What was kept of one, with its days as days and its tick."""
    days = {name: dt.date.fromisoformat(kept[name]) for name in ("day", "day_before") if name in kept}
    return {**kept, **days, "is_taken": kept["key"] not in left}


def corrections_form(data: Any, batch: ImportBatch) -> CorrectionsForm | None:
    """The form, where a look at the file found something to choose."""
    summary = time_import_summary(batch)
    if summary is None or not (summary.changed or summary.gone):
        return None
    return CorrectionsForm(
        data, found=batch.outcome["totals"]["corrections"], chosen=batch.options.get("corrections", {})
    )
