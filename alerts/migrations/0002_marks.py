"""Whatever a rule reads appends a mark when it changes: here the project, its terms and rates.

Statement triggers, so that bulk writes, COPY and raw SQL count too, with one row a project and statement.
The tables of upper apps attach the same function in their own migrations.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION alerts_append_marks() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO alerts_mark (project_id, cause)
    SELECT DISTINCT project_id, TG_TABLE_NAME FROM changed ORDER BY project_id;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION alerts_append_marks() FROM PUBLIC;

CREATE FUNCTION alerts_append_mark_of_project() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO alerts_mark (project_id, cause) VALUES (NEW.id, TG_TABLE_NAME);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION alerts_append_mark_of_project() FROM PUBLIC;

CREATE TRIGGER append_mark
    AFTER UPDATE OF status, planned_start_on, planned_finish_on, vendor_id, currency ON projects_project
    FOR EACH ROW EXECUTE FUNCTION alerts_append_mark_of_project();
CREATE TRIGGER append_marks_on_insert AFTER INSERT ON projects_terms
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
CREATE TRIGGER append_marks_on_update AFTER UPDATE ON projects_terms
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
CREATE TRIGGER append_marks_on_insert AFTER INSERT ON projects_rate
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
CREATE TRIGGER append_marks_on_update AFTER UPDATE ON projects_rate
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
CREATE TRIGGER append_marks_on_delete AFTER DELETE ON projects_rate
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
"""

BACKWARD = """
DROP TRIGGER append_marks_on_delete ON projects_rate;
DROP TRIGGER append_marks_on_update ON projects_rate;
DROP TRIGGER append_marks_on_insert ON projects_rate;
DROP TRIGGER append_marks_on_update ON projects_terms;
DROP TRIGGER append_marks_on_insert ON projects_terms;
DROP TRIGGER append_mark ON projects_project;
DROP FUNCTION alerts_append_mark_of_project();
DROP FUNCTION alerts_append_marks();
"""


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_initial"), ("projects", "0002_one_side_each")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
