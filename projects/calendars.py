"""Each side's calendar as ``projects.working_time`` reads it: hours, weekdays, holidays of the country, own days off."""

import datetime as dt
from functools import lru_cache

import holidays

from projects.models import DayOff, SideCalendar
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
