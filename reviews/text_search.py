"""Words in the desk's search box: found in the form as it was sent, and in names."""

import re

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Q, QuerySet

from microcreds.accounts.models import User
from microcreds.plain_text import all_of
from partners.models import Engagement
from proposals.models import Proposal, SearchText
from reviews import search_language
from reviews.search_terms import organizations_named

# Enough for any name or title; what a search box is fed beyond that is noise or an attack.
SEARCH_LENGTH, SEARCH_WORDS = 200, 8
REFERENCE = re.compile(r"mc-\d{4}-\d{4,}", re.IGNORECASE)
# What can be part of one; any other word is not looked for there.
_IN_REFERENCE = re.compile(r"[mc\d-]+", re.IGNORECASE)


def search(queryset: QuerySet, text: str, user: User) -> QuerySet:
    """Rows that fit every term of the search language (``reviews.search_language``) and every word
    beside them."""
    query = search_language.parse(text)
    return with_words(
        queryset.filter(search_language.condition_of(query, user)), " ".join(query.words)
    )


def with_words(queryset: QuerySet, text: str) -> QuerySet:
    """Rows that say it all in the form they sent last (title, jobs, outcomes, need), in any form of
    its words; and those with every word there or in reference, title, submitter or partner. No row
    comes twice, and their order stays.
    """
    words = text.replace("\x00", " ")[:SEARCH_LENGTH].split()[:SEARCH_WORDS]
    if not words:
        return queryset
    with_each = [_with_word(word) for word in words]
    if len(words) == 1:
        # As one array they are found by the index together, in two thirds of the time of ``in``.
        return queryset.filter(pk__any_of=ArraySubquery(with_each[0]))
    each = Proposal.objects.order_by()
    for found in with_each:
        each = each.filter(pk__in=found)
    # Together they are asked again: words like "of" stand in no index, and say nothing there.
    return queryset.filter(pk__in=_saying(" ".join(words)).union(each.values("pk"), all=True))


def _saying(words: str) -> QuerySet:
    """The keys of proposals whose form, as it was sent last, has all of these words."""
    found = SearchText.objects.filter(all_words=all_of(words))
    return found.order_by().values("proposal_id")


def _with_word(word: str) -> QuerySet:
    """The keys of proposals with the word; each place is asked by itself, because one condition
    over several tables could use the index of none."""
    if REFERENCE.fullmatch(word):
        return Proposal.objects.filter(reference=word.upper()).order_by().values("pk")
    own = Q(working_title__plain__contains=word)
    if _IN_REFERENCE.fullmatch(word):
        own |= Q(reference__icontains=word)
    people = User.objects.filter(Q(name__plain__contains=word) | Q(email__plain__contains=word))
    submitted = Proposal.objects.filter(submitter__in=people.values("pk")).values("pk")
    organizations = organizations_named(word)
    engaged = Engagement.objects.filter(organization__in=organizations)
    named = Proposal.objects.filter(own).order_by().values("pk")
    return named.union(
        _saying(word), submitted.order_by(), engaged.order_by().values("proposal_id"), all=True
    )
