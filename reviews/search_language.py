"""The language of the desk's search box: words as ever, and terms like ``stage:triage..readiness``.

Parsing is pure and takes any text; what a term means is told by ``condition_of``. A term that is
not known, or a value that it does not take, is said in words, and the rest is searched.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from django.db.models import Q
from django.utils.translation import gettext as _

from microcreds.accounts.models import User
from reviews.search_terms import TERMS

# Enough for any question; what a box is fed beyond that is noise or an attack.
LONGEST, MOST_TERMS, MOST_WORDS = 500, 12, 8
_TOKEN = re.compile(
    r'(?P<no>-?)(?P<key>[a-z_]+):(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]*))'
    r'|"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+)',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Term:
    """``key:value``, or with a minus before it everything but that."""

    key: str
    value: str
    is_not: bool = False

    def __str__(self) -> str:
        return f'{"-" if self.is_not else ""}{self.key}:"{self.value}"'


@dataclass(frozen=True, slots=True)
class Query:
    """What was asked: terms, and words in any place."""

    terms: tuple[Term, ...]
    words: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join([*map(str, self.terms), *(f'"{word}"' for word in self.words)])


def parse(text: str) -> Query:
    """The terms and words of ``text``, whatever it is; what lies beyond the limits is left out."""
    terms, words = [], []
    for token in _TOKEN.finditer(text.replace("\x00", " ")[:LONGEST]):
        if token["key"] and token["key"].lower() in TERMS:
            value = token["quoted"] if token["quoted"] is not None else token["bare"]
            terms.append(Term(token["key"].lower(), " ".join(value.split()), bool(token["no"])))
        else:
            said = token["phrase"] if token["phrase"] is not None else token[0]
            words += [word for word in said.replace('"', " ").split() if word]
    return Query(tuple(terms[:MOST_TERMS]), tuple(words[:MOST_WORDS]))


def condition_of(query: Query, user: User) -> Q:
    """What the terms ask for together; one with a value that it does not take is passed over."""
    asked = Q()
    for term in query.terms:
        condition = TERMS[term.key].condition(term.value, user) if term.value else None
        if condition is not None:
            asked &= ~condition if term.is_not else condition
    return asked


def complaints_about(text: str, user: User) -> list[str]:
    """What of ``text`` is no term or no value of one, in words."""
    complaints = []
    for term in parse(text).terms:
        if not term.value or TERMS[term.key].condition(term.value, user) is None:
            complaints.append(
                _("“%(key)s:” does not take “%(value)s”. Write it like %(example)s.")
                % {"key": term.key, "value": term.value, "example": TERMS[term.key].example}
            )
    for token in _TOKEN.finditer(text[:LONGEST]):
        if token["key"] and token["key"].lower() not in TERMS:
            near = get_close_matches(token["key"].lower(), TERMS, n=1)
            words = _("There is no “%(key)s:”, so it is searched as words.")
            if near:
                words = _("There is no “%(key)s:”. Did you mean “%(near)s:”?")
            complaints.append(words % {"key": token["key"], "near": near[0] if near else ""})
    return complaints[:MOST_TERMS]
