"""How each user wants mails, and mails that tell of more than one project."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_source_ids_by_client'),
        ('projects', '0011_comment_history'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MailPreference',
            fields=[
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to=settings.AUTH_USER_MODEL)),
                ('alert_mails', models.CharField(choices=[('at_once', 'as soon as an alert rises, and at most one more mail a project and day'), ('daily', 'in one mail a day for all projects, in the morning')], default='at_once', max_length=10, verbose_name='alerts')),
                ('quiet_hours', models.CharField(choices=[('all', 'every mail waits until my side works again'), ('but_critical', 'critical alerts come at once, all others wait until my side works again'), ('none', 'mails come at any hour')], default='but_critical', max_length=12, verbose_name='outside working hours')),
                ('weekly_summary', models.BooleanField(default=True, verbose_name='the week in one mail')),
            ],
            options={
                'verbose_name': 'mail preference',
                'verbose_name_plural': 'mail preferences',
            },
        ),
        migrations.AlterField(
            model_name='outboxmessage',
            name='project',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project'),
        ),
        migrations.AddConstraint(
            model_name='outboxmessage',
            constraint=models.CheckConstraint(condition=models.Q(('project__isnull', False), models.Q(('channel', 'mail'), ('ref__isnull', True)), _connector='OR'), name='a_message_of_no_project_is_a_mail'),
        ),
    ]
