"""What is read of an incoming mail: its new words, its files, whether a person wrote it."""

from email import message_from_bytes, policy

import pytest

from microcreds.outbox.replies.html_text import text_of
from microcreds.outbox.replies.quoting import new_part
from microcreds.outbox.replies.reading import LONGEST_KEPT, read


def mail(raw):
    given = raw if isinstance(raw, bytes) else raw.encode()
    return message_from_bytes(given, policy=policy.default)


@pytest.mark.parametrize(
    "text",
    [
        "Yes, in May.\n\nOn Thu, 26 Nov 2026 at 10:00, Microcreds <m@x.example> wrote:\n\n> When?",
        "Yes, in May.\n\nOn Thu, 26 Nov 2026 at 10:00, Microcreds\n<m@x.example> wrote:\n> When?",
        "On Thu, 26 Nov 2026, Microcreds wrote:\n> When?\n\nYes, in May.",
        "Yes, in May.\n\nOn Thu, 26 Nov 2026, Microcreds wrote:\n\nWhen?",
        "Yes, in May.\n-- \nDana Dean\nStatistics",
        "Yes, in May.\n\nFrom: Microcreds <m@x.example>\nSent: Thursday\nTo: Dana\n\nWhen?",
        "Yes, in May.\n\n-----Original Message-----\nFrom: Microcreds\n\nWhen?",
        "> When?\nYes, in May.",
    ],
)
def test_the_new_part_stands_without_what_is_quoted(text):
    assert new_part(text) == "Yes, in May."


@pytest.mark.parametrize(
    "text",
    [
        "On Monday we met.\nFrom: now on we do.",
        "On Monday she wrote: no.",
        "a -- b\n--- three",
        "x > y",
    ],
)
def test_words_that_only_look_like_it_stay(text):
    assert new_part(text) == text


def test_html_becomes_text_without_any_markup():
    html = (
        "<html><head><style>p {color: red}</style></head><body><script>alert(1)</script>"
        "<p>Yes &amp; <b>soon</b>.<br>In May.</p><div>Dana &lt;b&gt;</div>"
        "<blockquote><p>When?</p></blockquote></body></html>"
    )

    assert text_of(html).splitlines()[0] == "Yes & soon."
    assert new_part(text_of(html)) == "Yes & soon.\nIn May.\n\nDana <b>"


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: auto-replied",
        "X-Autoreply: yes",
        "X-Autorespond: away",
        "Precedence: bulk",
        "Precedence: auto_reply",
        "Return-Path: <>",
        "Content-Type: multipart/report; boundary=x",
    ],
)
def test_what_a_machine_wrote_is_known(header):
    assert read(mail(f"{header}\nFrom: a@x.example\n\nI am away.")).automatic


def test_what_a_person_wrote_is_not_automatic():
    raw = "Auto-Submitted: no\nReturn-Path: <a@x.example>\nFrom: a@x.example\n\nYes."
    letter = read(mail(raw))

    assert (letter.automatic, letter.sender, letter.text) == ("", "a@x.example", "Yes.")
    assert read(mail("From: MAILER-DAEMON@x.example\n\nNo.")).automatic == "mailer-daemon"
    assert read(mail("From: a@x.example\n\nYes."), envelope_sender="").automatic


@pytest.mark.parametrize(
    "head",
    ["From: a@x.example, b@x.example", "From: a@x.example\nFrom: b@x.example", "From: nobody", ""],
)
def test_a_mail_from_several_or_nobody_has_no_sender(head):
    assert read(mail(f"{head}\nSubject: x\n\nYes.")).sender == ""


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\x00",
        b"\n\n",
        b"From: \xff\xfe <a@x.example>\nSubject: =?utf-9?q?=FF?=\n\n\xff",
        b"Content-Type: text/plain; charset=no-such-thing\n\nhi",
        b"Content-Type: text/plain; charset=\x00\n\nhi",
        b"Content-Type: multipart/mixed\n\nno boundary",
        b"Content-Type: message/rfc822\nContent-Disposition: attachment\n\nSubject: x\n\ny",
        b"Content-Transfer-Encoding: base64\n\n!!!!not base64",
        b"From: a@[\nTo: <<<>>>\nDate: yesterday, at 99:99\nMessage-ID: <\n\nx",
        b"Subject: a\r\n b\r\nFrom: a@x.example\r\n\r\nx",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(900)
        ),
    ],
)
def test_hostile_mails_are_read_without_a_fault(raw):
    letter = read(mail(raw))

    said = letter.text + letter.whole + letter.subject + letter.message_id
    assert "\x00" not in said
    assert "\n" not in letter.subject + letter.message_id + letter.sender
    said.encode()  # no half of a character


def test_ten_megabytes_are_cut_and_counted():
    letter = read(mail(b"From: a@x.example\n\n" + b"x" * 10_000_000))

    assert (len(letter.whole), letter.lost) == (LONGEST_KEPT, 10_000_000 - LONGEST_KEPT)


def test_a_mail_without_an_id_is_known_by_what_it_says():
    one, two = read(mail("From: a@x.example\n\nYes.")), read(mail("From: a@x.example\n\nNo."))

    assert one.message_id == read(mail("From: a@x.example\n\nYes.")).message_id
    assert one.message_id != two.message_id
    assert len(read(mail(f"Message-ID: <{'x' * 999}@y>\n\nYes.")).message_id) < 255
