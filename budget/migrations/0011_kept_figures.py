"""Figures that pages read, kept by the worker. Every project is marked, so that it begins to.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budget', '0010_rebuild_burn'),
        ('projects', '0010_versions_of_people_and_calendars'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptFigures',
            fields=[
                ('project', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='projects.project')),
                ('figures', models.JSONField()),
                ('kept_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'kept figures',
                'verbose_name_plural': 'kept figures',
            },
        ),
        migrations.RunSQL(
            "INSERT INTO alerts_mark (project_id, cause, at) SELECT id, 'budget_keptfigures', now() FROM projects_project",
            migrations.RunSQL.noop,
        ),
    ]
