"""The code asked before anything is signed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string

from microcreds.outbox.delivery import drain
from microcreds.outbox.models import Message
from partners import codes
from partners.forms import CodeForm, masked
from partners.models import Code, Contact

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)  # past: mails leave by the clock of the database
SIGNS = "endorsement:12"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def pat(db) -> Contact:
    return Contact.objects.create(name="Pat Partner", email="pat@tallgrass.example")


def mailed(contact: Contact, purpose: str = SIGNS) -> str:
    """A fresh code, as the contact reads it in the mailbox."""
    mail.outbox.clear()
    codes.send(contact=contact, purpose=purpose)
    drain()
    [each] = mail.outbox
    return next(line.strip() for line in each.body.splitlines() if line.strip().isdigit())


def refusal(contact: Contact, code: str, purpose: str = SIGNS) -> str:
    with pytest.raises(ValidationError) as refused:
        codes.confirm(contact=contact, purpose=purpose, code=code)
    return refused.value.messages[0]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_the_mailed_code_is_right_once(pat):
    code = mailed(pat)

    assert len(code) == 6
    codes.confirm(contact=pat, purpose=SIGNS, code=code)
    assert Code.objects.get().used_at == NOW
    assert refusal(pat, code) == "This code was used already. Ask for another one."


def test_blanks_and_a_dash_are_no_mistake(pat):
    code = mailed(pat)

    codes.confirm(contact=pat, purpose=SIGNS, code=f" {code[:3]}-{code[3:]}\u00a0\n")


def test_the_code_is_stored_nowhere_not_even_while_its_mail_waits(pat):
    message = codes.send(contact=pat, purpose=SIGNS, about="MC-2026-0001")
    waiting = message.body
    drain()
    message.refresh_from_db()

    [sent] = mail.outbox
    code = next(line.strip() for line in sent.body.splitlines() if line.strip().isdigit())
    assert (message.state, message.body, message.about) == ("sent", "", "MC-2026-0001")
    assert code not in waiting + message.subject + str(Code.objects.values().get())
    assert Message.Priority(message.priority) == Message.Priority.AWAITED


def test_after_ten_minutes_it_works_no_more(pat, clock):
    code = mailed(pat)
    clock.move_to(NOW + timedelta(minutes=10))

    assert refusal(pat, code) == "This code has run out. Ask for another one."


def test_a_newer_code_replaces_it(pat):
    older = mailed(pat)
    newer = mailed(pat)

    assert refusal(pat, older).startswith("This is not the code of our newest mail.")
    codes.confirm(contact=pat, purpose=SIGNS, code=newer)


def test_five_wrong_codes_end_it_although_the_sixth_is_right(pat):
    code = mailed(pat)

    said = [refusal(pat, wrong(code)) for _ in range(5)]

    assert said[3].endswith("You can try once more.")
    assert said[4] == refusal(pat, code) == "That was too many wrong codes. Ask for another one."


def test_it_signs_nothing_else_and_for_nobody_else(pat):
    kim = Contact.objects.create(name="Kim", email="kim@tallgrass.example")
    code = mailed(pat)

    assert refusal(pat, code, purpose="mou:3") == "Ask for a code first."
    assert refusal(kim, code) == "Ask for a code first."
    mailed(kim)
    assert refusal(kim, code).startswith("This is not the code")


@pytest.mark.parametrize("typed", ["", "x", "\x00", "\ud800", "１２３４５６", "9" * 10_000])
def test_whatever_is_typed_is_said_to_be_wrong(pat, typed):
    mailed(pat)

    assert refusal(pat, typed).startswith("This is not the code")


def test_a_contact_gets_few_an_hour_whatever_they_are_for(pat, clock):
    for number in range(5):
        codes.send(contact=pat, purpose=f"mou:{number}")

    with pytest.raises(ValidationError, match="several codes already"):
        codes.send(contact=pat, purpose=SIGNS)
    clock.move_to(NOW + timedelta(minutes=61))
    codes.send(contact=pat, purpose=SIGNS)


def test_codes_of_yesterday_are_kept_no_longer(pat, clock):
    codes.send(contact=pat, purpose="mou:3")
    clock.move_to(NOW + timedelta(hours=25))
    codes.send(contact=pat, purpose=SIGNS)

    assert [code.purpose for code in pat.codes.all()] == [SIGNS]


def test_a_transaction_around_it_would_forget_wrong_tries(pat):
    code = mailed(pat)

    with pytest.raises(RuntimeError), transaction.atomic():
        codes.confirm(contact=pat, purpose=SIGNS, code=code)


def test_the_field_calls_for_digits_and_says_where_the_mail_went(pat):
    html = render_to_string("partners/_code.html", {"form": CodeForm(contact=pat)})

    assert 'inputmode="numeric"' in html
    assert 'autocomplete="one-time-code"' in html
    assert "p•••@tallgrass.example" in html
    assert "pat@" not in html


def test_another_code_can_be_asked_for(pat):
    assert CodeForm({"another_code": "1"}, contact=pat).wants_another()
    assert not CodeForm({"code": "123456"}, contact=pat).wants_another()
    assert masked('"a@b"@c.example') == '"•••@c.example'
