"""A mark of time entries names the first day whose hours changed, so that what came before need not be summed again."""

import importlib

from django.db import migrations

rollups = importlib.import_module("budget.migrations.0002_burn_rollups")

BEFORE = """
    INSERT INTO alerts_mark (project_id, cause)
    SELECT DISTINCT project_id, TG_TABLE_NAME FROM ({deltas}) AS delta ORDER BY project_id;
"""
AFTER = """
    INSERT INTO alerts_mark (project_id, cause, since_on)
    SELECT project_id, TG_TABLE_NAME, min(worked_on) FROM ({deltas}) AS delta GROUP BY project_id ORDER BY project_id;
"""


def functions(mark: str) -> str:
    """The three functions with the statement that marks."""
    return "".join(
        f"""
CREATE OR REPLACE FUNCTION budget_add_up_on_{event}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
{"".join(rollups.add_up(table, keys, first_day, deltas) for table, keys, first_day in rollups.GRAINS)}
{mark.format(deltas=deltas)}
    RETURN NULL;
END $$;
"""
        for event, deltas in rollups.DELTAS.items()
    )


class Migration(migrations.Migration):
    dependencies = [("budget", "0004_record_confirmations"), ("alerts", "0003_many_projects_at_once")]
    operations = [migrations.RunSQL(functions(AFTER), functions(BEFORE))]
