"""Whether changes are judged and people told in time, and what stands still if not."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, DurationField, ExpressionWrapper, IntegerField, Max, Min, QuerySet, Value
from django.db.models.functions import Cast, Extract, Now

from accounts.models import User
from alerts.models import Canary, Drift, Evaluation, Mark, Reconciliation
from core.heartbeats import last_heard
from core.models import Letter
from projects.access import projects_where_member_can
from projects.audience import Side
from projects.models import OutboxMessage

# Sweeps run every twenty seconds and an evaluation takes well under one: this long only when something stands still.
LATE_AFTER: Final = dt.timedelta(seconds=120)
# A mail that the server refused is tried again after one, two and five minutes; then it is worth a word.
PUT_OFF_TOO_LONG: Final = dt.timedelta(minutes=15)
SILENT_AFTER: Final = dt.timedelta(seconds=60)
CANARY_EVERY: Final = dt.timedelta(hours=1)
CANARY_TAKES: Final = dt.timedelta(minutes=3)
RECONCILED_EVERY: Final = dt.timedelta(hours=36)


@dataclass(frozen=True)
class Machine:
    """The state of the alert machine at one moment. Lengths of time are since when something waits, or None."""

    oldest_change: dt.timedelta | None
    oldest_recheck: dt.timedelta | None
    oldest_message: dt.timedelta | None
    oldest_letter: dt.timedelta | None
    oldest_put_off: dt.timedelta | None
    put_off_count: int
    failing_evaluations: int
    dead_messages: int
    dead_letters: int
    drifts: int
    worker_silent_for: dt.timedelta | None
    beat_silent_for: dt.timedelta | None
    canary_started: dt.timedelta | None
    canary_took: dt.timedelta | None
    reconciled: dt.timedelta | None

    @property
    def is_late(self) -> bool:
        """Something waits for longer than it does when all is well."""
        waiting = (self.oldest_change, self.oldest_recheck, self.oldest_message, self.oldest_letter)
        return any(age is not None and age > LATE_AFTER for age in waiting) or self.canary_is_late

    @property
    def mail_stands_still(self) -> bool:
        """Mails are refused for longer than a short trouble of the mail server lasts."""
        return self.oldest_put_off is not None and self.oldest_put_off > PUT_OFF_TOO_LONG

    @property
    def canary_is_late(self) -> bool:
        """The newest canary has not arrived in time, or none was sent when it should have been."""
        if self.canary_started is None:
            return False
        if self.canary_took is None:
            return self.canary_started > CANARY_TAKES
        return self.canary_started > CANARY_EVERY + CANARY_TAKES or self.canary_took > CANARY_TAKES

    @property
    def is_silent(self) -> bool:
        """The worker or beat gave signs of life once, and gives none any more."""
        return any(age is not None and age > SILENT_AFTER for age in (self.worker_silent_for, self.beat_silent_for))

    @property
    def status(self) -> str:
        """What is wrong, the gravest first, in the words of ``/health/alerts``."""
        if self.is_late:
            return "late"
        if self.is_silent:
            return "silent"
        if self.mail_stands_still:
            return "mail refused"
        return "drift" if self.drifts else "in time"


def machine_at(now: dt.datetime) -> Machine:
    """The machine's state. A dozen short queries: for the alarm and its page, never for every page."""
    put_off = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING, attempts__gt=0).aggregate(
        since=Min("created_at"), count=Count("pk")
    )
    heard = last_heard()
    canary = Canary.objects.first()
    reconciled_at = Reconciliation.objects.aggregate(last=Max("finished_at"))["last"]
    return Machine(
        oldest_change=_age(now, Mark.objects.aggregate(at=Min("at"))["at"]),
        oldest_recheck=_age(now, rechecks_due(now).aggregate(at=Min("recheck_at"))["at"]),
        oldest_message=_age(now, messages_due(now).aggregate(at=Min("due_at"))["at"]),
        oldest_letter=_age(now, Letter.objects.due(now).aggregate(at=Min("due_at"))["at"]),
        oldest_put_off=_age(now, put_off["since"]),
        put_off_count=put_off["count"],
        failing_evaluations=Evaluation.objects.filter(failures__gt=0).count(),
        dead_messages=OutboxMessage.objects.filter(state=OutboxMessage.State.DEAD).count(),
        dead_letters=Letter.objects.filter(state=Letter.State.DEAD).count(),
        drifts=Drift.objects.filter(cleared_at=None).count(),
        worker_silent_for=_age(now, heard.get("worker")),
        beat_silent_for=_age(now, heard.get("beat")),
        canary_started=_age(now, canary.started_at if canary else None),
        canary_took=canary.arrived_at - canary.started_at if canary and canary.arrived_at else None,
        reconciled=_age(now, reconciled_at),
    )


