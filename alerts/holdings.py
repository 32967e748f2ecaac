"""Alerts that wait for a member's acknowledgement go to the inbox of whoever comes after them."""

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from alerts.models import Alert
from alerts.queries import alerts_to_acknowledge
from projects.audience import Audience, Side
from projects.holdings import Holding, register_holding
from projects.models import Membership, OutboxMessage
from projects.outbox import put_in_outbox


def _waiting(member: Membership) -> QuerySet[Alert]:
    return alerts_to_acknowledge(member.user, timezone.now()).filter(project=member.project_id)


def _tell(found: QuerySet[Alert], successor: Membership) -> None:
    uuids = sorted(str(alert.uuid) for alert in found)
    if uuids:
        put_in_outbox(
            project=successor.project,
            recipients=[successor.user],
            kind="alerts_raised",
            data={"alerts": uuids},
            channels=[OutboxMessage.Channel.IN_APP],
            audience=Audience.CLIENT if successor.side == Side.CLIENT else Audience.BOTH,
            dedupe=f"handed over:{successor.uuid}:{timezone.now().isoformat()}",
        )


register_holding(
    Holding(
        _waiting,
        lambda count: (
            ngettext(
                "%(count)s alert to acknowledge, as others of this side may too",
                "%(count)s alerts to acknowledge, as others of this side may too",
                count,
            )
            % {"count": count}
        ),
        _tell,
    )
)
