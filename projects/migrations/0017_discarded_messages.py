"""A message that did not get through may be given up for good."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0016_history_of_people_and_calendars'),
    ]

    operations = [
        migrations.AlterField(
            model_name='mailpreference',
            name='alert_mails',
            field=models.CharField(choices=[('at_once', 'as soon as an alert rises, and at most one more mail a project and day'), ('each', 'each in a mail of its own, as soon as it rises'), ('daily', 'in one mail a day for all projects, in the morning')], default='at_once', max_length=10, verbose_name='alerts'),
        ),
        migrations.AlterField(
            model_name='outboxmessage',
            name='state',
            field=models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('withheld', 'withheld: the recipient may no longer see it'), ('dead', 'given up'), ('discarded', 'discarded')], default='waiting', max_length=10),
        ),
    ]
