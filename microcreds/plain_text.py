"""Text as it is searched: without accents and in small letters, whichever side has them."""

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import CharField, TextField, Transform, Value

_LANGUAGE = "english"


@CharField.register_lookup
@TextField.register_lookup
class Plain(Transform):
    """``name__plain__contains="Munoz"`` finds "MUÑOZ", and the other way round: both sides are made
    plain by a function of the database (accounts, 0005). Its schema is said, because a dump is
    restored without a search path."""

    lookup_name = "plain"
    function = "public.plain_text"
    bilateral = True


def words_in(column: str, weight: str | None = None) -> SearchVector:
    """The words of a column as they are searched, in any of their forms."""
    return SearchVector(Plain(column), weight=weight, config=_LANGUAGE)


def all_of(words: str) -> SearchQuery:
    """What asks ``words_in`` for every one of these."""
    return SearchQuery(Plain(Value(words)), config=_LANGUAGE)
