"""Late data is counted in working days of people who are assigned by dates: both append a mark when they change."""

from django.db import migrations

EVENTS = {"insert": "NEW TABLE AS changed", "update": "NEW TABLE AS changed", "delete": "OLD TABLE AS changed"}
TABLES = ("projects_projectperson", "projects_sidecalendar", "projects_dayoff")

FORWARD = "".join(
    f"""
CREATE TRIGGER append_marks_on_{event} AFTER {event.upper()} ON {table}
    REFERENCING {changed} FOR EACH STATEMENT EXECUTE FUNCTION alerts_append_marks();
"""
    for table in TABLES
    for event, changed in EVENTS.items()
)
BACKWARD = "".join(f"DROP TRIGGER append_marks_on_{event} ON {table};\n" for table in TABLES for event in EVENTS)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0004_each_side_answers"), ("projects", "0014_agreed_overhead")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
