"""Files of mails that answer ours and joined nothing: kept, had by staff, moved along, gone."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox import purging
from microcreds.outbox.models import Incoming, Message
from microcreds.outbox.replies.taking import take
from partners.services import end_share
from proposals.models import Attachment, Comment, Stage
from reviews import files_of_mail, replies
from tests.factories import make_at
from tests.partners.contacts import put
from tests.partners.sharing import share_it, summarized
from tests.reviews.test_files_of_partners import EXE, pdf
from tests.reviews.test_replies import reply

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def set_up(settings):
    settings.REPLY_ADDRESS = "reply@microcreds.example"


@pytest.fixture
def share(cast):
    return share_it(summarized(make_at(Stage.TRIAGE)), cast.oxford)


def unsorted(share, cast, *files, sender="") -> Incoming:
    """An answer from somebody with whom nothing is shared any more."""
    asked = put(share)
    end_share(share=share, by=cast.oxford)
    mail = reply(Message.objects.get(cause=f"partner_ask:{asked.pk}"), "Here it is.")
    if sender:
        mail.replace_header("From", sender)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    taken = take(mail)
    assert taken is not None and taken.state == "unsorted"
    return taken


def file_of(row: Incoming, file: Attachment) -> str:
    return reverse("admin:outbox_incoming_file", args=[row.pk, file.pk])


def test_files_are_kept_of_whom_our_mail_went_to_and_others_named_with_their_reason(share, cast):
    row = unsorted(share, cast, pdf(), EXE)

    (file,) = files_of_mail.kept_with(row)
    assert (file.name, file.brought_by) == ("shift.pdf", "pat@tallgrass.example")
    assert "b.exe" in row.not_taken[0]


def test_of_a_stranger_files_are_only_named(share, cast):
    row = unsorted(share, cast, pdf(), sender="stranger@elsewhere.example")

    assert row.files == ["shift.pdf"]
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("oxford", 200), ("lead", 200), ("regionals", 404), ("proposer", 404), ("committee", 404)],
)
def test_staff_who_may_sort_it_have_its_files(client, share, cast, who, status):
    row = unsorted(share, cast, pdf())
    (file,) = files_of_mail.kept_with(row)
    client.force_login(getattr(cast, who))

    assert client.get(file_of(row, file)).status_code == status


def test_its_page_leads_to_them_and_one_with_a_virus_is_not_had(client, share, cast):
    row = unsorted(share, cast, pdf())
    (file,) = files_of_mail.kept_with(row)
    client.force_login(cast.oxford)
    page = reverse("admin:outbox_incoming_change", args=[row.pk])
    assert file_of(row, file) in client.get(page).content.decode()

    Attachment.objects.update(scan="infected", scanned_at=timezone.now())

    assert file_of(row, file) not in client.get(page).content.decode()
    assert client.get(file_of(row, file)).status_code == 404


def test_put_to_its_proposal_they_stand_with_the_note(share, cast):
    row = unsorted(share, cast, pdf())

    note = replies.put_to(incoming=row, proposal=share.engagement.proposal, by=cast.oxford)

    assert [each.name for each in note.attachments.all()] == ["shift.pdf"]
    assert not files_of_mail.kept_with(row).exists()


def test_put_to_another_proposal_they_go_along(share, cast):
    row = unsorted(share, cast, pdf())
    other = make_at(Stage.TRIAGE)

    note = replies.put_to(incoming=row, proposal=other, by=cast.oxford)

    (file,) = Attachment.objects.all()
    assert (file.proposal, file.comment, file.name) == (other, note, "shift.pdf")
    assert Comment.objects.with_files().get(pk=note.pk).files


def test_they_are_gone_with_the_text_of_a_mail_that_was_set_aside(
    share, cast, settings, django_capture_on_commit_callbacks
):
    row = unsorted(share, cast, pdf())
    stored = Attachment.objects.get().stored_name
    assert files_of_mail.forget_emptied() == 0
    Incoming.objects.update(
        state="aside", settled_by=cast.oxford, settled_at=timezone.now(), settled_why="Old."
    )
    purging.empty_incoming(at=timezone.now() + timedelta(days=settings.INCOMING_MAIL_DAYS + 1))

    with django_capture_on_commit_callbacks(execute=True):
        assert files_of_mail.forget_emptied() == 1

    assert not files_of_mail.kept_with(row).exists()
    assert not storages["attachments"].exists(stored)
