"""Estimates and progress are what rules compare hours with: a change of either appends a mark."""

from django.db import migrations

TABLES = ("requirements_workitem", "requirements_progressreport")

FORWARD = "\n".join(
    f"""
CREATE TRIGGER append_marks_on_insert AFTER INSERT ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
CREATE TRIGGER append_marks_on_update AFTER UPDATE ON {table}
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
CREATE TRIGGER append_marks_on_delete AFTER DELETE ON {table}
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
"""
    for table in TABLES
)

BACKWARD = "\n".join(
    f"DROP TRIGGER append_marks_on_{event} ON {table};"
    for table in reversed(TABLES)
    for event in ("delete", "update", "insert")
)


class Migration(migrations.Migration):
    dependencies = [("requirements", "0001_initial"), ("alerts", "0002_marks")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
