"""Long work on a file is a row of its own, so that it survives whoever does it."""

import core.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0017_discarded_messages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportWork',
            fields=[
                ('batch', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='work', serialize=False, to='projects.importbatch')),
                ('act', models.CharField(choices=[('check', 'look at the file'), ('take', 'take the file')], max_length=10)),
                ('choices', models.JSONField(default=dict, help_text='options of the look, or what was decided about taking')),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('leased_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('phase', models.CharField(blank=True, max_length=20)),
                ('done', models.PositiveIntegerField(default=0)),
                ('total', models.PositiveIntegerField(default=0)),
                ('is_called_off', models.BooleanField(default=False)),
                ('failure', models.CharField(blank=True, max_length=500)),
                ('asked_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
            ],
            options={
                'verbose_name': 'work on an import',
                'verbose_name_plural': 'work on imports',
                'constraints': [core.constraints.SameProjectForeignKey(field='batch', name='import_work_same_project')],
            },
        ),
    ]
