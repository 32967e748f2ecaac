"""The worked table of docs/calculations/alert-mails.md."""

import datetime as dt
import zoneinfo

import pytest

from alerts.mail_times import EarlierMail, Quiet, mail_leaves_at, next_morning
from projects.working_time import WorkingCalendar

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
CALENDAR = WorkingCalendar(BERLIN, frozenset({1, 2, 3, 4, 5}), dt.time(9), dt.time(17))
THURSDAY, FRIDAY, MONDAY = 17, 18, 21


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    return dt.datetime(2026, 9, day, hour, minute, second, tzinfo=BERLIN).astimezone(dt.UTC)


def leaves(
    rises: dt.datetime, level: str, *earlier: tuple[dt.datetime, str], quiet: Quiet = Quiet.BUT_CRITICAL
) -> dt.datetime:
    mails = [EarlierMail(*mail) for mail in earlier]
    return mail_leaves_at(level, rises, calendar=CALENDAR, quiet=quiet, earlier=mails)


@pytest.mark.parametrize(
    ("rises", "level", "earlier", "expected"),
    [
        (at(THURSDAY, 10), "warning", None, at(THURSDAY, 10)),
        (at(THURSDAY, 10, 0, 20), "critical", (at(THURSDAY, 10), "warning"), at(THURSDAY, 10, 1)),
        (at(THURSDAY, 11), "critical", (at(THURSDAY, 10), "warning"), at(THURSDAY, 11)),
        (at(THURSDAY, 11, 30), "warning", (at(THURSDAY, 10), "warning"), at(THURSDAY, 17)),
        (at(THURSDAY, 14), "critical", (at(THURSDAY, 11), "critical"), at(THURSDAY, 17)),
        (at(THURSDAY, 18), "warning", (at(THURSDAY, 10), "warning"), at(FRIDAY, 9)),
        (at(THURSDAY, 20), "warning", None, at(FRIDAY, 9)),
        (at(FRIDAY, 20), "critical", None, at(FRIDAY, 20)),
    ],
)
def test_mail_leaves_as_the_page_says(
    rises: dt.datetime, level: str, earlier: tuple[dt.datetime, str] | None, expected: dt.datetime
) -> None:
    assert leaves(rises, level, *([earlier] if earlier else [])) == expected


def test_quiet_hours_are_the_readers_choice() -> None:
    assert leaves(at(FRIDAY, 20), "critical", quiet=Quiet.ALL) == at(MONDAY, 9)
    assert leaves(at(FRIDAY, 20), "warning", quiet=Quiet.NONE) == at(FRIDAY, 20)


def test_a_mail_of_yesterday_is_not_of_today() -> None:
    yesterday = (at(THURSDAY, 16, 59), "critical")
    assert leaves(at(FRIDAY, 9, 30), "critical", yesterday) == at(FRIDAY, 9, 30)


def test_a_warning_after_a_critical_mail_is_not_the_days_first() -> None:
    assert leaves(at(THURSDAY, 12), "warning", (at(THURSDAY, 11), "critical")) == at(THURSDAY, 17)


def test_daily_mail_leaves_when_the_next_working_day_begins() -> None:
    assert next_morning(at(THURSDAY, 8), CALENDAR) == at(THURSDAY, 9)
    assert next_morning(at(FRIDAY, 9, 30), CALENDAR) == at(MONDAY, 9)
    assert next_morning(at(19, 12), CALENDAR) == at(MONDAY, 9)
