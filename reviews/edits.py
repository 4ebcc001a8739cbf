"""What triage wrote over what: kept once for each save and assignment, read by the desk's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, Model, OuterRef, Value
from django.db.models.functions import Coalesce, JSONObject, NullIf
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from proposals.kept import Annotations, kept_for
from proposals.models import Proposal
from reviews.models import TriageEdit

_COLUMNS = {field.name: field.attname for field in Proposal._meta.concrete_fields}
EDITS_SHOWN = 50  # the newest; years of a proposal's triage are fewer


@dataclass(frozen=True)
class Edit:
    """One save of triage as the desk tells it; ``fields`` holds label, words before, words now."""

    pk: int
    by_id: int
    who: str
    at: datetime
    fields: tuple[tuple[str, str, str], ...]
    note: str
    is_override: bool
    is_edit = True


def edit_of(
    *, row: Proposal, values: Mapping[str, Any], by: User, at: datetime, note: str = ""
) -> TriageEdit | None:
    """What writing ``values`` over the columns of ``row`` would change, not saved yet; ``None``
    where they say the same."""
    changed = {
        name: [words_of(name, getattr(row, name)), words_of(name, value)]
        for name, value in values.items()
        if _key(value) != getattr(row, _COLUMNS[name])
    }
    if not changed:
        return None
    is_override = row.unit_id is not None and row.unit_id not in by.unit_ids
    return TriageEdit(
        proposal=row, by=by, at=at, changed=changed, note=note, is_override=is_override
    )


def words_of(name: str, value: Any) -> str:
    """One value of a triage field in words; empty: nothing stands there."""
    field = Proposal._meta.get_field(name)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if choices := dict(getattr(field, "flatchoices", ())):
        return str(choices.get(value, value or ""))
    if isinstance(value, Proposal):
        return value.reference
    return str(value) if value else ""


@kept_for(Proposal)
def with_edits() -> Annotations:
    """Each with the rows that ``edits_of`` reads: they ride along, as each statement counts."""
    edits = TriageEdit.objects.filter(proposal=OuterRef("pk")).order_by("-pk")
    who = Coalesce(NullIf("by__name", Value("")), "by__email", output_field=CharField())
    row = JSONObject(
        pk="pk",
        by="by_id",
        who=who,
        at="at",
        changed="changed",
        note="note",
        override="is_override",
    )
    return {"edits_kept": ArraySubquery(edits.values(row=row)[:EDITS_SHOWN])}


def edits_of(proposal: Any) -> list[Edit]:
    """The saves of a proposal loaded ``with_edits``, newest first."""
    return [
        Edit(
            pk=row["pk"],
            by_id=row["by"],
            who=row["who"],
            at=datetime.fromisoformat(row["at"]),
            fields=tuple(
                (label_of(name), before or _("nothing"), now or _("nothing"))
                for name, (before, now) in row["changed"].items()
            ),
            note=row["note"],
            is_override=row["override"],
        )
        for row in proposal.edits_kept
    ]


def label_of(name: str) -> str:
    """A field as the triage panel calls it."""
    labels = {
        "unit": _("Unit"),
        "assignee": _("Owner"),
        "credential_type": _("Type of credential"),
        "is_duplicate_checked": _("Looked for duplicates"),
        "duplicate_of": _("Duplicate of"),
        "priority": _("Priority"),
        "fit_tags": _("Fit tags"),
        "partner_summary": _("Summary for partners"),
        "next_step_submitter": _("Next step, for the proposers"),
        "next_step_partner": _("Next step, for the partner"),
        "asked_of_partner": _("What we need from the partner"),
    }
    return labels.get(name, name)


def _key(value: Any) -> Any:
    """A value as its column holds it: no row is read where nothing changes."""
    return value.pk if isinstance(value, Model) else value
