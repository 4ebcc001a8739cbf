"""Which proposals look like this one: by title (trigrams) and by words (full text), in Postgres."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from microcreds.kept_statements import KeptSQL
from proposals.models import Proposal, Stage

# What other faculty may learn of: open or active. A new stage is not among them by itself.
TOLD_TO_FACULTY = (
    Stage.SUBMITTED,
    Stage.TRIAGE,
    Stage.CONSULTATION,
    Stage.FULL_PROPOSAL,
    Stage.READINESS,
    Stage.APC_REVIEW,
    Stage.CAD_CONSENT,
    Stage.RETURNED,
    Stage.ON_HOLD,
    Stage.APPROVED,
    Stage.DEVELOPMENT,
    Stage.ACTIVE,
    Stage.RENEWAL_REVIEW,
    Stage.SUSPENDED,
)
# From how alike on one is shown, 0 to 1. Faculty read it unasked and while they think of something
# else, so they get the clear ones only; staff look for them.
ALIKE_FOR_FACULTY, ALIKE_FOR_STAFF, ALIKE_FOR_NEED = 0.3, 0.22, 0.1
SHOWN_TO_FACULTY, SHOWN_TO_STAFF = 3, 5
LONGEST_TITLE, LONGEST_WORDS = 120, 4000
# Rows that the title and the words may bring in to be compared. Words that stand in more rows than
# that tell little and would cost the most; with only such words the title decides alone.
MOST_BY_TITLE, MOST_BY_WORDS = 100, 400
# A title brings in what it could be shown for by itself, which takes twice as much, its share being
# one half; what is like it in words too is found by those. Below this, titles share nothing.
LEAST_BY_TITLE = 0.3


@dataclass(frozen=True, slots=True)
class Wording:
    """What a proposal is compared by."""

    title: str
    jobs: str = ""
    outcomes: str = ""

    @property
    def words(self) -> str:
        return "\n".join((self.title, self.jobs, self.outcomes))[:LONGEST_WORDS]


@dataclass(frozen=True, slots=True)
class Lookalike:
    """One that was found. ``title_alike`` and ``words_alike``: how much of it is the same, 0 to 1;
    of the words, the share of those looked for, rare ones counting more."""

    proposal_id: int
    reference: str
    title: str
    stage: str
    submitter_id: int
    department: str
    campus: str
    unit: str
    unit_email: str
    title_alike: float
    words_alike: float
    alike: float


def wording_of(answers: Mapping[str, Any]) -> Wording:
    """Title, jobs and outcomes of a form, from its answers by key."""
    return Wording(
        title=answers.get("working_title", ""),
        jobs=_lines(answers.get("job_functions"), "title"),
        outcomes=_lines(answers.get("outcomes"), "text"),
    )


def told_to_faculty(wording: Wording, without: Proposal) -> list[Lookalike]:
    """What somebody who writes ``without`` may learn of, the most alike first: open or active, no
    draft, nothing with something confidential, and not the one it is a copy of. What was declined
    is among them as long as nobody is told."""
    return _alike(
        wording,
        stages=TOLD_TO_FACULTY,
        without={without.pk, without.renews_id or without.pk},
        for_faculty=True,
        at_least=ALIKE_FOR_FACULTY,
        at_most=SHOWN_TO_FACULTY,
    )


def told_to_staff(wording: Wording, without: Collection[int]) -> list[Lookalike]:
    """The most alike of all that was ever sent, whatever became of it."""
    return _alike(
        wording,
        stages=[stage for stage in Stage if stage != Stage.DRAFT],
        without=without,
        for_faculty=False,
        at_least=ALIKE_FOR_STAFF,
        at_most=SHOWN_TO_STAFF,
    )


def fitting_need(*, jobs: str, abilities: str) -> list[Lookalike]:
    """Credentials and open proposals that may meet a need said in these words, for staff; the words
    of a need are longer than a title, so less of it has to be the same."""
    return _alike(
        Wording(title=jobs[:LONGEST_TITLE], outcomes=abilities),
        stages=TOLD_TO_FACULTY,
        without=(),
        for_faculty=False,
        at_least=ALIKE_FOR_NEED,
        at_most=SHOWN_TO_STAFF,
    )


def _lines(rows: Any, column: str) -> str:
    return "\n".join(row[column] for row in rows or () if row.get(column))


def _alike(
    wording: Wording,
    *,
    stages: Collection[str],
    without: Collection[int],
    for_faculty: bool,
    at_least: float,
    at_most: int,
) -> list[Lookalike]:
    grace = settings.NOTIFICATION_GRACE_SECONDS if for_faculty else 0
    given = {
        "title": wording.title[:LONGEST_TITLE],
        "words": wording.words,
        "stages": [str(stage) for stage in stages],
        "without": list(without),
        "hides_confidential": for_faculty,
        "declined_since": timezone.now() - timedelta(seconds=grace),
        "at_least": at_least,
        "at_most": at_most,
        "most_by_title": MOST_BY_TITLE,
        "most_by_words": MOST_BY_WORDS,
    }
    # How alike ``%%`` takes titles to be is set for this statement alone, and sent with it.
    title_alone = max(2 * at_least, LEAST_BY_TITLE)
    sets = f"SET LOCAL pg_trgm.similarity_threshold = {title_alone}"
    sql, values = _ALIKE.said_to(connection, given)
    with connection.cursor() as cursor:
        cursor.execute(f"{sets}; {sql}", values)
        return [Lookalike(*row) for row in cursor.fetchall()]


# One statement, in steps: the words looked for with how common each is (Postgres counts that for
# its planner, so it costs nothing to keep); those rare enough to look up; the rows found through
# the two indexes; how alike each is. Without statistics every word counts the same, and nearly so
# in a small table, where "in all rows" says little: shares are those of a thousand rows at least.
# Materialized, so that each step is done once, and the indexes are asked first; OFFSET 0
# likewise, so that the words of a row are unpacked once and not for each word looked for.
_ALIKE = KeptSQL(
    """
