"""The form that asks for silence."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput

A_WEEK = dt.timedelta(days=7)


class MuteForm(forms.Form):
    """Until which day, on the reader's calendar, and why."""

    until_on = forms.DateField(
        label=_("Silent up to and including"), widget=DayInput, help_text=_("At most three months.")
    )
    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("Your side reads this beside the alert as long as it is silent.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until_on"].initial = timezone.localdate() + A_WEEK

    @property
    def until(self) -> dt.datetime:
        """The end of the last day, by the reader's clock."""
        day: dt.date = self.cleaned_data["until_on"]
        return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), timezone.get_current_timezone())
