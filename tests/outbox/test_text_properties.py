"""Whatever staff write with the variables there are is filled, and no value is ever read again."""

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from microcreds.outbox import html
from microcreds.outbox.services import one_line
from microcreds.outbox.wording import occasions
from microcreds.outbox.wording.source import fill, fill_subject, read
from microcreds.outbox.wording.table import WORDINGS

WORDS = st.text(st.characters(exclude_characters="{}", exclude_categories=("Cs",)), max_size=40)
HOSTILE = [
    "{reason}",
    "{{ x }}",
    "{% include 'settings' %}",
    "{title}",
    "<script>alert(1)</script>",
    "a\r\nBcc: x@evil.example",
    "%(name)s {0} {name.__class__}",
    "\n-- \nSigned by somebody else",
    "> not said by anybody",
    "http://testserver/accounts/logout/",
    "\u202egnp.exe",
]
VALUES = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=("Cs",)), max_size=60)


@st.composite
def texts(draw):
    """A text, its variables, and a value for each."""
    wording = draw(st.sampled_from(list(WORDINGS.values())))
    variables = wording.variables
    inline = [each for each in variables.values() if not each.is_block]
    top = [each.typed for each in inline if not each.is_address]
    loose = [each.typed for each in inline if not each.must_stand]
    pieces = draw(st.lists(st.sampled_from(top) | WORDS, max_size=6))
    lines = [
        *draw(st.lists(WORDS, max_size=4)),
        *(each.typed for each in variables.values() if each.is_block or each.must_stand),
        # What must stand keeps a line of its own: beside what may say nothing, it is refused.
        "".join(draw(st.lists(st.sampled_from(loose) | WORDS))),
    ]
    body = "\n".join(draw(st.permutations(lines)))
    values = {
        name: "\n".join(f"> {line}" for line in draw(VALUES).splitlines())
        if each.is_block
        else draw(VALUES)
        for name, each in variables.items()
    }
    subject = " ".join("".join(["S", *pieces]).split())
    return wording, subject, body, values


@given(texts())
def test_a_text_of_known_variables_is_filled_and_values_stay_values(drawn):
    wording, subject, body, values = drawn
    source = read(subject, body, wording.variables)

    line = one_line(fill_subject(source, values))
    text = fill(source, values, wording.variables)
    document = html.as_html(line, text)

    assert "\n" not in line and "\r" not in line
    marks = {name: f"\u00a7{place}\u00a7" for place, name in enumerate(values)}
    # Filled with marks first, then the marks by values, it is the same: nothing is read twice.
    marked = fill_subject(source, marks)
    for name, mark in marks.items():
        marked = marked.replace(mark, values[name])
    assert one_line(marked) == line
    assert "<script" not in document.lower()
    hrefs = re.findall(r'href="([^"]*)"', document)
    assert all(href.startswith("http://testserver/") for href in hrefs)


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=200))
def test_any_text_is_read_or_refused_in_words(words):
    wording = WORDINGS["co_proposer_out"]
    try:
        source = read("S", words, wording.variables)
    except ValidationError as refused:
        assert refused.message_dict["body"]
    else:
        fill(source, occasions.examples_of(wording)[0].values, wording.variables)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_title_stays_a_title(hostile):
    wording = WORDINGS["moved"]
    values = {**occasions.examples_of(wording)[0].values, "title": hostile}
    source = wording.read(*wording.default)

    text = fill(source, values, wording.variables)

    shown = re.sub(r"[\x00-\x1f]+", " ", hostile)
    assert f"    {shown} (MC-2026-0042)\n" in text
    assert "\n-- \n" not in text
