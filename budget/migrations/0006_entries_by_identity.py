"""Time entries are known by what they are: their key is their identity, and one index serves where four did.

The table is built anew, in an order of columns that wastes no bytes between them. What files brought before gets the
key that the same row of the same file gets today, so that nothing counts twice; keys of other entries stay.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import budget.entry_identity
import core.constraints

MARKED = """
    (SELECT (left(digits, 12) || '8' || substr(digits, 14, 3) || '8' || substr(digits, 18, 15))::uuid
     FROM (SELECT %s AS digits) AS unmarked)
"""
NAME = r"encode(sha256(convert_to(project_id || E'\x1f' || source_id, 'UTF8')), 'hex')"
CONTENT = r"""
    lpad(to_hex(worked_on - date '1970-01-01'), 4, '0')
    || left(encode(sha256(convert_to(project_id || E'\x1f', 'UTF8') || decode(substr(source_id, 5, 64), 'hex')), 'hex'), 24)
    || lpad(to_hex(split_part(source_id, '#', 2)::integer - 1), 4, '0')
"""
# As budget.entry_identity makes them; a test holds the two together.
IDENTITY = rf"""
    CASE
        WHEN source_id IS NULL THEN uuid
        WHEN source_id ~ '^row:[0-9a-f]{{64}}#[0-9]{{1,5}}$' THEN {MARKED % CONTENT}
        WHEN substring(source_id from '([^:]*)$') ~ '^[0-9]{{1,14}}$' THEN
            {MARKED % f"lpad(to_hex(substring(source_id from '([^:]*)$')::bigint), 12, '0') || {NAME}"}
        ELSE {MARKED % NAME}
    END
"""

REBUILT = """
ALTER TABLE budget_timeentry RENAME TO budget_timeentry_before;
CREATE TABLE budget_timeentry (
    project_id bigint NOT NULL,
    person_id bigint NOT NULL,
    work_item_id bigint,
    batch_id bigint,
    recorded_by_id bigint NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    uuid uuid NOT NULL,
    worked_on date NOT NULL,
    minutes smallint NOT NULL,
    billable varchar(1) NOT NULL,
    source varchar(4) NOT NULL,
    reverses_id uuid,
    hourly_rate numeric(12, 4),
    amount numeric(14, 2),
    note varchar(500) NOT NULL,
    source_id varchar(120)
);
"""
COLUMNS = """
    project_id, person_id, work_item_id, batch_id, recorded_by_id, recorded_at, worked_on, minutes, billable, source,
    hourly_rate, amount, note
"""
# What both shapes of the table have.
AGAIN = """
DROP TABLE budget_timeentry_before;
ALTER TABLE budget_timeentry
    ADD CONSTRAINT minutes_of_one_day CHECK (minutes BETWEEN -1440 AND 1440 AND minutes <> 0),
    ADD CONSTRAINT negative_minutes_reverse_an_entry CHECK (minutes > 0 OR reverses_id IS NOT NULL),
    ADD CONSTRAINT rate_and_amount_together CHECK (
        amount IS NULL AND hourly_rate IS NULL OR amount IS NOT NULL AND hourly_rate >= 0 AND hourly_rate < 100000),
    ADD CONSTRAINT entry_person_of_project FOREIGN KEY (project_id, person_id)
        REFERENCES projects_projectperson (project_id, person_id),
    ADD CONSTRAINT entry_item_same_project FOREIGN KEY (project_id, work_item_id)
        REFERENCES requirements_workitem (project_id, id),
    ADD CONSTRAINT entry_batch_same_project FOREIGN KEY (project_id, batch_id)
        REFERENCES projects_importbatch (project_id, id),
    ADD CONSTRAINT budget_timeentry_recorded_by_id_5cbe10c4_fk_accounts_user_id FOREIGN KEY (recorded_by_id)
        REFERENCES accounts_user (id) DEFERRABLE INITIALLY DEFERRED;
