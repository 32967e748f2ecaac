"""What people do to a side's calendar."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import DomainError
from core.versions import save_version
from projects.activity import record, register_sentences
from projects.models import DayOff, SideCalendar

register_sentences(
    {
        "calendar_changed": gettext_lazy("changed the calendar of the %(side)s"),
        "day_off_added": gettext_lazy("added %(day)s as a day off of the %(side)s"),
        "day_off_removed": gettext_lazy("made %(day)s a working day of the %(side)s again"),
    },
    seen_with="view_project",
)


@transaction.atomic
def change_calendar(*, actor: User, calendar: SideCalendar, expected_version: int, **changes: Any) -> None:
    """Change when a side works; its clocks follow from now on.

    ``recorded_from`` among the changes names the mail or file in which the side said so.
    """
    source = changes.get("recorded_from", "")
    is_new_source = source != calendar.recorded_from
    for name, value in changes.items():
        setattr(calendar, name, value)
    calendar.full_clean()
    save_version(calendar, expected_version=expected_version, fields=changes)
    record(
        calendar.project,
        "calendar_changed",
        actor=actor,
        act_of=calendar.side,
        recorded_from=source if is_new_source else "",
        side=calendar.get_side_display(),
    )


@transaction.atomic
def add_day_off(*, actor: User, calendar: SideCalendar, on: dt.date, name: str = "") -> DayOff:
    """Let a side not work on a day beyond its country's holidays."""
    day, is_new = DayOff.objects.get_or_create(
        calendar=calendar, on=on, defaults={"project": calendar.project, "name": name}
    )
    if not is_new:
        raise DomainError(_("This day is a day off already."), code="already_off", field="on")
    _record_day(calendar, "day_off_added", actor, on)
    return day


@transaction.atomic
def remove_day_off(*, actor: User, day: DayOff) -> None:
    """Take a day off back. Doing it twice changes nothing."""
    removed, _by_model = DayOff.objects.filter(pk=day.pk).delete()
    if removed:
        _record_day(day.calendar, "day_off_removed", actor, day.on)


def _record_day(calendar: SideCalendar, verb: str, actor: User, on: dt.date) -> None:
    side = calendar.get_side_display()
    record(calendar.project, verb, actor=actor, act_of=calendar.side, day=on.isoformat(), side=side)
