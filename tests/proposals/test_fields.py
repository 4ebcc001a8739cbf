"""What each kind of answer takes and refuses, for every question of the table."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from proposals.forms.fields import as_answer, field_for
from proposals.interest import QUESTIONS, Kind

EVERY = [q for q in QUESTIONS.values() if q.kind is not Kind.ROWS and q.is_input] + [
    column for q in QUESTIONS.values() for column in q.columns
]
WRITTEN = (
    Kind.LINE,
    Kind.TEXT,
    Kind.PHONE,
    Kind.EMAIL,
    Kind.UNIVERSITY_EMAIL,
    Kind.URL,
    Kind.OCCUPATION,
)
FREE = (Kind.LINE, Kind.TEXT)
CHOSEN = (Kind.CHOICE, Kind.SELECT)


def of(*kinds):
    return [pytest.param(q, id=f"{q.page}{q.key}") for q in EVERY if q.kind in kinds]


def clean(question, value):
    return as_answer(question, field_for(question).clean(value))


def refuses(question, value):
    with pytest.raises(ValidationError) as refusal:
        clean(question, value)
    return refusal.value.messages[0]


@pytest.mark.parametrize("question", of(*FREE))
def test_text_up_to_its_limit_and_not_beyond(question):
    limit = question.max_length

    assert clean(question, "é" * limit) == "é" * limit
    assert clean(question, "  " + "🎓" * limit + "\r\n ") == "🎓" * limit
    assert str(limit) in refuses(question, "x" * (limit + 1))


@pytest.mark.parametrize("question", of(*WRITTEN))
@pytest.mark.parametrize("bad", ["a\x00b", "a\x07b", "a\x1bb", "a\x85b", "a\ud800b"])
def test_text_that_cannot_be_shown_is_refused(question, bad):
    assert refuses(question, f"some words {bad} more")


@pytest.mark.parametrize("question", of(*(kind for kind in WRITTEN if kind is not Kind.TEXT)))
@pytest.mark.parametrize("bad", ["a\nb", "a\u2028b", "a\u202eb", "a\u2066b"])
def test_one_line_stays_one_line_and_keeps_its_direction(question, bad):
    assert refuses(question, f"some words {bad} more")


@pytest.mark.parametrize("question", of(*FREE))
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "=1+1 | x",
        'o\'Brien "x"',
        "שלום עולם",
        "cafe\u0301",
    ],
)
def test_odd_text_is_kept_as_typed(question, text):
    assert clean(question, text) == text


@pytest.mark.parametrize("question", of(Kind.TEXT))
def test_several_lines_are_kept_and_normalised(question):
    assert clean(question, "first\r\nsecond\rthird\n") == "first\nsecond\nthird"


@pytest.mark.parametrize("question", of(*CHOSEN))
@pytest.mark.parametrize("value", ["nothing we offer", "\x00", "0", "term:1"])
def test_only_what_is_offered_can_be_chosen(question, value):
    assert refuses(question, value)


@pytest.mark.parametrize("question", of(Kind.CHOICES))
def test_only_what_is_offered_can_be_ticked(question):
    offered = [value for value, _label in question.choices]

    assert clean(question, offered) == offered
    assert refuses(question, [offered[0], "nothing we offer"])


@pytest.mark.parametrize("question", of(Kind.INTEGER))
def test_whole_numbers_within_their_limits(question):
    assert clean(question, str(question.low)) == question.low
    assert clean(question, f" {question.high} ") == question.high
    for bad in ("many", "NaN", "inf", "1e400", "1.5", "-1", "9" * 5000, str(question.high + 1)):
        assert str(question.high) in refuses(question, bad)


@pytest.mark.parametrize("question", of(Kind.HALVES))
def test_numbers_in_halves_within_their_limits(question):
    assert clean(question, "1.5") == 1.5
    assert clean(question, "0") == 0
    for bad in ("many", "NaN", "Infinity", "1e400", "1.25", "-0.5", "60.5", "9" * 5000):
        assert str(question.high) in refuses(question, bad)


@pytest.mark.parametrize("question", of(Kind.DATE))
def test_a_date_that_has_not_passed(question):
    today = timezone.localdate()

    assert clean(question, today.isoformat()) == today.isoformat()
    assert refuses(question, (today - timedelta(days=1)).isoformat())
    for bad in ("soon", "2027-02-30", "99999-01-01", "0"):
        assert refuses(question, bad)


@pytest.mark.parametrize("question", of(Kind.MONTH))
def test_a_month_that_has_begun(question):
    assert clean(question, "2026-03") == "2026-03-01"
    assert clean(question, "03/2026") == "2026-03-01"
    assert refuses(question, f"{timezone.localdate().year + 1}-01")
    assert refuses(question, "last spring")


@pytest.mark.parametrize("question", of(Kind.EMAIL, Kind.UNIVERSITY_EMAIL))
def test_addresses(question):
    assert clean(question, " Pat@miamioh.edu ") == "Pat@miamioh.edu"
    for bad in ("pat", "pat@", "pat@miamioh.edu\nBcc: x@y.example", f"{'x' * 255}@miamioh.edu"):
        assert refuses(question, bad)


def test_colleagues_have_a_university_address():
    assert "@miamioh.edu" in refuses(QUESTIONS["co_proposers"].columns[1], "pat@elsewhere.example")


@pytest.mark.parametrize("question", of(Kind.URL))
def test_web_addresses(question):
    assert clean(question, "tallgrass.example") == "https://tallgrass.example"
    assert clean(question, "http://tallgrass.example/a?b=c") == "http://tallgrass.example/a?b=c"
    for bad in (
        "javascript:alert(1)",
        "ftp://x.example",
        "http://[",
        "two words",
        "data:text/html,x",
    ):
        assert refuses(question, bad)


@pytest.mark.parametrize("question", of(Kind.OCCUPATION))
def test_occupation_codes(question):
    assert clean(question, "17-3026.00") == "17-3026.00"
    for bad in ("17-3026", "17-3026.000", "1٧-3026.00", "x"):
        assert refuses(question, bad)


@pytest.mark.parametrize("question", of(Kind.PHONE))
def test_phones(question):
    assert clean(question, "+1 (513) 555-0100 ext 12") == "+1 (513) 555-0100 ext 12"
    for bad in ("call me", "5" * 31, "513;555"):
        assert refuses(question, bad)


@pytest.mark.parametrize("question", [q for q in EVERY if not q.at_once], ids=lambda q: q.key)
def test_a_draft_needs_nothing_else(question):
    assert not field_for(question).clean([] if question.kind is Kind.CHOICES else "")


@pytest.mark.parametrize("title", ["", "    ", "abcd", "\u200b" * 8, "x" * 121, "two\nlines"])
def test_a_title_is_one_line_of_5_to_120(title):
    assert refuses(QUESTIONS["working_title"], title)
