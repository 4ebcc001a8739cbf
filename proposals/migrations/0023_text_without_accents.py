import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

import microcreds.plain_text


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0005_text_without_accents'),
        ('proposals', '0022_fewer_indexes_to_write'),
    ]

    operations = [
        # Tens of thousands of rows take longer than a page may.
        migrations.RunSQL("SET LOCAL statement_timeout = 0", migrations.RunSQL.noop),
        migrations.RemoveIndex(
            model_name='proposal',
            name='proposal_title_parts',
        ),
        migrations.AddIndex(
            model_name='proposal',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(microcreds.plain_text.Plain('working_title'), name='gin_trgm_ops'), name='proposal_title_parts'),
        ),
        migrations.RemoveIndex(
            model_name='searchtext',
            name='search_text_title',
        ),
        migrations.RemoveIndex(
            model_name='searchtext',
            name='search_text_all_words',
        ),
        migrations.RemoveIndex(
            model_name='searchtext',
            name='search_text_words',
        ),
        # A generated column says the same for good. Made anew, it is filled from its rows.
        migrations.RemoveField(
            model_name='searchtext',
            name='words',
        ),
        migrations.RemoveField(
            model_name='searchtext',
            name='all_words',
        ),
        migrations.AddField(
            model_name='searchtext',
            name='words',
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector(microcreds.plain_text.Plain('title'), config='english', weight='A'), '||', django.contrib.postgres.search.SearchVector(microcreds.plain_text.Plain('jobs'), config='english', weight='B'), django.contrib.postgres.search.SearchConfig('english')), '||', django.contrib.postgres.search.SearchVector(microcreds.plain_text.Plain('outcomes'), config='english', weight='C'), django.contrib.postgres.search.SearchConfig('english')), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddField(
            model_name='searchtext',
            name='all_words',
            field=models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector(microcreds.plain_text.Plain('title'), config='english', weight='A'), '||', django.contrib.postgres.search.SearchVector(microcreds.plain_text.Plain('jobs'), config='english', weight='B'), django.contrib.postgres.search.SearchConfig('english')), '||', django.contrib.postgres.search.SearchVector(microcreds.plain_text.Plain('outcomes'), config='english', weight='C'), django.contrib.postgres.search.SearchConfig('english')), '||', django.contrib.postgres.search.SearchVector(microcreds.plain_text.Plain('need'), config='english', weight='D'), django.contrib.postgres.search.SearchConfig('english')), output_field=django.contrib.postgres.search.SearchVectorField()),
        ),
        migrations.AddIndex(
            model_name='searchtext',
            index=django.contrib.postgres.indexes.GinIndex(fields=['all_words'], name='search_text_all_words'),
        ),
        migrations.AddIndex(
            model_name='searchtext',
            index=django.contrib.postgres.indexes.GinIndex(fields=['words'], name='search_text_words'),
        ),
        migrations.AddIndex(
            model_name='searchtext',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(microcreds.plain_text.Plain('title'), name='gin_trgm_ops'), name='search_text_title'),
        ),
        # What the planner knows of the new columns and indexes, before somebody searches.
        migrations.RunSQL("ANALYZE proposals_proposal, proposals_searchtext", migrations.RunSQL.noop),
    ]
