"""Points to answer where they belong, for templates."""

from collections.abc import Iterable

from django import template

from reviews.models import Request
from reviews.workflow import MOVES, Move

register = template.Library()


@register.filter
def at(points: Iterable[Request] | None, key: str) -> list[Request]:
    """Those pinned to this question."""
    return [point for point in points or () if point.key == key]


@register.filter
def on_page(points: Iterable[Request] | None, page: str) -> list[Request]:
    """Those pinned to a question of this page."""
    return [point for point in points or () if point.page == page]


@register.filter
def unanswered(points: Iterable[Request] | None) -> list[Request]:
    return [point for point in points or () if not point.answer]


@register.filter
def why(point: Request) -> str:
    """The reason of a point; a code that is no longer offered stands as it is."""
    return MOVES[Move.RETURN].reason_words(point.reason_code)
