"""Names of work items that nobody knows wait with the keys of their hours."""

import core.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budget', '0013_entries_are_counted'),
        ('projects', '0021_sources_of_what_was_agreed'),
    ]

    operations = [
        migrations.CreateModel(
            name='UnmatchedItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('side', models.CharField(choices=[('client', 'client'), ('vendor', 'vendor')], max_length=6)),
                ('name', models.CharField(max_length=300)),
                ('entries', django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ('batch', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.importbatch')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
            ],
            options={
                'verbose_name': 'unmatched work item',
                'verbose_name_plural': 'unmatched work items',
                'ordering': ['name', 'id'],
                'indexes': [models.Index(fields=['project', 'side', 'name'], name='unmatched_items_of_side')],
                'constraints': [core.constraints.SameProjectForeignKey(field='batch', name='unmatched_item_same_project'), models.UniqueConstraint(fields=('batch', 'name'), name='one_unmatched_item_per_name')],
            },
        ),
    ]
