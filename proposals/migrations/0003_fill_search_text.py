"""Every proposal that was ever sent is compared by the form it sent last."""

from django.db import migrations

FILL = """
INSERT INTO proposals_searchtext (proposal_id, title, jobs, outcomes)
SELECT DISTINCT ON (proposal_id) proposal_id,
    LEFT(COALESCE(answers->>'working_title', ''), 120),
    COALESCE((
        SELECT string_agg(job->>'title', E'\\n')
        FROM jsonb_array_elements(answers->'job_functions') AS job
    ), ''),
    COALESCE((
        SELECT string_agg(outcome->>'text', E'\\n')
        FROM jsonb_array_elements(answers->'outcomes') AS outcome
    ), '')
FROM proposals_revision
WHERE form = 'interest'
ORDER BY proposal_id, number DESC
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):

    dependencies = [('proposals', '0002_lookalikes')]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