def _age(now: dt.datetime, at: dt.datetime | None) -> dt.timedelta | None:
    return None if at is None else max(now - at, dt.timedelta())


def rechecks_due(now: dt.datetime | Now) -> QuerySet[Evaluation]:
    """Projects whose time has come; a closed one has none."""
    return Evaluation.objects.filter(recheck_at__lte=now)


def messages_due(now: dt.datetime | Now) -> QuerySet[OutboxMessage]:
    """What should leave now."""
    return OutboxMessage.objects.due(now).exclude(channel=OutboxMessage.Channel.IN_APP)


# ── The word of warning on every page ───────────────────────────────────────────────────────────────
LATE, PUT_OFF, FAILING, DRIFT = "late", "put_off", "failing", "drift"


def troubles_for(user: User, today: dt.date) -> list[QuerySet[Any, Any]]:
    """What a reader's pages have to warn of, as rows of a name and a number, none while all is well.

    Seconds by which alerts are late and since when mails are refused; how many of the reader's projects cannot be
    judged, and how many figures of them differ. A project that cannot be judged is a matter for its own readers alone.
    """
    failing = Evaluation.objects.filter(failures__gt=0)
    late_since = Now() - Value(LATE_AFTER, output_field=DurationField())
    marks = Mark.objects.exclude(project__in=failing.values("project")).filter(at__lt=late_since)
    rechecks = rechecks_due(Now()).filter(failures=0, recheck_at__lt=late_since)
    messages = messages_due(Now()).filter(due_at__lt=late_since)
    put_off = OutboxMessage.objects.filter(
        state=OutboxMessage.State.WAITING,
        attempts__gt=0,
        created_at__lt=Now() - Value(PUT_OFF_TOO_LONG, output_field=DurationField()),
    )
    mine = [projects_where_member_can(user, side, "view_hours", today).values("pk") for side in Side]
    drifts = Drift.objects.filter(cleared_at=None)
    return [
        _seconds(LATE, marks, "at"),
        _seconds(LATE, rechecks, "recheck_at"),
        _seconds(LATE, messages, "due_at"),
        _seconds(PUT_OFF, put_off, "created_at"),
        *(_number(FAILING, failing.filter(project__in=projects)) for projects in mine),
        *(_number(DRIFT, drifts.filter(project__in=projects)) for projects in mine),
    ]


def _seconds(name: str, rows: QuerySet[Any], since: str) -> QuerySet[Any, Any]:
    """How long the oldest of ``rows`` has been waiting."""
    age = ExpressionWrapper(Now() - Min(since), output_field=DurationField())
    aged: QuerySet[Any, Any] = _named(name, rows).annotate(number=Cast(Extract(age, "epoch"), IntegerField()))
    return aged.values_list("name", "number")


def _number(name: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    counted: QuerySet[Any, Any] = _named(name, rows).annotate(number=Count("pk"))
    return counted.values_list("name", "number")


def _named(name: str, rows: QuerySet[Any]) -> QuerySet[Any, Any]:
    named: QuerySet[Any, Any] = rows.order_by().annotate(name=Value(name)).values("name")
    return named
