"""The history keeps what stood before each change, so that the first estimate or entry can be found again."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('budget', '0002_burn_rollups'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='timeentry',
            name='update_update',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeentry',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "budget_timeentryevent" ("amount", "batch_id", "billable", "hourly_rate", "id", "minutes", "note", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "recorded_at", "recorded_by_id", "reverses_id", "source", "source_id", "uuid", "work_item_id", "worked_on") VALUES (OLD."amount", OLD."batch_id", OLD."billable", OLD."hourly_rate", OLD."id", OLD."minutes", OLD."note", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."project_id", OLD."recorded_at", OLD."recorded_by_id", OLD."reverses_id", OLD."source", OLD."source_id", OLD."uuid", OLD."work_item_id", OLD."worked_on"); RETURN NULL;', hash='9cc142818681a2016c5f426175ba59349beeaf08', operation='UPDATE', pgid='pgtrigger_update_update_4b93d', table='budget_timeentry', when='AFTER')),
        ),
    ]
