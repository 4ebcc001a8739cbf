"""Named partners as answers: read as rows of the form, written from them."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from microcreds.kept_statements import KeptStatements
from proposals.interest import QUESTIONS, Kind
from proposals.merging import valid_id
from proposals.models import NamedPartner, Proposal

COLUMNS = QUESTIONS["partners"].columns
CONFIDENTIAL = "confidential_text"


def current_rows(proposal: Proposal, *, confidential: bool) -> list[dict[str, Any]]:
    """The organizations named in the form now, each as a row of answers."""
    partners = _NAMED.rows(confidential, proposal=proposal)
    return [as_row(partner, confidential=confidential) for partner in partners]


def _named(confidential: bool, *, proposal: Proposal) -> QuerySet[NamedPartner]:
    named = NamedPartner.objects.filter(proposal=proposal, dropped_at__isnull=True)
    return named.defer(None) if confidential else named


_NAMED = KeptStatements(_named)


def as_row(partner: NamedPartner, *, confidential: bool) -> dict[str, Any]:
    """The partner as a row of the form: what was answered, and the confidential text if asked."""
    row: dict[str, Any] = {"id": str(partner.pk)}
    for column in COLUMNS:
        if column.key == CONFIDENTIAL and not confidential:
            continue
        value = getattr(partner, column.key)
        if value not in (None, "", []):
            row[column.key] = value.isoformat() if column.kind is Kind.MONTH else value
    return row


def every_row(
    proposal: Proposal, *, sent: Iterable[object] = ()
) -> tuple[list[NamedPartner], set[str]]:
    """Those named now and those taken out, confidential text included; and which of the ids that
    were ``sent`` belong to other proposals, whose rows are never touched. One statement."""
    ids = set(filter(None, map(valid_id, sent)))
    found = NamedPartner.objects.with_confidential().filter(Q(proposal=proposal) | Q(pk__in=ids))
    rows = [partner for partner in found if partner.proposal_id == proposal.pk]
    return rows, {str(partner.pk) for partner in found if partner.proposal_id != proposal.pk}


def write(
    *,
    proposal: Proposal,
    stored: list[NamedPartner],
    rows: list[dict[str, Any]],
    changed: set[str],
    at: datetime,
) -> None:
    """The rows whose ids are in ``changed`` are made, changed or taken out, in one statement.

    One taken out stays as dropped: an engagement may stand on it, and who took it out by mistake
    gets it back as it was.
    """
    known = {str(partner.pk): partner for partner in stored}
    written: list[NamedPartner] = []
    for row in rows:
        if row["id"] not in changed:
            continue
        partner = known.get(row["id"]) or NamedPartner(
            pk=row["id"], proposal=proposal, position=len(stored) + len(written)
        )
        partner.dropped_at = None
        for column in COLUMNS:
            setattr(partner, column.key, _as_stored(column.kind, row.get(column.key)))
        written.append(partner)
    for gone in (changed - {row["id"] for row in rows}) & known.keys():
        known[gone].dropped_at = at
        written.append(known[gone])
    NamedPartner.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[*(column.key for column in COLUMNS), "dropped_at"],
    )


def _as_stored(kind: Kind, value: Any) -> Any:
    """A row's value as its column holds it; an answer that is not there is empty text, an empty
    list or null."""
    match kind:
        case Kind.MONTH:
            return date.fromisoformat(value) if value else None
        case Kind.INTEGER:
            return value
        case Kind.CHOICES:
            return value or []
    return value or ""
