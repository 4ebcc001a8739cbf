"""/dev/mail/: what the sink took, read as text, escaped, and nothing beside its folder."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db

FIRST = "20261120T101500000001-o-11.eml"
SECOND = "20261123T091500000001-o-22.eml"


@pytest.fixture
def mailbox(settings, tmp_path):
    settings.DEMO, settings.MAIL_SINK_DIR = True, tmp_path
    write(tmp_path / FIRST, to="faculty@miami.example", subject="Received", body="Thank you.")
    write(tmp_path / SECOND, to="pat@tallgrass.example", subject="An idea", body="Hello Pat.")
    return tmp_path


def write(file, *, to, subject, body):
    head = f"Delivered-To: {to}\r\nTo: {to}\r\nSubject: {subject}\r\n"
    file.write_bytes(f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body}".encode())


def shown(client, **query):
    mails = client.get(reverse("demo:mail_list"), query).context["mails"]
    return [mail.subject for mail in mails]


def test_mails_are_listed_newest_first(client, mailbox):
    assert shown(client) == ["An idea", "Received"]


def test_mails_of_one_recipient(client, mailbox):
    assert shown(client, to="PAT@tallgrass") == ["An idea"]
    assert shown(client, to="nobody@") == []


def test_other_files_are_not_listed(client, mailbox):
    write(mailbox / "notes.eml", to="x@y.example", subject="Not the sink's", body="")
    (mailbox / f"{FIRST}.part").write_text("half a mail")

    assert shown(client) == ["An idea", "Received"]


def test_an_empty_or_missing_mailbox_says_so(client, settings, tmp_path):
    settings.DEMO, settings.MAIL_SINK_DIR = True, tmp_path / "not-there"

    assert b"No mail yet" in client.get(reverse("demo:mail_list")).content


def opened(client, mailbox, body):
    write(mailbox / SECOND, to="pat@tallgrass.example", subject="<b>An idea</b>", body=body)
    return client.get(reverse("demo:mail_detail", args=[SECOND])).content.decode()


def test_a_link_of_this_site_is_a_link_without_the_full_stop(client, mailbox):
    page = opened(client, mailbox, "Open http://testserver/partners/link/abc-_/?a=1&b=2.")

    link = "http://testserver/partners/link/abc-_/?a=1&amp;b=2"
    assert f'<a href="{link}">{link}</a>.' in page


@pytest.mark.parametrize(
    "body",
    [
        "http://testserver.evil.example/x",
        "http://testserver@evil.example/x",
        "http://testserver:81/x",
        "https://elsewhere.example/",
        "javascript:alert(1)",
    ],
)
def test_nothing_else_is_a_link(client, mailbox, body):
    assert f'<a href="{body}' not in opened(client, mailbox, body)


def test_a_mail_is_escaped(client, mailbox):
    page = opened(client, mailbox, "<script>alert(1)</script>")

    assert "<script>alert" not in page
    assert "<b>An idea" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_odd_bytes_are_read_anyway(client, mailbox):
    (mailbox / SECOND).write_bytes(b"Subject: =?utf-8?q?x\r\nTo: \xff\xfe\r\n\r\n\xff\x00 text")

    assert client.get(reverse("demo:mail_detail", args=[SECOND])).status_code == 200
    assert client.get(reverse("demo:mail_list")).status_code == 200


@pytest.mark.parametrize(
    "name",
    ["20261120T101500000009-none.eml", "..", "%2e%2e%2fsecret.eml", "..%2fsecret.eml", "x" * 500],
)
def test_no_other_file_is_opened(client, mailbox, name):
    (mailbox.parent / "secret.eml").write_text("Subject: secret")

    assert client.get(f"/dev/mail/{name}/").status_code == 404


def test_a_mail_is_read_only(client, mailbox):
    assert client.post(reverse("demo:mail_list")).status_code == 405
