"""What the status pages read: everything of many projects at once, in a constant number of queries."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet, Value

from accounts.models import User
from alerts.queries import StandingAlert, alerts_to_acknowledge, standing_alerts
from budget.confirmation_queries import confirmations_to_answer, waiting_confirmations
from budget.kept_figures import current_figures
from budget.queries import ProjectFigures
from budget.unmatched_items import projects_with_unmatched, unmatched_names
from core.kept_query import Columns, KeptQuery, among
from projects.access import Standing, projects_where_member_can, standings_of
from projects.audience import Side
from projects.calendars import working_calendar
from projects.inbox import unread_of
from projects.models import ImportBatch, Project, SideCalendar
from projects.queries import invitations_to
from projects.slots import Light
from projects.standstill import Standstill, standstills_of
from projects.working_time import WorkingCalendar
from status.lights import light_from
from status.machine import DRIFT, FAILING, LATE, PUT_OFF, troubles_for
from status.set_up import SetUp, set_ups_by
from status.turns import Turn, invitation_turn, turns_of


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
    """One overview a project, by name. Eight queries, however many projects."""
    projects = [standing.project for standing in standings.values()]
    figures = current_figures(projects, today)
    set_ups = set_ups_by(figures, projects)
    told = {key: standing for key, standing in standings.items() if standing.can("view_alerts")}
    alerts = standing_alerts(told, now)
    standstills = standstills_of(projects)
    imports = _imports_to_take(standings)
    unmatched = unmatched_names(standings)
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
                unmatched=unmatched[key],
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


# All that a list of what waits says of a file; what was found in it may be long.
IMPORT: Final = Columns(ImportBatch, without=("options", "outcome"))
IMPORT_ROWS: Final = KeptQuery(
    lambda keys, user_id: (
        ImportBatch.objects.filter(project__in=among(keys), created_by=user_id, state=ImportBatch.State.PREVIEWED)
        .order_by("created_at")
        .values_list(*IMPORT.names())
    ),
    keys=list,
    user_id=int,
)


def _imports_to_take(standings: Mapping[int, Standing]) -> dict[int, list[ImportBatch]]:
    """Files that the reader has had checked and then neither took nor discarded."""
    found: dict[int, list[ImportBatch]] = defaultdict(list)
    for reader in {standing.user.pk for standing in standings.values()}:
        for batch in map(IMPORT.instance, IMPORT_ROWS.rows(keys=list(standings), user_id=reader)):
            found[batch.project_id].append(batch)
    return found


CALENDAR: Final = Columns(SideCalendar)
CALENDAR_ROWS: Final = KeptQuery(
    lambda keys: (
        SideCalendar.objects.filter(project__in=among(keys))
        .order_by()
        .annotate(own=ArrayAgg("days_off__on", filter=Q(days_off__isnull=False)))
        .values_list("own", *CALENDAR.names())
    ),
    keys=list,
)


def _calendars(standings: Mapping[int, Standing], today: dt.date) -> dict[int, dict[str, WorkingCalendar]]:
    """Both sides' calendars of each project with its own days off: one query."""
    found: dict[int, dict[str, WorkingCalendar]] = defaultdict(dict)
    for own, *columns in CALENDAR_ROWS.rows(keys=list(standings)):
        calendar = CALENDAR.instance(columns)
        found[calendar.project_id][calendar.side] = working_calendar(calendar, frozenset(own or ()), around=today)
    return found


def _all_counts(user_id: int, now: dt.datetime, today: dt.date) -> QuerySet[Any, Any]:
    user = User(pk=user_id)
    waiting = [
        alerts_to_acknowledge(user, now, today),
        _imports_of(user, ImportBatch.Kind.WORK_ITEMS, "edit_work_items", today),
        _imports_of(user, ImportBatch.Kind.TIME_ENTRIES, "import_time", today),
        projects_with_unmatched(user, today),
        confirmations_to_answer(user, today),
        invitations_to(user, now),
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


def invitation_turns(user: User, now: dt.datetime) -> list[Turn]:
    """The open invitations of the user: they take no part yet, so no project's overview has them."""
    open_ones = invitations_to(user, now).select_related("project__client", "invited_by")
    return [invitation_turn(invitation) for invitation in open_ones]


def _count(name: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(counted_as=Value(name)).values("counted_as")
    counted: QuerySet[Any, Any] = named.annotate(count=Count("pk")).values_list("counted_as", "count")
    return counted
