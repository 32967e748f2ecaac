"""Each project's figures as the worker last worked them out, so that pages read one row instead of working them out.

A change leaves a mark, and the evaluation that takes the mark keeps the figures in the same transaction. So a project
without a mark has the figures that are kept, and one with a mark is worked out on the spot: what a page shows is
never older than the commit before it.
"""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, get_args, get_type_hints

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Exists, OuterRef
from django.utils import timezone

from alerts.models import Mark
from alerts.registry import Change
from budget.models import KeptFigures
from budget.queries import ProjectFigures, figures_of
from core.kept_query import KeptQuery, among
from projects.models import Project

# What belongs to the moment of reading.
NOT_KEPT: Final = frozenset({"project_id", "today", "being_recomputed", "kept_at"})
KEPT_ROWS: Final = KeptQuery(
    lambda keys: (
        KeptFigures.objects.filter(~Exists(Mark.objects.filter(project=OuterRef("project"))), project__in=among(keys))
        .order_by()
        .values_list("project", "figures", "kept_at")
    ),
    keys=list,
)


def keep_figures(projects: Sequence[Project], changes: Mapping[int, Sequence[Change]]) -> None:
    """Keep the figures of ``projects`` as they are now, in the transaction that takes their marks."""
    now = timezone.now()
    KeptFigures.objects.bulk_create(
        [
            KeptFigures(project_id=key, figures=_kept(figures), kept_at=now)
            for key, figures in figures_of(projects, now.date()).items()
        ],
        update_conflicts=True,
        unique_fields=["project"],
        update_fields=["figures", "kept_at"],
    )


def current_figures(projects: Sequence[Project], today: dt.date) -> dict[int, ProjectFigures]:
    """The figures of each project by its key, as ``figures_of`` works them out. One query where nothing changed."""
    found = {}
    for key, text, kept_at in KEPT_ROWS.rows(keys=[project.pk for project in projects]):
        kept = json.loads(text)
        # Kept by a version that knew other figures: worked out until the next change.
        if kept.keys() == READERS.keys():
            values = {name: READERS[name](value) for name, value in kept.items()}
            found[key] = ProjectFigures(project_id=key, today=today, being_recomputed=False, kept_at=kept_at, **values)
    missing = [project for project in projects if project.pk not in found]
    return {**found, **figures_of(missing, today)} if missing else found


def _kept(figures: ProjectFigures) -> dict[str, Any]:
    values = {name: getattr(figures, name) for name in READERS}
    plain: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return plain


def _reader_of(kind: Any) -> Callable[[Any], Any]:
    """How a value of an annotated ``kind`` comes back from JSON."""
    kinds = get_args(kind) or (kind,)
    if Decimal in kinds:
        return lambda value: None if value is None else Decimal(value)
    if dt.date in kinds:
        return lambda value: None if value is None else dt.date.fromisoformat(value)
    if kind == tuple[tuple[dt.date, int], ...]:
        return lambda value: tuple((dt.date.fromisoformat(on), minutes) for on, minutes in value)
    if set(kinds) <= {int, str, bool, type(None)}:
        return lambda value: value
    raise TypeError(f"{kind} cannot be kept")


READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    field.name: _reader_of(get_type_hints(ProjectFigures)[field.name])
    for field in dataclasses.fields(ProjectFigures)
    if field.name not in NOT_KEPT
}
