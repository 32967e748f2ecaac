"""Other thresholds are judged at once: what is set for a project marks it, what is usual marks all that follow it."""

from django.db import migrations

EVENTS = {"insert": "NEW TABLE AS changed", "update": "NEW TABLE AS changed", "delete": "OLD TABLE AS changed"}

FORWARD = """
CREATE FUNCTION alerts_append_marks_of_organisation_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO alerts_mark (project_id, cause)
    SELECT DISTINCT project.id, TG_TABLE_NAME
    FROM changed
    JOIN projects_project project ON project.client_id = changed.organisation_id
    JOIN projects_terms terms ON terms.project_id = project.id
        AND terms.cooperation_model = changed.cooperation_model AND terms.billing_model = changed.billing_model
    ORDER BY 1;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION alerts_append_marks_of_organisation_rules() FROM PUBLIC;
""" + "".join(
    f"""
CREATE TRIGGER append_marks_on_{event} AFTER {event.upper()} ON {table}
    REFERENCING {changed} FOR EACH STATEMENT EXECUTE FUNCTION {function}();
"""
    for table, function in (
        ("alerts_projectrule", "alerts_append_marks"),
        ("alerts_organisationrule", "alerts_append_marks_of_organisation_rules"),
    )
    for event, changed in EVENTS.items()
)
BACKWARD = (
    "".join(
        f"DROP TRIGGER append_marks_on_{event} ON {table};\n"
        for table in ("alerts_organisationrule", "alerts_projectrule")
        for event in EVENTS
    )
    + "DROP FUNCTION alerts_append_marks_of_organisation_rules();"
)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0007_rule_settings")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
