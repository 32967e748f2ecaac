"""What has moved: each topic of a project has a version, so that an open page learns when to ask for its part again.

A version says that something moved and never what: the page is asked anew, with its reader's rights of that moment.
"""

from collections.abc import Iterable
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from projects.access import PART_IN, capabilities_of_part, part_parameters
from projects.audience import Audience, Side, audiences_seen_by
from projects.inbox import count_unread
from projects.models import Project

# The topics and the capability that their page asks for.
TOPICS: dict[str, str] = {"activity": "view_project", "comments": "view_project"}
INBOX: Final = "inbox"


def register_topic(topic: str, capability: str) -> None:
    """Name a topic that pages of an app follow."""
    TOPICS[topic] = capability


def touch(project: Project | int, topic: str, audience: str = Audience.BOTH, *, seen_with: str = "") -> None:
    """Say in the caller's transaction that ``topic`` moved, for those of ``audience``, and for those alone who hold
    ``seen_with`` where what moved asks for more than the topic's page.

    The row stays locked until the commit: an action touches its own topic first; "activity" comes with its entry.
    """
    touch_all([project if isinstance(project, int) else project.pk], topic, audience, seen_with=seen_with)


def touch_all(project_keys: Iterable[int], topic: str, audience: str = Audience.BOTH, *, seen_with: str = "") -> None:
    """``touch`` for several projects, always in one order."""
    part = topic if seen_with in ("", TOPICS[topic]) else f"{topic}:{seen_with}"
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO projects_topicversion AS held (project_id, audience, topic, version, moved_at)
            SELECT project_id, %s, %s, 1, statement_timestamp() FROM unnest(%s::bigint[]) AS project_id
            ON CONFLICT (project_id, audience, topic)
            DO UPDATE SET version = held.version + 1, moved_at = excluded.moved_at
            """,
            [Audience(audience), part, sorted(project_keys)],
        )


# What an open page asks of a project, in one statement: the reader's part in it and the sums of the versions that
# their side may know.
VERSIONS: Final = f"""
    SELECT part.side, part.role, part.by_role, moved.topic, moved.version
    FROM ({PART_IN}) part CROSS JOIN LATERAL (
        SELECT topic, sum(version)::bigint AS version FROM projects_topicversion
        WHERE project_id = part.project_id AND split_part(topic, ':', 1) = ANY(%(topics)s)
          AND audience = ANY(CASE part.side WHEN 'client' THEN %(of_client)s ELSE %(of_vendor)s END)
        GROUP BY topic
    ) moved
"""  # noqa: S608  (made of constants alone)


def versions_for(user: Any, slug: str, topics: Iterable[str]) -> dict[str, int]:
    """The versions of ``topics`` in the project as ``user`` may know them; 0 for what never moved.

    A stranger, a project that does not exist and one in which nothing moved get the same answer. The inbox belongs to
    the user alone: its version is how many messages are unread, as the bar says it.
    """
    names = set(topics)
    versions = dict.fromkeys(sorted(names & TOPICS.keys()), 0)
    if not user.is_authenticated:
        return versions
    for side, role, by_role, moved, version in _moved_in(slug, user, list(versions)) if slug and versions else ():
        name, _colon, seen_with = moved.partition(":")
        if {TOPICS[name], seen_with or TOPICS[name]} <= capabilities_of_part(side, role, by_role=by_role):
            versions[name] += version
    if INBOX in names:
        versions[INBOX] = count_unread(user, timezone.now())
    return versions


def _moved_in(slug: str, user: Any, topics: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        audiences = {f"of_{side}": list(map(str, audiences_seen_by(side))) for side in Side}
        cursor.execute(VERSIONS, {**part_parameters(user, slug), **audiences, "topics": topics})
        return list(cursor.fetchall())
