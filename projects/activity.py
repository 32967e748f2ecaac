"""What people did, in sentences. Each verb is registered by the app that owns the deed, with who may read of it."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise

from accounts.models import User
from projects.access import Standing
from projects.audience import Audience
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
    verbs = [name for name, verb in VERBS.items() if standing.can(verb.capability)]
    found = Activity.objects.filter(project=standing.project, verb__in=verbs).seen_by(standing.audiences)
    return found.select_related("actor", "ref").order_by("-at", "-pk")


def record(
    project: Project,
    verb: str,
    *,
    actor: User | None,
    ref: ObjectRef | None = None,
    audience: str = Audience.BOTH,
    recorded_from: str = "",
    **data: Any,
) -> Activity:
    """Write an activity entry in the caller's transaction. An unregistered verb is refused.

    What a thing is about may be seen by fewer than the thing, as an internal note is, and never by more.
    """
    capability = VERBS[verb].capability
    side = (
        Membership.objects.filter(project=project, user=actor).values_list("side", flat=True).first() or ""
        if actor
        else ""
    )
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


def _as_read(name: str, value: Any) -> Any:
    """What is called a day is kept as 2026-09-17, for any language; here it becomes the reader's."""
    if name.endswith("day") and value:
        return date_format(dt.date.fromisoformat(value), "j M Y")
    return value
