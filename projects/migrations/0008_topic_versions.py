
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0007_search_documents'),
    ]

    operations = [
        migrations.CreateModel(
            name='TopicVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('audience', models.CharField(choices=[('both', 'both sides'), ('client', 'client only'), ('vendor', 'vendor only')], max_length=6)),
                ('topic', models.CharField(max_length=40)),
                ('version', models.PositiveBigIntegerField(default=1)),
                ('moved_at', models.DateTimeField(auto_now=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
            ],
            options={
                'verbose_name': 'topic version',
                'verbose_name_plural': 'topic versions',
                'constraints': [models.UniqueConstraint(fields=('project', 'audience', 'topic'), name='one_version_per_topic')],
            },
        ),
    ]
