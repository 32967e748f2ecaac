"""Telling of what comes by the hundred: as one message with sums, to which each event adds.

As ``projects.notifications.tell_other_side``, for programs that send one thing a request: while a message is open, an
event costs it one statement, and the message tells how many there were and not each of them.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django.db import connection
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from accounts.models import NotificationPreference, User
from core.kept_query import KeptQuery
from projects.activity import side_of
from projects.audience import Audience, Side
from projects.gathering import FRESH_FOR
from projects.messages import KINDS
from projects.models import Membership, OutboxMessage, Project, Webhook
from projects.outbox import put_in_outbox
from projects.preferences import usual_channels
from projects.telling_programs import tell_programs

IN_APP: Final = OutboxMessage.Channel.IN_APP
MAIL: Final = OutboxMessage.Channel.MAIL


def _said(kind: Any, channel: str) -> Subquery:
    return Subquery(NotificationPreference.objects.filter(user=OuterRef("pk"), kind=kind).values(channel))


MANAGERS: Final = KeptQuery(
    lambda project_id, side, kind, day: (
        User.objects.filter(
            is_active=True,
            pk__in=Membership.objects.active_on(day)
            .filter(project=project_id, side=side, role=Membership.Role.MANAGER)
            .values("user"),
        )
        .order_by()
        .values_list("pk", _said(kind, "in_app"), _said(kind, "by_mail"))
    ),
    project_id=int,
    side=str,
    kind=str,
    day=dt.date,
)
WEBHOOKS: Final = KeptQuery(
    lambda project_id, side: (
        Webhook.objects.filter(project=project_id, side=side, ended_at=None, off_because="")
        .order_by()
        .values_list("pk")
    ),
    project_id=int,
    side=str,
)
# Everybody's message in one order, so that two writers never wait for each other.
ADD: Final = """
    WITH open AS (
        SELECT id FROM projects_outboxmessage
        WHERE project_id = %(project)s AND ref_id IS NULL AND kind = %(kind)s AND audience = %(audience)s
            AND recipient_id = ANY (%(people)s) AND data ->> 'by' = %(by)s
            AND (channel = 'in_app' AND read_at IS NULL AND due_at > now() - %(fresh)s
                OR channel = 'mail' AND state = 'waiting' AND leased_until IS NULL AND attempts = 0 AND due_at > now())
        ORDER BY recipient_id, id FOR UPDATE
    )
    UPDATE projects_outboxmessage AS message
    SET data = {data}, due_at = CASE WHEN channel = 'in_app' THEN now() ELSE due_at END
    FROM open WHERE message.id = open.id
    RETURNING recipient_id, channel
"""
ONE_MORE: Final = """jsonb_set({data}, '{{events,0,{name}}}',
    to_jsonb((message.data #>> '{{events,0,{name}}}')::bigint + %({name})s))"""


def tell_sums(*, project: Project, actor: User, kind: str, figures: Mapping[str, int], dedupe: str) -> None:
    """Tell the managers of the other side, and its programs of each event. ``figures`` are whole numbers that add up.

    Call it once an event, in the event's transaction; ``dedupe`` names the event.
    """
    side = Side(side_of(project, actor) or Side.CLIENT).other
    data = {"by": actor.name, "events": [{"key": dedupe, **figures}]}
    if WEBHOOKS.rows(project_id=project.pk, side=side):
        tell_programs(project=project, side=side, kind=kind, data=data, dedupe=dedupe)
    usual = usual_channels(KINDS[kind])
    wanted = set()
    for key, in_app, by_mail in MANAGERS.rows(project_id=project.pk, side=side, kind=kind, day=timezone.now().date()):
        wanted |= {(key, IN_APP)} if (usual.in_app if in_app is None else in_app) else set()
        wanted |= {(key, MAIL)} if (usual.by_mail if by_mail is None else by_mail) else set()
    if not wanted:
        return
    missing = wanted - _added(project, actor, kind, figures, {key for key, _channel in wanted})
    for channel in (IN_APP, MAIL):
        if people := {key for key, wants in missing if wants == channel}:
            put_in_outbox(
                project=project,
                recipients=User.objects.filter(pk__in=people).order_by("pk"),
                kind=kind,
                data=data,
                channels=[channel],
                audience=Audience.BOTH,
                dedupe=f"{kind}:{dedupe}",
            )


def _added(
    project: Project, actor: User, kind: str, figures: Mapping[str, int], people: set[int]
) -> set[tuple[int, str]]:
    """Add the figures to every message that is still open; to whom and by which channel."""
    data = "message.data"
    for name in figures:
        data = ONE_MORE.format(data=data, name=name)
    values: dict[str, Any] = {
        **figures,
        "project": project.pk,
        "kind": kind,
        "audience": Audience.BOTH,
        "people": list(people),
        "by": actor.name,
        "fresh": FRESH_FOR,
    }
    with connection.cursor() as cursor:
        cursor.execute(ADD.format(data=data), values)
        return set(cursor.fetchall())
