"""What was ever sent is counted by how its idea started, too."""

from django.db import migrations

FILL = """
UPDATE proposals_searchtext AS text SET origin = sent.origin
FROM (
    SELECT DISTINCT ON (proposal_id) proposal_id,
        LEFT(COALESCE(answers->>'origin', ''), 30) AS origin
    FROM proposals_revision
    WHERE form = 'interest'
    ORDER BY proposal_id, number DESC
) AS sent
WHERE sent.proposal_id = text.proposal_id AND sent.origin <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("proposals", "0013_search_text_has_the_origin")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
