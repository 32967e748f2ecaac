"""What the demo's people did about its alerts, and whom they have told: so that every page has something to show."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from alerts.actions import acknowledge, keep_from_vendor, mute
from alerts.actions.mailing import DAILY
from alerts.models import Alert, RuleState
from projects.actions import add_webhook, switch_webhook_off
from projects.audience import Audience, Side
from projects.models import MailPreference, OutboxMessage, Project, Webhook, WebhookDelivery
from projects.outbox import RETRY_AFTER
from projects.preferences import choose_mail_preference
from projects.webhook_sending import body_of
from status.weekly_summary import KIND as WEEKLY
from status.weekly_summary import weekly_key

MARA, TOBIAS, JONAS = "mara@alpenrose.example", "tobias@alpenrose.example", "jonas@nordhaven.example"
WAITING, SENT, DEAD = WebhookDelivery.State.WAITING, WebhookDelivery.State.SENT, WebhookDelivery.State.DEAD
# Of the newest messages to the client's ticket system: what became of each, and what it answered after how long.
ANSWERS = ((WAITING, 503, 118), (SENT, 202, 96), (SENT, 202, 83), (DEAD, 500, 4200), (SENT, 200, 140))


@transaction.atomic
def answer_alerts(projects: Sequence[Project]) -> None:
    """One alert is acknowledged, one muted, one kept from the vendor; programs are told, and one mail a day comes."""
    mara = User.objects.get(email=MARA)
    claims, partner = projects[0], projects[2]
    standing = _standing(claims)
    # The gravest stays open: somebody has to do something in a demo.
    for alert in standing[1:2]:
        acknowledge(actor=mara, alert=alert, side=Side.CLIENT)
    for alert in standing[-1:] if len(standing) > 2 else ():
        until = timezone.now() + dt.timedelta(weeks=3)
        mute(actor=mara, alert=alert, side=Side.CLIENT, reason="The plan is being redrawn with Nordhaven.", until=until)
    for alert in Alert.objects.filter(project=partner, rule="B2").order_by("-raised_at")[:1]:
        Alert.objects.filter(pk=alert.pk).update(vendor_told_at=timezone.now() + dt.timedelta(hours=1))
        keep_from_vendor(actor=mara, alert=alert)
    _digest(User.objects.get(email=TOBIAS), standing[:2])
    _week(mara)
    _webhooks(claims, mara, User.objects.get(email=JONAS))


def _standing(project: Project) -> list[Alert]:
    """The newest alert of each rule that stands, the gravest first."""
    found = []
    for state in RuleState.objects.standing().filter(project=project):
        same = Alert.objects.filter(project=project, rule=state.rule, subject=state.subject)
        found += list(same.order_by("-raised_at", "-pk")[:1])
    order = ("critical", "warning", "notice")
    return sorted(found, key=lambda alert: (order.index(alert.level), -alert.raised_at.timestamp()))


def _digest(reader: User, alerts: Sequence[Alert]) -> None:
    """The approver wants one mail a day: one that waits for tomorrow morning."""
    choose_mail_preference(
        user=reader,
        alert_mails=MailPreference.Delivery.DAILY,
        quiet_hours=MailPreference.QuietHours.ALL,
        weekly_summary=True,
    )
    OutboxMessage.objects.create(
        recipient=reader,
        channel=OutboxMessage.Channel.MAIL,
        audience=Audience.CLIENT,
        kind=DAILY,
        data={"alerts": [str(alert.uuid) for alert in alerts]},
        dedupe_key=f"demo:{DAILY}:{reader.pk}",
        due_at=timezone.now() + dt.timedelta(hours=12),
    )


def _week(reader: User) -> None:
    """The mail that came on the first morning of this week, under its own key: beat writes no second one."""
    today = timezone.localdate()
    monday = today - dt.timedelta(days=today.weekday())
    OutboxMessage.objects.create(
        recipient=reader,
        channel=OutboxMessage.Channel.MAIL,
        audience=Audience.BOTH,
        kind=WEEKLY,
        data={"monday": monday.isoformat()},
        dedupe_key=weekly_key(reader.pk, monday),
        due_at=timezone.now(),
    )


def _webhooks(project: Project, client: User, vendor: User) -> None:
    """The client's ticket system takes messages, mostly; the vendor's chat has been switched off."""
    kinds = ["alerts_raised", "alerts_escalated", "terms_changed", "timesheet_taken"]
    webhook, _secret = add_webhook(
        actor=client, project=project, side=Side.CLIENT, url="https://tickets.alpenrose.example/in", kinds=kinds
    )
    chat, _secret = add_webhook(
        actor=vendor, project=project, side=Side.VENDOR, url="https://chat.nordhaven.example/hooks/7", kinds=kinds[:1]
    )
    switch_webhook_off(actor=vendor, webhook=chat, because=Webhook.Off.BY_HAND)
    now = timezone.now()
    alerts = list(Alert.objects.filter(project=project, audience=Audience.BOTH).order_by("-raised_at")[: len(ANSWERS)])
    for alert, (state, status, milliseconds) in zip(alerts, ANSWERS, strict=False):
        delivery = WebhookDelivery.objects.create(
            project=project,
            webhook=webhook,
            kind="alerts_raised",
            data={"alerts": [str(alert.uuid)]},
            dedupe_key=f"demo:{alert.uuid}",
            state=state,
            attempts={SENT: 1, WAITING: 3}.get(state, len(RETRY_AFTER) + 1),
            due_at=now + dt.timedelta(hours=3),
            sent_at=alert.raised_at + dt.timedelta(seconds=2) if state == SENT else None,
            answer_status=status,
            answer_milliseconds=milliseconds,
            last_error="" if state == SENT else f"HTTP {status}",
        )
        delivery.created_at = alert.raised_at
        WebhookDelivery.objects.filter(pk=delivery.pk).update(
            created_at=alert.raised_at, body=body_of(delivery) or "" if state == SENT else ""
        )
