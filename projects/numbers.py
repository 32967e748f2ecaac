"""Numbers of objects: one series a project and audience, without gaps inside a transaction that commits."""

from collections.abc import Sequence

from django.db import connection

from projects.audience import Audience
from projects.models import ObjectRef, Project


def series_for(letter: str, audience: str) -> str:
    """W for both sides, WC and WV for what one side keeps to itself."""
    return letter + {Audience.BOTH: "", Audience.CLIENT: "C", Audience.VENDOR: "V"}[Audience(audience)]


def take_numbers(project: Project, series: str, count: int) -> range:
    """The next ``count`` numbers. The counter's row stays locked until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO projects_numberseries AS held (project_id, series, last_number) VALUES (%s, %s, %s)
            ON CONFLICT (project_id, series) DO UPDATE SET last_number = held.last_number + excluded.last_number
            RETURNING last_number
            """,
            [project.pk, series, count],
        )
        (last,) = cursor.fetchone()
    return range(last - count + 1, last + 1)


def number_objects(
    project: Project, *, kind: str, letter: str, titles: Sequence[str], audience: str = Audience.BOTH
) -> list[ObjectRef]:
    """One new reference for each title, numbered in order."""
    series = series_for(letter, audience)
    numbers = take_numbers(project, series, len(titles))
    return ObjectRef.objects.bulk_create(
        [
            ObjectRef(project=project, kind=kind, series=series, number=number, audience=audience, title=title)
            for number, title in zip(numbers, titles, strict=True)
        ],
        batch_size=2000,
    )
