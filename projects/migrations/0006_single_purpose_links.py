
import core.constraints
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('projects', '0005_invitations'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ActLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('side', models.CharField(choices=[('client', 'client'), ('vendor', 'vendor')], max_length=6)),
                ('act', models.CharField(max_length=60)),
                ('target', models.UUIDField()),
                ('digest', models.CharField(help_text="SHA-256 of the link's token, hexadecimal", max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='act_links', to='accounts.person')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='act_links', to='projects.project')),
                ('ref', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.objectref')),
            ],
            options={
                'verbose_name': 'single-purpose link',
                'verbose_name_plural': 'single-purpose links',
                'ordering': ['-created_at', '-id'],
                'indexes': [models.Index(fields=['project', 'act', 'target'], name='act_links_of_target')],
                'constraints': [core.constraints.SameProjectForeignKey(field='ref', name='act_link_ref_same_project'), models.UniqueConstraint(fields=('project', 'id'), name='act_link_in_project')],
            },
        ),
    ]
