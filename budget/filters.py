"""How time entries are filtered and sorted, on the page and in the API alike."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from budget.models import TimeEntry


class TimeEntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Note"), field_name="note", lookup_expr="icontains")
    person = django_filters.UUIDFilter(label=_("Person"), field_name="person__uuid")
    item = django_filters.NumberFilter(label=_("Work item"), field_name="work_item__ref__number")
    unordered = django_filters.BooleanFilter(
        label=_("Without a work item"), field_name="work_item", lookup_expr="isnull"
    )
    since = django_filters.DateFilter(label=_("From"), field_name="worked_on", lookup_expr="gte")
    until = django_filters.DateFilter(label=_("Until"), field_name="worked_on", lookup_expr="lte")
    billable = django_filters.ChoiceFilter(label=_("Billable"), choices=TimeEntry.Billable)
    order = django_filters.OrderingFilter(
        label=_("Sort by"),
        fields=(("worked_on", "date"), ("minutes", "minutes"), ("person__name", "person"), ("amount", "amount")),
    )

    class Meta:
        model = TimeEntry
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[TimeEntry]) -> QuerySet[TimeEntry]:
        """Sorted ties fall back to the key, so that pages neither repeat nor lose a row."""
        filtered = super().filter_queryset(queryset)
        return filtered.order_by(*(filtered.query.order_by or ("-worked_on",)), "-pk")
