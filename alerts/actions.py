"""The machine: judge a project, raise what rose, tell who is to be told; all in one transaction.

A mark says that something changed. It is deleted by the evaluation that has seen it, in the same transaction as the
alerts and messages that follow from it; a crash anywhere leaves it, and the sweep finds it again.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from alerts.models import Alert, Evaluation, Level, Mark, RuleState
from alerts.registry import JUDGES, RULES, Judgement, rank
from core.errors import DomainError
from projects.access import recipients
from projects.activity import record, register_sentences
from projects.audience import Audience, Side
from projects.calendars import calendar_of
from projects.models import Membership, OutboxMessage, Project
from projects.outbox import put_in_outbox
from projects.topics import touch
from projects.working_time import add_working_time

logger = logging.getLogger(__name__)


def _acknowledged_sentence(data: Mapping[str, Any]) -> str:
    return _("saw the alert “%(title)s” (%(level)s)") % {"title": RULES[data["rule"]].title, "level": data["level"]}


register_sentences({"alert_acknowledged": _acknowledged_sentence})

# Any number that no other advisory lock of the application uses.
EVALUATION_LOCK = 8_115_001
VENDOR_IS_TOLD_AFTER_DAYS = 1
LONGEST_RETRY = dt.timedelta(hours=1)


def evaluate(project_id: int, now: dt.datetime | None = None) -> list[Alert]:
    """Judge one project if something changed or its time has come; the alerts that were newly raised.

    Marks are read before the figures, in a statement of their own: what commits later keeps its mark.
    """
    now = now or timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s::text))", [EVALUATION_LOCK, project_id])
        seen = list(Mark.objects.filter(project=project_id).values_list("pk", flat=True))
        evaluation = Evaluation.objects.filter(project=project_id).first()
        is_due = evaluation is not None and evaluation.recheck_at is not None and evaluation.recheck_at <= now
        if not seen and not is_due:
            return []
        project = Project.objects.select_related("terms", "client", "vendor").get(pk=project_id)
        raised: list[Alert] = []
        recheck_at = None
        held = {(state.rule, state.subject): state for state in RuleState.objects.filter(project=project)}
        levels = {key: str(state.level) for key, state in held.items()}
        # Judging also brings the figures up to date, and those of a paused project are read as well.
        judgements = [judgement for judge in JUDGES for judgement in judge(project, now, levels)]
        if project.status == Project.Status.ACTIVE:
            raised = _apply(project, judgements, held, now)
            recheck_at = min((j.recheck_at for j in judgements if j.recheck_at is not None), default=None)
            _tell(project, raised, now)
        Evaluation.objects.update_or_create(
            project=project,
            defaults={
                "evaluated_at": now,
                "recheck_at": recheck_at,
                "failures": 0,
                "retry_at": None,
                "last_error": "",
            },
        )
        Mark.objects.filter(pk__in=seen).delete()
        touch(project, "status")
    return raised


def _apply(
    project: Project,
    judgements: Sequence[Judgement],
    held: dict[tuple[str, str], RuleState],
    now: dt.datetime,
) -> list[Alert]:
    """Bring the states up to the judgements and raise an alert for each that rose."""
    raised = []
    judged = set()
    for judgement in judgements:
        key = (judgement.rule, judgement.subject)
        judged.add(key)
        state = held.get(key) or RuleState(
            project=project, rule=judgement.rule, subject=judgement.subject, since=now, episode=1
        )
        before, after = rank(state.level), rank(judgement.level)
        if after != before:
            state.since = now
        if after < before:
            # Falling back arms the rule anew: rising once more is a new episode and is told again.
            state.episode += 1
        state.level = judgement.level
        state.numbers = dict(judgement.numbers)
        state.shows_money = judgement.shows_money
        state.save()
        if after > before:
            raised.append(_alert(project, judgement, state, now))
    # What a rule no longer speaks of (a cap that was taken out of the terms) stands nowhere.
    for key, state in held.items():
        if key not in judged and state.level != Level.NONE:
            RuleState.objects.filter(pk=state.pk).update(level=Level.NONE, since=now, episode=F("episode") + 1)
    return [alert for alert in raised if alert is not None]


def _alert(project: Project, judgement: Judgement, state: RuleState, now: dt.datetime) -> Alert | None:
    alert, is_new = Alert.objects.get_or_create(
        project=project,
        rule=judgement.rule,
        subject=judgement.subject,
        period=judgement.period,
        level=judgement.level,
        episode=state.episode,
        defaults={
            "numbers": dict(judgement.numbers),
            "audience": judgement.audience,
            "shows_money": judgement.shows_money,
            "raised_at": now,
            "vendor_told_at": _vendor_is_told_at(project, judgement, now),
        },
    )
    return alert if is_new else None


def _vendor_is_told_at(project: Project, judgement: Judgement, now: dt.datetime) -> dt.datetime | None:
    """A working day later than the client, by the client's calendar; notices stay with the client."""
    if project.vendor_id is None or judgement.audience == Audience.CLIENT or judgement.level == Level.NOTICE:
        return None
    calendar = calendar_of(project, Side.CLIENT, around=now.date())
    return add_working_time(calendar, now, VENDOR_IS_TOLD_AFTER_DAYS * calendar.minutes_of_usual_day())


