"""What is asked of the page of earned value: which branch, and up to which day."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.days import TOO_FAR, is_plausible
from core.forms import DayInput
from projects.models import Project
from requirements_app.models import WorkItem
from requirements_app.work_item_field import WorkItemField


class EarnedValueForm(forms.Form):
    """A filter, kept in the address. What cannot be read is said beside its field and left out."""

    item = WorkItemField(label=_("Branch"), required=False)
    on = forms.DateField(label=_("Up to"), required=False, widget=DayInput)

    def __init__(self, data: Any, *, project: Project) -> None:
        super().__init__(data)
        self.fields["item"].project = project  # type: ignore[attr-defined]
        self.fields["item"].widget.attrs["placeholder"] = _("Whole project")

    def clean_on(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["on"]
        if day is not None and not is_plausible(day):
            raise ValidationError(TOO_FAR, code="far")
        return day

    @property
    def branch(self) -> WorkItem | None:
        """The item whose branch is asked for; None for the whole project."""
        self.is_valid()
        item: WorkItem | None = self.cleaned_data.get("item")
        return item

    @property
    def day(self) -> dt.date | None:
        self.is_valid()
        day: dt.date | None = self.cleaned_data.get("on")
        return day
