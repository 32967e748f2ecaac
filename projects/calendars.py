"""Each side's calendar as ``projects.working_time`` reads it: hours, weekdays, public holidays, own days off."""

import datetime as dt
import zoneinfo
from collections import defaultdict
from collections.abc import Collection
from functools import lru_cache

import holidays

from projects.models import DayOff, Project, SideCalendar
from projects.working_time import WorkingCalendar


@lru_cache(maxsize=256)
def public_holidays(country: str, subdivision: str, year: int) -> frozenset[dt.date]:
    """The public holidays of a country (or one of its parts) in a year; none for an unknown place."""
    if not country:
        return frozenset()
    try:
        return frozenset(holidays.country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError:
        return frozenset()


def calendar_of(project: Project, side: str, *, around: dt.date) -> WorkingCalendar:
    """The calendar of ``side``, with the holidays of the year before ``around`` to two years after it."""
    kept = SideCalendar.objects.get(project=project, side=side)
    own = frozenset(DayOff.objects.filter(calendar=kept).values_list("on", flat=True))
    return working_calendar(kept, own, around=around)


def calendars_of(
    project_keys: Collection[int], *, around: dt.date, since: dt.date | None = None
) -> dict[tuple[int, str], WorkingCalendar]:
    """The calendars of both sides of each project, by its key and the side. Two queries, however many."""
    kept = list(SideCalendar.objects.filter(project__in=project_keys))
    own: dict[int, set[dt.date]] = defaultdict(set)
    for calendar, on in DayOff.objects.filter(calendar__in=kept).values_list("calendar", "on"):
        own[calendar].add(on)
    return {
        (one.project_id, one.side): working_calendar(one, frozenset(own[one.pk]), around=around, since=since)
        for one in kept
    }


def working_calendar(
    kept: SideCalendar, days_off: frozenset[dt.date], *, around: dt.date, since: dt.date | None = None
) -> WorkingCalendar:
    """The pure calendar of a kept one; ``days_off`` are the side's own. Holidays from ``since`` on, if it is early."""
    first = min(around.year - 1, since.year if since else around.year)
    public = frozenset().union(
        *(public_holidays(kept.country, kept.subdivision, year) for year in range(first, around.year + 3))
    )
    return WorkingCalendar(
        zone=zoneinfo.ZoneInfo(kept.time_zone),
        weekdays=frozenset(int(number) for number in kept.weekdays),
        starts_at=kept.day_starts_at,
        ends_at=kept.day_ends_at,
        days_off=public | days_off,
    )
