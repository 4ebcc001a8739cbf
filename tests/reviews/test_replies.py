"""A reply by mail finds its thread, and what does not is found by staff."""

import base64
import json
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.urls import reverse

from microcreds.outbox.delivery import drain
from microcreds.outbox.models import Incoming, Message
from microcreds.outbox.replies import tags
from microcreds.outbox.replies.taking import take
from partners.services import end_share
from proposals.models import Attachment, Comment, Stage, Thread
from reviews import threads
from tests.factories import make_at
from tests.outbox.conftest import mailbox  # noqa: F401
from tests.partners.contacts import put
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db
PROPOSERS, INTERNAL = Thread.Kind.PROPOSERS, Thread.Kind.INTERNAL
SECRET = "postmark:a long password"
QUOTE = "\n\nOn Thu, 26 Nov 2026, Microcreds wrote:\n> Ola wrote to you.\n"


@pytest.fixture(autouse=True)
def set_up(settings):
    settings.REPLY_ADDRESS = "reply@microcreds.example"
    settings.MAIL_PROVIDER, settings.MAIL_WEBHOOK_SECRET = "postmark", SECRET
    settings.NOTIFICATION_GRACE_SECONDS = 0


@pytest.fixture
def proposal(cast):
    return make_at(Stage.APC_REVIEW, owner=cast.proposer)


@pytest.fixture
def told(cast, proposal):
    """The mail that tells the proposer of a message of staff."""
    threads.write(proposal=proposal, kind=PROPOSERS, by=cast.oxford, body="When does it begin?")
    return Message.objects.get(event="message", to=cast.proposer.email)


def reply(message, text="In May." + QUOTE, *, number=1, **headers):
    mail = EmailMessage(policy=policy.default)
    given = {
        "From": f"Fay <{message.to}>",
        "To": tags.reply_to(message),
        "Subject": "Re: a message",
        "Message-ID": f"<{number}@mail.example>",
        "Date": "Thu, 26 Nov 2026 10:00:00 -0500",
        **headers,
    }
    for name, value in given.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text)
    return mail


def by_mail():
    return list(Comment.objects.filter(mail__isnull=False).order_by("pk"))


def waiting():
    return [row.why for row in Incoming.objects.filter(state="unsorted").order_by("pk")]


def test_a_mail_says_where_its_answer_goes(mailbox, told):  # noqa: F811
    drain()

    sent = next(
        message_from_bytes(each.content, policy=policy.default)
        for each in mailbox.mails
        if each.rcpt_tos == [told.to] and str(told.uuid).encode() in each.content
    )
    address = str(sent["Reply-To"])
    assert tags.mails_named_in([address]) == [told.uuid]
    assert len(address.partition("@")[0]) <= 64
    for part in ("plain", "html"):
        text = sent.get_body((part,)).get_content()
        assert "Reply to this mail, and your words join that conversation." in text


def test_without_the_setting_mails_stay_as_they_are(settings, told):
    settings.REPLY_ADDRESS = ""

    assert (tags.reply_to(told), tags.said_of_answers(told)) == ("", "")
    told.reply_to = "oxford@miami.example"
    assert tags.reply_to(told) == "oxford@miami.example"
    assert tags.said_of_answers(told) == "A reply to this mail goes to oxford@miami.example."


def test_each_reader_has_a_tag_that_nobody_can_make_up(settings, told):
    tag = tags.tag_for(told.uuid)
    wrong = "a" if tag[-3] != "a" else "b"

    assert tags.uuid_of(tag.upper()) == told.uuid
    assert tags.uuid_of(tag[:-3] + wrong + tag[-2:]) is None
    assert [tags.uuid_of(each) for each in ("", "a" * 45, "é", "1" * 45)] == [None] * 4
    settings.LINK_KEY = "another"
    assert tags.uuid_of(tag) is None


def test_an_answer_joins_the_thread_marked_by_mail_and_its_quote_folded(
    client, cast, proposal, told
):
    taken = take(reply(told))

    (comment,) = by_mail()
    assert (comment.author, comment.body, comment.thread.kind) == (
        cast.proposer,
        "In May.",
        PROPOSERS,
    )
    assert taken.state == "joined"
    client.force_login(cast.oxford)
    page = client.get(reverse("proposals:conversation", args=[proposal.reference, "proposers"]))
    assert "by mail" in page.content.decode()
    assert "&gt; Ola wrote to you." in page.content.decode()
    assert Message.objects.filter(event="message", to=cast.oxford.email).exists()


