"""The form as a whole: read together from its places, frozen when it is sent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from microcreds.accounts.models import User
from proposals.interest import (
    ATTESTATION_EDITION,
    ATTESTATIONS,
    EDITION,
    QUESTIONS,
    closed_keys,
)
from proposals.lookalikes import wording_of
from proposals.models import Proposal, Revision, SearchText, Term
from proposals.services.files import form_files_of, freeze_files
from proposals.services.named_partners import CONFIDENTIAL, current_rows


def answers_of(proposal: Proposal, confidential: bool = False) -> dict[str, Any]:
    """The whole form as one mapping: the answers by key, those that are columns of the proposal,
    the named ``partners`` as rows, ``names`` of what is reference data, ``term_starts_on``,
    ``campus_is_branch``;
    ``closed``, the keys that stay as they were sent, while only some are open.

    Confidential text is loaded only when asked for; what submit needs (``interest.missing``) can be
    told only with it. Load the proposal ``with_answers()`` to keep it at two statements.
    """
    answers: dict[str, Any] = {**proposal.interest.answers, **column_answers(proposal)}
    answers["submitter"] = proposal.submitter.email
    answers["names"] = names_of(proposal)
    answers["campus_is_branch"] = bool(proposal.campus and proposal.campus.is_branch)
    answers["partners"] = current_rows(proposal, confidential=confidential)
    answers["attachments"] = form_files_of(proposal)
    if term := _term(answers.get("start_by", "")):
        answers["names"]["start_by"] = term.name
        answers["term_starts_on"] = term.starts_on.isoformat()
    if proposal.open_keys is not None and proposal.is_editable:
        answers["closed"] = closed_keys(answers, proposal.open_keys)
    return answers


def sent_answers_of(proposal: Proposal, confidential: bool = False) -> dict[str, Any]:
    """The form as everybody but its proposers reads it: as it was sent last.

    While it is back with its proposers, what they change stays theirs until they send it again.
    """
    sent = None
    if proposal.is_editable:
        revisions = proposal.revisions.filter(form="interest").order_by("-number")
        sent = (revisions.defer(None) if confidential else revisions).first()
    if sent is None:
        return answers_of(proposal, confidential=confidential)
    if confidential:
        secrets = sent.confidential_answers.get("partners", {})
        for row in sent.answers.get("partners", ()):
            row[CONFIDENTIAL] = secrets.get(row["id"], "")
    return sent.answers


def column_answers(proposal: Proposal) -> dict[str, str]:
    """The answers that are columns of the proposal, as the form posts them."""
    values = {
        "working_title": proposal.working_title,
        "campus_home": proposal.campus_id,
        "division": proposal.division_id,
        "department": proposal.department_id,
        "chair_informed": proposal.chair_informed,
    }
    return {key: str(value) for key, value in values.items() if value}


def names_of(proposal: Proposal) -> dict[str, str]:
    """What people read where an answer points at reference data or at a person."""
    people = f"{proposal.submitter} <{proposal.submitter.email}>"
    places = {
        "campus_home": proposal.campus,
        "division": proposal.division,
        "department": proposal.department and proposal.department.name,
    }
    return {"submitter": people} | {key: str(place) for key, place in places.items() if place}


@transaction.atomic(savepoint=False)
def freeze(
    *,
    proposal: Proposal,
    by: User,
    at: datetime,
    attestations: Mapping[str, bool] | None = None,
    answers: dict[str, Any] | None = None,
) -> Revision:
    """The form as it stands now is kept as the next revision, once and for good.

    ``answers``: what ``answers_of`` said of it under the lock, confidential text included, where
    that was asked already.

    Only what applies is kept: an answer whose condition no longer holds was not read back either.
    Confidential text goes to its own column; the text by which look-alikes find it follows.
    ``attestations`` maps the keys of ``interest.ATTESTATIONS`` to what was checked; words and
    edition are kept with it. Runs inside the transaction of the submission, which holds the lock
    of the proposal.
    """
    form = proposal.interest
    answers = dict(answers or answers_of(proposal, confidential=True))
    answers.pop("closed", None)
    for key, question in QUESTIONS.items():
        if not question.applies(answers):
            answers.pop(key, None)
    confidential = _take_confidential(answers)
    answers["attestations"] = {
        key: {"text": ATTESTATIONS[key], "edition": ATTESTATION_EDITION, "given": bool(given)}
        for key, given in (attestations or {}).items()
        if key in ATTESTATIONS
    }
    _keep_wording(proposal, answers)
    number = proposal.revisions.filter(form="interest").count() + 1
    answers["attachments"] = freeze_files(proposal=proposal, number=number)
    return Revision.objects.create(
        proposal=proposal,
        number=number,
        edition=EDITION,
        answers=answers,
        confidential_answers={"partners": confidential} if confidential else {},
        form_version=form.version,
        created_at=at,
        created_by=by,
    )


def _take_confidential(answers: Mapping[str, Any]) -> dict[str, str]:
    """The confidential text of each partner, by the id of its row; the rows are without it then."""
    taken = {}
    for row in answers.get("partners", ()):
        if CONFIDENTIAL in row:
            text = row.pop(CONFIDENTIAL)
            if row.get("confidential") == "yes":
                taken[row["id"]] = text
    return taken


def _keep_wording(proposal: Proposal, answers: Mapping[str, Any]) -> None:
    """What it is compared and found by says the same as the form that is sent."""
    wording = wording_of(answers)
    row = SearchText(
        proposal=proposal,
        title=wording.title,
        jobs=wording.jobs,
        outcomes=wording.outcomes,
        need=answers.get("need_statement", ""),
        origin=answers.get("origin", ""),
    )
    SearchText.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["proposal"],
        update_fields=["title", "jobs", "outcomes", "need", "origin"],
    )


def _term(start_by: str) -> Term | None:
    number = start_by.removeprefix("term:")
    if number == start_by or not number.isdecimal():
        return None
    return Term.objects.filter(pk=number).first()
