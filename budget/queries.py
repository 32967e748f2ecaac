"""What a project has used, earned and will likely use: the figures behind pages, rules and the API.

Hours come from the rollups, earned value from the series that the worker keeps: no request scans time entries.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import dropwhile
from typing import Any

from django.db import connection
from django.db.models import Count, DecimalField, ExpressionWrapper, F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Cast, Coalesce, Greatest, TruncWeek

from alerts.models import Mark
from budget.burn_pace import reached_on
from budget.earned_value import EarnedValue
from budget.models import BranchSeries, DayBurn, ItemBurn
from budget.rule_figures import day_of_comparison, ratio
from projects.models import Project
from requirements_app.models import ProgressReport, WorkItem
from requirements_app.progress import UNREPORTED_REMAINING_SHARE

WEEKS_SHOWN = 12
OVER_BY_AT_LEAST_MINUTES = 240


@dataclass(frozen=True)
class ProjectFigures:
    """One project's figures as of ``today``. Minutes and the project's currency; None where nothing is known.

    Shares compare hours and progress at ``compared_on``, the earlier of the days up to which both are known: hours
    that are newer than the progress would look like burn without result. What was earned is held against the hours on
    the same work, ``matched_minutes_at_compared``: those on work without an estimate are used and can earn nothing.
    ``bac_minutes`` are the estimates of that work, as the worker last summed them together with what was earned.
    ``kept_at`` tells which state these figures are of, where they were kept and not worked out just now.
    """

    project_id: int
    today: dt.date
    budget_minutes: int | None
    budget_source: str
    cap_minutes: int | None
    budget_amount: Decimal | None
    cap_amount: Decimal | None
    used_minutes: int
    used_amount: Decimal
    unrated_minutes: int
    hours_from: dt.date | None
    hours_through: dt.date | None
    progress_through: dt.date | None
    compared_on: dt.date | None
    used_minutes_at_compared: int | None
    matched_minutes_at_compared: int | None
    earned_minutes_at_compared: Decimal | None
    remaining_minutes_at_compared: Decimal | None
    bac_minutes: int | None
    item_count: int
    estimated_item_count: int
    done_item_count: int
    estimated_minutes: int
    remaining_minutes: int
    over_count: int
    over_minutes: int
    weekly_minutes: tuple[tuple[dt.date, int], ...]
    being_recomputed: bool
    kept_at: dt.datetime | None = None

    @property
    def drawn_for(self) -> int | None:
        """Seconds for which what is drawn of these figures may be kept: for ever, or not at all while they move."""
        return 0 if self.kept_at is None else None

    @property
    def used_ratio(self) -> Decimal | None:
        """Hours used, all of them, as a share of the budget."""
        return ratio(self.used_minutes, self.budget_minutes)

    @property
    def matched_ratio(self) -> Decimal | None:
        """Hours used on estimated work up to the day of comparison as a share of the budget."""
        return ratio(self.matched_minutes_at_compared, self.budget_minutes)

    @property
    def earned_ratio(self) -> Decimal | None:
        """Work earned up to the day of comparison as a share of the budget, or of the estimates where they are more.

        A budget below the estimates is not earned before all of them are.
        """
        return ratio(self.earned_minutes_at_compared, max(self.budget_minutes or 0, self.bac_minutes or 0))

    @property
    def ahead_points(self) -> Decimal | None:
        """How far the share used on estimated work runs ahead of the earned share; 0.095 is 9.5 points."""
        if self.matched_ratio is None or self.earned_ratio is None:
            return None
        return self.matched_ratio - self.earned_ratio

    @property
    def unmatched_minutes_at_compared(self) -> int | None:
        """Hours used up to the day of comparison on work without an estimate."""
        if self.used_minutes_at_compared is None or self.matched_minutes_at_compared is None:
            return None
        return self.used_minutes_at_compared - self.matched_minutes_at_compared

    @property
    def earned_value(self) -> EarnedValue:
        """The figures at the day of comparison as the textbooks name them, in minutes. Its plan is not read here."""
        matched, bac = self.matched_minutes_at_compared, self.bac_minutes
        return EarnedValue(
            bac=Decimal(bac) if bac else None,
            pv=None,
            ev=self.earned_minutes_at_compared if bac else None,
            ac=None if matched is None else Decimal(matched),
            remaining=self.remaining_minutes_at_compared if bac else None,
        )

    @property
    def cpi(self) -> Decimal | None:
        """Cost performance index: earned by the hours on the same work, both at the day of comparison."""
        return self.earned_value.cost_performance_index.value

    @property
    def likely_minutes(self) -> int | None:
        """Used so far plus what open items still need by their estimates and reports."""
        return self.used_minutes + self.remaining_minutes if self.estimated_item_count else None

    @property
    def cap_reached_on(self) -> dt.date | None:
        """The day on which the cap in hours is used up at the pace of the last four weeks."""
        return self._reached_on(self.cap_minutes)

    @property
    def budget_reached_on(self) -> dt.date | None:
        """The day on which the budget in hours is used up at the pace of the last four weeks."""
        return self._reached_on(self.budget_minutes)

    @property
    def likely_finish_on(self) -> dt.date | None:
        """The day on which the open work is done at the pace of the last four weeks."""
        return self._reached_on(self.likely_minutes)

    def _reached_on(self, limit_minutes: int | None) -> dt.date | None:
        if limit_minutes is None or self.hours_through is None:
            return None
        return reached_on(
            weekly_minutes=tuple(minutes for _monday, minutes in self.weekly_minutes[-5:-1]),
            left_minutes=limit_minutes - self.used_minutes,
            hours_through=self.hours_through,
        )


def figures_of(projects: Sequence[Project], today: dt.date) -> dict[int, ProjectFigures]:
    """The figures of each project by its key. Seven queries, however many projects; ``terms`` loaded beforehand."""
    keys = [project.pk for project in projects]
    burned = _burned(keys)
    items = _items(keys)
    progress_through = dict(
        ProgressReport.objects.filter(project__in=keys).values_list("project").annotate(Max("on")).order_by()
    )
    compared_on = {
        project.pk: day_of_comparison(
            project.terms.progress_rule,
            hours_through=burned.get(project.pk, {}).get("last_day"),
            reported_on=progress_through.get(project.pk),
        )
        for project in projects
    }
    earned = _earned_on(compared_on)
    weekly = _weekly(burned)
    marked = set(Mark.objects.filter(project__in=keys).values_list("project", flat=True).distinct())
    return {
        project.pk: _figures(
            project,
            today=today,
            burned=burned.get(project.pk, {}),
            items=items.get(project.pk, {}),
            progress_through=progress_through.get(project.pk),
            compared_on=compared_on[project.pk],
            earned=earned.get(project.pk),
            weekly=weekly.get(project.pk, ()),
            being_recomputed=project.pk in marked,
        )
        for project in projects
    }


def figures_of_project(project: Project, today: dt.date) -> ProjectFigures:
    """The figures of one project."""
    return figures_of([project], today)[project.pk]


def _figures(
    project: Project,
    *,
    today: dt.date,
    burned: Mapping[str, Any],
    items: Mapping[str, Any],
    progress_through: dt.date | None,
    compared_on: dt.date | None,
    earned: "_State | None",
    weekly: tuple[tuple[dt.date, int], ...],
    being_recomputed: bool,
) -> ProjectFigures:
    terms = project.terms
    estimated = items.get("estimated") or 0
    return ProjectFigures(
        project_id=project.pk,
        today=today,
        budget_minutes=terms.budget_minutes if terms.budget_minutes is not None else estimated or None,
        budget_source="agreed" if terms.budget_minutes is not None else "estimates",
        cap_minutes=terms.cap_minutes,
        budget_amount=terms.budget_amount,
        cap_amount=terms.cap_amount,
        used_minutes=burned.get("minutes", 0),
        used_amount=burned.get("amount", Decimal(0)),
        unrated_minutes=burned.get("unrated", 0),
        hours_from=burned.get("first_day"),
        hours_through=burned.get("last_day"),
        progress_through=progress_through,
        compared_on=compared_on,
        used_minutes_at_compared=earned.used_minutes if earned else None,
        matched_minutes_at_compared=earned.matched_minutes if earned else None,
        earned_minutes_at_compared=earned.earned_minutes if earned else None,
        remaining_minutes_at_compared=earned.remaining_minutes if earned else None,
        bac_minutes=earned.estimate_minutes if earned else None,
        item_count=items.get("count", 0),
        estimated_item_count=items.get("with_estimate", 0),
        done_item_count=items.get("done", 0),
        estimated_minutes=estimated,
        # The series knows which hours came after each report; it is a step behind while it is being worked out anew.
        remaining_minutes=int(
            earned.newest_remaining_minutes if earned and not being_recomputed else items.get("still_to_do") or 0
        ),
        over_count=items.get("over_count", 0),
        over_minutes=items.get("over") or 0,
        weekly_minutes=weekly,
        being_recomputed=being_recomputed,
    )


def _burned(keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    rows = (
        DayBurn.objects.filter(project__in=keys)
        .order_by()
        .values("project")
        .annotate(
            total=Sum("minutes"),
            cost=Sum("amount"),
            unrated=Sum("unrated_minutes"),
            # A day whose entries were all taken back is no day with hours.
            first_day=Min("worked_on", filter=~Q(minutes=0)),
            last_day=Max("worked_on", filter=~Q(minutes=0)),
        )
    )
    return {row["project"]: {**row, "minutes": row["total"], "amount": row["cost"]} for row in rows}


def _items(keys: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Counts and sums over work items with what the rollup knows of each: one query for all projects."""
    used = Coalesce(F("burns__minutes"), Value(0))
    estimate = F("estimate_minutes")
    # As requirements_app.progress assumes where nobody reported: what the estimate leaves, and never nothing.
    exact = DecimalField(max_digits=14, decimal_places=2)
    unreported = Greatest(
        Cast(estimate - used, exact),
        ExpressionWrapper(estimate * Value(UNREPORTED_REMAINING_SHARE), exact),
        output_field=exact,
    )
    remaining = Coalesce(Cast("remaining_minutes", exact), unreported, output_field=exact)
    is_open = Q(state=WorkItem.State.OPEN)
    is_over = is_open & Q(burns__minutes__gte=estimate + OVER_BY_AT_LEAST_MINUTES)
    rows = (
        WorkItem.objects.countable()
        .filter(project__in=keys)
        .order_by()
        .values("project")
        .annotate(
            count=Count("pk"),
            with_estimate=Count("estimate_minutes"),
            done=Count("pk", filter=Q(state=WorkItem.State.DONE)),
            estimated=Sum("estimate_minutes"),
            still_to_do=Sum(remaining, filter=is_open & Q(estimate_minutes__isnull=False)),
            over_count=Count("pk", filter=is_over),
            over=Sum(F("burns__minutes") - estimate, filter=is_over),
        )
    )
    return {row["project"]: dict(row) for row in rows}


