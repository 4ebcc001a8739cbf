"""The pieces that every template has at hand."""

from datetime import date

import time_machine
from django.utils.safestring import mark_safe

from microcreds.components import colon, day, turn


def test_whose_turn_is_escaped_also_where_the_same_words_were_safe_before():
    assert "<b>Hers</b>" in turn(mark_safe("<b>Hers</b>"))  # noqa: S308
    assert "&lt;b&gt;Hers&lt;/b&gt;" in turn("<b>Hers</b>")


@time_machine.travel("2026-11-27 12:00", tick=False)
def test_whose_turn_says_since_which_day():
    drawn = turn("Your turn", date(2026, 11, 3), tone="accent")

    assert '<p class="turn turn-accent">' in drawn
    assert 'since <time datetime="2026-11-03">Tue 3 Nov</time>' in drawn


def test_a_day_says_its_year_once_that_is_over():
    with time_machine.travel("2026-12-31 12:00", tick=False):
        assert day(date(2026, 12, 31)) == '<time datetime="2026-12-31">Thu 31 Dec</time>'
    with time_machine.travel("2027-01-02 12:00", tick=False):
        assert day(date(2026, 12, 31)) == '<time datetime="2026-12-31">31 Dec 2026</time>'


def test_a_colon_follows_what_does_not_end_a_sentence():
    assert [colon(label) for label in ("Title", "Why now?", "And so on…", "")] == [
        "Title:",
        "Why now?",
        "And so on…",
        "",
    ]