CREATE UNIQUE INDEX an_entry_is_taken_back_once ON budget_timeentry (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE TRIGGER add_up_on_insert AFTER INSERT ON budget_timeentry
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION budget_add_up_on_insert();
CREATE TRIGGER add_up_on_update AFTER UPDATE ON budget_timeentry
    REFERENCING NEW TABLE AS added OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION budget_add_up_on_update();
CREATE TRIGGER add_up_on_delete AFTER DELETE ON budget_timeentry
    REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION budget_add_up_on_delete();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON budget_timeentry
    FOR EACH STATEMENT EXECUTE FUNCTION budget_refuse_truncate();
"""

FORWARD = f"""
{REBUILT}
CREATE TEMPORARY TABLE moved AS SELECT id, uuid AS before, {IDENTITY} AS uuid FROM budget_timeentry_before;
INSERT INTO budget_timeentry (uuid, reverses_id, source_id, {COLUMNS})
SELECT moved.uuid, reversed.uuid, nullif(left(source_id, 4), 'row:') || substr(source_id, 5), {COLUMNS}
FROM budget_timeentry_before AS entry
JOIN moved USING (id)
LEFT JOIN moved AS reversed ON reversed.id = entry.reverses_id
ORDER BY moved.uuid;
{AGAIN}
ALTER TABLE budget_timeentry ADD CONSTRAINT time_entry_in_project PRIMARY KEY (uuid, project_id);
ALTER TABLE budget_timeentry ADD CONSTRAINT entry_reverses_same_project FOREIGN KEY (project_id, reverses_id)
    REFERENCES budget_timeentry (project_id, uuid);
CREATE INDEX entries_of_project_by_day ON budget_timeentry (project_id, worked_on);
CREATE INDEX entries_of_person ON budget_timeentry (project_id, person_id);
CREATE INDEX entries_of_item ON budget_timeentry (project_id, work_item_id);
CREATE INDEX entries_of_batch ON budget_timeentry (batch_id) WHERE batch_id IS NOT NULL;

ALTER TABLE budget_timeentryevent RENAME COLUMN pgh_obj_id TO object_before;
ALTER TABLE budget_timeentryevent RENAME COLUMN reverses_id TO reverses_before;
ALTER TABLE budget_timeentryevent ADD COLUMN pgh_obj_id uuid, ADD COLUMN reverses_id uuid;
UPDATE budget_timeentryevent AS event SET
    uuid = coalesce(moved.uuid, event.uuid),
    pgh_obj_id = coalesce(moved.uuid, event.uuid),
    reverses_id = (SELECT uuid FROM moved AS reversed WHERE reversed.id = event.reverses_before)
FROM budget_timeentryevent AS same
LEFT JOIN moved ON moved.id = same.object_before
WHERE same.pgh_id = event.pgh_id;
ALTER TABLE budget_timeentryevent
    ALTER COLUMN pgh_obj_id SET NOT NULL,
    DROP COLUMN object_before, DROP COLUMN reverses_before, DROP COLUMN id;
CREATE INDEX budget_timeentryevent_pgh_obj_id_106a742e ON budget_timeentryevent (pgh_obj_id);
CREATE INDEX budget_timeentryevent_reverses_id_951caa27 ON budget_timeentryevent (reverses_id);
DROP TABLE moved;
"""

# The names of rows without an id of their own are not kept, so a file taken before would count once more.
BACKWARD = f"""
{REBUILT}
ALTER TABLE budget_timeentry
    DROP COLUMN reverses_id,
    ADD COLUMN reverses_id bigint,
    ADD COLUMN id bigint GENERATED BY DEFAULT AS IDENTITY;
INSERT INTO budget_timeentry (uuid, source_id, {COLUMNS})
SELECT uuid, source_id, {COLUMNS} FROM budget_timeentry_before ORDER BY recorded_at, uuid;
UPDATE budget_timeentry AS entry SET reverses_id = reversed.id
FROM budget_timeentry_before AS before
JOIN budget_timeentry AS reversed ON reversed.uuid = before.reverses_id
WHERE before.uuid = entry.uuid;
{AGAIN}
ALTER TABLE budget_timeentry
    ADD CONSTRAINT budget_timeentry_pkey PRIMARY KEY (id),
    ADD CONSTRAINT budget_timeentry_uuid_key UNIQUE (uuid),
    ADD CONSTRAINT time_entry_in_project UNIQUE (project_id, id);
ALTER TABLE budget_timeentry ADD CONSTRAINT entry_reverses_same_project FOREIGN KEY (project_id, reverses_id)
    REFERENCES budget_timeentry (project_id, id);
CREATE INDEX budget_timeentry_batch_id_e5afc1a4 ON budget_timeentry (batch_id);
CREATE INDEX budget_timeentry_person_id_613761fd ON budget_timeentry (person_id);
CREATE INDEX budget_timeentry_work_item_id_e5724fa9 ON budget_timeentry (work_item_id);
CREATE INDEX entries_of_project_by_day ON budget_timeentry (project_id, worked_on DESC, id DESC);
CREATE UNIQUE INDEX one_entry_per_source_id ON budget_timeentry (project_id, source_id) WHERE source_id IS NOT NULL;

ALTER TABLE budget_timeentryevent RENAME COLUMN pgh_obj_id TO object_before;
ALTER TABLE budget_timeentryevent RENAME COLUMN reverses_id TO reverses_before;
ALTER TABLE budget_timeentryevent ADD COLUMN pgh_obj_id bigint, ADD COLUMN id bigint, ADD COLUMN reverses_id bigint;
UPDATE budget_timeentryevent AS event SET
    id = coalesce(entry.id, 0),
    pgh_obj_id = coalesce(entry.id, 0),
    reverses_id = (SELECT id FROM budget_timeentry AS reversed WHERE reversed.uuid = event.reverses_before)
FROM budget_timeentryevent AS same
LEFT JOIN budget_timeentry AS entry ON entry.uuid = same.object_before
WHERE same.pgh_id = event.pgh_id;
ALTER TABLE budget_timeentryevent
    ALTER COLUMN pgh_obj_id SET NOT NULL, ALTER COLUMN id SET NOT NULL,
    DROP COLUMN object_before, DROP COLUMN reverses_before;
CREATE INDEX budget_timeentryevent_pgh_obj_id_106a742e ON budget_timeentryevent (pgh_obj_id);
CREATE INDEX budget_timeentryevent_reverses_id_951caa27 ON budget_timeentryevent (reverses_id);
"""


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0012_source_ids_by_client"),
        ("budget", "0005_marks_name_their_day"),
        ("projects", "0008_topic_versions"),
        ("requirements", "0003_history_keeps_what_was"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="timeentry", name="delete_delete"),
        pgtrigger.migrations.RemoveTrigger(model_name="timeentry", name="update_update"),
        pgtrigger.migrations.RemoveTrigger(model_name="timeentryevent", name="append_only"),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(FORWARD, BACKWARD)],
            state_operations=[
                migrations.RemoveConstraint(
                    model_name='timeentry',
                    name='time_entry_in_project',
                ),
                migrations.RemoveConstraint(
                    model_name='timeentry',
                    name='one_entry_per_source_id',
                ),
                migrations.RemoveConstraint(
                    model_name='timeentry',
                    name='entry_reverses_same_project',
                ),
                migrations.RemoveIndex(
                    model_name='timeentry',
                    name='entries_of_project_by_day',
                ),
                migrations.RemoveField(
                    model_name='timeentry',
                    name='id',
                ),
                migrations.RemoveField(
                    model_name='timeentryevent',
                    name='id',
                ),
                migrations.AlterField(
                    model_name='timeentry',
                    name='batch',
                    field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.importbatch'),
                ),
                migrations.AlterField(
                    model_name='timeentry',
                    name='person',
                    field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person'),
                ),
                migrations.AlterField(
                    model_name='timeentry',
                    name='uuid',
                    field=models.UUIDField(default=budget.entry_identity.new_identity, editable=False, primary_key=True, serialize=False),
                ),
                migrations.AlterField(
                    model_name='timeentry',
                    name='work_item',
                    field=models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='requirements.workitem'),
                ),
                migrations.AlterField(
                    model_name='timeentryevent',
                    name='uuid',
                    field=models.UUIDField(default=budget.entry_identity.new_identity, editable=False, serialize=False),
                ),
                migrations.AddIndex(
                    model_name='timeentry',
                    index=models.Index(fields=['project', 'worked_on'], name='entries_of_project_by_day'),
                ),
                migrations.AddIndex(
                    model_name='timeentry',
                    index=models.Index(fields=['project', 'person'], name='entries_of_person'),
                ),
                migrations.AddIndex(
                    model_name='timeentry',
                    index=models.Index(fields=['project', 'work_item'], name='entries_of_item'),
                ),
                migrations.AddIndex(
                    model_name='timeentry',
                    index=models.Index(condition=models.Q(('batch__isnull', False)), fields=['batch'], name='entries_of_batch'),
                ),
                migrations.AddConstraint(
                    model_name='timeentry',
                    constraint=models.UniqueConstraint(fields=('uuid', 'project'), name='time_entry_in_project'),
                ),
                migrations.AddConstraint(
                    model_name='timeentry',
                    constraint=core.constraints.SameProjectForeignKey(field='reverses', name='entry_reverses_same_project', to_fields=('project', 'uuid')),
                ),
            ],
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeentry',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "budget_timeentryevent" ("amount", "batch_id", "billable", "hourly_rate", "minutes", "note", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "recorded_at", "recorded_by_id", "reverses_id", "source", "source_id", "uuid", "work_item_id", "worked_on") VALUES (OLD."amount", OLD."batch_id", OLD."billable", OLD."hourly_rate", OLD."minutes", OLD."note", OLD."person_id", _pgh_attach_context(), NOW(), \'update\', OLD."uuid", OLD."project_id", OLD."recorded_at", OLD."recorded_by_id", OLD."reverses_id", OLD."source", OLD."source_id", OLD."uuid", OLD."work_item_id", OLD."worked_on"); RETURN NULL;', hash='63ac695a178e77942011d95c8dc4ec655b32533c', operation='UPDATE', pgid='pgtrigger_update_update_4b93d', table='budget_timeentry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeentry',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "budget_timeentryevent" ("amount", "batch_id", "billable", "hourly_rate", "minutes", "note", "person_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "recorded_at", "recorded_by_id", "reverses_id", "source", "source_id", "uuid", "work_item_id", "worked_on") VALUES (OLD."amount", OLD."batch_id", OLD."billable", OLD."hourly_rate", OLD."minutes", OLD."note", OLD."person_id", _pgh_attach_context(), NOW(), \'delete\', OLD."uuid", OLD."project_id", OLD."recorded_at", OLD."recorded_by_id", OLD."reverses_id", OLD."source", OLD."source_id", OLD."uuid", OLD."work_item_id", OLD."worked_on"); RETURN NULL;', hash='9ddfe039b7fcd27a0fdc2b530e8474828df50f1f', operation='DELETE', pgid='pgtrigger_delete_delete_8360a', table='budget_timeentry', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='timeentryevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='4eb25cb45fb86731bb9e3311bbbf3233cab62467', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b7afd', table='budget_timeentryevent', when='BEFORE')),
        ),
    ]
