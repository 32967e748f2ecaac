"""Keys of time entries are checked once for a statement instead of once for each of its rows."""

import core.constraints
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_source_ids_by_client'),
        ('budget', '0008_staged_entries'),
        ('projects', '0015_problems_of_imports'),
        ('requirements', '0004_marks_name_their_day'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='timeentry',
            name='entry_person_of_project',
        ),
        migrations.RemoveConstraint(
            model_name='timeentry',
            name='entry_item_same_project',
        ),
        migrations.RemoveConstraint(
            model_name='timeentry',
            name='entry_batch_same_project',
        ),
        migrations.AlterField(
            model_name='timeentry',
            name='recorded_by',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='timeentry',
            constraint=core.constraints.SameProjectForeignKey(by_statement=True, field='person', name='entry_person_of_project', to='projects.ProjectPerson', to_fields=('project', 'person'), violation_error_message='This person does not belong to the project.'),
        ),
        migrations.AddConstraint(
            model_name='timeentry',
            constraint=core.constraints.SameProjectForeignKey(by_statement=True, field='work_item', name='entry_item_same_project'),
        ),
        migrations.AddConstraint(
            model_name='timeentry',
            constraint=core.constraints.SameProjectForeignKey(by_statement=True, field='batch', name='entry_batch_same_project'),
        ),
        migrations.AddConstraint(
            model_name='timeentry',
            constraint=core.constraints.StatementForeignKey(field='recorded_by', name='entry_recorded_by_user'),
        ),
    ]
