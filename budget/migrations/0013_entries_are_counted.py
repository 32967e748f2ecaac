"""The sums over hours say also of how many entries they are, so that no list counts its rows.

What is there is counted once, here; the three triggers and the function that rebuilds the sums keep it from now on.
"""

import importlib

from django.db import migrations, models

rollups = importlib.import_module("budget.migrations.0002_burn_rollups")
marks = importlib.import_module("budget.migrations.0005_marks_name_their_day")
rebuild = importlib.import_module("budget.migrations.0010_rebuild_burn")

SUMS = {
    "minutes": "sum(sign * minutes)",
    "billable_minutes": "coalesce(sum(sign * minutes) FILTER (WHERE billable = 'y'), 0)",
    "unrated_minutes": "coalesce(sum(sign * minutes) FILTER (WHERE hourly_rate IS NULL), 0)",
    "amount": "coalesce(sum(sign * amount), 0)",
    "entry_count": "sum(sign)",
}


def add_up(table: str, keys: dict[str, str], first_day: str, deltas: str) -> str:
    """The upsert of one grain: ``keys`` maps each key column to its expression over an entry."""
    values = SUMS | ({"first_worked_on": first_day} if first_day else {})
    merged = [f"{name} = burn.{name} + excluded.{name}" for name in SUMS]
    if first_day:
        merged.append("first_worked_on = least(burn.first_worked_on, excluded.first_worked_on)")
    expressions = ", ".join(keys.values())
    return f"""
    INSERT INTO {table} AS burn ({", ".join([*keys, *values])})
    SELECT {expressions}, {", ".join(values.values())}
    FROM ({deltas}) AS delta
    GROUP BY {expressions}
    ORDER BY {expressions}
    ON CONFLICT ({", ".join(keys)}) DO UPDATE SET {", ".join(merged)};
"""


def every_grain(deltas: str) -> str:
    return "".join(add_up(table, keys, first_day, deltas) for table, keys, first_day in rollups.GRAINS)


KEEP = "".join(
    f"""
CREATE OR REPLACE FUNCTION budget_add_up_on_{event}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
{every_grain(deltas)}
{marks.AFTER.format(deltas=deltas)}
    RETURN NULL;
END $$;
"""
    for event, deltas in rollups.DELTAS.items()
)
REBUILD = f"""
CREATE OR REPLACE FUNCTION budget_rebuild_burn(projects bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE budget_timeentry IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM budget_itemburn WHERE project_id = ANY(projects);
    DELETE FROM budget_dayburn WHERE project_id = ANY(projects);
    DELETE FROM budget_personweekburn WHERE project_id = ANY(projects);
{every_grain(rebuild.ENTRIES)}
END $$;
"""
COUNT = "SELECT budget_rebuild_burn(array(SELECT DISTINCT project_id FROM budget_dayburn));"
AS_BEFORE = marks.functions(marks.AFTER) + rebuild.FORWARD.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("budget", "0012_recorded_from")]
    operations = [
        *(
            migrations.AddField(model, "entry_count", models.BigIntegerField(default=0))
            for model in ("itemburn", "dayburn", "personweekburn")
        ),
        migrations.RunSQL(KEEP + REBUILD + COUNT, AS_BEFORE),
    ]
