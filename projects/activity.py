"""What people did, in sentences. Each verb is registered here or by the app that owns the deed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from accounts.models import User
from projects.audience import Audience
from projects.models import Activity, Membership, ObjectRef, Project

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
    """Write an activity entry in the caller's transaction. An unregistered verb is refused."""
    if verb not in SENTENCES:
        raise KeyError(verb)
    side = (
        Membership.objects.filter(project=project, user=actor).values_list("side", flat=True).first() or ""
        if actor
        else ""
    )
    return Activity.objects.create(
        project=project,
        ref=ref,
        actor=actor,
        side=side,
        audience=audience if ref is None else ref.audience,
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
        text = sentence(activity.data) if callable(sentence) else str(sentence) % activity.data
        return cls(activity, text)
