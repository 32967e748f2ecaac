"""Two roles on one database: the owner creates and migrates, the app role reads and writes.

The app role owns nothing: it can neither switch off a trigger nor drop a constraint nor empty a table. The router
keeps migrations away from it, and ``grant_to_app_role`` gives it exactly what it needs after each migration.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, models

APP = "default"
OWNER = "owner"
EVERYTHING = ("SELECT", "INSERT", "UPDATE", "DELETE")


class OwnerMigrates:
    """Migrations run on the owner's connection alone; every query of the application on the app role's."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == OWNER


def grant_to_app_role() -> None:
    """Give the app role its rights on every table and sequence, no more and no less. Run as the owner.

    A model may narrow them by ``app_role_privileges``: rollups, which triggers write, are only read.
    """
    role = settings.DATABASES[APP]["USER"]
    schema_editor = connections[OWNER].ops.quote_name
    narrowed = {
        model._meta.db_table: model.app_role_privileges
        for model in apps.get_models(include_auto_created=True)
        if hasattr(model, "app_role_privileges")
    }
    with connections[OWNER].cursor() as cursor:
        name = schema_editor(role)
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}")
        cursor.execute(f"GRANT {', '.join(EVERYTHING)} ON ALL TABLES IN SCHEMA public TO {name}")
        cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}")
        for table, privileges in sorted(narrowed.items()):
            cursor.execute(f"REVOKE ALL ON {schema_editor(table)} FROM {name}")
            cursor.execute(f"GRANT {', '.join(privileges)} ON {schema_editor(table)} TO {name}")
        cursor.execute(f"REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {name}")


def narrowed_models() -> list[type[models.Model]]:
    """The models whose tables the app role may not write freely."""
    return [model for model in apps.get_models() if hasattr(model, "app_role_privileges")]