@dataclass(frozen=True)
class _State:
    """What the series of a project says of the end of a day."""

    used_minutes: int
    matched_minutes: int
    earned_minutes: Decimal
    remaining_minutes: Decimal
    estimate_minutes: int
    newest_remaining_minutes: Decimal


# The series' last value on or before each project's day; no row before its first.
STATE_ON = """
    SELECT series.project_id, used_minutes[place], matched_minutes[place], round(earned_minutes[place], 2),
        remaining_minutes[place], estimate_minutes, remaining_minutes[cardinality("on")]
    FROM unnest(%s::bigint[], %s::date[]) AS wanted(project_id, day)
    JOIN budget_branchseries series ON series.project_id = wanted.project_id AND series.work_item_id IS NULL
    CROSS JOIN LATERAL width_bucket(wanted.day, series."on") AS place
    WHERE place > 0
"""


def _earned_on(days: Mapping[int, dt.date | None]) -> dict[int, _State]:
    wanted = [(key, day) for key, day in days.items() if day is not None]
    with connection.cursor() as cursor:
        cursor.execute(STATE_ON, [[key for key, _day in wanted], [day for _key, day in wanted]])
        return {key: _State(*state) for key, *state in cursor.fetchall()}


def _weekly(burned: Mapping[int, Mapping[str, Any]]) -> dict[int, tuple[tuple[dt.date, int], ...]]:
    """Minutes of the last weeks with hours, by Monday, up to the week of each project's newest hours."""
    last_monday = {key: _monday(row["last_day"]) for key, row in burned.items() if row["last_day"] is not None}
    if not last_monday:
        return {}
    earliest = min(last_monday.values()) - dt.timedelta(weeks=WEEKS_SHOWN - 1)
    sums: dict[int, dict[dt.date, int]] = defaultdict(dict)
    rows = (
        DayBurn.objects.filter(project__in=last_monday, worked_on__gte=earliest)
        .order_by()
        .annotate(monday=TruncWeek("worked_on"))
        .values_list("project", "monday")
        .annotate(total=Sum("minutes"))
    )
    for project_id, monday, minutes in rows:
        sums[project_id][monday] = minutes
    return {
        key: tuple(
            (monday, sums[key].get(monday, 0))
            for monday in (last - dt.timedelta(weeks=back) for back in range(WEEKS_SHOWN - 1, -1, -1))
        )
        for key, last in last_monday.items()
    }


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


