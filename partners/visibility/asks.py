"""What is asked of a contact, their talk with eLearning, their own history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from partners.models import (
    NamedColleague,
    PartnerAsk,
)
from partners.models.engagements import safe_scans
from partners.visibility.contact import NamedContact, contact_of
from proposals.models import Attachment


@dataclass(frozen=True)
class SaidFile:
    """A file that came with a message; ``why_shut`` says why it cannot be opened."""

    key: str
    name: str
    size: int
    why_shut: str = ""


@dataclass(frozen=True)
class Said:
    """One message between a partner and eLearning; ``is_theirs``: of the partner's people.
    ``not_taken`` names each file of a mail that was not kept, and why."""

    who: str
    at: datetime
    words: str
    is_theirs: bool
    is_by_mail: bool = False
    files: Sequence[SaidFile] = ()
    not_taken: Sequence[str] = ()


@dataclass(frozen=True)
class AskPage:
    """Everything the page of one ask shows: what is asked, by whom, by when, how it ended."""

    reference: str
    title: str
    words: str
    asker: str
    due_on: date
    is_open: bool
    is_answered: bool
    state: str
    settled_at: datetime | None
    settled_words: str
    contact: NamedContact | None
    answers: Sequence[tuple[str, str]] = ()
    picked: str = ""


@dataclass(frozen=True)
class ColleagueShown:
    """Somebody whom a contact named in their place, as that contact reads what became of it."""

    name: str
    on: datetime
    state: str
    words: str


@dataclass(frozen=True)
class HistoryLine:
    """One thing of their own history: what they sent, or what was sent to them."""

    at: datetime
    words: str
    is_theirs: bool
    url: str = ""


def ask_page(
    asked: PartnerAsk, answers: Sequence[tuple[str, str]] = (), picked: str = ""
) -> AskPage:
    """The page of one ask as its contact reads it. ``answers``: their own words, by question;
    ``picked``: the time they picked, in words.

    Expects the proposal with ``unit`` and ``assignee``, and ``asked_by`` to be loaded.
    """
    proposal = asked.engagement.proposal
    is_answered = asked.state == PartnerAsk.State.ANSWERED
    return AskPage(
        reference=proposal.reference,
        title=proposal.working_title,
        words=asked.words,
        asker=str(asked.asked_by),
        due_on=asked.due_on,
        is_open=asked.is_open,
        is_answered=is_answered,
        state=str(asked.get_state_display()),
        settled_at=asked.settled_at,
        settled_words=asked.settled_words,
        contact=contact_of(proposal),
        answers=answers if is_answered else (),
        picked=picked,
    )


def colleagues_shown(named: Iterable[NamedColleague]) -> list[ColleagueShown]:
    """Whom this contact named; who of eLearning decided is not told."""
    return [
        ColleagueShown(name=each.name, on=each.at, state=each.state, words=each.settled_words)
        for each in named
    ]


def talk_of(comments: Iterable[Any]) -> list[Said]:
    """A partner's thread as its people read it; of messages ``with_files``."""
    return [
        Said(
            who=str(each.author or each.from_outside),
            at=each.at,
            words=each.body,
            is_theirs=each.author_id is None,
            is_by_mail=each.mail_id is not None,
            files=[_said_file(file) for file in each.files],
            not_taken=each.mail.not_taken if each.mail else (),
        )
        for each in comments
    ]


def _said_file(file: dict[str, Any]) -> SaidFile:
    why = ""
    if file["scan"] == Attachment.Scan.INFECTED:
        why = _("cannot be opened: the virus check found something in it")
    elif file["scan"] not in safe_scans():
        why = _("can be opened once the virus check has looked at it")
    return SaidFile(file["id"], file["name"], file["size"], why)
