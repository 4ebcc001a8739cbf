import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

import microcreds.plain_text


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_text_without_accents'),
        ('partners', '0016_a_memorandum_may_end_with_its_time'),
    ]

    operations = [
        # Tens of thousands of rows take longer than a page may.
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.RemoveIndex(
            model_name='alias',
            name='alias_name_alike',
        ),
        migrations.RemoveIndex(
            model_name='organization',
            name='organization_name_alike',
        ),
        migrations.RemoveIndex(
            model_name='organization',
            name='organization_name_parts',
        ),
        migrations.RemoveIndex(
            model_name='inquiry',
            name='inquiry_words',
        ),
        migrations.AddIndex(
            model_name='alias',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(microcreds.plain_text.Plain('name'), name='gin_trgm_ops'), name='alias_name_alike'),
        ),
        migrations.AddIndex(
            model_name='organization',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(microcreds.plain_text.Plain('name'), name='gin_trgm_ops'), name='organization_name_parts'),
        ),
        migrations.RemoveField(
            model_name='inquiry',
            name='words',
        ),
        migrations.AddField(
            model_name='inquiry',
            name='words',
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector(microcreds.plain_text.Plain('jobs'), config='english', weight='A'), '||', django.contrib.postgres.search.SearchVector(microcreds.plain_text.Plain('abilities'), config='english', weight='B'), django.contrib.postgres.search.SearchConfig('english')), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='inquiry_words'),
        ),
        # What the planner knows of the new columns and indexes, before somebody searches.
        migrations.RunSQL("ANALYZE partners_alias, partners_organization, partners_inquiry", migrations.RunSQL.noop),
    ]
