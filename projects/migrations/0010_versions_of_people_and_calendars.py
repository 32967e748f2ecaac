from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0009_act_link_addresses'),
    ]

    operations = [
        migrations.AddField(
            model_name='projectperson',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
        migrations.AddField(
            model_name='sidecalendar',
            name='version',
            field=models.PositiveIntegerField(default=1, editable=False),
        ),
    ]
