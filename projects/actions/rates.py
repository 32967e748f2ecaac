"""What people do to the rate card."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import pghistory
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person, User
from core.errors import DomainError
from core.versions import save_version
from projects.activity import record, register_sentences
from projects.audience import Side
from projects.models import Activity, Project, Rate
from projects.notifications import tell_other_side

register_sentences(
    {
        "rate_added": gettext_lazy("agreed a rate for %(subject)s from %(first_day)s"),
        "rate_ended": gettext_lazy("ended the rate for %(subject)s on %(last_day)s"),
        "rate_held_on": gettext_lazy("let the rate for %(subject)s hold without an end"),
    },
    seen_with="view_rates",
)


@transaction.atomic
def agree_rate(
    *,
    actor: User,
    project: Project,
    hourly_rate: Decimal,
    first_day: dt.date,
    last_day: dt.date | None = None,
    person: Person | None = None,
    job_role: str = "",
    category: str = "",
    recorded_from: str = "",
) -> Rate:
    """Agree a rate from ``first_day`` to ``last_day``, both included.

    Entries already recorded keep what they have: rating them anew is an act of its own. ``recorded_from`` names the
    contract or mail in which the other side agreed.
    """
    if last_day is not None and last_day < first_day:
        raise DomainError(_("The last day lies before the first."), code="dates_reversed", field="last_day")
    rate = Rate(
        project=project,
        person=person,
        job_role=job_role,
        category=category,
        hourly_rate=hourly_rate,
        valid=(first_day, last_day + dt.timedelta(days=1) if last_day else None),
        recorded_from=recorded_from,
    )
    rate.full_clean()
    with _one_rate_a_day():
        rate.save()
    subject = rate_subject(rate)
    entry = record(
        project,
        "rate_added",
        actor=actor,
        act_of=Side.VENDOR,
        recorded_from=recorded_from,
        subject=subject,
        first_day=first_day.isoformat(),
    )
    _tell(project, actor, entry)
    return rate


@transaction.atomic
def end_rate(*, actor: User, rate: Rate, last_day: dt.date | None, expected_version: int) -> None:
    """Let a rate hold until ``last_day`` and no longer; without one it holds on."""
    if last_day is None and rate.valid.upper is None:
        raise DomainError(_("The rate holds without an end already."), code="no_end", field="last_day")
    if last_day is not None and last_day < rate.valid.lower:
        raise DomainError(_("The last day lies before the first."), code="dates_reversed", field="last_day")
    rate.valid = (rate.valid.lower, last_day + dt.timedelta(days=1) if last_day else None)
    rate.full_clean()
    with _one_rate_a_day(), pghistory.context(user=actor.pk):
        save_version(rate, expected_version=expected_version, fields=["valid"])
    subject = rate_subject(rate)
    if last_day is None:
        entry = record(rate.project, "rate_held_on", actor=actor, act_of=Side.VENDOR, subject=subject)
    else:
        last = last_day.isoformat()
        entry = record(rate.project, "rate_ended", actor=actor, act_of=Side.VENDOR, subject=subject, last_day=last)
    _tell(rate.project, actor, entry)


def _tell(project: Project, actor: User, entry: Activity) -> None:
    tell_other_side(project=project, actor=actor, kind="rates_changed", data={}, dedupe=str(entry.uuid))


def rate_subject(rate: Rate) -> str:
    """Whom a rate is for, in words. A person's name is not told here: activity is read by everyone."""
    if rate.person_id is not None:
        return _("one person")
    return rate.job_role or rate.get_category_display() or _("everyone")


@contextmanager
def _one_rate_a_day() -> Iterator[None]:
    """Somebody may agree an overlapping rate between the check of ``full_clean`` and the write."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise DomainError(
            _("Another rate for the same subject already holds on some of these days."), code="rate_overlaps"
        ) from error