def test_an_answer_of_staff_to_an_internal_note_stays_internal(cast, proposal):
    threads.write(proposal=proposal, kind=INTERNAL, by=cast.lead, body="@Ola Oxford, look.")
    told = Message.objects.get(event="mentioned", to=cast.oxford.email)

    take(reply(told, "I have."))

    assert [(each.author, each.thread.kind) for each in by_mail()] == [(cast.oxford, INTERNAL)]


def test_an_answer_to_a_mail_of_the_desk_is_an_internal_note(cast, proposal):
    mail = Message.objects.filter(event="queue_new", to=cast.oxford.email).first()

    take(reply(mail, "Mine."))

    assert [(each.author, each.thread.kind) for each in by_mail()] == [(cast.oxford, INTERNAL)]


def test_the_same_mail_is_taken_once(told):
    assert [take(reply(told)) is None for _ in range(3)] == [False, True, True]
    assert len(by_mail()) == 1


def test_a_mail_that_names_nothing_of_ours_waits(told):
    forged = tags.reply_to(told).replace("+", "+a")
    take(reply(told, To="reply@microcreds.example"))
    take(reply(told, To=forged, number=2))

    assert (by_mail(), waiting()) == ([], ["It names no mail of ours."] * 2)


def test_another_sender_never_speaks_for_its_reader(cast, told):
    for number, sender in enumerate(
        ("ola@miami.example", '"fay@miami.example" <evil@x.example>', "fay@miami.example, e@x.io")
    ):
        take(reply(told, From=sender, number=number))

    assert by_mail() == []
    assert waiting() == ["It came from another address than the one our mail went to."] * 3
    assert {row.about for row in Incoming.objects.all()} == {told.about}


def test_capitals_in_an_address_are_the_same_address(told):
    take(reply(told, From="FAY@Miami.Example", To=tags.reply_to(told).upper()))

    assert len(by_mail()) == 1


def test_a_closed_account_says_nothing_more(cast, told):
    cast.proposer.is_active = False
    cast.proposer.save()

    take(reply(told))

    assert (by_mail(), waiting()) == ([], ["The account of its author is closed."])


def test_who_may_not_write_there_does_not_by_mail(cast, proposal, told):
    told.user, told.to = cast.committee, cast.committee.email
    told.save()

    take(reply(told))

    assert (by_mail(), waiting()) == ([], ["This conversation is closed to you."])


def test_a_text_too_long_waits_uncut(told):
    take(reply(told, "x " * 2501))

    (row,) = Incoming.objects.all()
    assert (by_mail(), row.state, len(row.whole)) == ([], "unsorted", 5001)
    assert "5000" in row.why


def test_what_a_partner_answers_joins_the_thread_of_their_organization(cast):
    share = share_it(summarized(make_at(Stage.TRIAGE)), cast.oxford)
    asked = put(share)
    mail = Message.objects.get(cause=f"partner_ask:{asked.pk}")
    assert take(reply(mail, "We can on Monday.")).state == "joined"
    (comment,) = by_mail()
    share.engagement.refresh_from_db()
    assert (comment.body, comment.thread) == ("We can on Monday.", share.engagement.thread)
    assert comment.from_outside == "Pat Doe, Tallgrass Fasteners"


def test_once_nothing_is_shared_with_them_staff_read_the_answer(cast):
    share = share_it(summarized(make_at(Stage.TRIAGE)), cast.oxford)
    mail = Message.objects.get(cause=f"partner_ask:{put(share).pk}")
    end_share(share=share, by=cast.oxford)
    take(reply(mail, "We can on Monday."))
    assert (by_mail(), len(waiting())) == ([], 1)


def test_somebody_who_is_no_contact_has_no_thread_so_staff_read_the_answer(told):
    Message.objects.filter(pk=told.pk).update(event="partner_update", user=None)

    take(reply(told))

    assert (by_mail(), waiting()) == (
        [],
        ["It is from somebody with whom nothing is shared anymore."],
    )


def test_automatic_answers_are_dropped_counted_and_never_answered(told):
    before = Message.objects.count()

    take(reply(told, Auto_Submitted="auto-replied"))

    (row,) = Incoming.objects.all()
    assert (row.state, row.whole, by_mail()) == ("dropped", "", [])
    assert Message.objects.count() == before


def test_a_mail_of_quotes_alone_waits(told):
    take(reply(told, QUOTE))

    assert (by_mail(), waiting()) == ([], ["We found no new words in it."])


def test_tags_and_personal_links_are_shown_to_nobody(settings, told):
    link = f"{settings.SITE_URL}/partners/link/abc-DEF_1/"
    take(reply(told, f"Yes.\n> To: {tags.reply_to(told)}\n> {link}"))

    (row,) = Incoming.objects.all()
    assert row.whole == "Yes.\n> To: reply@microcreds.example\n> [personal link]"
    assert tags.tag_for(told.uuid) not in row.to


