"""The sums of projects worked out anew from their entries, for the day on which a comparison found a difference.

The application may ask for it, since it makes the sums true and nothing else; it still cannot write one. Writers of
hours wait meanwhile.
"""

import importlib

from django.db import migrations

rollups = importlib.import_module("budget.migrations.0002_burn_rollups")
ENTRIES = f"SELECT {rollups.COLUMNS}, 1 AS sign FROM budget_timeentry WHERE project_id = ANY(projects)"

FORWARD = f"""
CREATE FUNCTION budget_rebuild_burn(projects bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    LOCK TABLE budget_timeentry IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM budget_itemburn WHERE project_id = ANY(projects);
    DELETE FROM budget_dayburn WHERE project_id = ANY(projects);
    DELETE FROM budget_personweekburn WHERE project_id = ANY(projects);
{"".join(rollups.add_up(table, keys, first_day, ENTRIES) for table, keys, first_day in rollups.GRAINS)}
END $$;
"""
BACKWARD = "DROP FUNCTION budget_rebuild_burn(bigint[]);"


class Migration(migrations.Migration):
    dependencies = [("budget", "0009_keys_by_statement")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
