"""Keys of rows as a browser sends them."""

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
