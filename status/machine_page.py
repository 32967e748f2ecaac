"""The machine in words: whether alerts come in time, and what of the reader's own does not."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from alerts.models import Drift, Evaluation
from projects.access import Standing, standings_of
from projects.models import OutboxMessage
from projects.undelivered import own_undelivered, undelivered_of
from status.machine import LATE_AFTER, SILENT_AFTER, Machine


@dataclass(frozen=True)
class Part:
    """One part of the machine: what it does, how it stands in a few words, whether that is as it should be."""

    name: str
    does: str
    state: str
    is_well: bool


def answer_of_machine(machine: Machine) -> str:
    """The one sentence on top."""
    if machine.is_late:
        waits = [machine.oldest_change, machine.oldest_recheck, machine.oldest_message, machine.oldest_letter]
        worst = max((age for age in waits if age is not None), default=None)
        if worst is None or worst <= LATE_AFTER:
            return _("The hourly trial alert has not arrived in time. Real ones may be late as well.")
        minutes = round(worst.total_seconds() / 60)
        return ngettext(
            "Alerts are %(minutes)s minute late. Everything is kept, and judged as soon as the machine goes on.",
            "Alerts are %(minutes)s minutes late. Everything is kept, and judged as soon as the machine goes on.",
            minutes,
        ) % {"minutes": minutes}
    if machine.is_silent:
        return _("A part of the machine gives no sign of life. Alerts are in time so far.")
    if machine.mail_stands_still:
        return _("Alerts are raised in time, and the mail server refuses mails. The inbox has everything.")
    if machine.canary_took is not None:
        return _("Alerts are in time. The last trial alert took %(seconds)s s from the change to the mail.") % {
            "seconds": f"{machine.canary_took.total_seconds():.1f}"
        }
    return _("Alerts are in time.")


def parts_of(machine: Machine) -> list[Part]:
    """Each part, in the order in which an alert passes them."""
    return [
        _age_part(_("Changes"), _("are judged as they come"), machine.oldest_change, _("nothing waits to be judged")),
        _age_part(_("Clocks"), _("what falls due by itself"), machine.oldest_recheck, _("nothing is overdue")),
        _age_part(_("Mails"), _("leave when they are due"), machine.oldest_message, _("nothing waits to be sent")),
        Part(
            _("Mail server"),
            _("takes what is sent"),
            ngettext("%(count)s mail is tried again", "%(count)s mails are tried again", machine.put_off_count)
            % {"count": machine.put_off_count}
            if machine.put_off_count
            else _("refuses nothing"),
            not machine.mail_stands_still,
        ),
        _life(_("Worker"), _("judges and sends"), machine.worker_silent_for),
        _life(_("Beat"), _("looks for what nobody rang for"), machine.beat_silent_for),
        Part(_("Trial alert"), _("goes the whole way once an hour"), _canary(machine), not machine.canary_is_late),
        Part(
            _("Nightly check"),
            _("compares figures with the hours they are made of"),
            _("not yet") if machine.reconciled is None else _ago(machine.reconciled),
            machine.drifts == 0,
        ),
    ]


def _age_part(name: str, does: str, age: dt.timedelta | None, well: str) -> Part:
    state = well if age is None else _("the oldest waits for %(seconds)s s") % {"seconds": round(age.total_seconds())}
    return Part(name, does, state, age is None or age <= LATE_AFTER)


def _life(name: str, does: str, age: dt.timedelta | None) -> Part:
    if age is None:
        return Part(name, does, _("no sign of life yet"), is_well=True)
    state = _("heard of %(seconds)s s ago") % {"seconds": round(age.total_seconds())}
    return Part(name, does, state, age <= SILENT_AFTER)


def _canary(machine: Machine) -> str:
    if machine.canary_started is None:
        return _("not yet")
    if machine.canary_took is None:
        return _("on its way for %(seconds)s s") % {"seconds": round(machine.canary_started.total_seconds())}
    return _("%(ago)s, in %(seconds)s s") % {
        "ago": _ago(machine.canary_started),
        "seconds": f"{machine.canary_took.total_seconds():.1f}",
    }


def _ago(age: dt.timedelta) -> str:
    minutes = round(age.total_seconds() / 60)
    if minutes < 120:
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    hours = round(minutes / 60)
    return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}


@dataclass(frozen=True)
class OwnTrouble:
    """What stands still in one of the reader's projects."""

    standing: Standing
    is_failing: bool
    failing_since: dt.datetime | None
    drifts: Sequence[Drift]
    undelivered: int


def troubles_of(user: User) -> list[OwnTrouble]:
    """The reader's projects in which something stands still. Six queries and one more a project that tells of mails."""
    standings = {key: one for key, one in standings_of(user).items() if one.can("view_hours")}
    failing = {
        one.project_id: one.evaluated_at for one in Evaluation.objects.filter(project__in=standings, failures__gt=0)
    }
    drifts: dict[int, list[Drift]] = {}
    for drift in Drift.objects.filter(project__in=standings, cleared_at=None).order_by("found_at", "pk"):
        drifts.setdefault(drift.project_id, []).append(drift)
    with_mails = set(
        OutboxMessage.objects.filter(project__in=standings)
        .filter(state__in=[OutboxMessage.State.DEAD, OutboxMessage.State.WAITING], attempts__gt=0)
        .values_list("project", flat=True)
    )
    found = []
    for key, standing in standings.items():
        mails = key in with_mails and standing.can("resend_messages")
        count = undelivered_of(standing).count() if mails else 0
        if key in failing or key in drifts or count:
            found.append(OwnTrouble(standing, key in failing, failing.get(key), drifts.get(key, []), count))
    return found


def own_mails_of(user: User) -> list[OutboxMessage]:
    """The reader's own mails of all projects that did not get through."""
    return list(own_undelivered(user))
