"""What the pages of hours read: the entries, their sums, and the sentence above them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Person
from budget.models import DayBurn, PersonWeekBurn, TimeEntry
from budget.queries import unordered_burn
from projects.models import Project

WITHOUT_RATE = Q(hourly_rate__isnull=True)


@dataclass(frozen=True)
class TimeSums:
    """Sums over entries: minutes, the money of those that have a rate, and the minutes of those that have none."""

    minutes: int
    amount: Decimal
    unrated_minutes: int
    unordered_minutes: int
    person_count: int
    first_day: dt.date | None
    last_day: dt.date | None


def time_entries_of(project: Project) -> QuerySet[TimeEntry]:
    """The entries of a project with person and item, newest day first; ``taken_back_by`` lists the reversal."""
    return (
        TimeEntry.objects.filter(project=project)
        .select_related("person", "work_item__ref", "recorded_by", "reverses")
        .prefetch_related(Prefetch("reversals", to_attr="taken_back_by"))
        .order_by("-worked_on", "-pk")
    )


def sums_of_project(project: Project) -> TimeSums:
    """Over all entries, from the rollups: three queries, whatever the number of entries."""
    days = DayBurn.objects.filter(project=project).aggregate(
        # A day whose entries were all taken back is no day with hours. Named before the sum of the same name.
        first_day=Min("worked_on", filter=~Q(minutes=0)),
        last_day=Max("worked_on", filter=~Q(minutes=0)),
        unrated_minutes=Coalesce(Sum("unrated_minutes"), 0),
        minutes=Coalesce(Sum("minutes"), 0),
        amount=Coalesce(Sum("amount"), Decimal(0)),
    )
    people = PersonWeekBurn.objects.filter(project=project).exclude(minutes=0)
    unordered = unordered_burn(project)
    return TimeSums(
        **days,
        unordered_minutes=unordered.minutes if unordered else 0,
        person_count=people.aggregate(count=Count("person", distinct=True))["count"],
    )


def sums_of(entries: QuerySet[TimeEntry]) -> TimeSums:
    """Over the entries that a filter leaves, in one query."""
    return TimeSums(
        **entries.order_by()
        .select_related(None)
        .aggregate(
            unrated_minutes=Coalesce(Sum("minutes", filter=WITHOUT_RATE), 0),
            unordered_minutes=Coalesce(Sum("minutes", filter=Q(work_item__isnull=True)), 0),
            minutes=Coalesce(Sum("minutes"), 0),
            amount=Coalesce(Sum("amount"), Decimal(0)),
            person_count=Count("person", distinct=True),
            first_day=Min("worked_on"),
            last_day=Max("worked_on"),
        )
    )


def people_with_hours(project: Project) -> QuerySet[Person]:
    """Whoever has hours on the project, for the choice of a filter."""
    return Person.objects.filter(pk__in=PersonWeekBurn.objects.filter(project=project).values("person"))


def people_to_record(project: Project) -> QuerySet[Person]:
    """Whose hours may be recorded on the project."""
    return Person.objects.filter(projects__project=project, is_active=True).order_by("name", "pk")