WITH sought AS MATERIALIZED (SELECT public.plain_text(%(title)s) AS title),
held AS MATERIALIZED (
    SELECT GREATEST(reltuples, 0) AS rows FROM pg_class
    WHERE oid = 'proposals_searchtext'::regclass
),
typed AS MATERIALIZED (
    SELECT lexeme, COALESCE(known.share, 0) AS share,
        -ln(GREATEST(
            COALESCE(known.share, 0) * LEAST((SELECT rows FROM held) / 1000, 1), 0.001
        )) AS weight
    FROM unnest(to_tsvector('english', public.plain_text(%(words)s)))
        AS t(lexeme, positions, weights)
    LEFT JOIN (
        SELECT common.lexeme, common.share
        FROM pg_stats s, unnest(s.most_common_elems::text::text[], s.most_common_elem_freqs)
            AS common(lexeme, share)
        WHERE s.schemaname = ANY (current_schemas(false))
            AND s.tablename = 'proposals_searchtext' AND s.attname = 'words'
    ) AS known USING (lexeme)
),
rare AS (
    SELECT lexeme,
        SUM(share) OVER (ORDER BY share, lexeme) * (SELECT rows FROM held) AS expected
    FROM typed
),
asked AS MATERIALIZED (
    SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS words
    FROM rare WHERE expected <= %(most_by_words)s
),
found AS MATERIALIZED (
    (
        SELECT proposal_id FROM proposals_searchtext
        WHERE public.plain_text(title) %% (SELECT title FROM sought)
        ORDER BY similarity(public.plain_text(title), (SELECT title FROM sought)) DESC
        LIMIT %(most_by_title)s
    )
    UNION
    SELECT proposal_id FROM proposals_searchtext WHERE words @@ (SELECT words FROM asked)
),
scored AS MATERIALIZED (
    SELECT s.proposal_id, s.title,
        similarity(public.plain_text(s.title), (SELECT title FROM sought))::float8
            AS title_alike,
        COALESCE((
            SELECT SUM(weight) FROM typed WHERE lexeme = ANY (its.words)
        ) / NULLIF((SELECT SUM(weight) FROM typed), 0), 0)::float8 AS words_alike
    FROM found JOIN proposals_searchtext s USING (proposal_id)
    JOIN proposals_proposal p ON p.id = s.proposal_id
    CROSS JOIN LATERAL (SELECT tsvector_to_array(s.words) AS words OFFSET 0) AS its
    WHERE (
        p.stage = ANY (%(stages)s)
        OR (p.stage = 'declined' AND p.stage_since > %(declined_since)s)
    ) AND p.id <> ALL (%(without)s::bigint[])
)
SELECT p.id, p.reference, scored.title, p.stage, p.submitter_id,
    COALESCE(department.name, ''), COALESCE(campus.name, ''),
    COALESCE(unit.name, ''), COALESCE(unit.email, ''),
    title_alike, words_alike, (title_alike + words_alike) / 2 AS alike
FROM scored JOIN proposals_proposal p ON p.id = scored.proposal_id
LEFT JOIN accounts_department department ON department.id = p.department_id
LEFT JOIN accounts_campus campus ON campus.id = p.campus_id
LEFT JOIN accounts_unit unit ON unit.id = p.unit_id
WHERE (title_alike + words_alike) / 2 >= %(at_least)s
    AND NOT (%(hides_confidential)s AND EXISTS (
        SELECT FROM proposals_namedpartner named
        WHERE named.proposal_id = p.id AND named.confidential = 'yes'
    ))
ORDER BY alike DESC, p.id DESC
LIMIT %(at_most)s
""",
    title="text",
    words="text",
    stages="text[]",
    without="bigint[]",
    hides_confidential="boolean",
    declined_since="timestamptz",
    at_least="float8",
    at_most="bigint",
    most_by_title="bigint",
    most_by_words="float8",
)
