"""What people did, in sentences. Each verb is registered here or by the app that owns the deed."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise

from accounts.models import User
from projects.audience import Audience
from projects.models import Activity, Membership, ObjectRef, Project
from projects.topics import touch

SENTENCES: dict[str, Promise | Callable[[Mapping[str, Any]], str]] = {}


def register_sentences(sentences: Mapping[str, Any]) -> None:
    """Teach the verbs of an app: a lazy translated text with named placeholders, or a function of the data."""
    SENTENCES.update(sentences)


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
    if verb not in SENTENCES:
        raise KeyError(verb)
    side = (
        Membership.objects.filter(project=project, user=actor).values_list("side", flat=True).first() or ""
        if actor
        else ""
    )
    seen_by = audience if ref is None or ref.audience == Audience.BOTH else ref.audience
    touch(project, "activity", seen_by)
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
        sentence = SENTENCES[activity.verb]
        data = {name: _as_read(name, value) for name, value in activity.data.items()}
        return cls(activity, sentence(data) if callable(sentence) else str(sentence) % data)


def _as_read(name: str, value: Any) -> Any:
    """What is called a day is kept as 2026-09-17, for any language; here it becomes the reader's."""
    if name.endswith("day") and value:
        return date_format(dt.date.fromisoformat(value), "j M Y")
    return value
