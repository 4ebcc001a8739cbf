import django.contrib.postgres.indexes
from django.contrib.postgres.operations import UnaccentExtension
from django.db import migrations

import microcreds.plain_text

# Postgres allows no index on unaccent() itself, as its dictionary could be changed. Ours is the one
# that comes with the extension. Schemas are said, since a dump is restored without a search path;
# PL/pgSQL, because it costs a third of what SQL does where a function cannot be inlined.
PLAIN_TEXT = """
CREATE FUNCTION public.plain_text(text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
    RETURN lower(public.unaccent('public.unaccent', $1));
END
$$
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_names_that_hold_a_word'),
    ]

    operations = [
        # As trigrams, an extension that the owner of the database may create.
        UnaccentExtension(),
        migrations.RunSQL(PLAIN_TEXT, "DROP FUNCTION public.plain_text(text)"),
        migrations.RemoveIndex(
            model_name='user',
            name='user_name_parts',
        ),
        migrations.RemoveIndex(
            model_name='user',
            name='user_email_parts',
        ),
        migrations.AddIndex(
            model_name='user',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(microcreds.plain_text.Plain('name'), name='gin_trgm_ops'), name='user_name_parts'),
        ),
        migrations.AddIndex(
            model_name='user',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(microcreds.plain_text.Plain('email'), name='gin_trgm_ops'), name='user_email_parts'),
        ),
        # What the planner knows of the new columns and indexes, before somebody searches.
        migrations.RunSQL("ANALYZE accounts_user", migrations.RunSQL.noop),
    ]
