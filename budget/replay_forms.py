"""The form that tries thresholds on a project's past: every rule in one table, in the numbers people say."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from alerts.actions import levels_go
from alerts.levels import SPEAKING
from alerts.models import Level
from alerts.registry import Scale, Scales
from alerts.rule_settings import Setting
from alerts.scale_words import PLACES, meant, typed, unit_in_words


@dataclass(frozen=True)
class Row:
    """One rule of the form."""

    scale: Scale
    unit: str
    is_on: forms.BoundField
    levels: list[forms.BoundField]

    @property
    def errors(self) -> list[str]:
        return [str(error) for field in self.levels for error in field.errors]


class ReplayForm(forms.Form):
    """Unbound it holds what is in force. ``tried`` says that it was sent: an unticked box is sent as nothing."""

    tried = forms.CharField(required=False, widget=forms.HiddenInput, initial="1")

    def __init__(self, data: Any = None, *, settings: Sequence[Setting]) -> None:
        super().__init__(data)
        self.settings = settings
        for setting in settings:
            scale = setting.scale
            self.fields[f"{scale.name}_on"] = forms.BooleanField(
                label=_("%(rule)s is on") % {"rule": scale.label}, required=False, initial=setting.is_on
            )
            for level in SPEAKING:
                self.fields[f"{scale.name}_{level}"] = forms.DecimalField(
                    label=f"{scale.label}, {Level(level).label}",
                    min_value=0,
                    max_digits=6,
                    decimal_places=PLACES[scale.unit],
                    initial=typed(scale.unit, setting.thresholds.of(level)),
                    widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
                )

    def rows(self) -> Iterator[Row]:
        """The rules in their order."""
        for setting in self.settings:
            scale = setting.scale
            levels = [self[f"{scale.name}_{level}"] for level in SPEAKING]
            yield Row(scale, unit_in_words(scale.unit), self[f"{scale.name}_on"], levels)

    def clean(self) -> dict[str, Any]:
        """The levels of each rule begin one after the other."""
        data: dict[str, Any] = super().clean() or {}
        wrong = {}
        for setting in self.settings:
            names = [f"{setting.scale.name}_{level}" for level in SPEAKING]
            if all(name in data for name in names):
                try:
                    setting.thresholds.at(*(meant(setting.scale.unit, data[name]) for name in names))
                except ValueError:
                    wrong[names[1]] = levels_go(setting.scale)
        if wrong:
            raise ValidationError(wrong)
        return data

    def scales(self) -> Scales:
        """What would be on, and where its levels would begin."""
        found = {}
        for setting in self.settings:
            name, unit = setting.scale.name, setting.scale.unit
            if self.cleaned_data[f"{name}_on"]:
                levels = (meant(unit, self.cleaned_data[f"{name}_{level}"]) for level in SPEAKING)
                found[name] = setting.thresholds.at(*levels)
        return found
