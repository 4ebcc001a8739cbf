"""Named partners as answers: read as rows of the form, written from them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from proposals.interest import QUESTIONS, Kind
from proposals.merging import valid_id
from proposals.models import NamedPartner, Proposal

COLUMNS = QUESTIONS["partners"].columns
CONFIDENTIAL = "confidential_text"


def current_rows(proposal: Proposal, *, confidential: bool) -> list[dict[str, Any]]:
    """The organisations named in the form now, each as a row of answers."""
    partners = proposal.named_partners.named()
    if confidential:
        partners = partners.with_confidential()
    return [as_row(partner, confidential=confidential) for partner in partners]


def as_row(partner: NamedPartner, *, confidential: bool) -> dict[str, Any]:
    row: dict[str, Any] = {"id": str(partner.pk)}
    for column in COLUMNS:
        if column.key == CONFIDENTIAL and not confidential:
            continue
        value = getattr(partner, column.key)
        if value not in (None, "", []):
            row[column.key] = value.isoformat() if column.kind is Kind.MONTH else value
    return row


def every_row(proposal: Proposal) -> list[NamedPartner]:
    """Those named now and those taken out after a submission, confidential text included."""
    return list(NamedPartner.objects.with_confidential().filter(proposal=proposal))


def ids_elsewhere(rows: Iterable[Mapping[str, Any]], stored: list[NamedPartner]) -> set[str]:
    """Ids among those sent that belong to other proposals: their rows are never touched."""
    sent = {valid_id(row.get("id")) for row in rows} - {"", *(str(row.pk) for row in stored)}
    if not sent:
        return set()
    return {str(pk) for pk in NamedPartner.objects.filter(pk__in=sent).values_list("pk", flat=True)}


def write(
    *,
    proposal: Proposal,
    stored: list[NamedPartner],
    rows: list[dict[str, Any]],
    changed: set[str],
    at: datetime,
) -> None:
    """The rows whose ids are in ``changed`` are made, changed or taken out.

    One taken out after a submission stays as dropped, because an engagement may stand on it.
    """
    known = {str(partner.pk): partner for partner in stored}
    made: list[NamedPartner] = []
    kept: list[NamedPartner] = []
    for row in rows:
        if row["id"] not in changed:
            continue
        if partner := known.get(row["id"]):
            kept.append(partner)
        else:
            position = len(stored) + len(made)
            partner = NamedPartner(pk=row["id"], proposal=proposal, position=position)
            made.append(partner)
        partner.dropped_at = None
        for column in COLUMNS:
            setattr(partner, column.key, _as_stored(column.kind, row.get(column.key)))
    NamedPartner.objects.bulk_create(made)
    NamedPartner.objects.bulk_update(kept, [*(column.key for column in COLUMNS), "dropped_at"])
    if gone := changed - {row["id"] for row in rows}:
        left = NamedPartner.objects.filter(proposal=proposal, pk__in=gone)
        if proposal.revisions.exists():
            left.update(dropped_at=at)
        else:
            left.delete()


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
