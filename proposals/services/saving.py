"""Saving one page of the form: what the person changed goes in, whatever others saved meanwhile."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils import timezone

from microcreds.accounts.models import Department, User
from proposals import merging
from proposals.interest import QUESTIONS, display, questions_of
from proposals.merging import Flat
from proposals.models import InterestEdit, NamedPartner, Proposal
from proposals.services import named_partners
from proposals.services.answers import answers_of, column_answers
from proposals.services.edits import as_read, edits_since, last_edit, record_edit
from proposals.services.named_partners import as_row
from proposals.services.opening import refuse_closed, refuse_unless_editable
from proposals.services.people import co_proposers_in, follow_co_proposers


@dataclass(frozen=True)
class Typed:
    """One page of the form as it came from its writer.

    ``answers`` maps keys to what the page's form cleaned; a key or a cell that is not there is left
    as it is, a row that is not there is taken out. ``form_version`` is the version that was read.
    ``page_keys`` name the open page that sent it, first, and those it continues: what these saved
    before is no other's change; of two saves of one page, ``sequence`` tells which is the later.
    ``invalid`` and ``held`` are paths whose text is not in ``answers``: it could not be read, or
    its writer has not yet chosen between it and somebody else's. ``given_up`` are texts by path
    that their writer let go for what stands.
    """

    answers: Mapping[str, Any]
    form_version: int
    page_keys: tuple[uuid.UUID, ...] = ()
    sequence: int = 0
    invalid: frozenset[str] = frozenset()
    held: frozenset[str] = frozenset()
    given_up: Flat = field(default_factory=dict)

    @property
    def page(self) -> dict[str, Any]:
        """Which open page it came from, as its edit keeps it."""
        return {"page_key": next(iter(self.page_keys), None), "sequence": self.sequence}

    def is_of(self, edit: InterestEdit) -> bool:
        """The same open page made this edit, not one that it continues."""
        return edit.page_key == self.page_keys[0]


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

    @property
    def path(self) -> str:
        return ".".join(filter(None, (self.key, self.row_id, self.column)))


@dataclass(frozen=True)
class Saved:
    """``version`` is the form's after the save; ``is_changed`` says whether this save made it.

    ``differs`` are the paths whose answer now is not what this page sent, with that answer
    (``None``: there is none), conflicts left out. A save that is ``late`` came after a later one of
    its page: it changed nothing. By one with ``has_left`` its writer took away their own right to
    edit, or to take part.
    """

    version: int
    is_changed: bool
    conflicts: list[Conflict] = field(default_factory=list)
    differs: Flat = field(default_factory=dict)
    is_late: bool = False
    has_left: bool = False


def save_page(
    *,
    proposal: Proposal,
    page: str,
    answers: Mapping[str, Any],
    form_version: int,
    by: User,
    at: datetime | None = None,
) -> Saved:
    """What the person changed on this page since ``form_version`` is saved (see ``save_typed``)."""
    return save_typed(
        proposals=Proposal.objects.filter(pk=proposal.pk),
        page=page,
        read=lambda stored: Typed(answers, form_version),
        row_ids=[row.get("id") for row in answers.get("partners", ())],
        by=by,
        at=at,
    )


@transaction.atomic
def save_typed(
    *,
    proposals: models.QuerySet[Proposal],
    page: str,
    read: Callable[[Mapping[str, Any]], Typed],
    by: User,
    row_ids: Iterable[object] = (),
    may_leave: bool = False,
    at: datetime | None = None,
) -> Saved:
    """What the person changed on this page since they read it is saved.

    ``proposals`` holds the one proposal, if this person may write to it. ``read`` makes the typed
    page of the answers as they stand; it is called under the lock, so that page and answers are
    read once. Unless they ``may_leave`` by it, the row that lets this person write stays as it is.
    ``row_ids`` are the ids that were sent with rows of partners. An answer changed here
    and meanwhile by somebody else is a conflict: theirs stays. Nothing changed: no edit, no new
    version.

    Raises ``Proposal.DoesNotExist`` where there is none, and ``ValidationError`` when the answers
    are not open to the proposers now, or one of them is not.
    """
    at = at or timezone.now()
    locked = _locked(proposals)
    partners, taken = (
        named_partners.every_row(locked, sent=row_ids) if page == "partners" else ([], set())
    )
    stored = _stored_answers(locked, partners)
    came = _came(locked, page, stored, read(stored), taken)
    if came.is_late:
        return Saved(locked.interest.version, is_changed=False, is_late=True)
    refuse_closed(locked, typed=came.typed, known=(came.base, came.current))
    merged = merging.merge(base=came.base, current=came.current, typed=came.typed)
    stands = _with_matching_department(merged.answers, came.current)
    if page == "about" and not may_leave:
        stands = _with_own_part(stands, came.current, by)
    is_changed, has_left = _keep(locked, came, stands, partners, by, at)
    unsettled = came.unsettled(merged.conflicts)
    differing = _replaced(came.typed, stands)
    return Saved(
        locked.interest.version,
        is_changed=is_changed,
        has_left=has_left,
        conflicts=_conflicts(locked, unsettled, came.current, came.edits),
        differs={path: stands.get(path) for path in differing if path not in unsettled},
    )


@dataclass(frozen=True)
class _Came:
    """A page as it came: its answers as its writer read them (``base``), as they are stored now
    (``current``) and as they were ``typed``; and the ``edits`` of others since it was read."""

    page: str
    sent: Typed
    base: Flat
    current: Flat
    typed: Flat
    edits: list[InterestEdit]
    is_late: bool

    def unsettled(self, conflicts: Iterable[str]) -> list[str]:
        """Every path that waits for its writer: in conflict, changed by others while its text could
        not be read, or held."""
        unread = [
            path for path in self.sent.invalid if self.base.get(path) != self.current.get(path)
        ]
        return list(dict.fromkeys([*conflicts, *sorted(unread), *sorted(self.sent.held)]))


def _came(
    locked: Proposal, page: str, stored: dict[str, Any], sent: Typed, taken: set[str]
) -> _Came:
    current = merging.flatten(page, stored)
    since = edits_since(locked.interest, sent.form_version)
    own = [edit for edit in since if edit.page_key in sent.page_keys]
    edits = [edit for edit in since if edit not in own]
    base = as_read(page, current, edits)
    answers = _settle(merging.with_row_ids(page, sent.answers, taken))
    return _Came(
        page=page,
        sent=sent,
        base=base,
        current=current,
        typed=merging.typed_answers(page, answers, base),
        edits=edits,
        is_late=any(edit.sequence > sent.sequence for edit in own if sent.is_of(edit)),
    )


def _keep(
    locked: Proposal,
    came: _Came,
    stands: Flat,
    partners: list[NamedPartner],
    by: User,
    at: datetime,
) -> tuple[bool, bool]:
    """What ``stands`` is stored, with an edit that tells what it replaced: whether anything was
    changed, and whether ``by`` may do less since."""
    form, page, current = locked.interest, came.page, came.current
    before = _replaced(current, stands)
    given_up = _given_up(came.sent, current, before)
    if given_up:  # it stood for a moment, so that the history of the form holds it
        record_edit(form, {path: current.get(path) for path in given_up}, by, at, **came.sent.page)
    has_left = False
    if is_changed := bool(before or given_up):
        _write(locked, page, stands, before.keys(), partners, at)
        has_left = _follow_people(locked, page, current, before, by, at)
        record_edit(form, before | given_up, by, at, **came.sent.page)
    if is_changed or form.last_page != page:
        _save_rows(locked, page, at)
    return is_changed, has_left


def _given_up(typed_page: Typed, current: Flat, before: Flat) -> Flat:
    """What its writer gave up for the other's text, where this save does not store it anyway."""
    return {
        path: text
        for path, text in typed_page.given_up.items()
        if text not in (None, "", [], current.get(path)) and path not in before
    }


