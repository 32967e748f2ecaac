"""The canary: once an hour an alert takes the whole way, from a mark to a mail, and the machine notes when it arrived.

It lives on a project of its own that nobody but its own user takes part in, whose address leads nowhere unless
CANARY_MAIL_TO says where. It is made once somebody has opened the installation.
"""

import datetime as dt
from typing import Final

from django.db import connection, transaction

from accounts.models import Organisation, User
from alerts.canary_rule import CANARY
from alerts.models import Alert, Canary, Mark, RuleState, ToldSide
from core.clock import database_now
from core.doorbell import ring
from projects.actions import open_project
from projects.models import MailPreference, OutboxMessage, Project, Terms

EVERY: Final = dt.timedelta(hours=1)
KEPT: Final = dt.timedelta(days=7)
ADDRESS: Final = "canary@oversight.invalid"
NAME: Final = "Canary"
# Any number that no other advisory lock of the application uses.
CANARY_LOCK: Final = 8_115_003


@transaction.atomic
def send_canary(now: dt.datetime | None = None) -> Canary | None:
    """Note which canaries have arrived, and send one if the last is an hour old. None where none was sent."""
    now = now or database_now()
    note_arrivals()
    if not Organisation.objects.exists() or Canary.objects.filter(started_at__gt=now - EVERY).exists():
        return None
    project = _project()
    _forget_old_ones(project, now - KEPT)
    canary = Canary.objects.create(project=project, started_at=now)
    Mark.objects.create(project=project, cause=CANARY)
    ring("alerts.evaluate", project.pk)
    return canary


def note_arrivals() -> None:
    """Which canaries' mails have left by now."""
    for canary in Canary.objects.filter(arrived_at=None).select_related("alert"):
        alert = canary.alert or Alert.objects.filter(project=canary.project_id, subject=str(canary.uuid)).first()
        if alert is None:
            continue
        sent_at = (
            OutboxMessage.objects.filter(
                project=canary.project_id,
                channel=OutboxMessage.Channel.MAIL,
                state=OutboxMessage.State.SENT,
                data__alerts__contains=[str(alert.uuid)],
            )
            .values_list("sent_at", flat=True)
            .first()
        )
        Canary.objects.filter(pk=canary.pk).update(alert=alert, arrived_at=sent_at)
        # Nobody acknowledges a canary, and nobody is to be told that.
        ToldSide.objects.filter(alert=alert).update(escalates_at=None)


def _project() -> Project:
    """The canary's project with its one member, made when it is missing. Two at once make one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CANARY_LOCK])
    known = Project.objects.filter(created_by__email=ADDRESS).first()
    if known is not None:
        return known
    user = User.objects.create_user(email=ADDRESS, name=NAME)
    MailPreference.objects.update_or_create(
        user=user,
        defaults={
            "alert_mails": MailPreference.Delivery.EACH,
            "quiet_hours": MailPreference.QuietHours.NONE,
            "weekly_summary": False,
        },
    )
    organisation = Organisation.objects.create(name=NAME)
    terms = {"billing_model": Terms.BillingModel.FIXED_PRICE}
    return open_project(actor=user, client=organisation, name=NAME, terms=terms)


def _forget_old_ones(project: Project, before: dt.datetime) -> None:
    Canary.objects.filter(started_at__lt=before).delete()
    OutboxMessage.objects.filter(project=project, created_at__lt=before).delete()
    Alert.objects.filter(project=project, raised_at__lt=before).delete()
    RuleState.objects.filter(project=project, level="none", since__lt=before).delete()
