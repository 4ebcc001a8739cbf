"""By what proposals are counted at home and found again by the search: one condition for both."""

import re
from collections.abc import Callable, Mapping
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from microcreds.accounts.models import User
from partners.models import Engagement
from proposals.interest import QUESTIONS
from proposals.models import Comment, SearchText, Thread
from reviews import decisions
from reviews.models import ToDo
from reviews.spans import written
from reviews.stage_clock import UNIVERSITY_OWES
from reviews.todos import due_for
from reviews.workflow import Text

Condition = Callable[[str, User], Q | None]

ORIGINS: dict[str, Text] = dict(QUESTIONS["origin"].choices)
KINDS: dict[str, Text] = next(
    dict(column.choices) for column in QUESTIONS["partners"].columns if column.key == "kind"
)
NONE, UNSAID = "none", "unsaid"
# A row by its number, as a link of ours writes it: "#12 Nursing". The name is for its reader.
_NUMBERED = re.compile(r"#([0-9]{1,9})(?:\s.*)?")


def late(today: date) -> Q:
    """The university owes the next step, and the day it aimed at lies behind us."""
    return Q(whose_turn__in=UNIVERSITY_OWES, due_on__lt=today)


def numbered(pk: int, name: str) -> str:
    """A campus or department as the search language takes it for sure, whatever its name is."""
    return f"#{pk} {name}".replace('"', "")


def place(relation: str) -> Condition:
    """Campus or department: by number, by part of its name, or ``none``."""

    def at(value: str, user: User) -> Q:
        if value.lower() == NONE:
            return Q(**{relation: None})
        if found := _NUMBERED.fullmatch(value):
            return Q(**{relation: int(found[1])})
        return Q(**{f"{relation}__name__plain__contains": value})

    return at


def on_days(column: str) -> Condition:
    """A moment of the proposal within the days written."""

    def within(value: str, user: User) -> Q | None:
        span = written(value)
        return None if span is None else span.of(column) & Q(**{f"{column}__isnull": False})

    return within


def origin(value: str, user: User) -> Q | None:
    """How the idea started, as it was sent last."""
    keys = [""] if value.lower() == NONE else _keys_of(value, ORIGINS)
    sent = SearchText.objects.filter(origin__in=keys).order_by()
    return Q(pk__in=sent.values("proposal_id")) if keys else None


def kind(value: str, user: User) -> Q | None:
    """What an organization is that it names."""
    engaged = Engagement.objects.order_by()
    if value.lower() == NONE:
        return ~Q(Exists(engaged.filter(proposal=OuterRef("pk"))))
    keys = [""] if value.lower() == UNSAID else _keys_of(value, KINDS)
    named = engaged.filter(organization__kind__in=keys)
    return Q(pk__in=named.values("proposal_id")) if keys else None


def decided(value: str, user: User) -> Q | None:
    """What was decided, or when."""
    found = decisions.standing().order_by()
    decision = decisions.DECISIONS.get(value.lower())
    if decision:
        found = found.filter(move=decision.move)
    elif (span := written(value)) is not None:
        found = found.filter(span.of("at"))
    elif value.lower() != "any":
        return None
    return Q(pk__in=found.values("proposal_id"))


def reason(value: str, user: User) -> Q | None:
    """Why it was decided so."""
    keys = _keys_of(value, decisions.REASONS_TO_DECIDE)
    found = decisions.standing().order_by().filter(reason_code__in=keys)
    return Q(pk__in=found.values("proposal_id")) if keys else None


def unread(user: User) -> Q:
    """Proposers wrote something there that this person has not read."""
    talk = Comment.objects.filter(thread__kind=Thread.Kind.PROPOSERS).new_to(user)
    return Q(Exists(talk.filter(thread__proposal=OuterRef("pk")).order_by()))


def todo(value: str, user: User) -> Q | None:
    """This person has something to do about it: by today, or at any time."""
    asked = {
        "due": due_for(user, timezone.localdate()),
        "mine": ToDo.objects.open().filter(owner=user),
    }.get(value.lower())
    return None if asked is None else Q(pk__in=asked.order_by().values("proposal_id"))


def _keys_of(value: str, choices: Mapping[str, Text]) -> list[str]:
    """The choice of that key; else those whose words have it in them."""
    sought = value.lower()
    if sought in choices:
        return [sought]
    return [key for key, words in choices.items() if sought in str(words).lower()]
