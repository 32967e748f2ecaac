"""What the pages of hours read: the entries, their sums, and the sentence above them."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Case, Count, Max, Min, Prefetch, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Person
from budget.models import DayBurn, ItemBurn, PersonWeekBurn, TimeEntry
from core.kept_query import KeptQuery
from core.templatetags.figures import day
from projects.access import Standing
from projects.audience import Side
from projects.history import Change, Writer, by_label, history_of, in_hours, in_money
from projects.models import Membership, Project, ProjectPerson

WITHOUT_RATE = Q(hourly_rate__isnull=True)


@dataclass(frozen=True)
class TimeSums:
    """Sums over entries: minutes, the money of those that have a rate, and the minutes of those that have none."""

    entry_count: int
    minutes: int
    amount: Decimal
    unrated_minutes: int
    unordered_minutes: int
    person_count: int
    first_day: dt.date | None
    last_day: dt.date | None


def time_entries_of(project: Project) -> QuerySet[TimeEntry]:
    """The entries of a project with person and item, newest day first; ``taken_back_by`` lists the reversal.

    ``recorded_by_client`` marks hours of the vendor's people that the client brought in.
    """
    return (
        TimeEntry.objects.filter(project=project)
        .select_related("person", "work_item__ref", "recorded_by", "reverses", "batch")
        .annotate(recorded_by_client=_recorded_by_client(project))
        .prefetch_related(Prefetch("reversals", to_attr="taken_back_by"))
        .order_by("-worked_on", "-pk")
    )


def time_entry_history(standing: Standing, entry: TimeEntry) -> list[Change]:
    """What was changed of an entry after it was recorded; amounts and rates for who may see rates. Two queries."""
    currency = standing.project.currency
    said: dict[str, Writer] = {
        "worked_on": day,
        "minutes": in_hours,
        "billable": by_label(TimeEntry.Billable.choices),
        "note": str,
    }
    if standing.can("view_rates"):
        said |= {"amount": in_money(currency), "hourly_rate": in_money(currency)}
    return history_of([entry], said)


def _recorded_by_client(project: Project) -> Case:
    """A file counts for the side that brought it in, a single entry for the side of who typed it.

    Both lists depend on the project alone, so that the database makes them once and not for each row.
    """
    vendors = ProjectPerson.objects.filter(project=project, side=Side.VENDOR).order_by().values("person")
    of_client = Membership.objects.filter(project=project, side=Side.CLIENT).order_by().values("user")
    by_file, by_hand = Q(batch__recorded_by_side=Side.CLIENT), Q(batch=None, recorded_by__in=of_client)
    return Case(When(Q(person__in=vendors) & (by_file | by_hand), then=Value(True)), default=Value(False))  # noqa: FBT003


def sums_of_project(project: Project) -> TimeSums:
    """Over all entries, from the rollups: three queries, whatever the number of entries."""
    of_project = {"project_id": project.pk}
    nothing = (0, 0, Decimal(0), 0, None, None)
    entry_count, minutes, amount, unrated, first_day, last_day = _first(DAY_SUMS.rows(**of_project), nothing)
    # The database adds big integers up as numerics.
    return TimeSums(
        entry_count=int(entry_count),
        minutes=int(minutes),
        amount=amount,
        unrated_minutes=int(unrated),
        unordered_minutes=_first(UNORDERED.rows(**of_project), (0,))[0],
        person_count=_first(PEOPLE.rows(**of_project), (0,))[0],
        first_day=first_day,
        last_day=last_day,
    )


def _first(rows: list[tuple[Any, ...]], otherwise: tuple[Any, ...]) -> tuple[Any, ...]:
    return rows[0] if rows else otherwise


DAY_SUMS: Final = KeptQuery(
    lambda project_id: (
        DayBurn.objects.filter(project=project_id)
        .order_by()
        .values("project")
        .annotate(
            entries=Sum("entry_count"),
            total=Sum("minutes"),
            cost=Sum("amount"),
            unrated=Sum("unrated_minutes"),
            # A day whose entries were all taken back is no day with hours.
            first_day=Min("worked_on", filter=~Q(minutes=0)),
            last_day=Max("worked_on", filter=~Q(minutes=0)),
        )
        .values_list("entries", "total", "cost", "unrated", "first_day", "last_day")
    ),
    project_id=int,
)
UNORDERED: Final = KeptQuery(
    lambda project_id: ItemBurn.objects.filter(project=project_id, work_item=None).values_list("minutes"),
    project_id=int,
)
PEOPLE: Final = KeptQuery(
    lambda project_id: (
        PersonWeekBurn.objects.filter(project=project_id)
        .exclude(minutes=0)
        .order_by()
        .values("project")
        .annotate(people=Count("person", distinct=True))
        .values_list("people")
    ),
    project_id=int,
)


def sums_of(entries: QuerySet[TimeEntry]) -> TimeSums:
    """Over the entries that a filter leaves, in one query."""
    return TimeSums(
        **entries.order_by()
        .select_related(None)
        .aggregate(
            entry_count=Count("pk"),
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
