"""Hours of many projects between two days, from the kept sums."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Sum

from budget.models import DayBurn


def minutes_between(project_keys: Collection[int], first: dt.date, last: dt.date) -> dict[int, int]:
    """Minutes worked from ``first`` to ``last``, both included, by the project's key; one query."""
    days = DayBurn.objects.filter(project__in=project_keys, worked_on__range=(first, last))
    return dict(days.order_by().values_list("project").annotate(Sum("minutes")))
