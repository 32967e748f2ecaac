"""The database keeps the sums over time entries, for every path by which an entry can come or go.

Three statement triggers, because a trigger with transition tables takes one event; each turns its rows into signed
deltas, sums them by key and adds them to the three rollups, always in the same order of tables and keys, so that
two writers wait for each other instead of locking each other out. Emptying the table at once is refused: TRUNCATE
fires no such trigger.
"""

from django.db import migrations

COLUMNS = "project_id, work_item_id, person_id, worked_on, minutes, billable, hourly_rate, amount"
DELTAS = {
    "insert": f"SELECT {COLUMNS}, 1 AS sign FROM added",
    "delete": f"SELECT {COLUMNS}, -1 AS sign FROM removed",
    "update": f"SELECT {COLUMNS}, 1 AS sign FROM added UNION ALL SELECT {COLUMNS}, -1 AS sign FROM removed",
}
TRANSITION_TABLES = {
    "insert": "NEW TABLE AS added",
    "delete": "OLD TABLE AS removed",
    "update": "NEW TABLE AS added OLD TABLE AS removed",
}
GRAINS = (
    ("budget_itemburn", {"project_id": "project_id", "work_item_id": "work_item_id"}, "min(worked_on)"),
    ("budget_dayburn", {"project_id": "project_id", "worked_on": "worked_on"}, ""),
    (
        "budget_personweekburn",
        {"project_id": "project_id", "person_id": "person_id", "week_starts_on": "date_trunc('week', worked_on)::date"},
        "",
    ),
)


def add_up(table: str, keys: dict[str, str], first_day: str, deltas: str) -> str:
    """The upsert of one grain: ``keys`` maps each key column to its expression over an entry."""
    names = ", ".join(keys)
    first_column, first_value, first_merge = (
        (
            ", first_worked_on",
            f", {first_day}",
            ",\n        first_worked_on = least(burn.first_worked_on, excluded.first_worked_on)",
        )
        if first_day
        else ("", "", "")
    )
    return f"""
    INSERT INTO {table} AS burn ({names}, minutes, billable_minutes, unrated_minutes, amount{first_column})
    SELECT {", ".join(keys.values())},
        sum(sign * minutes),
        coalesce(sum(sign * minutes) FILTER (WHERE billable = 'y'), 0),
        coalesce(sum(sign * minutes) FILTER (WHERE hourly_rate IS NULL), 0),
        coalesce(sum(sign * amount), 0){first_value}
    FROM ({deltas}) AS delta
    GROUP BY {", ".join(keys.values())}
    ORDER BY {", ".join(keys.values())}
    ON CONFLICT ({names}) DO UPDATE SET
        minutes = burn.minutes + excluded.minutes,
        billable_minutes = burn.billable_minutes + excluded.billable_minutes,
        unrated_minutes = burn.unrated_minutes + excluded.unrated_minutes,
        amount = burn.amount + excluded.amount{first_merge};
"""


def trigger_for(event: str) -> str:
    """The function and trigger of one event."""
    deltas = DELTAS[event]
    return f"""
CREATE FUNCTION budget_add_up_on_{event}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
{"".join(add_up(table, keys, first_day, deltas) for table, keys, first_day in GRAINS)}
    INSERT INTO alerts_mark (project_id, cause)
    SELECT DISTINCT project_id, TG_TABLE_NAME FROM ({deltas}) AS delta ORDER BY project_id;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION budget_add_up_on_{event}() FROM PUBLIC;
CREATE TRIGGER add_up_on_{event} AFTER {event.upper()} ON budget_timeentry
    REFERENCING {TRANSITION_TABLES[event]} FOR EACH STATEMENT EXECUTE FUNCTION budget_add_up_on_{event}();
"""


FORWARD = (
    "".join(trigger_for(event) for event in ("insert", "update", "delete"))
    + """
CREATE FUNCTION budget_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'time entries are never emptied at once: their sums would stay behind'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON budget_timeentry
    FOR EACH STATEMENT EXECUTE FUNCTION budget_refuse_truncate();
"""
)

BACKWARD = """
DROP TRIGGER refuse_truncate ON budget_timeentry;
DROP FUNCTION budget_refuse_truncate();
""" + "".join(
    f"DROP TRIGGER add_up_on_{event} ON budget_timeentry;\nDROP FUNCTION budget_add_up_on_{event}();\n"
    for event in ("delete", "update", "insert")
)


class Migration(migrations.Migration):
    dependencies = [("budget", "0001_initial"), ("alerts", "0002_marks")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
