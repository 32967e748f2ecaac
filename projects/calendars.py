"""Each side's calendar as ``projects.working_time`` reads it: hours, weekdays, public holidays, own days off."""

import datetime as dt
import zoneinfo
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


def working_calendar(kept: SideCalendar, days_off: frozenset[dt.date], *, around: dt.date) -> WorkingCalendar:
    """The pure calendar of a kept one; ``days_off`` are the side's own."""
    public = frozenset().union(
        *(public_holidays(kept.country, kept.subdivision, around.year + ahead) for ahead in (-1, 0, 1, 2))
    )
    return WorkingCalendar(
        zone=zoneinfo.ZoneInfo(kept.time_zone),
        weekdays=frozenset(int(number) for number in kept.weekdays),
        starts_at=kept.day_starts_at,
        ends_at=kept.day_ends_at,
        days_off=public | days_off,
    )
