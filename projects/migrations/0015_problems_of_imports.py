"""What is wrong with a file is kept beside it, and how it was read with its batch."""

import projects.models.imports
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0014_agreed_overhead'),
    ]

    operations = [
        migrations.AddField(
            model_name='importbatch',
            name='problems',
            field=models.FileField(blank=True, max_length=200, upload_to=projects.models.imports.problems_path),
        ),
        migrations.AddField(
            model_name='importbatch',
            name='reading',
            field=models.JSONField(default=dict, help_text='what reading the file gave, while its rows are staged'),
        ),
    ]
