"""How work items are filtered and sorted, on the page and in the API alike."""

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from projects.work_categories import WorkCategory
from requirements_app.models import WorkItem


class WorkItemFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Title or key"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=WorkItem.State)
    category = django_filters.ChoiceFilter(label=_("Category"), choices=WorkCategory)
    estimated = django_filters.BooleanFilter(
        label=_("With an estimate"), field_name="estimate_minutes", lookup_expr="isnull", exclude=True
    )
    order = django_filters.OrderingFilter(
        label=_("Sort by"),
        fields=(
            ("ref__number", "number"),
            ("title", "title"),
            ("estimate_minutes", "estimate"),
            ("state", "state"),
        ),
    )

    class Meta:
        model = WorkItem
        fields: list[str] = []

    def search(self, queryset: QuerySet[WorkItem], name: str, value: str) -> QuerySet[WorkItem]:
        number = value.upper().removeprefix("W-")
        found = Q(title__icontains=value) | Q(outside_key__icontains=value)
        if number.isdecimal() and len(number) < 9:
            found |= Q(ref__number=int(number))
        return queryset.filter(found)
