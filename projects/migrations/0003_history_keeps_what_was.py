"""The history of terms and rates keeps what stood before each change.

It kept what each change made, so that the terms as first agreed were nowhere once they had been changed.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0002_one_side_each'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='rate',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='terms',
            name='update_update',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rate',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_rateevent" ("category", "hourly_rate", "id", "job_role", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "uuid", "valid", "version") VALUES (OLD."category", OLD."hourly_rate", OLD."id", OLD."job_role", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."project_id", OLD."uuid", OLD."valid", OLD."version"); RETURN NULL;', hash='ad24064f3cf6d0ec169c56502ea45e23b058c2ec', operation='UPDATE', pgid='pgtrigger_update_update_975b4', table='projects_rate', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='terms',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_termsevent" ("billing_model", "budget_amount", "budget_minutes", "cap_amount", "cap_minutes", "cooperation_model", "cure_days", "deemed_acceptance", "defect_hours_payable", "payment_days", "person_figures", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "progress_rule", "project_id", "response_days", "review_days", "scope_mode", "version", "warranty_days") VALUES (OLD."billing_model", OLD."budget_amount", OLD."budget_minutes", OLD."cap_amount", OLD."cap_minutes", OLD."cooperation_model", OLD."cure_days", OLD."deemed_acceptance", OLD."defect_hours_payable", OLD."payment_days", OLD."person_figures", _pgh_attach_context(), NOW(), \'update\', OLD."project_id", OLD."progress_rule", OLD."project_id", OLD."response_days", OLD."review_days", OLD."scope_mode", OLD."version", OLD."warranty_days"); RETURN NULL;', hash='41da5cf51b47d185505d9935446eb731504679f5', operation='UPDATE', pgid='pgtrigger_update_update_85de8', table='projects_terms', when='AFTER')),
        ),
    ]
