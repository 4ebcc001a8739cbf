"""A table of the process as staff have set it: the code's rows, and what stands in their place."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Tuned(Mapping[K, V]):
    """Reads like the ``defaults`` it was made of, except where ``reviews.policies`` has put other
    rows in their place. The tables themselves ask no database."""

    def __init__(self, defaults: Mapping[K, V]) -> None:
        self.defaults = dict(defaults)
        self._now = self.defaults

    def tune(self, rows: Mapping[K, V]) -> None:
        """These rows stand in place of the code's; every other one is the code's again."""
        self._now = {**self.defaults, **rows}

    def __getitem__(self, key: K) -> V:
        return self._now[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self.defaults)

    def __len__(self) -> int:
        return len(self.defaults)

    def __contains__(self, key: object) -> bool:
        return key in self.defaults
