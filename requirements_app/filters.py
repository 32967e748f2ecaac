"""How work items are filtered and sorted, on the page and in the API alike."""

from collections.abc import Collection
from typing import Any

import django_filters
from django.core.validators import EMPTY_VALUES
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.ordering import by_columns
from projects.work_categories import WorkCategory
from requirements_app.models import WorkItem, WorkItemQuerySet


class WorkItemFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Title or key"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=WorkItem.State)
    category = django_filters.ChoiceFilter(label=_("Category"), choices=WorkCategory)
    estimated = django_filters.BooleanFilter(label=_("With an estimate"), method="only_estimated")
    order = django_filters.OrderingFilter(
        label=_("Sort by"),
        **by_columns(
            ("ref__number", "number", _("Number")),
            ("title", "title", _("Title")),
            ("estimate_minutes", "estimate", _("Estimate")),
            ("state", "state", _("State")),
        ),
    )

    class Meta:
        model = WorkItem
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
        """Sorted ties fall back to the key, so that pages neither repeat nor lose a row."""
        filtered = super().filter_queryset(queryset)
        return filtered.order_by(*(filtered.query.order_by or ("position",)), "pk")

    def only_estimated(self, queryset: WorkItemQuerySet, name: str, value: bool) -> WorkItemQuerySet:  # noqa: FBT001
        """Without an estimate is what misses one, as the page counts it: neither a group nor dropped."""
        return queryset.filter(estimate_minutes__isnull=False) if value else queryset.without_estimate()

    def search(self, queryset: WorkItemQuerySet, name: str, value: str) -> WorkItemQuerySet:
        return queryset.named(value)


class WorkItemListFilter(WorkItemFilter):
    """On the page also: over the estimate, which an app above knows."""

    over = django_filters.BooleanFilter(label=_("Over the estimate"), method="only_over")

    def __init__(self, *args: Any, over_estimate: Collection[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.over_estimate = over_estimate

    def only_over(self, queryset: QuerySet[WorkItem], name: str, value: bool) -> QuerySet[WorkItem]:  # noqa: FBT001
        over = Q(pk__in=self.over_estimate)
        return queryset.filter(over if value else ~over)

    @property
    def is_plain(self) -> bool:
        """Nothing is filtered or sorted: the whole tree is asked for."""
        self.form.is_valid()
        return all(value in EMPTY_VALUES for value in self.form.cleaned_data.values())
