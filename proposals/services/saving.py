"""Saving one page of the form: what the person changed goes in, whatever others saved meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from microcreds.accounts.models import Department, User
from proposals import merging
from proposals.interest import QUESTIONS, display, questions_of
from proposals.merging import Flat
from proposals.models import InterestEdit, InterestForm, NamedPartner, Proposal
from proposals.services import named_partners
from proposals.services.answers import answers_of, column_answers
from proposals.services.named_partners import CONFIDENTIAL, as_row
from proposals.services.opening import refuse_closed
from proposals.services.people import follow_co_proposers


@dataclass(frozen=True)
class Conflict:
    """An answer that somebody else changed meanwhile: theirs stands. ``column`` is empty for a
    whole row (it was to be removed) and for an answer without rows."""

    key: str
    row_id: str
    column: str
    theirs: str
    by: User
    at: datetime


@dataclass(frozen=True)
class Saved:
    """``version`` is the form's after the save; ``is_changed`` says whether this save made it."""

    version: int
    is_changed: bool
    conflicts: list[Conflict]


@transaction.atomic
def save_page(
    *,
    proposal: Proposal,
    page: str,
    answers: Mapping[str, Any],
    form_version: int,
    by: User,
    at: datetime | None = None,
) -> Saved:
    """What the person changed on this page since ``form_version`` is saved.

    ``answers`` maps keys to what the page's form cleaned; a key or a cell that is not there is left
    as it is, a row that is not there is taken out. An answer changed here and meanwhile by somebody
    else is a conflict: theirs stays. Nothing changed: no edit, no new version.

    Raises ``ValidationError`` when the answers are not open to the proposers now, or one of them
    is not.
    """
    at = at or timezone.now()
    locked = _locked(proposal)
    form = locked.interest
    partners = named_partners.every_row(locked) if page == "partners" else []
    current = merging.flatten(page, _stored_answers(locked, partners))
    edits = _edits_since(form, form_version)
    base = _base(page, current, edits)
    taken = named_partners.ids_elsewhere(answers.get("partners", ()), partners)
    answers = _settle(merging.with_row_ids(page, answers, taken))
    typed = merging.typed_answers(page, answers, base)
    refuse_closed(locked, typed=typed, known=(base, current))
    merged = merging.merge(base=base, current=current, typed=typed)
    stands = _with_matching_department(merged.answers, current)
    before = {
        path: current.get(path)
        for path in dict.fromkeys([*current, *stands])
        if current.get(path) != stands.get(path)
    }
    if before:
        _write_answers(locked, page, stands)
        if page == "partners":
            rows = merging.unflatten(page, stands)["partners"]
            changed = {path.split(".")[1] for path in before if path.startswith("partners.")}
            named_partners.write(
                proposal=locked, stored=partners, rows=rows, changed=changed, at=at
            )
        if any(path.startswith("co_proposers.") for path in before):
            rows = merging.unflatten(page, current)["co_proposers"]
            follow_co_proposers(proposal=locked, before=rows, by=by, at=at)
        record_edit(form, before, by, at)
    if before or form.last_page != page:
        form.last_page = page
        form.save()
        locked.last_activity_at = at
        columns = [question.column for question in questions_of(page) if question.column]
        locked.save(update_fields=[*columns, "last_activity_at"])
    return Saved(form.version, bool(before), _conflicts(locked, merged.conflicts, current, edits))


def _locked(proposal: Proposal) -> Proposal:
    """The proposal under its lock, so that a submission and a save, or two saves, never cross."""
    locked = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    if not locked.is_editable:
        raise ValidationError(
            _("The form was sent meanwhile, so its answers cannot be changed now."), code="closed"
        )
    return locked


def _stored_answers(proposal: Proposal, partners: list[NamedPartner]) -> dict[str, Any]:
    rows = [as_row(partner, confidential=True) for partner in partners if not partner.dropped_at]
    return {**proposal.interest.answers, **column_answers(proposal), "partners": rows}


def _edits_since(form: InterestForm, version: int) -> list[InterestEdit]:
    if version >= form.version:
        return []
    return list(form.edits.filter(version__gt=version).select_related("by").order_by("version"))


def _base(page: str, current: Flat, edits: list[InterestEdit]) -> Flat:
    """The page as it stood when the person read it: each path has what the oldest edit since then
    replaced."""
    base = dict(current)
    keys = {question.key for question in questions_of(page)}
    for edit in reversed(edits):
        for path, value in {**edit.before, **edit.confidential_before}.items():
            if path.removeprefix("together.").split(".")[0] in keys:
                base[path] = value
    return {path: value for path, value in base.items() if value is not None}


def _settle(answers: dict[str, Any]) -> dict[str, Any]:
    """A title is never taken away; reference data is named by the text of its key."""
    if not answers.get("working_title", "x"):
        del answers["working_title"]
    places = [key for key in ("campus_home", "division", "department") if answers.get(key)]
    return answers | {key: str(answers[key]) for key in places}


def _with_matching_department(stands: Flat, current: Flat) -> Flat:
    """A department brings its division along, and leaves when another division was chosen."""
    chosen = stands.get("department"), stands.get("division")
    if not chosen[0] or chosen == (current.get("department"), current.get("division")):
        return stands
    division = Department.objects.values_list("division_id", flat=True).get(pk=chosen[0])
    if chosen[1] in (None, str(division)):
        return stands | {"division": str(division)}
    return {path: value for path, value in stands.items() if path != "department"}


def _write_answers(proposal: Proposal, page: str, stands: Flat) -> None:
    """The page's answers are in the form's mapping and on the proposal, neither saved yet."""
    answers = merging.unflatten(page, stands)
    form = proposal.interest
    elsewhere = [key for key in form.answers.get("together", ()) if QUESTIONS[key].page != page]
    form.answers["together"] = elsewhere + answers["together"]
    for question in merging.stored_questions(page):
        value = answers.get(question.key)
        if question.column:
            _set_column(proposal, question.column, value)
        elif question.key == "partners" or value in (None, []):
            form.answers.pop(question.key, None)
        else:
            form.answers[question.key] = value


def record_edit(form: InterestForm, before: Flat, by: User, at: datetime) -> None:
    """The form has a new version, and an edit that tells what it replaced."""
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
    )


def _set_column(proposal: Proposal, column: str, value: str | None) -> None:
    if column in ("campus", "division", "department"):
        setattr(proposal, f"{column}_id", int(value) if value else None)
    else:
        setattr(proposal, column, value or "")


def _conflicts(
    proposal: Proposal, paths: list[str], current: Flat, edits: list[InterestEdit]
) -> list[Conflict]:
    if not paths:
        return []
    names = answers_of(proposal)["names"]
    found = []
    for path in paths:
        last = next(
            edit
            for edit in reversed(edits)
            if any(
                changed == path or changed.startswith(f"{path}.")
                for changed in (*edit.before, *edit.confidential_before)
            )
        )
        found.append(_conflict(path, current.get(path), names, last))
    return found


def _conflict(path: str, value: Any, names: Mapping[str, str], edit: InterestEdit) -> Conflict:
    key, row_id, column = (*path.split("."), "", "")[:3]
    if key == "together":
        key, row_id = row_id, ""
    question = QUESTIONS[key]
    if column:
        question = next(each for each in question.columns if each.key == column)
    theirs = "" if value is True else display(question, value, names)
    return Conflict(key, row_id, column, theirs, edit.by, edit.at)
