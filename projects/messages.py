"""How each kind of message reads. Apps register their kinds; the outbox words them when they are sent."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from accounts.models import User
from projects.access import Standing
from projects.models import Project


@dataclass(frozen=True)
class Wording:
    """A message in the reader's language. ``path`` is where it leads, below the site's address."""

    subject: str
    text: str
    html: str
    path: str


@dataclass(frozen=True)
class Telling:
    """What is to be worded: the message's data, and where its reader stands now."""

    data: Mapping[str, Any]
    standing: Standing

    @property
    def project(self) -> Project:
        return self.standing.project


Writer = Callable[[Sequence[Telling]], list[Wording | None]]


@dataclass(frozen=True)
class Reader:
    """Who asks for their messages, and when: what they may still be told depends on both."""

    user: User
    now: dt.datetime
    today: dt.date


Condition = Callable[[Reader], Q]


def _all_stands(reader: Reader) -> Q:
    """Nothing has to be there beside the message: an empty condition."""
    return Q()


class ByMail(StrEnum):
    """Whether a kind that is meant for mail goes by mail: to everyone, or as each user chooses."""

    ALWAYS = "always"
    ON = "on"
    OFF = "off"


def who_did_it(telling: Telling) -> Mapping[str, Any]:
    """What programs are told of an event beside its sentence and address."""
    return {"by": telling.data["by"]} if "by" in telling.data else {}


@dataclass(frozen=True)
class MessageKind:
    """How a kind is worded, and the capability that its reader must still hold when it is sent.

    ``by_mail`` says what is usual; ``name`` says in the user's preferences what happens. A kind without a capability
    tells whoever has left that they did, and so nothing else. ``stands`` says, as a condition on messages of the kind,
    that what they tell of is still there for that reader; whatever it leaves out, ``write`` has no words for. A kind
    with a name can be told to a side's programs, with ``details`` beside the sentence for people, unless it
    ``is_personal``.
    """

    write: Writer
    capability: str
    by_mail: ByMail = ByMail.ALWAYS
    name: str | Promise = ""
    stands: Condition = _all_stands
    is_personal: bool = False
    details: Callable[[Telling], Mapping[str, Any]] = who_did_it

    @property
    def for_programs(self) -> bool:
        return bool(self.name) and not self.is_personal


KINDS: dict[str, MessageKind] = {}
# Kinds that tell of all that their reader sees, across projects. They ask themselves what that is.
PersonalWriter = Callable[[User, Mapping[str, Any]], Wording | None]
PERSONAL_KINDS: dict[str, PersonalWriter] = {}


def register_message(
    kind: str,
    write: Writer,
    *,
    capability: str = "view_project",
    by_mail: ByMail = ByMail.ALWAYS,
    name: str | Promise = "",
    stands: Condition = _all_stands,
    is_personal: bool = False,
    details: Callable[[Telling], Mapping[str, Any]] = who_did_it,
) -> None:
    """Teach a kind of message. The writer words many at once, so that an inbox asks no more than a single mail.

    It runs inside the reader's language and time zone and answers, for each telling, None when there is nothing left
    that the reader may see.
    """
    KINDS[kind] = MessageKind(write, capability, by_mail, name, stands, is_personal, details)


def register_personal_message(kind: str, write: PersonalWriter) -> None:
    """Teach a kind of mail that belongs to no project. The writer says only what its reader may see when it leaves."""
    PERSONAL_KINDS[kind] = write
