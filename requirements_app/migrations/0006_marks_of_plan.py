"""Where an item stands in the tree and when it is planned moves figures of every day, as its estimate does."""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION requirements_append_marks_of_changed_items() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO alerts_mark (project_id, cause)
    SELECT DISTINCT changed.project_id, TG_TABLE_NAME
        || CASE
            WHEN {unmoved}
                AND (changed.state = 'dropped') = (earlier.state = 'dropped')
            THEN '_progress' ELSE '' END
    FROM changed JOIN earlier USING (id) ORDER BY 1, 2;
    RETURN NULL;
END $$;
"""
ESTIMATE = "changed.estimate_minutes IS NOT DISTINCT FROM earlier.estimate_minutes"
PLACE_AND_PLAN = """(changed.estimate_minutes, changed.parent_id, changed.planned_start_on, changed.planned_finish_on)
                IS NOT DISTINCT FROM
                (earlier.estimate_minutes, earlier.parent_id, earlier.planned_start_on, earlier.planned_finish_on)"""


class Migration(migrations.Migration):
    dependencies = [("requirements", "0005_planned_dates")]
    operations = [migrations.RunSQL(FUNCTION.format(unmoved=PLACE_AND_PLAN), FUNCTION.format(unmoved=ESTIMATE))]
