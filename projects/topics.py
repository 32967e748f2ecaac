"""What has moved: each topic of a project has a version, so that an open page learns when to ask for its part again.

A version says that something moved and never what: the page is asked anew, with its reader's rights of that moment.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection

from projects.access import part_in
from projects.audience import Audience
from projects.models import Project, TopicVersion

# The topics and the capability that their page asks for.
TOPICS: dict[str, str] = {"activity": "view_project", "comments": "view_project"}
INBOX: Final = "inbox"


def register_topic(topic: str, capability: str) -> None:
    """Name a topic that pages of an app follow."""
    TOPICS[topic] = capability


def touch(project: Project | int, topic: str, audience: str = Audience.BOTH) -> None:
    """Say in the caller's transaction that ``topic`` moved, for those of ``audience``.

    The row stays locked until the commit: an action touches its own topic first; "activity" comes with its entry.
    """
    touch_all([project if isinstance(project, int) else project.pk], topic, audience)


def touch_all(project_keys: Iterable[int], topic: str, audience: str = Audience.BOTH) -> None:
    """``touch`` for several projects, always in one order."""
    if topic not in TOPICS:
        raise KeyError(topic)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO projects_topicversion AS held (project_id, audience, topic, version, moved_at)
            SELECT project_id, %s, %s, 1, statement_timestamp() FROM unnest(%s::bigint[]) AS project_id
            ON CONFLICT (project_id, audience, topic)
            DO UPDATE SET version = held.version + 1, moved_at = excluded.moved_at
            """,
            [Audience(audience), topic, sorted(project_keys)],
        )


def versions_for(user: Any, slug: str, topics: Iterable[str]) -> dict[str, int]:
    """The versions of ``topics`` in the project as ``user`` may know them; 0 for what never moved.

    A stranger, a project that does not exist and one in which nothing moved get the same answer.
    """
    asked = dict.fromkeys((topic for topic in topics if topic in TOPICS), 0)
    part = part_in(user, slug) if slug and asked else None
    if part is None:
        return asked
    project, audiences, capabilities = part
    readable = [topic for topic in asked if TOPICS[topic] in capabilities]
    moved = TopicVersion.objects.filter(project=project, audience__in=audiences, topic__in=readable)
    for topic, version in moved.values_list("topic", "version"):
        asked[topic] += version
    return asked
