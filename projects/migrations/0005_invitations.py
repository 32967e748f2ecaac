
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0004_comments_and_attachments'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('email', models.EmailField(max_length=254, verbose_name='mail address')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('side', models.CharField(choices=[('client', 'client'), ('vendor', 'vendor')], max_length=6, verbose_name='side')),
                ('role', models.CharField(choices=[('manager', 'manager'), ('approver', 'approver'), ('team_lead', 'team lead'), ('finance', 'finance'), ('analyst', 'analyst'), ('member', 'member'), ('viewer', 'viewer')], max_length=10, verbose_name='role')),
                ('digest', models.CharField(help_text="SHA-256 of the link's token, hexadecimal", max_length=64, unique=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('expires_at', models.DateTimeField()),
                ('accepted_at', models.DateTimeField(null=True)),
                ('revoked_at', models.DateTimeField(null=True)),
                ('accepted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='projects.project')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-created_at', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('accepted_at__isnull', True), ('revoked_at__isnull', True)), fields=('project', 'email'), name='one_open_invitation_per_address', violation_error_message='This address is already invited. Take that invitation back first.'), models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['manager', 'approver', 'team_lead', 'finance', 'member', 'viewer']), ('side', 'client')), models.Q(('role__in', ['manager', 'analyst', 'member', 'viewer']), ('side', 'vendor')), _connector='OR'), name='invited_role_belongs_to_side', violation_error_message='This role does not exist on that side.'), models.CheckConstraint(condition=models.Q(models.Q(('accepted_at__isnull', True), ('accepted_by__isnull', True)), models.Q(('accepted_at__isnull', False), ('accepted_by__isnull', False)), _connector='OR'), name='an_acceptance_names_who')],
            },
        ),
    ]
