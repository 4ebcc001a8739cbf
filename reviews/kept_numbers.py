"""Numbers that a process may say for a while instead of counting again."""

import time
from collections.abc import Hashable
from typing import Generic, TypeVar

# So long a process may say a number that somebody else has changed since. What its reader did
# counts at once: ``reviews.middleware.note_acting``.
KEPT = 20
_MOST = 5000

Number = TypeVar("Number")


class KeptNumbers(Generic[Number]):
    """By what was counted for whom."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, Number]] = {}

    def get(self, key: Hashable, *, acted_at: float = 0.0) -> Number | None:
        """``None`` where it was not counted lately, or not since its reader did something at
        ``acted_at``."""
        at, number = self._kept.get(key, (0.0, None))
        return None if at <= acted_at or time.time() - at > KEPT else number

    def keep(self, key: Hashable, number: Number) -> Number:
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[key] = (time.time(), number)
        return number

    def forget(self) -> None:
        """Everything is counted anew."""
        self._kept.clear()
