"""What people did, in sentences. Each verb is registered by the app that owns the deed, with who may read of it."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from core.kept_query import Columns, KeptQuery
from projects.access import Standing
from projects.audience import Audience, Side
from projects.models import Activity, Membership, ObjectRef, Project
from projects.roles import CAPABILITIES
from projects.topics import touch


@dataclass(frozen=True)
class Verb:
    """How a deed is said, and the capability without which nobody reads that it was done."""

    sentence: Promise | Callable[[Mapping[str, Any]], str]
    capability: str


VERBS: dict[str, Verb] = {}


def register_sentences(sentences: Mapping[str, Any], *, seen_with: str) -> None:
    """Teach verbs of an app: a lazy translated text with named placeholders, or a function of the data.

    ``seen_with`` is the capability that the page of what was done asks for.
    """
    if seen_with not in CAPABILITIES:
        raise KeyError(seen_with)
    VERBS.update({verb: Verb(sentence, seen_with) for verb, sentence in sentences.items()})


def activities_seen_by(standing: Standing) -> QuerySet[Activity]:
    """What happened in the project, as far as the reader's side and role may know of it, the newest first."""
    return _seen_with(standing.project.pk, standing.audiences, standing.capabilities).select_related("actor", "ref")


def latest_activities(standing: Standing, count: int) -> list[Activity]:
    """The first ``count`` of those."""
    kept = _latest_seen_with(standing.audiences, standing.capabilities, count)
    return [ACTIVITY.instance(row) for row in kept.rows(project_id=standing.project.pk)]


def _seen_with(project_id: int, audiences: tuple[str, ...], capabilities: Collection[str]) -> QuerySet[Activity]:
    verbs = [name for name, verb in VERBS.items() if verb.capability in capabilities]
    return Activity.objects.filter(project=project_id, verb__in=verbs).seen_by(audiences).order_by("-at", "-pk")


ACTIVITY: Final = Columns(Activity, "actor", "ref")


@cache
def _latest_seen_with(audiences: tuple[str, ...], capabilities: frozenset[str], count: int) -> KeptQuery:
    """Asked in other words by each side and role alone."""
    return KeptQuery(
        lambda project_id: _seen_with(project_id, audiences, capabilities).values_list(*ACTIVITY.names())[:count],
        project_id=int,
    )


SIDE_OF: Final = KeptQuery(
    lambda project_id, user_id: (
        Membership.objects.filter(project=project_id, user=user_id).order_by().values_list("side")
    ),
    project_id=int,
    user_id=int,
)


def side_of(project: Project, actor: User) -> str:
    """The side that the actor stands on; empty for who takes no part."""
    sides = SIDE_OF.rows(project_id=project.pk, user_id=actor.pk)
    return str(sides[0][0]) if sides else ""


def recorded_for(project: Project, actor: User, act_of: str) -> str:
    """``act_of``, the side whose act something is, where the actor stands on the other one; else empty."""
    return _other_than(side_of(project, actor), act_of)


def _other_than(side: str, act_of: str) -> str:
    return "" if side in ("", act_of) else act_of


def record(
    project: Project,
    verb: str,
    *,
    actor: User | None,
    ref: ObjectRef | None = None,
    audience: str = Audience.BOTH,
    act_of: str = "",
    recorded_from: str = "",
    **data: Any,
) -> Activity:
    """Write an activity entry in the caller's transaction. An unregistered verb is refused.

    What a thing is about may be seen by fewer than the thing, as an internal note is, and never by more.
    ``act_of`` is the side whose act this is, if it is one side's: done by the other, the entry says that it was
    recorded for them, and from what. What both agree and one writes down is the other's act as well.
    """
    capability = VERBS[verb].capability
    side = side_of(project, actor) if actor else ""
    seen_by = audience if ref is None or ref.audience == Audience.BOTH else ref.audience
    touch(project, "activity", seen_by, seen_with=capability)
    return Activity.objects.create(
        project=project,
        ref=ref,
        actor=actor,
        side=side,
        audience=seen_by,
        verb=verb,
        data=data,
        recorded_for=_other_than(side, act_of),
        recorded_from=recorded_from,
    )


@dataclass(frozen=True)
class ActivityLine:
    """An activity as a page shows it."""

    activity: Activity
    sentence: str

    @classmethod
    def of(cls, activity: Activity) -> "ActivityLine":
        sentence = VERBS[activity.verb].sentence
        data = {name: _as_read(name, value) for name, value in activity.data.items()}
        return cls(activity, sentence(data) if callable(sentence) else str(sentence) % data)

    @property
    def mark(self) -> str:
        """Which side recorded it for the other, and from what unless the sentence says; empty where a side acted."""
        if not self.activity.recorded_for:
            return ""
        source = self.activity.recorded_from
        return recorded_by(Side(self.activity.recorded_for).other, "" if source in self.sentence else source)


def recorded_by(side: str, source: str = "") -> str:
    """The mark of an act that ``side`` recorded for the other one, with the file or mail if it is known."""
    if side == Side.CLIENT:
        text = _("recorded by the client from %(source)s") if source else _("recorded by the client")
    else:
        text = _("recorded by the vendor from %(source)s") if source else _("recorded by the vendor")
    return text % {"source": source}


def _as_read(name: str, value: Any) -> Any:
    """What is called a day is kept as 2026-09-17, for any language; here it becomes the reader's."""
    if name.endswith("day") and value:
        return date_format(dt.date.fromisoformat(value), "j M Y")
    return value
