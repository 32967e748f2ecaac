"""A mark names the first day it touches, a sweep what it starts, a state what it was compared against.

The generic function of the marks goes on without a day: what it marks touches every day.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0002_marks")]
    operations = [
        migrations.AddField(
            model_name="mark",
            name="since_on",
            field=models.DateField(null=True, help_text="the first day whose figures the change touches; empty: all"),
        ),
        migrations.AddField(
            model_name="evaluation",
            name="started_at",
            field=models.DateTimeField(
                null=True, help_text="by a sweep; still there afterwards: it died on the way"
            ),
        ),
        migrations.AddField(
            model_name="rulestate",
            name="basis",
            field=models.CharField(
                max_length=80, blank=True, help_text="the agreed budget or cap it was compared against"
            ),
        ),
    ]