@dataclass(frozen=True)
class BurnUp:
    """Cumulative minutes on each day on which something changed, from the first one that used or earned anything."""

    days: tuple[dt.date, ...]
    used_minutes: tuple[int, ...]
    earned_minutes: tuple[Decimal, ...]


def burn_up_of(project: Project) -> BurnUp:
    """Used and earned over time, as the worker computed them after the last change."""
    series = BranchSeries.objects.filter(project=project, work_item=None).first()
    if series is None:
        return BurnUp((), (), ())
    # Hours that were taken back stay in the series; it does not begin with them.
    every = zip(series.on, series.used_minutes, series.earned_minutes, strict=True)
    days = list(dropwhile(lambda day: not any(day[1:]), every))
    on, used, earned = zip(*days, strict=True) if days else ((), (), ())
    return BurnUp(on, used, earned)


def items_over_estimate(project: Project, limit: int | None = None) -> QuerySet[WorkItem]:
    """Open items whose hours exceed their estimate by four hours or more, the worst first.

    Annotated with ``used_minutes`` and ``over_minutes``.
    """
    found = (
        WorkItem.objects.open()
        .filter(project=project, burns__minutes__gte=F("estimate_minutes") + OVER_BY_AT_LEAST_MINUTES)
        .annotate(used_minutes=F("burns__minutes"), over_minutes=F("burns__minutes") - F("estimate_minutes"))
        .select_related("ref")
        .order_by("-over_minutes", "pk")
    )
    return found[:limit] if limit is not None else found


def burn_by_item(project: Project, item_keys: Iterable[int]) -> dict[int, ItemBurn]:
    """Each item's burn by the item's key; items without hours are left out."""
    return {
        burn.work_item_id: burn
        for burn in ItemBurn.objects.filter(project=project, work_item__in=item_keys)
        if burn.work_item_id is not None
    }


def unordered_burn(project: Project) -> ItemBurn | None:
    """The hours booked on no work item."""
    return ItemBurn.objects.filter(project=project, work_item__isnull=True).first()
