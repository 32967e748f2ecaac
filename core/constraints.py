"""A foreign key that cannot leave its project.

A plain foreign key lets a row of project A point at a row of project B. Where both tables carry
``project_id``, the database refuses that with a composite key: (project_id, item_id) must exist together
in the target. The plain key beside it has ``db_constraint=False``, so that a row is checked once.
"""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.utils.translation import gettext_lazy as _

from core.statement_keys import statement_key_sql, statement_key_sql_backwards

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


# The stubs say str where Django itself returns a Statement, or None for "later", and takes lazy texts.
class ForeignKeyConstraint(models.BaseConstraint):
    """FOREIGN KEY (columns of the model) REFERENCES <target> (columns), as ``pairs`` names them.

    Checked at the end of each statement, never deferred. PostgreSQL's own key asks once for each row, which is half of
    the time that a million rows take; ``by_statement`` asks once for all rows and promises the same, see
    ``core.statement_keys``.
    """

    by_statement = False

    def target(self, model: Any) -> Any:
        """The model that is referred to."""
        raise NotImplementedError

    def pairs(self, model: Any) -> list[tuple[str, str]]:
        """Columns of the model, each with the target's column that it has to be in."""
        raise NotImplementedError

    def constraint_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> str | None:  # type: ignore[override]
        # Asked for while the table is created, where it cannot stand inside: it follows at the end of the migration.
        if schema_editor is not None:
            self.create_sql(model, schema_editor)
        return None

    def create_sql(self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None) -> None:  # type: ignore[override]
        """Leave the statement for the end of the migration, as Django does with plain foreign keys.

        By then the target's unique constraint exists, in whatever order the operations stand.
        """
        assert schema_editor is not None
        quote = schema_editor.quote_name
        pairs = self.pairs(model)
        if self.by_statement:
            table, target_table = model._meta.db_table, self.target(model)._meta.db_table
            schema_editor.deferred_sql.append(
                statement_key_sql(name=self.name, table=table, target=target_table, pairs=pairs)
            )
            return
        statement = Statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (%(own)s) REFERENCES %(target)s (%(theirs)s)",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
            own=", ".join(quote(own) for own, _theirs in pairs),
            target=quote(self.target(model)._meta.db_table),
            theirs=", ".join(quote(theirs) for _own, theirs in pairs),
        )
        schema_editor.deferred_sql.append(statement)

    def remove_sql(  # type: ignore[override]
        self, model: Any, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement | str:
        assert schema_editor is not None
        if self.by_statement:
            return statement_key_sql_backwards(self.name)
        quote = schema_editor.quote_name
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=Table(model._meta.db_table, quote),
            name=quote(self.name),
        )

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ForeignKeyConstraint):
            return bool(self.deconstruct() == other.deconstruct())
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self.name)


class SameProjectForeignKey(ForeignKeyConstraint):
    """FOREIGN KEY (project_id, <field>_id) REFERENCES <target> (<project>, <key>).

    ``field`` names the plain foreign key. ``to`` ("app.Model") and ``to_fields`` name another target than the
    model it points at: a time entry's person must be one of the project's people, for example. The target needs a
    unique constraint on those two columns.
    """

    violation_error_message = _("This belongs to another project.")

    def __init__(
        self,
        *,
        field: str,
        name: str,
        to: str = "",
        to_fields: tuple[str, str] = ("project", "id"),
        by_statement: bool = False,
        violation_error_code: str | None = None,
        violation_error_message: "StrPromise | str | None" = None,
    ) -> None:
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )
        self.field = field
        self.to = to
        self.to_fields = tuple(to_fields)
        self.by_statement = by_statement

    def target(self, model: Any) -> Any:
        """The model that the pair must exist in."""
        if self.to:
            return model._meta.apps.get_model(self.to)
        return model._meta.get_field(self.field).related_model

    def pairs(self, model: Any) -> list[tuple[str, str]]:
        target = self.target(model)
        own = [model._meta.get_field(name).column for name in ("project", self.field)]
        theirs = [target._meta.get_field(name).column for name in self.to_fields]
        return list(zip(own, theirs, strict=True))

    def validate(
        self,
        model: Any,
        instance: models.Model,
        exclude: Any = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        if exclude and (self.field in exclude or "project" in exclude):
            return
        value = getattr(instance, model._meta.get_field(self.field).attname)
        if value is None:
            return
        project_field, key_field = self.to_fields
        found = (
            self.target(model)
            ._base_manager.using(using)
            .filter(**{project_field: instance.project_id, key_field: value})  # type: ignore[attr-defined]
            .exists()
        )
        if not found:
            raise ValidationError({self.field: self.get_violation_error_message()}, code=self.violation_error_code)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        kwargs["field"] = self.field
        if self.to:
            kwargs["to"] = self.to
        if self.to_fields != ("project", "id"):
            kwargs["to_fields"] = self.to_fields
        if self.by_statement:
            kwargs["by_statement"] = True
        return path, args, kwargs


class StatementForeignKey(ForeignKeyConstraint):
    """A plain foreign key, ``field``, that is checked by statement; the field itself has ``db_constraint=False``."""

    by_statement = True

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def target(self, model: Any) -> Any:
        return model._meta.get_field(self.field).related_model

    def pairs(self, model: Any) -> list[tuple[str, str]]:
        return [(model._meta.get_field(self.field).column, self.target(model)._meta.pk.column)]

    def validate(self, model: Any, instance: models.Model, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """The field does it."""

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}
