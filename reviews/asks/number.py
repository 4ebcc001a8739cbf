"""How much is asked of a reader, for the header of every page."""

from microcreds.accounts.models import User
from reviews.asks.ask import MOST, Ask
from reviews.asks.listing import number_of_own
from reviews.kept_numbers import KeptNumbers

_remembered: KeptNumbers[int] = KeptNumbers()
_for_all: list[int] = []


def remember(user: User, asks: list[Ask]) -> int:
    """Pages of this process say this number for a while."""
    return _remembered.keep(user.pk, sum(not ask.is_shared for ask in asks))


def number_for(user: User, *, acted_at: float = 0.0) -> str:
    """How much is asked of this person themselves, in words; empty: nothing. Counted
    where it was not lately, or not since they did something at ``acted_at``."""
    if _for_all:
        return _words(_for_all[0])
    number = _remembered.get(user.pk, acted_at=acted_at)
    return _words(_remembered.keep(user.pk, number_of_own(user)) if number is None else number)


def say_for_all(number: int) -> None:
    """Every page says this number, and none counts, until ``forget``."""
    _for_all[:] = [number]


def forget() -> None:
    """The next page counts."""
    _for_all.clear()
    _remembered.forget()


def _words(number: int) -> str:
    return f"{MOST}+" if number >= MOST else str(number or "")
