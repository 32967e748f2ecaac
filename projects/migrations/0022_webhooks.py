"""Programs that a side has told of what happens, and every message to them."""

import core.constraints
import django.db.models.deletion
import django.db.models.functions.datetime
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0021_sources_of_what_was_agreed'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('side', models.CharField(choices=[('client', 'client'), ('vendor', 'vendor')], max_length=6)),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('kinds', models.JSONField(default=list, help_text='kinds of messages, as projects.messages knows them')),
                ('sealed_secret', models.TextField()),
                ('sealed_previous_secret', models.TextField(blank=True)),
                ('previous_until', models.DateTimeField(null=True)),
                ('off_because', models.CharField(blank=True, choices=[('by_hand', 'switched off'), ('gone', 'the address answered that it is gone (410)'), ('failing', 'nothing got through for three days'), ('owner_left', 'whoever set it up may no longer see what it tells')], max_length=10)),
                ('off_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
            ],
            options={
                'verbose_name': 'webhook',
                'verbose_name_plural': 'webhooks',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(max_length=60)),
                ('data', models.JSONField(default=dict)),
                ('dedupe_key', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('withheld', 'withheld: there was nothing left to tell, or the webhook was off'), ('dead', 'given up')], default='waiting', max_length=10)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('leased_until', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('answer_status', models.PositiveSmallIntegerField(help_text='of the last attempt', null=True)),
                ('answer_milliseconds', models.PositiveIntegerField(null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('body', models.TextField(blank=True, help_text='as last sent')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ('webhook', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='deliveries', to='projects.webhook')),
            ],
            options={
                'verbose_name': 'message to a webhook',
                'verbose_name_plural': 'messages to webhooks',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.UniqueConstraint(fields=('project', 'id'), name='webhook_in_project'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('off_at', None), ('off_because', '')), models.Q(models.Q(('off_because', ''), _negated=True), ('off_at__isnull', False)), _connector='OR'), name='a_webhook_is_off_since_a_moment'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('previous_until', None), ('sealed_previous_secret', '')), models.Q(models.Q(('sealed_previous_secret', ''), _negated=True), ('previous_until__isnull', False)), _connector='OR'), name='a_previous_secret_has_an_end'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='deliveries_to_send'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=core.constraints.SameProjectForeignKey(field='webhook', name='delivery_webhook_same_project'),
        ),
        migrations.AddConstraint(
            model_name='webhookdelivery',
            constraint=models.UniqueConstraint(fields=('webhook', 'dedupe_key'), name='one_delivery_per_webhook_and_event'),
        ),
    ]
