"""Forms of what was agreed: the terms, and each side's calendar."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext_lazy as _

from accounts.time_zones import time_zones
from core.forms import DayInput, DurationField
from projects.audience import Side
from projects.models import DayOff, SideCalendar, Terms
from projects.places import countries, subdivisions
from projects.week import WEEKDAYS
from projects.work_categories import WorkCategory

GROUPS = (
    (_("How you work together"), ("cooperation_model", "billing_model", "scope_mode", "progress_rule")),
    (_("Budget and cap"), ("budget_minutes", "budget_amount", "cap_minutes", "cap_amount")),
    (_("Periods"), ("response_days", "review_days", "cure_days", "warranty_days", "payment_days")),
    (_("Rules"), ("deemed_acceptance", "defect_hours_payable", "overhead_categories", "person_figures")),
    (_("Where this stands"), ("recorded_from",)),
)
# Parts of the terms that are asked for alone.
PARTS = {"budget": ("budget_minutes", "budget_amount", "cap_minutes", "cap_amount")}


class ClockInput(forms.TimeInput):
    """A time of day, to the minute."""

    input_type = "time"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%H:%M")


class TermsForm(forms.ModelForm):
    """All terms on one page; hours are typed as hours."""

    budget_minutes = DurationField(
        label=_("Agreed hours"), required=False, help_text=_("Empty: the sum of the estimates.")
    )
    cap_minutes = DurationField(
        label=_("Cap in hours"), required=False, help_text=_("What may not be exceeded without a new agreement.")
    )
    overhead_categories = forms.MultipleChoiceField(
        label=_("Agreed overhead"),
        choices=WorkCategory.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Hours on these kinds of work need no estimate."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Terms
        fields = tuple(name for _title, names in GROUPS for name in names)
        labels = {"recorded_from": _("Recorded from")}
        help_texts = {"recorded_from": _("The contract, minutes or mail in which both sides agreed.")}

    def __init__(self, *args: Any, part: str = "", **kwargs: Any) -> None:
        """``part`` leaves nothing but the fields under one heading: a newcomer is asked for the cap alone."""
        super().__init__(*args, **kwargs)
        self.initial["version"] = self.instance.version
        self.part = part if part in PARTS else ""
        if self.part:
            for name in self.Meta.fields:
                if name not in PARTS[self.part]:
                    del self.fields[name]

    def groups(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings."""
        for title, names in GROUPS:
            if fields := [self[name] for name in names if name in self.fields]:
                yield title, fields


class CalendarForm(forms.ModelForm):
    """When a side works. The parts of a country are offered once the country is known."""

    weekdays = forms.MultipleChoiceField(
        label=_("Working days"),
        choices=[(str(number), name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = SideCalendar
        fields = ("time_zone", "country", "subdivision", "weekdays", "day_starts_at", "day_ends_at", "recorded_from")
        labels = {"recorded_from": _("Recorded from")}
        help_texts = {"recorded_from": _("The mail or file in which the vendor said when it works.")}
        widgets = {"day_starts_at": ClockInput, "day_ends_at": ClockInput}

    def __init__(self, *args: Any, country: str | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(self.theirs(self.instance), version=self.instance.version)
        if country is not None:
            self.initial.update(country=country, subdivision="")
        if self.instance.side == Side.CLIENT:
            del self.fields["recorded_from"]
        self.fields["time_zone"] = forms.ChoiceField(label=_("Time zone"), choices=time_zones(self.instance.time_zone))
        self.fields["country"] = forms.ChoiceField(
            label=_("Country for public holidays"),
            choices=[("", _("none")), *countries()],
            required=False,
            # Its parts are asked for as soon as another country is chosen; without htmx, when it is saved.
            widget=forms.Select(attrs={"hx-get": "?", "hx-target": "#subdivision", "hx-select": "#subdivision"}),
        )
        self.fields["subdivision"] = forms.ChoiceField(
            label=_("State or province"),
            choices=[("", _("whole country")), *subdivisions(self["country"].value() or "")],
            required=False,
            help_text=_("Only its own holidays differ. Choose the country first."),
        )

    @staticmethod
    def theirs(current: SideCalendar) -> dict[str, Any]:
        """What stands in the fields now; each working day is a tick."""
        return {**model_to_dict(current), "weekdays": list(current.weekdays)}

    def clean_weekdays(self) -> str:
        """As the calendar keeps them: 12345."""
        return "".join(sorted(self.cleaned_data["weekdays"]))

    def changes(self) -> dict[str, Any]:
        """What ``change_calendar`` takes."""
        changes = dict(self.cleaned_data)
        return {"expected_version": changes.pop("version"), **changes}


class DayOffForm(forms.ModelForm):
    """A day on which a side does not work."""

    class Meta:
        model = DayOff
        fields = ("on", "name")
        widgets = {"on": DayInput}
        help_texts = {"name": _("Such as: company outing.")}
