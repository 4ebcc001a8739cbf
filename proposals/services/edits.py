"""The history of a form, edit by edit: each tells what it replaced, and how it stood before."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from microcreds.accounts.models import User
from proposals.interest import questions_of
from proposals.merging import Flat
from proposals.models import InterestEdit, InterestForm
from proposals.services.named_partners import CONFIDENTIAL


def record_edit(
    form: InterestForm,
    before: Flat,
    by: User,
    at: datetime,
    *,
    page_key: uuid.UUID | None = None,
    sequence: int = 0,
) -> None:
    """The form has a new version, not saved yet, and an edit that tells what it replaced."""
    form.version += 1
    form.saved_at, form.saved_by = at, by
    confidential = {path for path in before if path.endswith(f".{CONFIDENTIAL}")}
    InterestEdit.objects.create(
        form=form,
        version=form.version,
        before={path: value for path, value in before.items() if path not in confidential},
        confidential_before={path: before[path] for path in confidential},
        by=by,
        at=at,
        page_key=page_key,
        sequence=sequence,
    )


def edits_since(form: InterestForm, version: int) -> list[InterestEdit]:
    """What others and the same person saved since this version, oldest first."""
    if version >= form.version:
        return []
    return list(form.edits.filter(version__gt=version).select_related("by").order_by("version"))


def as_read(page: str, current: Flat, edits: list[InterestEdit]) -> Flat:
    """The page as it stood when the person read it: each path has what the oldest edit since then
    replaced."""
    base = dict(current)
    keys = {question.key for question in questions_of(page)}
    for edit in reversed(edits):
        for path, value in {**edit.before, **edit.confidential_before}.items():
            if path.removeprefix("together.").split(".")[0] in keys:
                base[path] = value
    return {path: value for path, value in base.items() if value is not None}


def last_edit(form: InterestForm, path: str, since: Iterable[InterestEdit]) -> InterestEdit | None:
    """The newest edit of this answer, of those ``since`` it was read where one of them changed it;
    none where there never was one, which only a made-up request can ask for."""
    touching = [edit for edit in since if _touches(edit, path)]
    if touching:
        return touching[-1]
    told = Q(before__has_key=path) | Q(confidential_before__has_key=path)
    return form.edits.filter(told).select_related("by").order_by("version").last()


def _touches(edit: InterestEdit, path: str) -> bool:
    return any(
        changed == path or changed.startswith(f"{path}.")
        for changed in (*edit.before, *edit.confidential_before)
    )
