"""The form of one alert rule: whether it is on, and where its levels begin, in the numbers people say."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.actions import levels_go
from alerts.levels import SPEAKING, Thresholds
from alerts.models import RuleSetting
from alerts.registry import Scale
from alerts.rule_settings import Setting
from alerts.scale_words import PLACES, meant, typed, unit_in_words

LABELS = {
    "notice": gettext_lazy("Notice from"),
    "warning": gettext_lazy("Warning from"),
    "critical": gettext_lazy("Critical from"),
}
ON_OR_OFF = {"on": True, "off": False, "": None}


class RuleForm(forms.Form):
    """What somebody sets for one scale. Empty levels are the usual ones."""

    state = forms.ChoiceField(label=gettext_lazy("The rule is"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, setting: Setting, **kwargs: Any) -> None:
        self.setting = setting
        kwargs.setdefault("initial", {**self.theirs(setting.own), "version": setting.own.version if setting.own else 0})
        super().__init__(*args, **kwargs)
        as_usual = _("as usual: on") if setting.usual_is_on else _("as usual: off")
        self.fields["state"].choices = [("", as_usual), ("on", _("on")), ("off", _("off"))]  # type: ignore[attr-defined]
        unit = self.scale.unit
        for name in SPEAKING:
            usual = typed(unit, setting.usual.of(name))
            self.fields[name] = forms.DecimalField(
                label=LABELS[name],
                required=False,
                min_value=0,
                max_digits=6,
                decimal_places=PLACES[unit],
                help_text=_("Usually %(number)s.") % {"number": usual},
                widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal", "placeholder": f"{usual}"}),
            )

    @property
    def scale(self) -> Scale:
        return self.setting.scale

    @property
    def unit(self) -> str:
        """What the levels count."""
        return unit_in_words(self.scale.unit)

    @property
    def levels(self) -> list[forms.BoundField]:
        """The fields of the three levels, to stand side by side."""
        return [self[name] for name in SPEAKING]

    def theirs(self, own: RuleSetting | None) -> dict[str, Any]:
        """What stands in the fields for what is set."""
        unit = self.setting.scale.unit
        bounds = own.bounds if own else None
        state = {True: "on", False: "off", None: ""}[own.is_on if own else None]
        levels = [typed(unit, bound) for bound in bounds] if bounds else [None] * len(SPEAKING)
        return {"state": state, **dict(zip(SPEAKING, levels, strict=True))}

    def clean(self) -> dict[str, Any]:
        """Levels are set all together, and begin one after the other."""
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        given = [data.get(name) is not None for name in SPEAKING]
        if any(given) and not all(given):
            first = SPEAKING[given.index(False)]
            raise ValidationError({first: _("Set all three levels, or leave all of them empty for the usual ones.")})
        try:
            self.thresholds()
        except ValueError as error:
            raise ValidationError({"warning": levels_go(self.scale)}) from error
        return data

    def bounds(self) -> tuple[Decimal, Decimal, Decimal] | None:
        """Where the levels begin, as it is kept; None for the usual ones."""
        if self.cleaned_data.get("notice") is None:
            return None
        notice, warning, critical = (meant(self.scale.unit, self.cleaned_data[name]) for name in SPEAKING)
        return notice, warning, critical

    def is_on(self) -> bool | None:
        """None leaves it to what is usual."""
        return ON_OR_OFF[self.cleaned_data["state"]]

    def would_be_on(self) -> bool:
        """Whether the rule would be on."""
        said = self.is_on()
        return self.setting.usual_is_on if said is None else said

    def thresholds(self) -> Thresholds:
        """The levels that would hold."""
        bounds = self.bounds()
        return self.setting.usual.at(*bounds) if bounds else self.setting.usual

    def changes(self) -> dict[str, Any]:
        """What the actions take."""
        return {
            "expected_version": self.cleaned_data["version"] or 0,
            "is_on": self.is_on(),
            "bounds": self.bounds(),
        }
