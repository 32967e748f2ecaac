"""Who wants what by which channel: in the inbox, by mail, or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.models import NotificationPreference, User
from projects.messages import KINDS, ByMail, MessageKind
from projects.models import MailPreference, OutboxMessage


@dataclass(frozen=True)
class Channels:
    """By which channels somebody is told of a kind."""

    in_app: bool
    by_mail: bool


def choosable_kinds() -> dict[str, MessageKind]:
    """The kinds of which each user says by which channels they come; all others come by every channel."""
    return {kind: told for kind, told in KINDS.items() if told.by_mail is not ByMail.ALWAYS}


def usual_channels(told: MessageKind) -> Channels:
    """By which channels a choosable kind comes until somebody says otherwise."""
    return Channels(in_app=True, by_mail=told.by_mail is ByMail.ON)


def wanting(kind: str, people: Iterable[User]) -> dict[str, set[int]]:
    """By channel the keys of those of ``people`` to whom ``kind`` goes by it. One query, or none."""
    keys = {person.pk for person in people}
    told = choosable_kinds().get(kind)
    if told is None:
        return dict.fromkeys(OutboxMessage.Channel.values, keys)
    usual = usual_channels(told)
    said = {
        row.user_id: Channels(row.in_app, row.by_mail)
        for row in NotificationPreference.objects.filter(user__in=keys, kind=kind)
    }
    return {
        OutboxMessage.Channel.IN_APP: {key for key in keys if said.get(key, usual).in_app},
        OutboxMessage.Channel.MAIL: {key for key in keys if said.get(key, usual).by_mail},
    }


def channels_wanted_by(user: User) -> dict[str, Channels]:
    """For each choosable kind by which channels it comes: as the user said, else as usual."""
    said = {row.kind: Channels(row.in_app, row.by_mail) for row in NotificationPreference.objects.filter(user=user)}
    return {kind: said.get(kind, usual_channels(told)) for kind, told in choosable_kinds().items()}


@transaction.atomic
def choose_channels(*, user: User, wanted: Mapping[str, Channels]) -> None:
    """Keep by which channels ``user`` wants what. What is as usual is not kept: it follows when that changes."""
    kinds = choosable_kinds()
    NotificationPreference.objects.filter(user=user).delete()
    NotificationPreference.objects.bulk_create(
        [
            NotificationPreference(user=user, kind=kind, in_app=channels.in_app, by_mail=channels.by_mail)
            for kind, channels in wanted.items()
            if channels != usual_channels(kinds[kind])
        ]
    )


def mail_preferences_of(users: Iterable[User]) -> dict[User, MailPreference]:
    """How each of ``users`` wants mails: as they said, else as usual. One query."""
    people = list(users)
    said = MailPreference.objects.in_bulk([user.pk for user in people])
    return {user: said.get(user.pk) or MailPreference(user=user) for user in people}


@transaction.atomic
def choose_mail_preference(*, user: User, alert_mails: str, quiet_hours: str, weekly_summary: bool) -> None:
    """Keep how ``user`` wants mails."""
    chosen = {"alert_mails": alert_mails, "quiet_hours": quiet_hours, "weekly_summary": weekly_summary}
    MailPreference.objects.update_or_create(user=user, defaults=chosen)
