from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0008_topic_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='actlink',
            name='sent_to',
            field=models.EmailField(blank=True, help_text='the address to which it was mailed', max_length=254),
        ),
    ]
