"""The mail sink: every mail is one file, and none leaves its folder."""

import smtplib
from email import message_from_bytes
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest

from microcreds.local.mail_sink import mail_sink


@pytest.fixture
def connect(tmp_path):
    with mail_sink(tmp_path / "mail") as url:
        yield lambda: smtplib.SMTP(urlsplit(url).netloc)


@pytest.fixture
def send(connect):
    def send(*message_ids: str) -> None:
        with connect() as connection:
            for message_id in message_ids:
                mail = EmailMessage()
                mail["Subject"], mail["Message-ID"] = "Größe", message_id
                mail.set_content("One line.\n.\nAfter a lonely dot.\n")
                connection.send_message(mail, "from@miami.example", ["to@miami.example"])

    return send


def test_a_mail_is_one_file_that_names_its_recipient(send, tmp_path):
    send("<first@miami.example>")

    (file,) = (tmp_path / "mail").iterdir()
    mail = message_from_bytes(file.read_bytes())
    assert file.name.endswith("-first.eml")
    assert mail["Delivered-To"] == "to@miami.example"
    assert mail.get_payload() == "One line.\n.\nAfter a lonely dot.\n".replace("\n", "\r\n")


def test_one_connection_carries_many_mails_and_their_names_keep_the_order(send, tmp_path):
    send(*(f"<{number}@miami.example>" for number in range(30)))

    names = [path.stem.split("-")[1] for path in sorted((tmp_path / "mail").iterdir())]
    assert names == [str(number) for number in range(30)]


@pytest.mark.parametrize("message_id", [b"<../../../escape@x>", b"</etc/passwd>", b"", b"<@>"])
def test_a_message_id_cannot_name_another_folder(connect, tmp_path, message_id):
    with connect() as connection:
        mail = b"Message-ID: " + message_id + b"\r\n\r\nText"
        connection.sendmail("from@miami.example", ["to@miami.example"], mail)

    assert [path.name for path in tmp_path.iterdir()] == ["mail"]
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
