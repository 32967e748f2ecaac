"""Foreign keys point from upper apps to lower ones, and never out of their project."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from core.constraints import SameProjectForeignKey
from tests.architecture.layers import LABELS, LAYERS

RANK = {LABELS.get(name, name): rank for rank, name in enumerate(LAYERS)}
# Written by triggers or by nobody but the machine, with keys that the trigger has just read from a valid row.
KEPT_BY_TRIGGERS = {"budget.ItemBurn", "budget.DayBurn", "budget.PersonWeekBurn"}


def our_models() -> Iterator[type[models.Model]]:
    for label in RANK:
        yield from apps.get_app_config(label).get_models(include_auto_created=True)


def foreign_keys() -> Iterator[tuple[Any, Any]]:
    for model in our_models():
        if "Event" in model.__name__:
            continue
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey) and field.model is model:
                yield model, field


def test_there_are_models_to_look_at() -> None:
    assert len(list(our_models())) > 20


def test_no_key_points_to_an_upper_app() -> None:
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model, field in foreign_keys()
        if RANK.get(field.related_model._meta.app_label, -1) > RANK[model._meta.app_label]
    ]
    assert upward == []


def test_no_key_hides_its_target() -> None:
    hidden = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.private_fields
        if isinstance(field, GenericForeignKey)
    ]
    assert hidden == []


def test_every_key_between_rows_of_projects_is_held_inside_the_project() -> None:
    open_keys = []
    for model, field in foreign_keys():
        target = field.related_model
        both_have_projects = _has_project(model) and _has_project(target)
        if not both_have_projects or field.name == "project" or model._meta.label in KEPT_BY_TRIGGERS:
            continue
        held = {
            constraint.field for constraint in model._meta.constraints if isinstance(constraint, SameProjectForeignKey)
        }
        if field.name not in held and not _is_parent_link(model, field):
            open_keys.append(f"{model._meta.label}.{field.name}")
    assert open_keys == []


@pytest.mark.parametrize(
    ("constraint", "target"),
    [
        pytest.param(constraint, constraint.target(model), id=constraint.name)
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, SameProjectForeignKey)
    ],
)
def test_every_composite_key_has_a_unique_target(constraint: SameProjectForeignKey, target: Any) -> None:
    # In whatever order: PostgreSQL asks for the same columns only.
    unique = [
        set(candidate.fields)
        for candidate in target._meta.constraints
        if isinstance(candidate, models.UniqueConstraint) and candidate.condition is None
    ]
    assert set(constraint.to_fields) in unique


def _has_project(model: Any) -> bool:
    return any(field.name == "project" for field in model._meta.concrete_fields)


def _is_parent_link(model: Any, field: Any) -> bool:
    return bool(field.primary_key)
