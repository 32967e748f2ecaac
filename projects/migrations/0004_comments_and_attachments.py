
import core.constraints
import django.db.models.deletion
import projects.models.comments
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0003_history_keeps_what_was'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('side', models.CharField(choices=[('client', 'client'), ('vendor', 'vendor')], help_text='the side the author stood on', max_length=6)),
                ('audience', models.CharField(choices=[('both', 'both sides'), ('client', 'client only'), ('vendor', 'vendor only')], default='both', max_length=6, verbose_name='for')),
                ('text', models.TextField(max_length=20000, verbose_name='comment')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('edited_at', models.DateTimeField(editable=False, null=True)),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('mentions', models.ManyToManyField(blank=True, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='projects.project')),
                ('ref', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='comments', to='projects.objectref')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ['created_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('side', models.CharField(choices=[('client', 'client'), ('vendor', 'vendor')], max_length=6)),
                ('audience', models.CharField(choices=[('both', 'both sides'), ('client', 'client only'), ('vendor', 'vendor only')], default='both', max_length=6, verbose_name='for')),
                ('file', models.FileField(max_length=200, upload_to=projects.models.comments.attachment_path)),
                ('filename', models.CharField(max_length=200, verbose_name='file')),
                ('content_type', models.CharField(max_length=100)),
                ('size', models.PositiveBigIntegerField(help_text='bytes')),
                ('sha256', models.CharField(max_length=64)),
                ('uploaded_at', models.DateTimeField(auto_now_add=True)),
                ('withdrawn_at', models.DateTimeField(editable=False, null=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='projects.project')),
                ('ref', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='projects.objectref')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('comment', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='attachments', to='projects.comment')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ['uploaded_at', 'id'],
            },
        ),
        migrations.AddIndex(
            model_name='comment',
            index=models.Index(fields=['project', 'ref', 'created_at'], name='comments_of_thing'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=core.constraints.SameProjectForeignKey(field='ref', name='comment_ref_same_project'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.UniqueConstraint(fields=('project', 'id'), name='comment_in_project'),
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.CheckConstraint(condition=models.Q(('audience', 'both'), ('audience', models.F('side')), _connector='OR'), name='internal_to_the_authors_side'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=core.constraints.SameProjectForeignKey(field='ref', name='attachment_ref_same_project'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=core.constraints.SameProjectForeignKey(field='comment', name='attachment_comment_same_project'),
        ),
        migrations.AddConstraint(
            model_name='attachment',
            constraint=models.CheckConstraint(condition=models.Q(('audience', 'both'), ('audience', models.F('side')), _connector='OR'), name='attachment_internal_to_its_side'),
        ),
    ]
