"""Foreign keys that are checked once for each statement, for tables whose rows come by the hundred thousand.

They promise what a foreign key does, in the same way: whoever writes rows that name a target locks that target against
being removed until the transaction ends, and whoever removes a target looks for rows that name it once every other
writer of it is done. Only the number of questions differs: one for all rows of a statement, however many they are.
"""

from collections.abc import Sequence
from typing import Final

# The functions work with their owner's rights, as a foreign key does: the application may not lock what it only reads.
# Triggers fire in the order of their names, and these come before those that add up: what is refused locks no sums.
KEY: Final = """
CREATE FUNCTION {name}_names_what_is() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    named bigint;
    held bigint;
BEGIN
    SELECT count(*) INTO named FROM (SELECT DISTINCT {columns} FROM added WHERE {is_named}) AS distinct_keys;
    SELECT count(*) INTO held FROM (
        SELECT FROM {target} AS target
        JOIN (SELECT DISTINCT {columns} FROM added WHERE {is_named}) AS named_key ON {matches}
        ORDER BY {in_order} FOR KEY SHARE OF target
    ) AS locked;
    IF held < named THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'insert or update on table "{table}" violates foreign key constraint "{name}"',
            TABLE = '{table}', CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION {name}_keeps_what_is_named() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM {table} AS own WHERE {is_named_by}) THEN
        RAISE foreign_key_violation USING
            MESSAGE = 'update or delete on table "{target}" violates foreign key constraint "{name}"',
            TABLE = '{table}', CONSTRAINT = '{name}';
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION {name}_names_what_is(), {name}_keeps_what_is_named() FROM PUBLIC;
CREATE TRIGGER a_key_on_insert_{name} AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {name}_names_what_is();
CREATE TRIGGER a_key_on_update_{name} AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION {name}_names_what_is();
CREATE TRIGGER a_key_on_delete_{name} AFTER DELETE ON {target}
    FOR EACH ROW EXECUTE FUNCTION {name}_keeps_what_is_named();
CREATE TRIGGER a_key_on_update_{name} AFTER UPDATE OF {target_columns} ON {target}
    FOR EACH ROW WHEN ({differs}) EXECUTE FUNCTION {name}_keeps_what_is_named();
DO $$ BEGIN
    IF EXISTS (
        SELECT FROM {table} AS own WHERE {is_named}
        AND NOT EXISTS (SELECT FROM {target} AS target WHERE {matches_own})
    ) THEN
        RAISE foreign_key_violation USING MESSAGE = 'table "{table}" already violates "{name}"', CONSTRAINT = '{name}';
    END IF;
END $$;
"""
KEY_BACKWARDS: Final = """
DROP FUNCTION {name}_names_what_is() CASCADE;
DROP FUNCTION {name}_keeps_what_is_named() CASCADE;
"""


def statement_key_sql(*, name: str, table: str, target: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Statements that make the key ``name``: what ``table`` has in the columns of ``pairs`` exists in ``target``."""
    columns, target_columns = zip(*pairs, strict=True)
    return KEY.format(
        name=name,
        table=table,
        target=target,
        columns=", ".join(columns),
        target_columns=", ".join(target_columns),
        in_order=", ".join(f"target.{theirs}" for theirs in target_columns),
        is_named=" AND ".join(f"{own} IS NOT NULL" for own in columns),
        matches=" AND ".join(f"target.{theirs} = named_key.{own}" for own, theirs in pairs),
        matches_own=" AND ".join(f"target.{theirs} = own.{own}" for own, theirs in pairs),
        is_named_by=" AND ".join(f"own.{own} = OLD.{theirs}" for own, theirs in pairs),
        differs=" OR ".join(f"OLD.{theirs} IS DISTINCT FROM NEW.{theirs}" for theirs in target_columns),
    )


def statement_key_sql_backwards(name: str) -> str:
    """Statements that take the key away."""
    return KEY_BACKWARDS.format(name=name)
