"""What files call a work item is remembered, once somebody said it."""

import core.constraints
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0021_sources_of_what_was_agreed'),
        ('requirements', '0007_whose_estimate'),
    ]

    operations = [
        migrations.CreateModel(
            name='ItemName',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=300)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ('work_item', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='requirements.workitem')),
            ],
            options={
                'verbose_name': 'name of a work item',
                'verbose_name_plural': 'names of work items',
                'constraints': [models.UniqueConstraint(fields=('project', 'name'), name='one_work_item_per_name'), core.constraints.SameProjectForeignKey(field='work_item', name='item_name_same_project')],
            },
        ),
    ]
