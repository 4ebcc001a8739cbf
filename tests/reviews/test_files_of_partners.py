"""Files that came with a partner's reply by mail: kept, refused by name, read by who may."""

import pytest
from django.urls import reverse

from microcreds.outbox.models import Incoming, Message
from microcreds.outbox.replies.taking import take
from partners.models import Share
from proposals.models import Attachment, Stage
from tests.factories import make_at
from tests.partners.contacts import put
from tests.partners.sharing import come_by_link, share_it, summarized
from tests.partners.test_questions import another_share
from tests.proposals.test_attachments import PDF
from tests.reviews.test_replies import by_mail, reply

pytestmark = pytest.mark.django_db
EXE = ("b.exe", b"MZ")


@pytest.fixture(autouse=True)
def set_up(settings):
    settings.REPLY_ADDRESS = "reply@microcreds.example"


@pytest.fixture
def share(cast) -> Share:
    return share_it(summarized(make_at(Stage.TRIAGE)), cast.oxford)


def answer(share: Share, *files: tuple[str, bytes], number: int = 1) -> Incoming:
    """A reply to what they were asked, with these files."""
    asked = put(share)
    mail = reply(Message.objects.get(cause=f"partner_ask:{asked.pk}"), "Here it is.", number=number)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    taken = take(mail)
    assert taken is not None
    return taken


def pdf(name: str = "shift.pdf") -> tuple[str, bytes]:
    return name, PDF + name.encode()


def page_of(client, share: Share, name: str, *args) -> str:
    return reverse(f"partners:{name}", args=[share.engagement.proposal.reference, *args])


def desk_file(share: Share, file: Attachment) -> str:
    return reverse("proposals:file_download", args=[share.engagement.proposal.reference, file.pk])


def desk_of(share: Share) -> str:
    return reverse("admin:reviews_triageitem_partners", args=[share.engagement.proposal_id])


def test_a_file_is_kept_with_the_message_and_says_who_brought_it(share):
    taken = answer(share, pdf())
    (comment,) = by_mail()
    file = Attachment.objects.get(comment=comment)
    assert (file.name, file.uploaded_by, file.brought_by) == (
        "shift.pdf",
        None,
        "Pat Doe, Tallgrass Fasteners",
    )
    assert (taken.state, taken.not_taken) == ("joined", [])


def test_a_refused_one_is_named_with_its_reason_to_both_and_the_others_are_kept(
    client, share, cast
):
    taken = answer(share, EXE, pdf(), ("empty.pdf", b""))
    assert [words.partition(":")[0] for words in taken.not_taken] == ["b.exe", "empty.pdf"]
    assert [file.name for file in Attachment.objects.filter(comment=by_mail()[0])] == ["shift.pdf"]
    come_by_link(client, share.contact)
    theirs = client.get(page_of(client, share, "engagement_detail")).content.decode()
    assert "We could not keep b.exe: This kind of file cannot be added." in theirs
    client.force_login(cast.oxford)
    ours = client.get(desk_of(share)).content.decode()
    assert "Not taken: b.exe: This kind of file cannot be added." in ours


def test_more_than_five_are_not_taken(share):
    taken = answer(share, *(pdf(f"{n}.pdf") for n in range(7)))
    assert Attachment.objects.filter(comment=by_mail()[0]).count() == 5
    assert len(taken.not_taken) == 2


def test_they_and_staff_open_it_where_the_message_stands(client, share, cast):
    answer(share, pdf())
    file = Attachment.objects.get()
    come_by_link(client, share.contact)
    theirs = page_of(client, share, "file_download", file.pk)
    assert theirs in client.get(page_of(client, share, "engagement_detail")).content.decode()
    assert client.get(theirs).getvalue() == pdf()[1]
    for reader in (cast.oxford, cast.auditor):
        client.force_login(reader)
        ours = desk_file(share, file)
        assert ours in client.get(desk_of(share)).content.decode()
        assert client.get(ours).getvalue() == pdf()[1]


def test_nobody_else_opens_it(client, share, cast):
    answer(share, pdf())
    file = Attachment.objects.get()
    theirs = page_of(client, share, "file_download", file.pk)
    ours = desk_file(share, file)
    other = another_share(cast)
    come_by_link(client, other.contact)
    assert client.get(theirs).status_code == 404
    assert client.get(page_of(client, other, "file_download", file.pk)).status_code == 404
    for stranger in (cast.proposer, cast.chair, cast.committee, cast.deans):
        client.force_login(stranger)
        assert client.get(ours).status_code == 404


def test_what_waits_for_the_virus_check_or_failed_it_stays_shut(client, share, settings):
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    answer(share, pdf())
    come_by_link(client, share.contact)
    page = page_of(client, share, "engagement_detail")
    assert "once the virus check has looked at it" in client.get(page).content.decode()
    file = Attachment.objects.get()
    assert client.get(page_of(client, share, "file_download", file.pk)).status_code == 404
    Attachment.objects.update(scan="infected", scanned_at=file.uploaded_at)
    assert "the virus check found something in it" in client.get(page).content.decode()


def test_it_is_no_document_of_the_proposal(client, share, cast):
    answer(share, pdf())
    client.force_login(cast.proposer)
    for name in ("proposal_detail", "proposal_partners", "file_list"):
        address = reverse(f"proposals:{name}", args=[share.engagement.proposal.reference])
        assert "shift.pdf" not in client.get(address).content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_both_pages_take_the_same_statements_however_many_files_came(
    client, share, cast, number, django_assert_max_num_queries
):
    for each in range(number):
        answer(share, pdf(f"{each}.pdf"), EXE, number=each)
    come_by_link(client, share.contact)
    page = page_of(client, share, "engagement_detail")
    client.get(page)
    with django_assert_max_num_queries(10):
        client.get(page)
    client.force_login(cast.oxford)
    client.get(desk_of(share))
    with django_assert_max_num_queries(15):
        client.get(desk_of(share))
