from django.db import migrations, models


class Migration(migrations.Migration):
    """A counter of requests for each API client, in a table that is not logged: it is worth no write to the disk."""

    dependencies = [("core", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                ("client_id", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("minute", models.BigIntegerField(help_text="minutes since 1970")),
                ("count", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE core_requestcount SET UNLOGGED", reverse_sql="ALTER TABLE core_requestcount SET LOGGED"
        ),
    ]
