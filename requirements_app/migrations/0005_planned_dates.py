"""When an item is planned to be worked on: what planned value is made of."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0008_topic_versions'),
        ('requirements', '0004_marks_name_their_day'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='workitem',
            name='delete_delete',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='workitem',
            name='update_update',
        ),
        migrations.AddField(
            model_name='workitem',
            name='planned_finish_on',
            field=models.DateField(blank=True, null=True, verbose_name='planned finish'),
        ),
        migrations.AddField(
            model_name='workitem',
            name='planned_start_on',
            field=models.DateField(blank=True, null=True, verbose_name='planned start'),
        ),
        migrations.AddField(
            model_name='workitemevent',
            name='planned_finish_on',
            field=models.DateField(blank=True, null=True, verbose_name='planned finish'),
        ),
        migrations.AddField(
            model_name='workitemevent',
            name='planned_start_on',
            field=models.DateField(blank=True, null=True, verbose_name='planned start'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workitem',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "requirements_workitemevent" ("batch_id", "category", "estimate_minutes", "id", "outside_key", "outside_url", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_finish_on", "planned_start_on", "position", "project_id", "ref_id", "remaining_minutes", "state", "title", "version") VALUES (OLD."batch_id", OLD."category", OLD."estimate_minutes", OLD."id", OLD."outside_key", OLD."outside_url", OLD."parent_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."planned_finish_on", OLD."planned_start_on", OLD."position", OLD."project_id", OLD."ref_id", OLD."remaining_minutes", OLD."state", OLD."title", OLD."version"); RETURN NULL;', hash='a2e0c985866df44d2ae8f3c610fb1b790ebd93dc', operation='UPDATE', pgid='pgtrigger_update_update_2e3de', table='requirements_workitem', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workitem',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "requirements_workitemevent" ("batch_id", "category", "estimate_minutes", "id", "outside_key", "outside_url", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_finish_on", "planned_start_on", "position", "project_id", "ref_id", "remaining_minutes", "state", "title", "version") VALUES (OLD."batch_id", OLD."category", OLD."estimate_minutes", OLD."id", OLD."outside_key", OLD."outside_url", OLD."parent_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."planned_finish_on", OLD."planned_start_on", OLD."position", OLD."project_id", OLD."ref_id", OLD."remaining_minutes", OLD."state", OLD."title", OLD."version"); RETURN NULL;', hash='a96305822adb77afedd682cc4203fce099a8d39e', operation='DELETE', pgid='pgtrigger_delete_delete_5a8b2', table='requirements_workitem', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='workitem',
            constraint=models.CheckConstraint(condition=models.Q(('planned_start_on__isnull', True), ('planned_finish_on__isnull', True), ('planned_finish_on__gte', models.F('planned_start_on')), _connector='OR'), name='work_item_finishes_after_start', violation_error_message='The planned finish lies before the planned start.'),
        ),
    ]
