"""What was ever sent is found by the need it told of, too."""

from django.db import migrations

FILL = """
UPDATE proposals_searchtext AS text SET need = sent.need
FROM (
    SELECT DISTINCT ON (proposal_id) proposal_id,
        COALESCE(answers->>'need_statement', '') AS need
    FROM proposals_revision
    WHERE form = 'interest'
    ORDER BY proposal_id, number DESC
) AS sent
WHERE sent.proposal_id = text.proposal_id AND sent.need <> ''
"""


class Migration(migrations.Migration):

    dependencies = [('proposals', '0010_search_text_has_the_need')]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
