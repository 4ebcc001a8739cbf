"""What a search that found nothing may have meant: words of titles and names spelled nearly so.

Only of what its reader meets on the desk. Nothing here is asked while a search finds something.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Value

from microcreds.accounts.models import User
from partners.models import Engagement, Organization
from reviews import search_language
from reviews.questions import Question
from reviews.text_search import with_words

# Words looked up, names read for each, and how near they must be: to Postgres, as the share of
# trigrams of the word (https://www.postgresql.org/docs/15/pgtrgm.html), then letter by letter. The
# names are any of those so near, found by the index, which the planner leaves aside for a limit: to
# put thousands in order, or to read all of 100,000 titles, takes some tenths of a second.
MOST_WORDS, MOST_NAMES, LEAST_ALIKE, CLOSE = 4, 300, 0.4, 0.7
_BY_INDEX = "SET LOCAL enable_seqscan = off;"
SHORTEST = 4  # of fewer letters nearly every word is near
_WORD = re.compile(r"[^\W\d_][\w'’-]*[^\W_]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where words of one kind are looked up: ``found`` the rows that have one, ``names`` in which
    column of which rows those near it stand."""

    found: Callable[[QuerySet, str], QuerySet]
    names: Callable[[QuerySet], list[tuple[QuerySet, str]]]


def nearest(question: Question, desk: QuerySet, user: User) -> str:
    """The words of ``question``, which found nothing, with those that nothing on ``desk`` has
    spelled as the nearest that something has; empty where that would find nothing either. Three
    statements at most, each by an index."""
    asked = _asked(question.words)
    if not asked:
        return ""
    rows = {
        f"n{n}": Exists(_PLACES[kind].found(desk, word)) for n, (kind, word) in enumerate(asked)
    }
    [known] = User.objects.filter(pk=user.pk).values_list(*rows.values())
    lost = [each for each, is_known in zip(asked, known, strict=True) if not is_known]
    if not lost:
        return ""
    words = question.words
    for word, near in _near(lost, desk).items():
        words = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", near, words)  # near: letters, ' and -
    meant = replace(question, words=words)
    is_other = words != question.words
    return words if is_other and meant.rows(desk, user).exists() else ""


def _asked(text: str) -> list[tuple[str, str]]:
    """The words long enough to be known again, with the kind of what they name."""
    query = search_language.parse(text)
    said = [("", word) for word in query.words]
    said += [(term.key, term.value) for term in query.terms if term.key in _PLACES]
    words = [(kind, word) for kind, value in said for word in _WORD.findall(value)]
    known = [pair for pair in dict.fromkeys(words) if len(pair[1]) >= SHORTEST]
    return known[:MOST_WORDS]


def _near(lost: list[tuple[str, str]], desk: QuerySet) -> dict[str, str]:
    """For each of these the word nearest to it; one statement, of what index entries are near."""
    parts: list[QuerySet] = []
    for kind, word in lost:
        for rows, column in _PLACES[kind].names(desk):
            spelled = rows.order_by().filter(**{f"{column}__plain__trigram_word_similar": word})
            parts.append(spelled.values_list(Value(word), column)[:MOST_NAMES])
    first, *others = parts
    found: dict[str, dict[str, str]] = {word: {} for _kind, word in lost}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"{_BY_INDEX} SET LOCAL pg_trgm.word_similarity_threshold = {LEAST_ALIKE}")
        for word, name in first.union(*others, all=True):
            found[word] |= {_letters(part): part.lower() for part in _WORD.findall(name)}
    near = {
        word: get_close_matches(_letters(word), names, 1, CLOSE) for word, names in found.items()
    }
    return {word: found[word][names[0]] for word, names in near.items() if names}


def _letters(word: str) -> str:
    """By what two words are compared: an accent is no letter."""
    parts = unicodedata.normalize("NFD", word.lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _submitters(desk: QuerySet) -> QuerySet[User]:
    return User.objects.filter(Exists(desk.order_by().filter(submitter=OuterRef("pk"))))


def _owners(desk: QuerySet) -> QuerySet[User]:
    return User.objects.filter(Exists(desk.order_by().filter(assignee=OuterRef("pk"))))


def _partners(desk: QuerySet) -> QuerySet[Organization]:
    theirs = Engagement.objects.filter(organization=OuterRef("pk"))
    return Organization.objects.filter(
        Exists(theirs.filter(Exists(desk.order_by().filter(pk=OuterRef("proposal_id")))))
    )


def _named(rows: QuerySet, word: str) -> QuerySet:
    return rows.filter(name__plain__contains=word)


def _everywhere(desk: QuerySet) -> list[tuple[Any, str]]:
    return [
        (desk, "working_title"),
        (_submitters(desk), "name"),
        (_partners(desk), "name"),
    ]


# By the term that names them; what stands outside a term is looked up everywhere.
_PLACES = {
    "": Place(lambda desk, word: with_words(desk.order_by(), word), _everywhere),
    "partner": Place(
        lambda desk, word: _named(_partners(desk), word), lambda desk: [(_partners(desk), "name")]
    ),
    "owner": Place(
        lambda desk, word: _named(_owners(desk), word), lambda desk: [(_owners(desk), "name")]
    ),
}
