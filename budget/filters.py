"""How time entries are filtered and sorted, on the page and in the API alike."""

from typing import Any

import django_filters
from django.core.validators import EMPTY_VALUES
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from budget.models import TimeEntry
from budget.time_entry_queries import WITHOUT_RATE, people_with_hours
from core.ordering import by_columns
from projects.audience import Side
from projects.models import Project

SORTED_BY = (
    ("worked_on", "date", _("Date")),
    ("minutes", "minutes", _("Hours")),
    ("person__name", "person", _("Person")),
)
SORTED_BY_AMOUNT = (("amount", "amount", _("Amount")),)


class TimeEntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Note"), field_name="note", lookup_expr="icontains")
    person = django_filters.UUIDFilter(label=_("Person"), field_name="person__uuid")
    since = django_filters.DateFilter(label=_("From"), field_name="worked_on", lookup_expr="gte")
    until = django_filters.DateFilter(label=_("Until"), field_name="worked_on", lookup_expr="lte")
    item = django_filters.NumberFilter(label=_("Work item"), field_name="work_item__ref__number")
    unordered = django_filters.BooleanFilter(
        label=_("Without a work item"), field_name="work_item", lookup_expr="isnull"
    )
    billable = django_filters.ChoiceFilter(label=_("Billable"), choices=TimeEntry.Billable)
    order = django_filters.OrderingFilter(label=_("Sort by"), **by_columns(*SORTED_BY, *SORTED_BY_AMOUNT))

    class Meta:
        model = TimeEntry
        fields: list[str] = []

    def hide_amounts(self) -> None:
        """What sorts by amounts tells of them.

        A filter keeps the form field that was once made of its choices, and shares it with every copy of itself. So
        this is a new filter: taking a choice from the old one would change nothing.
        """
        order = django_filters.OrderingFilter(label=_("Sort by"), **by_columns(*SORTED_BY))
        order.parent, order.model, order.field_name = self, TimeEntry, self.filters["order"].field_name
        self.filters["order"] = order

    def filter_queryset(self, queryset: QuerySet[TimeEntry]) -> QuerySet[TimeEntry]:
        """Sorted ties fall back to the key, so that pages neither repeat nor lose a row."""
        filtered = super().filter_queryset(queryset)
        return filtered.order_by(*(filtered.query.order_by or ("-worked_on",)), "-pk")


class TimeEntryListFilter(TimeEntryFilter):
    """On the page a person is chosen by name, and whoever sees money can look for hours that have no rate."""

    person = django_filters.ModelChoiceFilter(
        label=_("Person"), field_name="person", queryset=Person.objects.none(), to_field_name="uuid"
    )
    item = django_filters.CharFilter(label=_("Work item"), method="of_item")
    recorded = django_filters.ChoiceFilter(label=_("Recorded by"), choices=Side, method="of_recorder")
    unrated = django_filters.BooleanFilter(label=_("Without a rate"), method="only_unrated")

    def __init__(self, *args: Any, project: Project, with_money: bool, with_rates: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["person"].queryset = people_with_hours(project)
        if not with_money:
            del self.filters["unrated"]
        if not with_rates:
            self.hide_amounts()

    def of_item(self, queryset: QuerySet[TimeEntry], name: str, value: str) -> QuerySet[TimeEntry]:
        number = value.strip().upper().removeprefix("W-")
        if not (number.isdecimal() and len(number) < 9):
            return queryset.none()
        return queryset.filter(work_item__ref__number=int(number))

    def of_recorder(self, queryset: QuerySet[TimeEntry], name: str, value: str) -> QuerySet[TimeEntry]:
        # The list's queryset is annotated with it.
        return queryset.filter(recorded_by_client=value == Side.CLIENT)  # type: ignore[misc]

    def only_unrated(self, queryset: QuerySet[TimeEntry], name: str, value: bool) -> QuerySet[TimeEntry]:  # noqa: FBT001
        return queryset.filter(WITHOUT_RATE) if value else queryset.exclude(WITHOUT_RATE)

    @property
    def narrows(self) -> bool:
        """Something is left out: sums have to be taken over what remains."""
        self.form.is_valid()
        return any(value not in EMPTY_VALUES for name, value in self.form.cleaned_data.items() if name != "order")
