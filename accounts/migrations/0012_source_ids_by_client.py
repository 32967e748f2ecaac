import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What one client answered about people in a file no longer answers another client's import.

    Whose answer a remembered one was is not known: it is forgotten, and the next import asks again.
    """

    dependencies = [("accounts", "0011_organisation_links")]

    operations = [
        migrations.RunSQL("DELETE FROM accounts_personsourceid", migrations.RunSQL.noop),
        migrations.RemoveConstraint("personsourceid", "one_person_per_source_id"),
        migrations.AddField(
            "personsourceid",
            "client",
            models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.AddConstraint(
            "personsourceid",
            models.UniqueConstraint(
                fields=("organisation", "client", "source", "source_id"), name="one_person_per_source_id"
            ),
        ),
    ]
