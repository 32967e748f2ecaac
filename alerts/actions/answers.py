"""What people do about an alert: see it, ask for silence, tell the vendor now or not at all."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce, Least
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from alerts.actions.evaluation import lock
from alerts.actions.telling import start_clock, tell
from alerts.models import Alert, Evaluation, Mute, ToldSide
from alerts.registry import RULES
from core.errors import DomainError
from projects.activity import record, register_sentences
from projects.audience import Audience
from projects.models import Project
from projects.topics import touch

LONGEST_MUTE = dt.timedelta(days=92)


def _of_alert(sentence: Promise) -> Any:
    def said(data: Mapping[str, Any]) -> str:
        return str(sentence) % {**data, "title": RULES[data["rule"]].name}

    return said


def _muted(data: Mapping[str, Any]) -> str:
    until = date_format(dt.date.fromisoformat(data["until_on"]), "j M Y")
    return _("muted the alert “%(title)s” until %(until)s: %(reason)s") % {
        "title": RULES[data["rule"]].name,
        "until": until,
        "reason": data["reason"],
    }


register_sentences(
    {
        "alert_acknowledged": _of_alert(gettext_lazy("saw the alert “%(title)s” (%(level)s)")),
        "alert_muted": _muted,
        "alert_unmuted": _of_alert(gettext_lazy("wants to hear of the alert “%(title)s” again")),
        "alert_told_vendor": _of_alert(gettext_lazy("told the vendor of the alert “%(title)s” (%(level)s)")),
        "alert_kept": _of_alert(gettext_lazy("keeps the alert “%(title)s” (%(level)s) from the vendor")),
    },
    seen_with="view_alerts",
)


@transaction.atomic
def acknowledge(*, actor: User, alert: Alert, side: str) -> None:
    """Say for ``side`` that an alert has been seen, and whatever its rule raised before.

    The other side still has to see it for itself. It does not silence the rule: a higher level is told again.
    """
    lock([alert.project_id])
    now = timezone.now()
    same = Alert.objects.filter(project=alert.project_id, rule=alert.rule, subject=alert.subject)
    seen = same.filter(Q(pk=alert.pk) | Q(raised_at__lt=alert.raised_at)).seen_by(side, now, with_money=True)
    ToldSide.objects.bulk_create(
        [ToldSide(project_id=alert.project_id, alert=one, side=side, told_at=now) for one in seen],
        ignore_conflicts=True,
    )
    waiting = ToldSide.objects.filter(alert__in=seen, side=side, acknowledged_at=None)
    is_first = waiting.filter(alert=alert).exists()
    waiting.update(acknowledged_at=now, acknowledged_by=actor, escalates_at=None)
    if not is_first:
        raise DomainError(_("Somebody on your side has already acknowledged this alert."), code="already_acknowledged")
    record(
        alert.project,
        "alert_acknowledged",
        actor=actor,
        # An alert that the vendor has not been told of would be told by the note that somebody has seen it.
        audience=alert.audience if alert.is_told_to_vendor(now) else Audience.CLIENT,
        rule=alert.rule,
        level=alert.get_level_display(),
    )
    touch(alert.project, "status")


@transaction.atomic
def mute(*, actor: User, alert: Alert, side: str, reason: str, until: dt.datetime) -> Mute:
    """Let ``side`` hear nothing of the alert's rule and subject until a moment; pages still show it, and the reason."""
    now = timezone.now()
    if until <= now:
        raise DomainError(_("This day is over. Choose a later one."), code="over", field="until")
    if until > now + LONGEST_MUTE:
        raise DomainError(
            _("At most three months. What should never alert belongs into the project's thresholds."),
            code="too_long",
            field="until",
        )
    lock([alert.project_id])
    subject = {"project": alert.project, "side": side, "rule": alert.rule, "subject": alert.subject}
    # One whose time is over and that no evaluation has ended yet makes way.
    Mute.objects.filter(**subject, ended_at=None, until__lte=now).update(ended_at=now)
    try:
        with transaction.atomic():
            muted = Mute.objects.create(**subject, reason=reason, muted_by=actor, muted_at=now, until=until)
    except IntegrityError as error:
        if "muted_once_at_a_time" not in str(error):
            raise
        raise DomainError(_("Your side has already muted this alert."), code="already_muted") from error
    of_rule = Alert.objects.filter(project=alert.project_id, rule=alert.rule, subject=alert.subject)
    ToldSide.objects.filter(alert__in=of_rule, side=side).update(escalates_at=None)
    _come_back_at(alert.project, until)
    record(
        alert.project,
        "alert_muted",
        actor=actor,
        audience=Audience(side),
        rule=alert.rule,
        reason=reason,
        until_on=timezone.localtime(until).date().isoformat(),
    )
    touch(alert.project, "status", Audience(side))
    return muted


