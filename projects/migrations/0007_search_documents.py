
import core.constraints
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('projects', '0006_single_purpose_links'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=40)),
                ('target', models.UUIDField(help_text='the uuid of the thing')),
                ('audience', models.CharField(choices=[('both', 'both sides'), ('client', 'client only'), ('vendor', 'vendor only')], default='both', max_length=6)),
                ('capability', models.CharField(max_length=40)),
                ('label', models.CharField(blank=True, help_text='its number, such as W-40', max_length=20)),
                ('title', models.CharField(max_length=300)),
                ('body', models.TextField(blank=True)),
                ('path', models.CharField(help_text="where it leads, below the site's address", max_length=300)),
                ('words', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('label', 'title', config='simple', weight='A'), '||', django.contrib.postgres.search.SearchVector('body', config='simple', weight='C'), django.contrib.postgres.search.SearchConfig('simple')), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.project')),
                ('ref', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='projects.objectref')),
            ],
            options={
                'verbose_name': 'search document',
                'verbose_name_plural': 'search documents',
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='documents_by_words')],
                'constraints': [models.UniqueConstraint(fields=('project', 'kind', 'target'), name='one_document_per_thing')],
            },
        ),
        # Apart from the table: its generated column has parameters, and Django then runs constraints one by one.
        migrations.AddConstraint(
            model_name='searchdocument',
            constraint=core.constraints.SameProjectForeignKey(field='ref', name='document_ref_same_project'),
        ),
    ]
