"""Which texts are keys of rows (``microcreds.keys``)."""

import pytest

from microcreds.keys import LARGEST, key_in


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("42", 42),
        (str(LARGEST), LARGEST),
        (str(LARGEST + 1), 0),
        ("9" * 5000, 0),
        ("", 0),
        ("-1", 0),
        ("1e3", 0),
        ("٣", 0),
        ("4 2", 0),
    ],
)
def test_a_key_is_a_number_that_a_row_can_have(text, key):
    assert key_in(text) == key
