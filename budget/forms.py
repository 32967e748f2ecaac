"""Forms of hours."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from budget.models import TimeEntry
from budget.time_entry_queries import people_to_record
from core.forms import DayInput, DurationField
from projects.access import Standing
from requirements_app.work_item_field import WorkItemField


class TimeEntryForm(forms.Form):
    """Hours of a person on a day, on a work item or on none."""

    person = forms.ModelChoiceField(
        label=_("Person"), queryset=Person.objects.none(), to_field_name="uuid", empty_label=_("Choose")
    )
    worked_on = forms.DateField(label=_("Date"), widget=DayInput)
    work_item = WorkItemField(
        label=_("Work item"), required=False, help_text=_("Number or title. Empty: work that nobody ordered.")
    )
    minutes = DurationField(label=_("Hours"), min_minutes=1, max_minutes=1440, help_text=_("Like 7.5 or 7:30."))
    billable = forms.ChoiceField(
        label=_("Billable"), choices=TimeEntry.Billable, widget=forms.RadioSelect, initial=TimeEntry.Billable.YES
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    recorded_from = forms.CharField(
        label=_("Recorded from"),
        required=False,
        max_length=200,
        help_text=_("If you pass on what the vendor claims: the mail or file in which it does."),
    )

    def __init__(self, *args: Any, standing: Standing, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = people_to_record(standing.project)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["work_item"].project = standing.project  # type: ignore[attr-defined]
        self.fields["worked_on"].widget.attrs["max"] = today.isoformat()
        self.initial.setdefault("worked_on", today)
        if not standing.is_client:
            del self.fields["recorded_from"]
        if not self.initial.get("person"):
            own = people.filter(user=standing.user).first()
            self.initial["person"] = own.uuid if own else None

    @property
    def has_people(self) -> bool:
        """Whether there is anybody whose hours could be recorded."""
        return bool(self.fields["person"].queryset.exists())  # type: ignore[attr-defined]

    def like_this(self) -> dict[str, str]:
        """What the next entry of a row of entries likely shares with this one."""
        item = self.cleaned_data["work_item"]
        return {
            "person": str(self.cleaned_data["person"].uuid),
            "worked_on": self.cleaned_data["worked_on"].isoformat(),
            "work_item": item.ref.label if item else "",
            "billable": self.cleaned_data["billable"],
            "recorded_from": self.cleaned_data.get("recorded_from", ""),
        }


class ReversalForm(forms.Form):
    """Why an entry is taken back."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Both sides read it, such as “booked on the wrong item”.")
    )