@dataclass(frozen=True)
class Circle:
    """Who is told of alerts from a level on, and how."""

    side: str
    roles: tuple[str, ...]
    from_level: str
    channels: tuple[str, ...]


IN_APP, MAIL = OutboxMessage.Channel.IN_APP, OutboxMessage.Channel.MAIL
MANAGER, APPROVER = Membership.Role.MANAGER, Membership.Role.APPROVER
CIRCLES = (
    Circle(Side.CLIENT, (MANAGER,), Level.NOTICE, (IN_APP,)),
    Circle(Side.CLIENT, (MANAGER,), Level.WARNING, (MAIL,)),
    Circle(Side.CLIENT, (APPROVER,), Level.CRITICAL, (IN_APP, MAIL)),
    Circle(Side.VENDOR, (MANAGER,), Level.WARNING, (IN_APP, MAIL)),
)


def _tell(project: Project, raised: Sequence[Alert], now: dt.datetime) -> None:
    """One message a person and channel for everything that rose in this evaluation."""
    for circle in CIRCLES:
        theirs = [
            alert
            for alert in raised
            if rank(alert.level) >= rank(circle.from_level)
            and (circle.side == Side.CLIENT or alert.vendor_told_at is not None)
        ]
        if not theirs:
            continue
        uuids = sorted(str(alert.uuid) for alert in theirs)
        put_in_outbox(
            project=project,
            recipients=recipients(project, circle.side, circle.roles),
            kind="alerts_raised",
            data={"alerts": uuids},
            channels=circle.channels,
            audience=Audience.CLIENT if circle.side == Side.CLIENT else Audience.BOTH,
            dedupe="alerts:" + hashlib.sha256(",".join(uuids).encode()).hexdigest()[:32],
            due_at=now if circle.side == Side.CLIENT else theirs[0].vendor_told_at,
        )


def sweep(now: dt.datetime | None = None) -> int:
    """Evaluate every project with a mark or whose time has come; the number that were evaluated.

    A project that fails is put off, longer each time, and holds up nobody.
    """
    now = now or timezone.now()
    waiting = set(Mark.objects.values_list("project", flat=True).distinct())
    waiting |= set(Evaluation.objects.filter(recheck_at__lte=now).values_list("project", flat=True))
    waiting -= set(Evaluation.objects.filter(retry_at__gt=now).values_list("project", flat=True))
    evaluated = 0
    for project_id in sorted(waiting):
        evaluated += evaluate_or_put_off(project_id, now)
    return evaluated


def evaluate_or_put_off(project_id: int, now: dt.datetime | None = None) -> bool:
    """Evaluate a project; an error is written down and tried again later. Whether it went well."""
    now = now or timezone.now()
    try:
        evaluate(project_id, now)
    except Exception as error:  # whatever a rule trips over must not stop the alerts of other projects
        logger.exception("evaluation failed", extra={"project": project_id})
        failed, _is_new = Evaluation.objects.get_or_create(project_id=project_id)
        wait = min(dt.timedelta(minutes=1) * 2 ** min(failed.failures, 10), LONGEST_RETRY)
        Evaluation.objects.filter(pk=project_id).update(
            failures=F("failures") + 1,
            retry_at=now + wait,
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )
        return False
    return True


@transaction.atomic
def acknowledge(*, actor: User, alert: Alert) -> None:
    """Say that an alert has been seen. It does not silence the rule: a higher level is told again."""
    now = timezone.now()
    done = Alert.objects.filter(Q(pk=alert.pk), acknowledged_at__isnull=True).update(
        acknowledged_at=now, acknowledged_by=actor
    )
    if not done:
        raise DomainError(_("Somebody has already acknowledged this alert."), code="already_acknowledged")
    record(
        alert.project,
        "alert_acknowledged",
        actor=actor,
        # An alert that the vendor has not been told of would be told by the note that somebody has seen it.
        audience=alert.audience if alert.is_told_to_vendor(now) else Audience.CLIENT,
        rule=alert.rule,
        level=alert.get_level_display(),
    )
