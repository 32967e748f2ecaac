"""Forms of work items and their progress."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import DayInput, DurationField, needed_when
from projects.access import Standing
from projects.work_categories import WorkCategory
from requirements_app.models import WorkItem
from requirements_app.work_item_field import WorkItemField


class WorkItemForm(forms.ModelForm):
    """A work item as one types it. It saves nothing: the actions do."""

    category = forms.ChoiceField(
        label=_("Category"), required=False, choices=[("", _("not said")), *WorkCategory.choices]
    )
    estimate_minutes = DurationField(
        label=_("Estimate in hours"), required=False, help_text=_("Like 12.5 or 12:30. Empty: not estimated yet.")
    )
    parent = WorkItemField(
        label=_("Part of"), required=False, help_text=_("Number or title of the work item that this one belongs to.")
    )
    outside_url = forms.URLField(
        label=_("Address in the outside tool"), required=False, max_length=500, assume_scheme="https"
    )

    class Meta:
        model = WorkItem
        fields = [
            "title",
            "parent",
            "category",
            "estimate_minutes",
            "estimate_recorded_from",
            "planned_start_on",
            "planned_finish_on",
            "outside_key",
            "outside_url",
        ]
        labels = {
            "title": _("Title"),
            "outside_key": _("Key in the outside tool"),
            "estimate_recorded_from": _("Estimate recorded from"),
        }
        help_texts = {
            "estimate_recorded_from": _("The vendor estimates: the file, mail or call in which it did."),
            "planned_start_on": _("Empty: when what it belongs to starts."),
            "planned_finish_on": _("Empty: when what it belongs to ends. Earned value compares with these days."),
            "outside_key": _("Such as PROJ-118. An import finds the item by it."),
        }
        widgets = {
            "title": forms.TextInput(attrs={"autofocus": True}),
            "planned_start_on": DayInput,
            "planned_finish_on": DayInput,
        }

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].project = standing.project  # type: ignore[attr-defined]
        if not standing.is_client:
            del self.fields["estimate_recorded_from"]


class WorkItemEditForm(WorkItemForm):
    """The same of an item that exists, with the version that its writer read."""

    is_dropped = forms.BooleanField(
        label=_("Dropped"),
        required=False,
        help_text=_("Its estimate counts no longer; hours on it stay. Items below it stay as they are."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, item: WorkItem, standing: Standing, data: Any = None) -> "WorkItemEditForm":
        """The form for ``item`` as it stands now. The item itself is only read."""
        return cls(data, initial={**cls.theirs(item), "version": item.version}, standing=standing)

    @classmethod
    def theirs(cls, item: WorkItem) -> dict[str, Any]:
        """What stands in the fields for ``item``."""
        return {name: getattr(item, name) for name in [*cls.Meta.fields, "is_dropped"]}

    def changes(self) -> dict[str, Any]:
        """What ``change_work_item`` takes."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}

    def without_drop(self, version: int) -> Iterator[tuple[str, str]]:
        """What was sent, as it takes up again the item that now has ``version``."""
        for name in self.fields.keys() - {"is_dropped", "version"}:
            yield name, self.data.get(self.add_prefix(name), "")
        yield "version", str(version)


class ProgressForm(forms.Form):
    """How far an item is on a day, said in one of three ways."""

    DONE, LEFT, OPEN = "done", "left", "open"

    how = forms.ChoiceField(
        label=_("How far is it?"),
        widget=forms.RadioSelect,
        choices=[
            (DONE, _("Done")),
            (LEFT, _("Not done, hours left as below")),
            (OPEN, _("Not done, hours left not known")),
        ],
    )
    remaining_minutes = needed_when(
        DurationField(label=_("Hours left"), required=False, help_text=_("Work still to do, like 12.5 or 12:30.")),
        _("needed for “hours left as below”"),
    )
    on = forms.DateField(label=_("On"), widget=DayInput, help_text=_("The day on which this was so."))
    recorded_from = forms.CharField(
        label=_("Recorded from"),
        required=False,
        max_length=200,
        help_text=_("If you pass on what the vendor said: the mail, call or file in which it was said."),
    )

    def __init__(self, data: Any = None, *, standing: Standing, item: WorkItem, today: dt.date) -> None:
        initial = {
            "on": today,
            "how": self.DONE if item.is_done else self.LEFT,
            "remaining_minutes": item.remaining_minutes,
        }
        super().__init__(data, initial=initial)
        self.fields["on"].widget.attrs["max"] = today.isoformat()
        if not standing.is_client:
            del self.fields["recorded_from"]

    def clean(self) -> dict[str, Any]:
        """Hours are asked for where they are announced."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("how") == self.LEFT and data.get("remaining_minutes") is None and not self.errors:
            raise ValidationError({"remaining_minutes": _("How many hours are left?")})
        return data

    def report(self) -> dict[str, Any]:
        """What ``report_progress`` takes."""
        return {
            "on": self.cleaned_data["on"],
            "is_done": self.cleaned_data["how"] == self.DONE,
            "remaining_minutes": self.cleaned_data["remaining_minutes"]
            if self.cleaned_data["how"] == self.LEFT
            else None,
            "recorded_from": self.cleaned_data.get("recorded_from", ""),
        }
