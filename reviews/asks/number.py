"""How much is asked of a reader, for the header of every page."""

import time

from microcreds.accounts.models import User
from reviews.asks.ask import MOST, Ask
from reviews.asks.listing import asks_of

# So long a process may say a number that somebody else has changed since. What its reader did
# counts at once: ``reviews.middleware.note_acting``.
KEPT = 20
_READERS = 5000

_remembered: dict[int, tuple[float, int]] = {}
_for_all: list[int] = []


def remember(user: User, asks: list[Ask]) -> None:
    """Pages of this process say this number for a while."""
    if len(_remembered) >= _READERS:
        _remembered.clear()
    _remembered[user.pk] = (time.time(), sum(not ask.is_shared for ask in asks))


def number_for(user: User, *, acted_at: float = 0.0) -> str:
    """How much is asked of this person themselves, in words; empty: nothing. One statement where it
    was not counted lately, or not since they did something at ``acted_at``."""
    if _for_all:
        return _words(_for_all[0])
    at, number = _remembered.get(user.pk, (0.0, 0))
    if at <= acted_at or time.time() - at > KEPT:
        remember(user, asks_of(user))
        number = _remembered[user.pk][1]
    return _words(number)


def say_for_all(number: int) -> None:
    """Every page says this number, and none counts, until ``forget``."""
    _for_all[:] = [number]


def forget() -> None:
    """The next page counts."""
    _for_all.clear()
    _remembered.clear()


def _words(number: int) -> str:
    return f"{MOST}+" if number >= MOST else str(number or "")
