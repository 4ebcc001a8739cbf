"""The mirror of the queue: proposals that ask for help finding a partner, and who might be one."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from microcreds.accounts.models import User
from partners.models import Inquiry
from proposals.models import Proposal, Stage
from proposals.models.form import wants_a_partner
from reviews.desk import desk_of

# While a partner can still shape it.
LOOKING_AT = (
    Stage.SUBMITTED,
    Stage.TRIAGE,
    Stage.CONSULTATION,
    Stage.FULL_PROPOSAL,
    Stage.READINESS,
    Stage.RETURNED,
    Stage.ON_HOLD,
)
MOST_SUGGESTED, FEWEST_WORDS = 3, 2


@dataclass
class Suggested:
    """Who might be a partner: inquiries that say the same in part, organizations that take part in
    a proposal alike. Each is (key, name)."""

    inquiries: list[tuple[int, str]] = field(default_factory=list)
    organizations: list[tuple[int, str]] = field(default_factory=list)


def looking_for_a_partner(user: User) -> QuerySet[Proposal]:
    """What this person meets on the desk and whose proposers ask for help finding a partner, those
    that wait longest first."""
    rows = desk_of(user).filter(wants_a_partner("interest__"), stage__in=LOOKING_AT)
    return rows.select_related("unit", "submitter").order_by(F("submitted_at").asc(), "pk")


def suggested_for(proposal_ids: Collection[int]) -> dict[int, Suggested]:
    """What fits each of these; two statements whatever their number."""
    found = {pk: Suggested() for pk in proposal_ids}
    given: dict[str, Any] = {
        "ids": list(found),
        "states": [Inquiry.State.UNCONFIRMED, Inquiry.State.PROPOSAL],
        "not_genuine": Inquiry.Reason.NOT_GENUINE,
        "most": MOST_SUGGESTED,
        "fewest": FEWEST_WORDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_INQUIRIES, given)
        for proposal, key, name in cursor.fetchall():
            found[proposal].inquiries.append((key, name))
        cursor.execute(_ORGANIZATIONS, given)
        for proposal, key, name in cursor.fetchall():
            found[proposal].organizations.append((key, name))
    return found


# For each proposal, in the index of the inquiries' words: those with several words of its own.
_INQUIRIES = """
SELECT s.proposal_id, fits.id, fits.org_name
FROM proposals_searchtext s
CROSS JOIN LATERAL (
    SELECT i.id, i.org_name, count(*) AS shared
    FROM partners_inquiry i,
        unnest(tsvector_to_array(i.words)) AS word
    WHERE i.words @@ (
            SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery
            FROM unnest(tsvector_to_array(s.words)) AS lexeme
        )
        AND i.state <> ALL (%(states)s) AND i.reason <> %(not_genuine)s
        AND word = ANY (tsvector_to_array(s.words))
    GROUP BY i.id, i.org_name
    HAVING count(*) >= %(fewest)s
    ORDER BY shared DESC, i.id DESC
    LIMIT %(most)s
) AS fits
WHERE s.proposal_id = ANY (%(ids)s::bigint[])
ORDER BY s.proposal_id, fits.shared DESC, fits.id DESC
"""
# And who takes part in the proposals whose titles are most like its own.
_ORGANIZATIONS = """
SELECT s.proposal_id, fits.id, fits.name
FROM proposals_searchtext s
CROSS JOIN LATERAL (SELECT public.plain_text(s.title) AS title OFFSET 0) AS its
CROSS JOIN LATERAL (
    SELECT o.id, o.name, max(alike.share) AS share
    FROM (
        SELECT other.proposal_id, similarity(public.plain_text(other.title), its.title) AS share
        FROM proposals_searchtext other
        WHERE public.plain_text(other.title) %% its.title AND other.proposal_id <> s.proposal_id
        ORDER BY share DESC LIMIT 50
    ) AS alike
    JOIN partners_engagement e ON e.proposal_id = alike.proposal_id
    JOIN partners_organization o ON o.id = e.organization_id
    GROUP BY o.id, o.name
    ORDER BY share DESC, o.id
    LIMIT %(most)s
) AS fits
WHERE s.proposal_id = ANY (%(ids)s::bigint[])
ORDER BY s.proposal_id, fits.share DESC, fits.id
"""
