"""Days as people write them, and the years a university counts in."""

from datetime import date

import pytest

from reviews.spans import RANGES, Span, written


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-03-05", date(2026, 3, 5), date(2026, 3, 5)),
        ("2026-01..2026-03", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026-01-15..2026", date(2026, 1, 15), date(2026, 12, 31)),
        ("..2025", None, date(2025, 12, 31)),
        ("2026-11-20..", date(2026, 11, 20), None),
        ("2100", date(2100, 1, 1), date(2100, 12, 31)),
    ],
)
def test_a_period_is_read_from_words_and_written_as_such(text, since, until):
    assert written(text) == Span(since, until)
    assert written(Span(since, until).as_written) == Span(since, until)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "26",
        "2026-13",
        "2026-02-30",
        "1999",
        "2101",
        "2026..2025",
        "soon",
        "٢٠٢٦",
        "2026-3",
    ],
)
def test_what_is_no_period_is_none(text):
    assert written(text) is None


@pytest.mark.parametrize(
    ("key", "today", "since", "until"),
    [
        ("months", date(2026, 11, 27), date(2025, 12, 1), date(2026, 11, 27)),
        ("months", date(2028, 2, 29), date(2027, 3, 1), date(2028, 2, 29)),
        ("calendar", date(2026, 11, 27), date(2026, 1, 1), date(2026, 12, 31)),
        ("academic", date(2026, 7, 31), date(2025, 8, 1), date(2026, 7, 31)),
        ("academic", date(2026, 8, 1), date(2026, 8, 1), date(2027, 7, 31)),
        ("fiscal", date(2026, 6, 30), date(2025, 7, 1), date(2026, 6, 30)),
        ("fiscal", date(2026, 7, 1), date(2026, 7, 1), date(2027, 6, 30)),
        ("all", date(2026, 7, 1), None, None),
    ],
)
def test_each_range_has_its_days(key, today, since, until):
    assert RANGES[key][1](today) == Span(since, until)
