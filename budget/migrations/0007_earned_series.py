"""Series of used and earned hours by item and branch instead of by project and day alone.

They are worked out from what is there: every project is marked, so that the worker does it.
"""

import core.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budget', '0006_entries_by_identity'),
        ('projects', '0008_topic_versions'),
        ('requirements', '0006_marks_of_plan'),
    ]

    operations = [
        migrations.CreateModel(
            name='BranchSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None)),
                ('used_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('matched_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('matched_amount', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=2, max_digits=16), default=list, size=None)),
                ('unrated_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('earned_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=6, max_digits=18), default=list, size=None)),
                ('remaining_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=6, max_digits=18), default=list, size=None)),
                ('item_count', models.PositiveIntegerField(help_text='of series summed here: shows when one has gone')),
                ('estimate_minutes', models.BigIntegerField()),
                ('undated_minutes', models.BigIntegerField()),
                ('planned_on', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None)),
                ('planned_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=6, max_digits=18), default=list, size=None)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ('work_item', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requirements.workitem')),
            ],
        ),
        migrations.CreateModel(
            name='ItemSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None)),
                ('used_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('matched_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('matched_amount', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=2, max_digits=16), default=list, size=None)),
                ('unrated_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('earned_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=6, max_digits=18), default=list, size=None)),
                ('remaining_minutes', django.contrib.postgres.fields.ArrayField(base_field=models.DecimalField(decimal_places=6, max_digits=18), default=list, size=None)),
                ('made_of', models.CharField(max_length=60)),
                ('hours_version', models.CharField(blank=True, max_length=60)),
                ('reports_version', models.CharField(blank=True, max_length=60)),
                ('last_on', models.DateField(null=True)),
                ('path', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ('estimate_minutes', models.PositiveIntegerField(null=True)),
                ('planned_start_on', models.DateField(null=True)),
                ('planned_finish_on', models.DateField(null=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ('work_item', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requirements.workitem')),
            ],
        ),
        migrations.DeleteModel(
            name='EarnedDay',
        ),
        migrations.AddConstraint(
            model_name='branchseries',
            constraint=models.UniqueConstraint(fields=('project', 'work_item'), name='one_series_per_branch', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='branchseries',
            constraint=core.constraints.SameProjectForeignKey(field='work_item', name='branch_series_same_project'),
        ),
        migrations.AddConstraint(
            model_name='itemseries',
            constraint=core.constraints.SameProjectForeignKey(field='work_item', name='item_series_same_project'),
        ),
        migrations.RunSQL(
            "INSERT INTO alerts_mark (project_id, cause) SELECT id, 'earned_series' FROM projects_project",
            migrations.RunSQL.noop,
        ),
    ]
