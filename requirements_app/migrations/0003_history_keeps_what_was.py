"""The history keeps what stood before each change, so that the first estimate or entry can be found again."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('requirements', '0002_marks'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='workitem',
            name='update_update',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='workitem',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "requirements_workitemevent" ("batch_id", "category", "estimate_minutes", "id", "outside_key", "outside_url", "parent_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "project_id", "ref_id", "remaining_minutes", "state", "title", "version") VALUES (OLD."batch_id", OLD."category", OLD."estimate_minutes", OLD."id", OLD."outside_key", OLD."outside_url", OLD."parent_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."position", OLD."project_id", OLD."ref_id", OLD."remaining_minutes", OLD."state", OLD."title", OLD."version"); RETURN NULL;', hash='46f5627385534313fc90a09559089783a1f9f39c', operation='UPDATE', pgid='pgtrigger_update_update_2e3de', table='requirements_workitem', when='AFTER')),
        ),
    ]