@transaction.atomic
def unmute(*, actor: User, muted: Mute) -> None:
    """Hear of a muted alert again from now on; what rose meanwhile is told."""
    lock([muted.project_id])
    now = timezone.now()
    if not Mute.objects.filter(pk=muted.pk, ended_at=None).update(ended_at=now, ended_by=actor):
        raise DomainError(_("This alert is not muted any more."), code="not_muted")
    of_rule = Alert.objects.filter(project=muted.project_id, rule=muted.rule, subject=muted.subject)
    start_clock(muted.project, muted.side, list(of_rule.order_by("-raised_at", "-pk")[:1]), now)
    _tell_now(muted.project, now)
    record(muted.project, "alert_unmuted", actor=actor, audience=Audience(muted.side), rule=muted.rule)
    touch(muted.project, "status", Audience(muted.side))


@transaction.atomic
def tell_vendor(*, actor: User, alert: Alert) -> None:
    """Let the vendor know of an alert now, be it held for a day or kept from it."""
    now = timezone.now()
    _refuse_what_is_not_told(alert)
    lock([alert.project_id])
    waiting = Alert.objects.filter(Q(vendor_told_at=None) | Q(vendor_told_at__gt=now), pk=alert.pk)
    if not waiting.update(vendor_told_at=now):
        raise DomainError(_("The vendor has already been told."), code="already_told")
    _tell_now(alert.project, now)
    record(alert.project, "alert_told_vendor", actor=actor, rule=alert.rule, level=alert.get_level_display())
    touch(alert.project, "status")


@transaction.atomic
def keep_from_vendor(*, actor: User, alert: Alert) -> None:
    """Keep an alert that the vendor does not know yet with the client. It can still be told later."""
    now = timezone.now()
    _refuse_what_is_not_told(alert)
    lock([alert.project_id])
    if not Alert.objects.filter(pk=alert.pk, vendor_told_at__gt=now).update(vendor_told_at=None):
        raise DomainError(_("It is too late to keep this from the vendor."), code="already_told")
    record(
        alert.project,
        "alert_kept",
        actor=actor,
        audience=Audience.CLIENT,
        rule=alert.rule,
        level=alert.get_level_display(),
    )
    touch(alert.project, "status", Audience.CLIENT)


def _refuse_what_is_not_told(alert: Alert) -> None:
    if alert.project.vendor_id is None:
        raise DomainError(_("This project has no vendor yet."), code="no_vendor")
    if not alert.may_be_told_to_vendor():
        raise DomainError(_("Notices stay with the client."), code="stays_with_client")


def _tell_now(project: Project, now: dt.datetime) -> None:
    """What this act made due, in its own transaction."""
    if not project.is_read_only:
        for moment in tell([project], now).values():
            _come_back_at(project, moment)


def _come_back_at(project: Project, moment: dt.datetime) -> None:
    """Have the project judged at ``moment`` at the latest."""
    Evaluation.objects.get_or_create(project=project)
    Evaluation.objects.filter(pk=project).update(recheck_at=Least(Coalesce("recheck_at", moment), moment))
