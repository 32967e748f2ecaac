"""A side of a project may send its timesheets by mail, to a secret address of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('budget', '0014_unmatched_items'),
        ('projects', '0022_webhooks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MailAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('side', models.CharField(choices=[('client', 'client'), ('vendor', 'vendor')], max_length=6)),
                ('token', models.CharField(max_length=40, unique=True)),
                ('made_at', models.DateTimeField(auto_now=True)),
                ('made_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
            ],
            options={
                'verbose_name': 'mail address',
                'verbose_name_plural': 'mail addresses',
                'constraints': [models.UniqueConstraint(fields=('project', 'side'), name='one_mail_address_per_side')],
            },
        ),
        migrations.CreateModel(
            name='MailedMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64)),
                ('received_at', models.DateTimeField(auto_now_add=True)),
                ('project', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
            ],
            options={
                'verbose_name': 'mail taken in',
                'verbose_name_plural': 'mails taken in',
                'constraints': [models.UniqueConstraint(fields=('project', 'digest'), name='a_mail_is_taken_in_once')],
            },
        ),
    ]