def _save_rows(locked: Proposal, page: str, at: datetime) -> None:
    """The form, and what this page has as columns of the proposal."""
    locked.interest.last_page = page
    locked.interest.save()
    locked.last_activity_at = at
    columns = [question.column for question in questions_of(page) if question.column]
    locked.save(update_fields=[*columns, "last_activity_at"])


def _replaced(old: Flat, new: Flat) -> Flat:
    """What stood in ``old`` at each path where ``new`` has something else."""
    paths = dict.fromkeys([*old, *new])
    return {path: old.get(path) for path in paths if old.get(path) != new.get(path)}


def _follow_people(
    proposal: Proposal, page: str, current: Flat, before: Flat, by: User, at: datetime
) -> bool:
    """Where the save changed co-proposers (``before``), who takes part follows those whom the form
    names now; whether ``by`` may do less since."""
    if not any(path.startswith("co_proposers.") for path in before):
        return False
    rows = merging.unflatten(page, current)["co_proposers"]
    follow_co_proposers(proposal=proposal, before=rows, by=by, at=at)
    named = co_proposers_in(proposal.interest.answers.get("co_proposers", ()))
    was = co_proposers_in(rows).get(address := by.email.lower())
    return was is not None and was != named.get(address)


def _locked(proposals: models.QuerySet[Proposal]) -> Proposal:
    """The proposal with its form under their lock, so that a submission and a save, or two saves,
    never cross."""
    locked = (
        proposals.filter(interest__isnull=False)  # an inner join: an outer one cannot be locked
        .select_related("interest")
        .select_for_update(no_key=True, of=("self", "interest"))
        .get()
    )
    refuse_unless_editable(locked)
    return locked


def _stored_answers(proposal: Proposal, partners: list[NamedPartner]) -> dict[str, Any]:
    rows = [as_row(partner, confidential=True) for partner in partners if not partner.dropped_at]
    stored = {**proposal.interest.answers, **column_answers(proposal), "partners": rows}
    if proposal.open_keys is not None:
        stored["closed"] = answers_of(proposal, confidential=True)["closed"]
    return stored


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


def _with_own_part(stands: Flat, current: Flat, by: User) -> Flat:
    """The row that lets this person write is there, with its address and what it lets them do."""
    address = by.email.lower()
    rows = [
        path.removesuffix(".email")
        for path, value in current.items()
        if path.startswith("co_proposers.") and path.endswith(".email") and value == address
    ]
    for row in rows:
        part = [f"{row}.email", f"{row}.access"]
        whole = [path for path in current if path == row or path.startswith(f"{row}.")]
        paths = part if row in stands else whole
        stands = {path: value for path, value in stands.items() if path not in paths}
        stands |= {path: current[path] for path in paths if path in current}
    return stands


def _write(
    proposal: Proposal,
    page: str,
    stands: Flat,
    changed: Iterable[str],
    partners: list[NamedPartner],
    at: datetime,
) -> None:
    """The answers of the page are where they belong; form and proposal are not saved yet."""
    _write_answers(proposal, page, stands)
    if page == "partners":
        rows = merging.unflatten(page, stands)["partners"]
        ids = {path.split(".")[1] for path in changed if path.startswith("partners.")}
        named_partners.write(proposal=proposal, stored=partners, rows=rows, changed=ids, at=at)


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
        if last := last_edit(proposal.interest, path, edits):
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
