"""Drafts in few statements: the services make each kind once in a process, later ones copy it."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from microcreds.accounts.models import User
from proposals.models import InterestEdit, InterestForm, NamedPartner, Proposal
from proposals.services import create_draft, save_page

Pages = Mapping[str, Mapping[str, Any]]
TITLE = "Sampling for shift leads"
# Answers that are rows of their own, which have other keys in each test; and their columns.
PLACES = {"campus_home": "campus_id", "division": "division_id", "department": "department_id"}
# Columns that no draft shares with another.
_OWN = {"id", "reference", "submitter_id", "created_at", "stage_since", "last_activity_at"}


@dataclass(frozen=True)
class _Kind:
    """The rows of a draft as its saves left them."""

    columns: dict[str, Any]
    form: InterestForm
    edits: list[InterestEdit]
    partners: list[NamedPartner]


_KINDS: dict[str, _Kind] = {}


def saved_draft(owner: User, pages: Pages, at: datetime | None = None) -> Proposal:
    """A draft whose owner saved these pages, one after another."""
    proposal = create_draft(owner=owner, working_title=TITLE, at=at)
    for version, (page, answers) in enumerate(pages.items(), start=1):
        save_page(
            proposal=proposal, page=page, answers=answers, form_version=version, by=owner, at=at
        )
    proposal.refresh_from_db()
    return proposal


def copied_draft(owner: User, pages: Pages, at: datetime | None = None) -> Proposal:
    """What ``saved_draft`` would make (tests/test_factories.py says so), where the pages name no
    co-proposers and a department of their division."""
    places = {key: pages["about"][key] for key in PLACES}
    kind = json.dumps({**pages, "about": {**pages["about"], **dict.fromkeys(PLACES)}}, default=str)
    if kind not in _KINDS:
        proposal = saved_draft(owner, pages, at)
        _KINDS[kind] = _kind_of(proposal)
        return proposal
    return _copy(_KINDS[kind], owner, places, at or timezone.now())


def _kind_of(proposal: Proposal) -> _Kind:
    form = InterestForm.objects.get(proposal=proposal)
    columns = {field.attname for field in Proposal._meta.concrete_fields if not field.generated}
    return _Kind(
        columns={name: getattr(proposal, name) for name in columns - _OWN},
        form=form,
        edits=list(form.edits.order_by("version")),
        partners=list(NamedPartner.objects.with_confidential().filter(proposal=proposal)),
    )


def _copy(kind: _Kind, owner: User, places: Mapping[str, str], at: datetime) -> Proposal:
    proposal = create_draft(owner=owner, working_title=TITLE, at=at)
    columns = kind.columns | {PLACES[key]: int(value) for key, value in places.items()}
    Proposal.objects.filter(pk=proposal.pk).update(**columns, last_activity_at=at)
    fresh = _fresh_ids(kind)
    form = _again(kind.form, fresh, proposal_id=proposal.pk, saved_at=at, saved_by_id=owner.pk)
    form.save(force_update=True)
    NamedPartner.objects.bulk_create(
        _again(row, fresh, proposal_id=proposal.pk) for row in kind.partners
    )
    InterestEdit.objects.bulk_create(
        _again(row, fresh, id=None, form_id=proposal.pk, by_id=owner.pk, at=at)
        for row in kind.edits
    )
    proposal.refresh_from_db()
    return proposal


def _fresh_ids(kind: _Kind) -> dict[str, str]:
    """Another id for each row of an answer."""
    answers = [answer for answer in kind.form.answers.values() if isinstance(answer, list)]
    rows = [row["id"] for answer in answers for row in answer if isinstance(row, dict)]
    return {str(known): str(uuid.uuid4()) for known in (*rows, *(row.pk for row in kind.partners))}


def _again(row: Any, fresh: Mapping[str, str], **own: object) -> Any:
    """The row, not saved, with fresh ids wherever it names a row of an answer."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    renamed = {name: _renamed(value, fresh) for name, value in values.items()}
    return type(row)(**renamed | own)


def _renamed(value: Any, fresh: Mapping[str, str]) -> Any:
    if isinstance(value, uuid.UUID):
        return uuid.UUID(fresh.get(str(value), str(value)))
    if not isinstance(value, dict | list):
        return value
    text = json.dumps(value)
    for known, other in fresh.items():
        text = text.replace(known, other)
    return json.loads(text)
