"""The form of the inbox: what each name means, one by one or several at once."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from budget.unmatched_items import UnmatchedLine
from projects.models import Project
from requirements_app.models import WorkItem
from requirements_app.work_item_field import WorkItemField


class UnmatchedForm(forms.Form):
    """Each name has an input of its own; the last one is for those that are ticked."""

    of_ticked = WorkItemField(label=_("The ticked names mean"), required=False, help_text=_("Number or title."))

    def __init__(self, data: Any, *, project: Project, lines: Sequence[UnmatchedLine]) -> None:
        super().__init__(data)
        self.lines = lines
        self.fields["of_ticked"].project = project  # type: ignore[attr-defined]
        for line in lines:
            mark = line.item.uuid.hex
            item = WorkItemField(label=line.item.name, required=False)
            item.project = project
            item.widget.attrs["aria-label"] = _("Work item that %(name)s means") % {"name": line.item.name}
            self.fields[f"item_{mark}"] = item
            self.fields[f"none_{mark}"] = forms.BooleanField(required=False)
            self.fields[f"tick_{mark}"] = forms.BooleanField(required=False)

    def rows(self) -> list[tuple[UnmatchedLine, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """Each name with its tick, its item, and whether it means none."""
        return [
            (line, self[f"tick_{mark}"], self[f"item_{mark}"], self[f"none_{mark}"])
            for line in self.lines
            for mark in [line.item.uuid.hex]
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not self.choices():
            raise forms.ValidationError(_("Say of at least one name what it means."), code="nothing")
        for line in self.lines:
            mark = line.item.uuid.hex
            if cleaned.get(f"none_{mark}") and cleaned.get(f"item_{mark}"):
                self.add_error(f"item_{mark}", _("This is either a work item or none."))
        return cleaned

    def choices(self) -> dict[uuid.UUID, WorkItem | None]:
        """What was said of which names."""
        found: dict[uuid.UUID, WorkItem | None] = {}
        for line in self.lines:
            mark = line.item.uuid.hex
            item = self.cleaned_data.get(f"item_{mark}")
            if item is None and self.cleaned_data.get(f"tick_{mark}"):
                item = self.cleaned_data.get("of_ticked")
            if item is not None or self.cleaned_data.get(f"none_{mark}"):
                found[line.item.uuid] = item
        return found
