"""The form field that names a work item: typed as its number, its outside key or its title."""

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models import Project
from requirements_app.models import WorkItem
from requirements_app.queries import work_items_of

NUMBER: Final = re.compile(r"(?:W-)?([0-9]{1,9})(?:\s.*)?", re.IGNORECASE | re.DOTALL)


class WorkItemField(forms.Field):
    """One work item of a project, in Python the item. ``W-40``, ``40`` and ``W-40 Import of claims`` name it.

    A text input and not a list to choose from: a project has a thousand items. With JavaScript it suggests items
    while one types. The form sets ``project`` before it cleans.
    """

    widget = forms.TextInput
    default_error_messages = {
        "unknown": _("There is no work item %(text)s in this project. Write its number, such as W-40."),
        "ambiguous": _("Several work items are called so. Write the number of the one you mean."),
    }

    _project: Project | None = None

    @property
    def project(self) -> Project | None:
        """Whose items can be named."""
        return self._project

    @project.setter
    def project(self, project: Project) -> None:
        self._project = project
        self.widget.attrs["data-choices"] = reverse("requirements:work_item_choices", args=[project.slug])

    def to_python(self, value: Any) -> WorkItem | None:
        """The item that ``value`` names; None for nothing."""
        if value in self.empty_values or isinstance(value, WorkItem):
            return value or None
        assert self.project is not None
        text = str(value).strip()
        if not text:
            return None
        number = NUMBER.fullmatch(text)
        named = Q(title__iexact=text) | Q(outside_key__iexact=text)
        if number:
            named |= Q(ref__number=int(number[1]))
        found = list(work_items_of(self.project).filter(named)[:20])
        # A number says one item, whatever another one may be titled.
        exact = [item for item in found if number and item.ref.number == int(number[1])] or found
        if not exact:
            raise ValidationError(self.error_messages["unknown"], code="unknown", params={"text": text})
        if len(exact) > 1:
            raise ValidationError(self.error_messages["ambiguous"], code="ambiguous")
        return exact[0]

    def prepare_value(self, value: Any) -> Any:
        """What stands in the input: the item's number and title."""
        if isinstance(value, int) and self.project is not None:
            value = work_items_of(self.project).filter(pk=value).first()
        return f"{value.ref.label} {value.title}" if isinstance(value, WorkItem) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another item is meant; ``initial`` is an item or its key."""
        try:
            item = self.to_python(data)
        except ValidationError:
            return True
        return (item.pk if item else None) != (initial.pk if isinstance(initial, WorkItem) else initial)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The browser's own memory of other inputs only hides the suggestions."""
        return {"autocomplete": "off"}
