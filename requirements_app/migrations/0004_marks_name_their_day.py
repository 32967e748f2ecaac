"""What a change of progress or of an item touches: days from the report's on, no day at all, or every day.

An item repeats its newest progress report; a change of only that is told by the report's own mark.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION requirements_append_marks_of_reports() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO alerts_mark (project_id, cause, since_on)
    SELECT project_id, TG_TABLE_NAME, min("on") FROM changed GROUP BY project_id ORDER BY project_id;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION requirements_append_marks_of_reports() FROM PUBLIC;

CREATE FUNCTION requirements_append_marks_of_changed_reports() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO alerts_mark (project_id, cause, since_on)
    SELECT project_id, TG_TABLE_NAME, min("on")
    FROM (SELECT project_id, "on" FROM changed UNION ALL SELECT project_id, "on" FROM earlier) AS both_of_them
    GROUP BY project_id ORDER BY project_id;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION requirements_append_marks_of_changed_reports() FROM PUBLIC;

CREATE FUNCTION requirements_append_marks_of_changed_items() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO alerts_mark (project_id, cause)
    SELECT DISTINCT changed.project_id, TG_TABLE_NAME
        || CASE
            WHEN changed.estimate_minutes IS NOT DISTINCT FROM earlier.estimate_minutes
                AND (changed.state = 'dropped') = (earlier.state = 'dropped')
            THEN '_progress' ELSE '' END
    FROM changed JOIN earlier USING (id) ORDER BY 1, 2;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION requirements_append_marks_of_changed_items() FROM PUBLIC;

DROP TRIGGER append_marks_on_insert ON requirements_progressreport;
DROP TRIGGER append_marks_on_update ON requirements_progressreport;
DROP TRIGGER append_marks_on_delete ON requirements_progressreport;
DROP TRIGGER append_marks_on_update ON requirements_workitem;
CREATE TRIGGER append_marks_on_insert AFTER INSERT ON requirements_progressreport
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION requirements_append_marks_of_reports();
CREATE TRIGGER append_marks_on_update AFTER UPDATE ON requirements_progressreport
    REFERENCING NEW TABLE AS changed OLD TABLE AS earlier
    FOR EACH STATEMENT EXECUTE FUNCTION requirements_append_marks_of_changed_reports();
CREATE TRIGGER append_marks_on_delete AFTER DELETE ON requirements_progressreport
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION requirements_append_marks_of_reports();
CREATE TRIGGER append_marks_on_update AFTER UPDATE ON requirements_workitem
    REFERENCING NEW TABLE AS changed OLD TABLE AS earlier
    FOR EACH STATEMENT EXECUTE FUNCTION requirements_append_marks_of_changed_items();
"""

BACKWARD = """
DROP TRIGGER append_marks_on_update ON requirements_workitem;
DROP TRIGGER append_marks_on_delete ON requirements_progressreport;
DROP TRIGGER append_marks_on_update ON requirements_progressreport;
DROP TRIGGER append_marks_on_insert ON requirements_progressreport;
CREATE TRIGGER append_marks_on_update AFTER UPDATE ON requirements_workitem
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
CREATE TRIGGER append_marks_on_insert AFTER INSERT ON requirements_progressreport
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
CREATE TRIGGER append_marks_on_update AFTER UPDATE ON requirements_progressreport
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
CREATE TRIGGER append_marks_on_delete AFTER DELETE ON requirements_progressreport
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
DROP FUNCTION requirements_append_marks_of_changed_items();
DROP FUNCTION requirements_append_marks_of_changed_reports();
DROP FUNCTION requirements_append_marks_of_reports();
"""


class Migration(migrations.Migration):
    dependencies = [("requirements", "0003_history_keeps_what_was"), ("alerts", "0003_many_projects_at_once")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
