"""How the machine is watched itself: canaries, nightly comparisons and what they found."""

import core.constraints
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('alerts', '0005_marks_of_people_and_calendars'),
        ('projects', '0014_agreed_overhead'),
    ]

    operations = [
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(db_index=True, null=True)),
                ('project_count', models.PositiveIntegerField(default=0)),
                ('drift_count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'reconciliation',
                'verbose_name_plural': 'reconciliations',
            },
        ),
        migrations.CreateModel(
            name='Canary',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('started_at', models.DateTimeField(db_index=True)),
                ('arrived_at', models.DateTimeField(null=True)),
                ('alert', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='alerts.alert')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
            ],
            options={
                'verbose_name': 'canary',
                'verbose_name_plural': 'canaries',
                'ordering': ['-started_at'],
                'constraints': [core.constraints.SameProjectForeignKey(field='alert', name='canary_alert_same_project')],
            },
        ),
        migrations.CreateModel(
            name='Drift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(help_text='the kind of figure, such as burn by item', max_length=80)),
                ('about', models.CharField(blank=True, max_length=120)),
                ('kept', models.CharField(max_length=200)),
                ('found', models.CharField(max_length=200)),
                ('found_at', models.DateTimeField()),
                ('cleared_at', models.DateTimeField(null=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
            ],
            options={
                'verbose_name': 'drift',
                'verbose_name_plural': 'drifts',
                'constraints': [models.UniqueConstraint(condition=models.Q(('cleared_at__isnull', True)), fields=('project', 'what', 'about'), name='one_open_drift_per_figure')],
            },
        ),
    ]
