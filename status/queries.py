"""What the status pages read: everything of many projects at once, in a constant number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Prefetch, QuerySet, Value

from accounts.models import User
from alerts.queries import StandingAlert, alerts_to_acknowledge, standing_alerts
from budget.confirmation_queries import confirmations_to_answer, waiting_confirmations
from budget.queries import ProjectFigures, figures_of
from core.kept_query import KeptQuery
from projects.access import Standing, projects_where_member_can, standings_of
from projects.audience import Side
from projects.calendars import working_calendar
from projects.inbox import unread_of
from projects.models import DayOff, ImportBatch, Project, SideCalendar
from projects.slots import Light
from projects.standstill import Standstill, standstills_of
from projects.working_time import WorkingCalendar
from status.lights import light_from
from status.machine import DRIFT, FAILING, LATE, PUT_OFF, troubles_for
from status.set_up import SetUp, set_ups_of
from status.turns import Turn, turns_of


@dataclass(frozen=True)
class ProjectOverview:
    """Where one project stands, as one reader may see it."""

    standing: Standing
    figures: ProjectFigures
    set_up: SetUp
    alerts: Sequence[StandingAlert]
    light: Light | None
    turns: Sequence[Turn]
    standstill: Standstill | None = None

    @property
    def project(self) -> Project:
        return self.standing.project

    @property
    def waits_for_us(self) -> int:
        return sum(turn.mine for turn in self.turns)

    @property
    def waits_for_them(self) -> int:
        return len(self.turns) - self.waits_for_us


def overviews_of(standings: Mapping[int, Standing], now: dt.datetime, today: dt.date) -> list[ProjectOverview]:
    """One overview a project, by name. Fifteen queries, however many projects."""
    projects = [standing.project for standing in standings.values()]
    figures = figures_of(projects, today)
    set_ups = set_ups_of(projects)
    told = {key: standing for key, standing in standings.items() if standing.can("view_alerts")}
    alerts = standing_alerts(told, now)
    standstills = standstills_of(projects)
    imports = _imports_to_take(standings)
    confirmations = waiting_confirmations(standings)
    calendars = _calendars(standings, today)
    found = [
        ProjectOverview(
            standing=standing,
            figures=figures[key],
            set_up=set_ups[key],
            alerts=alerts.get(key, ()),
            light=light_from(standing, set_ups[key], alerts[key], standstills.get(key)) if key in told else None,
            turns=turns_of(
                standing,
                figures=figures[key],
                set_up=set_ups[key],
                alerts=alerts.get(key, ()),
                imports=imports[key],
                confirmations=confirmations[key],
                calendars=calendars[key],
                now=now,
            ),
            standstill=standstills.get(key),
        )
        for key, standing in standings.items()
    ]
    return sorted(found, key=lambda overview: (overview.project.name.casefold(), overview.project.pk))


def overviews_for(user: User, now: dt.datetime, today: dt.date) -> list[ProjectOverview]:
    """Every project whose status the user may read."""
    readable = {key: standing for key, standing in standings_of(user).items() if standing.can("view_project")}
    return overviews_of(readable, now, today)


def overview_of(standing: Standing, now: dt.datetime, today: dt.date) -> ProjectOverview:
    """One project's overview."""
    return overviews_of({standing.project.pk: standing}, now, today)[0]


def _imports_to_take(standings: Mapping[int, Standing]) -> dict[int, list[ImportBatch]]:
    """Files that the readers have had checked and then neither took nor discarded."""
    readers = {standing.user.pk for standing in standings.values()}
    found: dict[int, list[ImportBatch]] = defaultdict(list)
    for batch in ImportBatch.objects.filter(
        project__in=standings, created_by__in=readers, state=ImportBatch.State.PREVIEWED
    ).order_by("created_at"):
        found[batch.project_id].append(batch)
    return found


def _calendars(standings: Mapping[int, Standing], today: dt.date) -> dict[int, dict[str, WorkingCalendar]]:
    """Both sides' calendars of each project: two queries."""
    found: dict[int, dict[str, WorkingCalendar]] = defaultdict(dict)
    kept = SideCalendar.objects.filter(project__in=standings).prefetch_related(
        Prefetch("days_off", DayOff.objects.order_by())
    )
    for calendar in kept:
        own = frozenset(day.on for day in calendar.days_off.all())
        found[calendar.project_id][calendar.side] = working_calendar(calendar, own, around=today)
    return found


def _all_counts(user_id: int, now: dt.datetime, today: dt.date) -> QuerySet[Any, Any]:
    user = User(pk=user_id)
    waiting = [
        alerts_to_acknowledge(user, now, today),
        _imports_of(user, ImportBatch.Kind.WORK_ITEMS, "edit_work_items", today),
        _imports_of(user, ImportBatch.Kind.TIME_ENTRIES, "import_time", today),
        confirmations_to_answer(user, today),
    ]
    parts = [_count("waiting", rows) for rows in waiting] + [_count("unread", unread_of(user, now, today))]
    return parts[0].union(*parts[1:], *troubles_for(user, today), all=True)


COUNTS: Final = KeptQuery(_all_counts, user_id=int, now=dt.datetime, today=dt.date)


def counts_for(user: User, now: dt.datetime) -> dict[str, int]:
    """How much waits for the user, how many messages are unread, and what stands still: one query for every page.

    Of what stands still the number is that of seconds, the longest of each kind, or of projects and figures.
    """
    counts = dict.fromkeys(("waiting", "unread", LATE, PUT_OFF, FAILING, DRIFT), 0)
    for name, count in COUNTS.rows(user_id=user.pk, now=now, today=now.date()):
        counts[name] = max(counts[name], count) if name in (LATE, PUT_OFF) else counts[name] + count
    return counts


def _imports_of(user: User, kind: str, capability: str, today: dt.date) -> QuerySet[ImportBatch]:
    projects = [projects_where_member_can(user, side, capability, today) for side in Side]
    return ImportBatch.objects.filter(
        project__in=projects[0] | projects[1], created_by=user, kind=kind, state=ImportBatch.State.PREVIEWED
    )


def _count(name: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(name=Value(name)).values("name")
    counted: QuerySet[Any, Any] = named.annotate(count=Count("pk")).values_list("name", "count")
    return counted
