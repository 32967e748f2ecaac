"""Who wants what by mail as well as in the inbox."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from accounts.models import NotificationPreference, User
from projects.messages import KINDS, ByMail, MessageKind
from projects.models import MailPreference


def choosable_kinds() -> dict[str, MessageKind]:
    """The kinds of which each user says whether they come by mail too."""
    return {kind: told for kind, told in KINDS.items() if told.by_mail is not ByMail.ALWAYS}


def wanting_mail(kind: str, people: Iterable[User]) -> set[int]:
    """The keys of those of ``people`` to whom ``kind`` goes by mail. One query, or none."""
    keys = {person.pk for person in people}
    told = choosable_kinds().get(kind)
    if told is None:
        return keys
    said = dict(NotificationPreference.objects.filter(user__in=keys, kind=kind).values_list("user", "by_mail"))
    return {key for key in keys if said.get(key, told.by_mail is ByMail.ON)}


def mails_wanted_by(user: User) -> dict[str, bool]:
    """For each choosable kind whether it comes by mail: as the user said, else as usual."""
    said = dict(NotificationPreference.objects.filter(user=user).values_list("kind", "by_mail"))
    return {kind: said.get(kind, told.by_mail is ByMail.ON) for kind, told in choosable_kinds().items()}


@transaction.atomic
def choose_mails(*, user: User, wanted: Mapping[str, bool]) -> None:
    """Keep what ``user`` wants by mail. What is as usual is not kept, so that it follows when the usual changes."""
    kinds = choosable_kinds()
    NotificationPreference.objects.filter(user=user).delete()
    NotificationPreference.objects.bulk_create(
        [
            NotificationPreference(user=user, kind=kind, by_mail=by_mail)
            for kind, by_mail in wanted.items()
            if by_mail != (kinds[kind].by_mail is ByMail.ON)
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
