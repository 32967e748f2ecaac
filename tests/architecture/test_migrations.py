"""Models and migrations say the same, and the app role is held to what it needs."""

from collections import Counter

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from core.constraints import ForeignKeyConstraint
from core.database_roles import narrowed_models
from tests.architecture.layers import LABELS, LAYERS

pytestmark = pytest.mark.django_db

OURS = {LABELS.get(name, name) for name in LAYERS}


def test_no_migration_is_missing() -> None:
    loader = MigrationLoader(None)
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    assert {label: found for label, found in changes.items() if label in OURS} == {}


def test_every_key_that_stays_in_its_project_is_in_the_database() -> None:
    keys = [
        constraint
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, ForeignKeyConstraint)
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f' AND array_length(conkey, 1) = 2")
        assert {name for (name,) in cursor.fetchall()} == {key.name for key in keys if not key.by_statement}
        # Two on the table that refers, two on the one that is referred to.
        cursor.execute("SELECT tgname FROM pg_trigger WHERE starts_with(tgname, 'a_key_on_') AND tgenabled = 'O'")
        assert Counter(name for (name,) in cursor.fetchall()) == Counter(
            f"a_key_on_{event}_{key.name}"
            for key in keys
            if key.by_statement
            for event in ("insert", "update", "update", "delete")
        )


def test_the_app_role_owns_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class"
            " WHERE relowner = current_user::regrole AND relnamespace = 'public'::regnamespace"
        )
        assert cursor.fetchall() == []
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)


def test_narrowed_tables_refuse_the_app_role() -> None:
    assert {model._meta.label for model in narrowed_models()} == {
        "budget.ItemBurn",
        "budget.DayBurn",
        "budget.PersonWeekBurn",
    }
    for model in narrowed_models():
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            model._base_manager.update(minutes=0)


def test_no_table_can_be_emptied_at_once() -> None:
    for table in connection.introspection.table_names():
        with (
            pytest.raises(ProgrammingError, match=r"permission denied|must be owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f'TRUNCATE "{table}" CASCADE')


def test_no_guard_can_be_switched_off() -> None:
    with (
        pytest.raises(ProgrammingError, match="must be owner"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("ALTER TABLE budget_timeentry DISABLE TRIGGER ALL")
