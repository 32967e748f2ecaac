"""The stage on which files are looked at: unlogged, as everything on it can be read from the file again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budget', '0007_earned_series'),
        ('projects', '0015_problems_of_imports'),
    ]

    operations = [
        migrations.CreateModel(
            name='StagedEntry',
            fields=[
                ('pk', models.CompositePrimaryKey('batch_id', 'line', 'part', blank=True, editable=False, primary_key=True, serialize=False)),
                ('line', models.IntegerField()),
                ('part', models.SmallIntegerField(help_text='which entry of a line that holds several; else 0')),
                ('person', models.IntegerField()),
                ('item', models.IntegerField(null=True)),
                ('worked_on', models.DateField()),
                ('minutes', models.SmallIntegerField()),
                ('billable', models.CharField(max_length=1)),
                ('identity', models.UUIDField()),
                ('times', models.UUIDField(help_text='the same for rows of the same person, start and end', null=True)),
                ('source_id', models.CharField(max_length=120, null=True)),
                ('note', models.CharField(max_length=500, null=True)),
                ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.importbatch')),
            ],
        ),
        migrations.CreateModel(
            name='StagedName',
            fields=[
                ('pk', models.CompositePrimaryKey('batch_id', 'kind', 'number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('person', 'person'), ('item', 'work item')], max_length=6)),
                ('number', models.IntegerField()),
                ('name', models.TextField()),
                ('email', models.TextField(null=True)),
                ('batch', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.importbatch')),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE budget_stagedentry SET UNLOGGED; ALTER TABLE budget_stagedname SET UNLOGGED",
            "ALTER TABLE budget_stagedentry SET LOGGED; ALTER TABLE budget_stagedname SET LOGGED",
        ),
    ]
