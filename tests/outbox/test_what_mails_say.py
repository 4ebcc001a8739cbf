"""What every mail says, whatever it is about: which proposal, why its reader has it, how to stop
such mails, and nothing that only a machine would write."""

import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from django.conf import settings as site_settings
from django.utils import timezone

from microcreds.outbox import foot, html, unsubscribe
from microcreds.outbox.delivery import drain
from microcreds.outbox.events import EVENTS, Kind
from microcreds.outbox.models import Message
from microcreds.outbox.services import compose, enqueue, quoted
from microcreds.outbox.wording import occasions, trying
from microcreds.outbox.wording.mail import Reader
from microcreds.outbox.wording.table import WORDINGS
from tests.accounts.people import person

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 26, 17, tzinfo=UTC)
SITE = site_settings.SITE_URL
BODY = "Hello\n\n-- \nMicrocreds\n"
ABOUT = {"name": "Dana", "title": "Sampling", "reference": "MC-2026-0042", "label": "In triage"}
LEFT_OVER = {
    "a word of the program": r"\bNone\b|\bTrue\b|\bFalse\b|object at",
    "a mark twice": r"(?<!\.)\.\.(?!\.)|,,|::|[?!:]\.",
    "a mark after a space": r" [.,:;](\s|$)",
    "spaces in a row": r"\S  +\S",
    "a space at an end": r"[ \t]+$",
    "nothing between marks": r"“”|\(\)",
    "a number with a wrong word": r"\b1 (days|proposals|points|questions|times|months)\b",
    "two empty lines": r"\n{3,}",
}


def mail(event="moved", user=None, kind=None, **changed):
    context = {**ABOUT, "url": f"{SITE}/proposals/MC-2026-0042/", **changed}
    message = compose(
        event=event,
        to="dana@miamioh.edu",
        user=user,
        about="MC-2026-0042",
        context=context,
        dedupe_key=f"{event}:{changed}",
        kind=kind,
        at=NOON,
    )
    message.due_at = timezone.now()
    return message


def foot_of(message):
    return foot.with_foot(message, message.body).partition("\n-- \n")[2]


@pytest.mark.parametrize("wording", WORDINGS.values(), ids=lambda each: each.key)
def test_no_text_has_a_gap_or_a_word_of_the_program(wording):
    for occasion in occasions.examples_of(wording):
        look = trying.look_of(wording, wording.read(*wording.default), occasion)
        said = f"{look.subject}\n{look.body.partition(chr(10) + '-- ')[0]}"

        assert {why for why, sign in LEFT_OVER.items() if re.search(sign, said, re.M)} == set()


@pytest.mark.parametrize("wording", WORDINGS.values(), ids=lambda each: each.key)
def test_a_subject_says_which_proposal(wording):
    names = wording.read(*wording.default).subject[1::2]
    known = {"reference", "merged_reference", "which"} & set(wording.variables)

    if known and wording.reader != Reader.PARTNERS:
        assert known & set(names)


def test_a_long_title_leaves_room_for_what_happened():
    title = (
        "Reading charts and gauges at the line, and acting on them, for supervisors of shifts " * 2
    )

    subject = mail(title=title).subject

    assert subject == (
        "“Reading charts and gauges at the line, and acting on them, for…” (MC-2026-0042): "
        "In triage"
    )


def test_an_empty_line_of_a_quotation_ends_with_its_mark():
    assert quoted("One.\n\n  Two.") == "> One.\n>\n>   Two."


def test_what_informs_says_why_it_comes_and_its_link_switches_it_off_without_an_account(client):
    message = mail(user=person("dana@miamioh.edu"))

    lines = foot_of(message).splitlines()

    assert "because you take, or took, part in what it is about" in lines[-3]
    assert lines[-1] == unsubscribe.address_for(message)
    assert client.get(lines[-1].removeprefix(SITE)).status_code == 200


@pytest.mark.parametrize("event", ["returned", "approved", "partner_code", "inquiry_answer"])
def test_what_asks_decides_or_is_awaited_offers_no_such_link(event, mailbox):
    message = Message(event=event, kind=EVENTS[event].kind, to="dana@miamioh.edu", body=BODY)

    assert "/mail/unsubscribe/" not in foot_of(message)
    assert not unsubscribe.is_possible(message)


def test_a_request_leads_to_how_often_requests_come():
    assert foot_of(mail("todo", user=person("dana@miamioh.edu"))).splitlines()[-1] == (
        f"{SITE}/mail/preferences/"
    )


def test_a_partner_is_told_why_and_what_to_do_if_they_are_the_wrong_person():
    message = Message(event="partner_asked", kind=Kind.ACTION, to="pat@x.example", body=BODY)

    assert "as a contact of your organization. You are not the right person?" in foot_of(message)


def test_a_code_says_nothing_of_why():
    message = Message(event="partner_code", kind=Kind.ACCOUNT, to="pat@x.example", body=BODY)

    assert foot.with_foot(message, message.body) == BODY


def test_mails_about_one_proposal_refer_to_the_same(mailbox):
    enqueue([mail(), mail("todo"), mail("approved")])
    drain()

    sent = [message_from_bytes(each.content, policy=policy.default) for each in mailbox.mails]

    assert {each["References"] for each in sent} == {"<about-MC-2026-0042@testserver>"}
    assert len({each["Message-ID"] for each in sent}) == 3


def test_an_address_in_the_foot_can_be_followed_in_the_html_part():
    foot = f"Microcreds\n{SITE}/\nHow often:\n{SITE}/mail/preferences/"
    document = html.as_html("News", f"Hello\n\n-- \n{foot}")

    assert f'<a href="{SITE}/">{SITE}/</a>' in document
    assert f'<a href="{SITE}/mail/preferences/">How often</a>' in document


def test_a_short_line_above_an_address_is_what_its_button_says():
    text = f"Go on with it:\n{SITE}/a/\n\nDelete it:\n{SITE}/b/\n\nRead it here:\n\n{SITE}/c/"

    blocks = html.blocks_of(text)

    assert [(each.kind, str(each.label)) for each in blocks] == [
        ("link", "Go on with it"),
        ("further", "Delete it"),
        ("text", "Open it"),
        ("further", "Open it"),
    ]


def test_who_quotes_a_mail_tells_nobody_how_to_switch_it_off():
    address = unsubscribe.address_for(mail())

    assert unsubscribe.hide(f"> To stop:\n> {address}\n") == "> To stop:\n> [link]\n"
