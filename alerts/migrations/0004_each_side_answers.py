"""Each side is told, acknowledges and mutes for itself.

Who had acknowledged an alert did so for the side on which they stand; the vendor's messages of an alert were written
with it so far, so the vendor counts as told of every one that names when.
"""

import core.constraints
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


FORWARD = """
INSERT INTO alerts_toldside (project_id, alert_id, side, told_at, acknowledged_at, acknowledged_by_id)
SELECT alert.project_id, alert.id, told.side, told.told_at,
    CASE WHEN member.side = told.side THEN alert.acknowledged_at END,
    CASE WHEN member.side = told.side THEN alert.acknowledged_by_id END
FROM alerts_alert alert
CROSS JOIN LATERAL (VALUES ('client', alert.raised_at), ('vendor', alert.vendor_told_at)) AS told (side, told_at)
LEFT JOIN projects_membership member
    ON member.project_id = alert.project_id AND member.user_id = alert.acknowledged_by_id
WHERE told.told_at IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""

BACKWARD = """
UPDATE alerts_alert alert SET acknowledged_at = told.acknowledged_at, acknowledged_by_id = told.acknowledged_by_id
FROM alerts_toldside told WHERE told.alert_id = alert.id AND told.acknowledged_at IS NOT NULL;
SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('alerts', '0003_many_projects_at_once'),
        ('projects', '0012_mail_preferences'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Mute',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('side', models.CharField(choices=[('client', 'client'), ('vendor', 'vendor')], max_length=6)),
                ('rule', models.CharField(max_length=10)),
                ('subject', models.CharField(blank=True, max_length=80)),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('muted_at', models.DateTimeField()),
                ('until', models.DateTimeField(verbose_name='until')),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'mute',
                'verbose_name_plural': 'mutes',
            },
        ),
        migrations.CreateModel(
            name='ToldSide',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('client', 'client'), ('vendor', 'vendor')], max_length=6)),
                ('told_at', models.DateTimeField()),
                ('acknowledged_at', models.DateTimeField(null=True)),
                ('escalates_at', models.DateTimeField(null=True)),
                ('escalated_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'told side',
                'verbose_name_plural': 'told sides',
            },
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(fields=('project', 'id'), name='alert_in_project'),
        ),
        migrations.AddField(
            model_name='mute',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mute',
            name='muted_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='mute',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project'),
        ),
        migrations.AddField(
            model_name='toldside',
            name='acknowledged_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='toldside',
            name='alert',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='told_sides', to='alerts.alert'),
        ),
        migrations.AddField(
            model_name='toldside',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project'),
        ),
        migrations.AddConstraint(
            model_name='mute',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('project', 'side', 'rule', 'subject'), name='muted_once_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='mute',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('muted_at'))), name='a_mute_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='mute',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_mute_has_a_reason'),
        ),
        migrations.AddIndex(
            model_name='toldside',
            index=models.Index(condition=models.Q(('acknowledged_at__isnull', True), ('escalated_at__isnull', True)), fields=['escalates_at'], name='told_sides_to_escalate'),
        ),
        migrations.AddConstraint(
            model_name='toldside',
            constraint=models.UniqueConstraint(fields=('alert', 'side'), name='a_side_is_told_once'),
        ),
        migrations.AddConstraint(
            model_name='toldside',
            constraint=core.constraints.SameProjectForeignKey(field='alert', name='told_side_alert_same_project'),
        ),
        migrations.AddConstraint(
            model_name='toldside',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('acknowledged_at__isnull', True), ('acknowledged_by__isnull', True)), models.Q(('acknowledged_at__isnull', False), ('acknowledged_by__isnull', False)), _connector='OR'), name='an_acknowledgement_names_who'),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
        migrations.RemoveField(
            model_name='alert',
            name='acknowledged_at',
        ),
        migrations.RemoveField(
            model_name='alert',
            name='acknowledged_by',
        ),
    ]
