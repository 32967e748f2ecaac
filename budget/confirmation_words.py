"""How a confirmation is called, by its subject and days: in headings, turns, activity and mail alike."""

import datetime as dt

from django.utils.translation import gettext as _

from budget.models import RecordConfirmation
from core.templatetags.figures import day, hours


def about_in_words(subject: str, first_day: dt.date | None, last_day: dt.date | None) -> str:
    """The estimate; the hours of week 37; the hours of any other days."""
    if first_day is None or last_day is None:
        return _("the estimate")
    year, week, weekday = first_day.isocalendar()
    if weekday == 1 and last_day - first_day == dt.timedelta(days=6):
        return _("the hours of week %(week)s of %(year)s") % {"week": week, "year": year}
    if first_day == last_day:
        return _("the hours of %(day)s") % {"day": day(first_day)}
    return _("the hours from %(first)s to %(last)s") % {"first": day(first_day), "last": day(last_day)}


def about_of(confirmation: RecordConfirmation) -> str:
    return about_in_words(confirmation.subject, confirmation.first_day, confirmation.last_day)


def changed_in_words(before: int, now: int) -> str:
    """What has become of the minutes that were asked about."""
    if before == now:
        return _("Changed since, with the same sum.")
    return _("Changed since: now %(hours)s h.") % {"hours": hours(now)}
