"""An import can be taken back: by whom and when, and what was there before it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0018_work_on_imports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='taken_back_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='taken_back_by',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='traces',
            field=models.JSONField(default=dict, help_text='what was before it, for taking it back; as the app keeps it'),
        ),
        migrations.AlterField(
            model_name='importbatch',
            name='state',
            field=models.CharField(choices=[('uploaded', 'uploaded'), ('previewed', 'checked'), ('committed', 'taken'), ('discarded', 'discarded'), ('taken_back', 'taken back')], default='uploaded', max_length=10),
        ),
        migrations.AlterField(
            model_name='importwork',
            name='act',
            field=models.CharField(choices=[('check', 'look at the file'), ('take', 'take the file'), ('take_back', 'take the import back')], max_length=10),
        ),
    ]
