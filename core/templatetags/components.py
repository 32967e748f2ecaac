"""What the shared components under ``templates/components/`` need beyond Django's own tags."""

from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.table_rows import filled_rows
from core.undo import undo_fields, undo_url

register = template.Library()

FILTERS_BEFORE_THE_FOLD = 4
FILTERS_WITHOUT_FOLDING = 6


@dataclass(frozen=True)
class ActiveFilter:
    """A filter in use: what it says, and the address of the same list without it."""

    label: str
    value: str
    url: str


@dataclass(frozen=True)
class FilterParts:
    """Filters in parts: the ``words`` to look for, what is shown, and what a long row folds unless it is in use."""

    words: forms.BoundField | None
    shown: list[forms.BoundField]
    folded: list[forms.BoundField]
    is_open: bool


register.simple_tag(filled_rows)
register.filter(undo_url)
register.filter(undo_fields)


@register.simple_tag
def filter_parts(form: forms.Form) -> FilterParts:
    """The first filters of ``form``, and the rest of them folded; a few filters are not worth folding."""
    fields = form.visible_fields()
    words = next((field for field in fields if field.name == "q"), None)
    if len(fields) <= FILTERS_WITHOUT_FOLDING:
        return FilterParts(words, [field for field in fields if field is not words], [], is_open=False)
    shown, folded = fields[:FILTERS_BEFORE_THE_FOLD], fields[FILTERS_BEFORE_THE_FOLD:]
    is_open = any(form.data.get(field.html_name) for field in folded)
    return FilterParts(words, [field for field in shown if field is not words], folded, is_open)


@register.simple_tag(takes_context=True)
def active_filters(context: template.Context, form: forms.Form) -> list[ActiveFilter]:
    """The filters of ``form`` that narrow the list, for chips that take one away. Sorting narrows nothing."""
    if not form.is_bound or not form.is_valid():
        return []
    found = []
    for field in form:
        value = form.cleaned_data.get(field.name)
        if field.name == "order" or value in (None, "", []):
            continue
        address = context["request"].GET.copy()
        for name in (field.html_name, "page"):
            address.pop(name, None)
        found.append(ActiveFilter(str(field.label), _said(field.field, value), f"?{address.urlencode()}"))
    return found


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: template.Context, name: str, label: str, kind: str = "") -> dict[str, Any]:
    """``{% sort_header "date" _("Date") %}``: a column's head that sorts by it, and the other way when it does."""
    address = context["request"].GET.copy()
    current = address.get("order", "")
    address["order"] = f"-{name}" if current == name else name
    address.pop("page", None)
    direction = {name: "ascending", f"-{name}": "descending"}.get(current, "")
    return {"label": label, "kind": kind, "url": f"?{address.urlencode()}", "direction": direction}


def _said(field: forms.Field, value: Any) -> str:
    """A filter's value in the words in which it was chosen."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if hasattr(value, "strftime"):
        return str(date_format(value, "j M Y"))
    choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    return choices.get(str(value), str(value))
