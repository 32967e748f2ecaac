
import core.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('budget', '0003_history_keeps_what_was'),
        ('projects', '0008_topic_versions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RecordConfirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('subject', models.CharField(choices=[('estimate', 'the estimate'), ('hours', 'the hours of a period')], max_length=10, verbose_name='what')),
                ('first_day', models.DateField(blank=True, null=True, verbose_name='first day')),
                ('last_day', models.DateField(blank=True, null=True, verbose_name='last day')),
                ('content', models.JSONField()),
                ('digest', models.CharField(help_text='SHA-256 of the content as written by digest_of_content', max_length=64)),
                ('asked_at', models.DateTimeField(auto_now_add=True)),
                ('state', models.CharField(choices=[('asked', 'waits for the vendor'), ('confirmed', 'confirmed'), ('objected', 'objected to'), ('withdrawn', 'withdrawn')], default='asked', max_length=10)),
                ('answer', models.CharField(blank=True, max_length=2000)),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('asked_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('link', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.actlink')),
                ('person', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.person')),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.project')),
            ],
            options={
                'verbose_name': 'confirmation',
                'verbose_name_plural': 'confirmations',
                'ordering': ['-asked_at', '-id'],
                'indexes': [models.Index(fields=['project', '-asked_at', '-id'], name='confirmations_of_project'), models.Index(condition=models.Q(('state__in', ['asked', 'objected'])), fields=['project'], name='confirmations_that_wait')],
                'constraints': [core.constraints.SameProjectForeignKey(field='person', name='confirmation_person_of_project', to='projects.ProjectPerson', to_fields=('project', 'person'), violation_error_message='This person does not belong to the project.'), core.constraints.SameProjectForeignKey(field='link', name='confirmation_link_same_project'), models.UniqueConstraint(condition=models.Q(('state', 'asked')), fields=('project', 'subject', 'first_day', 'last_day'), name='one_open_confirmation_per_record', nulls_distinct=False, violation_error_message='This has been asked already and waits for the answer.'), models.CheckConstraint(condition=models.Q(models.Q(('first_day__isnull', True), ('last_day__isnull', True), ('subject', 'estimate')), models.Q(('first_day__isnull', False), ('last_day__gte', models.F('first_day')), ('subject', 'hours')), _connector='OR'), name='hours_are_confirmed_by_period', violation_error_message='The last day lies before the first.'), models.CheckConstraint(condition=models.Q(models.Q(('answer', ''), ('answered_at__isnull', True), ('state', 'asked')), models.Q(('answered_at__isnull', False), ('state', 'confirmed')), models.Q(('answered_at__isnull', False), ('state', 'objected'), models.Q(('answer', ''), _negated=True)), ('state', 'withdrawn'), _connector='OR'), name='an_answer_is_dated_and_an_objection_explained')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='recordconfirmation',
            trigger=pgtrigger.compiler.Trigger(name='what_was_asked_stays', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."project_id" IS DISTINCT FROM (NEW."project_id") OR OLD."subject" IS DISTINCT FROM (NEW."subject") OR OLD."first_day" IS DISTINCT FROM (NEW."first_day") OR OLD."last_day" IS DISTINCT FROM (NEW."last_day") OR OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."person_id" IS DISTINCT FROM (NEW."person_id") OR OLD."asked_by_id" IS DISTINCT FROM (NEW."asked_by_id"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='61439cc83dd8b17f7fba1bd2aea2ab21cbcf72b1', operation='UPDATE', pgid='pgtrigger_what_was_asked_stays_540a9', table='budget_recordconfirmation', when='BEFORE')),
        ),
    ]