def test_files_go_through_the_checks_of_uploads_and_a_refused_one_is_named(told):
    mail = reply(told)
    mail.add_attachment(
        b"%PDF-1.4\n%%EOF\n", maintype="application", subtype="pdf", filename="a.pdf"
    )
    mail.add_attachment(b"MZ", maintype="application", subtype="x-dosexec", filename="b.exe")

    taken = take(mail)

    (comment,) = by_mail()
    assert [file.name for file in Attachment.objects.filter(comment=comment)] == ["a.pdf"]
    assert [words.partition(":")[0] for words in taken.not_taken] == ["b.exe"]


def test_a_thousand_answers_write_rows_and_one_mail(cast, told):
    before = Message.objects.filter(to=cast.oxford.email).count()

    for number in range(50):
        take(reply(told, f"Number {number}.", number=number))

    assert len(by_mail()) == 50
    assert Message.objects.filter(to=cast.oxford.email).count() <= before + 1


def post(client, body, secret=SECRET):
    proof = base64.b64encode(secret.encode()).decode()
    return client.post(
        "/mail/replies/",
        body if isinstance(body, bytes) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Basic {proof}"} if secret else {},
    )


def inbound(message, **changed):
    """As https://postmarkapp.com/developer/user-guide/inbound/parse-an-email shows it."""
    return {
        "FromName": "Fay Proposer",
        "MessageStream": "inbound",
        "From": message.to,
        "FromFull": {"Email": message.to, "Name": "Fay Proposer", "MailboxHash": ""},
        "To": tags.reply_to(message),
        "ToFull": [{"Email": tags.reply_to(message), "Name": "", "MailboxHash": ""}],
        "Cc": "",
        "CcFull": [],
        "OriginalRecipient": tags.reply_to(message),
        "Subject": "Re: a message",
        "MessageID": "22c74902-a0c1-4511-804f-341342852c90",
        "Date": "Thu, 26 Nov 2026 10:00:00 -0500",
        "TextBody": "In May." + QUOTE,
        "HtmlBody": "",
        "StrippedTextReply": "In May.",
        "Headers": [
            {"Name": "Return-Path", "Value": f"<{message.to}>"},
            {"Name": "Message-ID", "Value": "<one@mail.example>"},
        ],
        "Attachments": [],
    } | changed


def test_the_mail_service_posts_a_reply_once_however_often(client, cast, told):
    assert [post(client, inbound(told)).status_code for _ in range(3)] == [200, 200, 200]

    assert [(each.author, each.body) for each in by_mail()] == [(cast.proposer, "In May.")]


def test_a_large_mail_of_the_service_is_taken(client, told):
    content = base64.b64encode(b"%PDF-1.4\n" + b"x" * 4_000_000 + b"\n%%EOF\n").decode()
    file = {"Name": "big.pdf", "Content": content, "ContentType": "application/pdf"}

    assert post(client, inbound(told, Attachments=[file])).status_code == 200

    assert Attachment.objects.get(comment=by_mail()[0]).name == "big.pdf"


@pytest.mark.parametrize("secret", ["", "postmark:guessed"])
def test_who_cannot_prove_to_be_the_service_is_refused(client, told, secret):
    assert post(client, inbound(told), secret).status_code == 400
    assert not Incoming.objects.exists()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"7", b"\xff", b'{"Headers": 3}'])
def test_what_is_no_mail_is_refused(client, body):
    assert post(client, body).status_code == 400
    assert not Incoming.objects.exists()


@pytest.mark.parametrize("name", ["REPLY_ADDRESS", "MAIL_PROVIDER", "MAIL_WEBHOOK_SECRET"])
def test_without_its_settings_the_address_is_not_there(client, settings, told, name):
    body = inbound(told)
    setattr(settings, name, "")

    assert post(client, body).status_code == 404


def test_a_mailbox_file_is_taken_in_and_again_changes_nothing(told, tmp_path, capsys):
    box = tmp_path / "box"
    box.write_bytes(b"From x Thu Nov 26 10:00:00 2026\n" + reply(told).as_bytes() + b"\n")
    (tmp_path / "one.eml").write_bytes(reply(told, "And more.", number=2).as_bytes())

    for path in (box, box, tmp_path):
        call_command("take_replies", str(path))

    assert [each.body for each in by_mail()] == ["In May.", "And more."]
    assert "Taken before: 1" in capsys.readouterr().out
