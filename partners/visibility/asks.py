"""What is asked of a contact, their talk with eLearning, their own history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from partners.models import (
    NamedColleague,
    PartnerAsk,
)
from partners.visibility.contact import NamedContact, contact_of
from proposals.models import Comment


@dataclass(frozen=True)
class Said:
    """One message between a partner and eLearning; ``is_theirs``: of the partner's people."""

    who: str
    at: datetime
    words: str
    is_theirs: bool


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


def talk_of(comments: Iterable[Comment]) -> list[Said]:
    """A partner's thread as its people read it."""
    return [
        Said(
            who=str(each.author or each.from_outside),
            at=each.at,
            words=each.body,
            is_theirs=each.author_id is None,
        )
        for each in comments
    ]
