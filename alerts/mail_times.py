"""When a mail about alerts leaves: pure, worked through in docs/calculations/alert-mails.md.

The first warning of a day and the first critical alert of a day leave at once, whatever rises beyond that leaves in one
mail that day. Nobody is mailed twice within a minute. Instants are aware; a day is the one of the calendar's zone.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from projects.working_time import WorkingCalendar, add_working_time

A_MINUTE: Final = dt.timedelta(minutes=1)
CRITICAL: Final = "critical"


class Quiet(StrEnum):
    """Which mails wait until the reader's side works again."""

    ALL = "all"
    BUT_CRITICAL = "but_critical"
    NONE = "none"


@dataclass(frozen=True)
class EarlierMail:
    """A mail about the same project to the same person: when it left or will leave, and its worst level."""

    at: dt.datetime
    level: str


def mail_leaves_at(
    level: str, now: dt.datetime, *, calendar: WorkingCalendar, quiet: Quiet, earlier: Iterable[EarlierMail]
) -> dt.datetime:
    """When a mail whose worst level is ``level`` leaves, given the ``earlier`` ones of the last days."""
    earlier = list(earlier)
    today = [mail for mail in earlier if _day(mail.at, calendar) == _day(now, calendar)]
    is_first = not any(mail.level == CRITICAL for mail in today) if level == CRITICAL else not today
    if not is_first:
        return end_of_day(now, calendar)
    moment = max([now, *(mail.at + A_MINUTE for mail in earlier if mail.at <= now)])
    waits = quiet is Quiet.ALL or (quiet is Quiet.BUT_CRITICAL and level != CRITICAL)
    return add_working_time(calendar, moment, 0) if waits else moment


def end_of_day(now: dt.datetime, calendar: WorkingCalendar) -> dt.datetime:
    """When the side's working day ends; outside working hours when the next one begins."""
    opens = add_working_time(calendar, now, 0)
    if opens > now:
        return opens
    return calendar.hours_of(_day(now, calendar))[1]


def next_morning(now: dt.datetime, calendar: WorkingCalendar) -> dt.datetime:
    """When the side's next working day begins: the time of a daily mail."""
    opens, _closes = calendar.hours_of(_day(now, calendar))
    if calendar.is_working_day(_day(now, calendar)) and now < opens:
        return opens
    midnight = dt.datetime.combine(_day(now, calendar) + dt.timedelta(days=1), dt.time(), calendar.zone)
    return add_working_time(calendar, midnight.astimezone(dt.UTC), 0)


def _day(moment: dt.datetime, calendar: WorkingCalendar) -> dt.date:
    return moment.astimezone(calendar.zone).date()
