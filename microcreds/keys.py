"""Keys of rows as a browser sends them."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField

# By a larger one Django finds no row (``pk=``); in a list of keys the database refuses it.
LARGEST = BigIntegerField.MAX_BIGINT
_LONGEST = len(str(LARGEST))


def key_in(text: str) -> int:
    """The key that ``text`` is; 0, which no row has, for anything else."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST):
        return 0
    key = int(text)
    return key if key <= LARGEST else 0


class KeyField(forms.UUIDField):
    """What lets the same post make only one. A text that is no key counts as none: nobody could put
    right what they do not see."""

    def clean(self, value: Any) -> UUID | None:
        try:
            key: UUID | None = super().clean(value)
        except ValidationError:
            return None
        return key
