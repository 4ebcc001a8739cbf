"""A memorandum as its partner meets it: read, agreed to, sent back with changes."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from microcreds.outbox import links
from microcreds.outbox.models import Message
from partners.models import Contact, Engagement, Mou, MouEntry, PartnerAsk
from partners.mou import mous_of
from partners.services import share
from proposals.models import Attachment
from reviews.mou import record
from reviews.mou.table import MouMove, Status
from tests.factories import make_submitted
from tests.partners.memoranda import ask_of, mou_at, moved, with_text
from tests.partners.sharing import answers_naming, come_by_link, share_it, summarized
from tests.proposals.filing import PDF, office, upload

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}\u202e'; DROP TABLE x; --"


@pytest.fixture
def engagement(cast) -> Engagement:
    proposal = summarized(make_submitted())
    return share_it(proposal, cast.oxford).engagement


@pytest.fixture
def pat(client, engagement) -> Client:
    """By their link, with the memorandum in their hands."""
    mou_at(engagement, Status.WITH_PARTNER)
    come_by_link(client, engagement.contact)
    return client


def turn_of(engagement: Engagement, ask: PartnerAsk | None = None) -> str:
    ref = engagement.proposal.reference
    return reverse("partners:mou_turn", args=[ref, (ask or ask_of(engagement)).pk])


def page_of(engagement: Engagement) -> str:
    return reverse("partners:engagement_detail", args=[engagement.proposal.reference])


def code_mailed() -> str:
    """As its reader finds it in their mailbox."""
    mail = Message.objects.filter(event="partner_code").latest("pk")
    return re.search(r"\b\d{6}\b", links.fill(mail.body))[0]


def status() -> str:
    return Mou.objects.get().status


def colleague(engagement: Engagement, cast) -> Contact:
    kim = Contact.objects.create(name="Kim Lee", email="kim@tallgrass.example")
    kim.organizations.add(engagement.organization)
    share(engagement=engagement, contact=kim, by=cast.oxford)
    return kim


def test_their_page_says_where_it_stands_and_leads_to_the_answer(pat, engagement):
    page = pat.get(page_of(engagement)).content.decode()

    assert 'data-mou="with_partner"' in page
    assert f'href="{turn_of(engagement)}"' in page


def test_what_staff_recorded_for_them_is_in_their_history_and_they_object_with_one_button(
    pat, engagement
):
    asked = ask_of(engagement)
    moved(engagement, MouMove.AGREE, words="Fine with us.")
    ref = engagement.proposal.reference
    recorded = reverse("partners:recorded", args=[ref, asked.pk])
    assert f'href="{recorded}"' in pat.get(reverse("partners:history", args=[ref])).text
    assert pat.get(turn_of(engagement, asked))["Location"] == recorded
    assert "Fine with us." in pat.get(recorded).text

    assert pat.post(recorded, {"words": "I said perhaps."}).status_code == 302

    assert status() == Status.DRAFTING
    assert "no longer counts" in pat.get(recorded).text


def test_reading_it_is_noted_once_and_changes_nothing_else(pat, engagement):
    for _ in range(3):
        assert pat.get(turn_of(engagement)).status_code == 200

    asked = ask_of(engagement)
    assert (asked.state, status()) == ("opened", Status.WITH_PARTNER)


def test_agreeing_asks_for_the_code_of_their_mail(pat, engagement):
    pat.post(turn_of(engagement), {"action": "agree"})
    assert status() == Status.WITH_PARTNER

    wrong = pat.post(turn_of(engagement), {"action": "agree", "code": "000000"})
    assert (wrong.status_code, status()) == (422, Status.WITH_PARTNER)

    response = pat.post(turn_of(engagement), {"action": "agree", "code": code_mailed()})

    assert response["Location"] == page_of(engagement)
    assert (status(), ask_of(engagement).state) == (Status.WITH_UNIVERSITY, "answered")
    entry = MouEntry.objects.first()
    assert (entry.by, entry.contact, entry.version.number) == (None, engagement.contact, 1)


def test_without_a_code_nothing_is_agreed(pat, engagement):
    assert pat.post(turn_of(engagement), {"action": "agree", "code": ""}).status_code == 422
    assert pat.post(turn_of(engagement), {"action": "agree", "code": "123456"}).status_code == 422
    assert status() == Status.WITH_PARTNER


def test_changes_come_with_words_and_a_file_that_is_the_next_version(pat, engagement):
    posted = {"action": "changes", "words": "§ 4: 12 learners.", "upload": upload("ours.pdf", PDF)}
    response = pat.post(turn_of(engagement), posted)

    mou = Mou.objects.get()
    assert (response.status_code, mou.status) == (302, Status.DRAFTING)
    version = mou.version
    assert (version.number, version.contact, version.by) == (2, engagement.contact, None)
    file = version.file
    assert (file.uploaded_by, file.brought_by) == (None, "Pat Doe, Tallgrass Fasteners")
    assert MouEntry.objects.first().words == "§ 4: 12 learners."


def test_the_answer_of_one_is_the_answer_of_all(client, engagement, cast):
    kim = colleague(engagement, cast)
    mou_at(engagement, Status.WITH_PARTNER)
    come_by_link(client, engagement.contact)
    client.post(turn_of(engagement), {"action": "changes", "words": "No."})

    hers = ask_of(engagement, kim.email)
    assert (hers.state, hers.settled_words) == ("answered", "Answered by Pat Doe")
    come_by_link(client, kim)
    page = client.get(turn_of(engagement, hers))
    assert "nothing for you to do here now" in page.content.decode()
    client.post(turn_of(engagement, hers), {"action": "changes", "words": "Mine!"})
    assert MouEntry.objects.filter(words="Mine!").count() == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("run.exe", b"MZ", "This kind of file cannot be added"),
        ("empty.pdf", b"", "The file is empty"),
        ("letter.pdf", b"not a pdf", "letter.pdf"),
        ("macro.docx", office("docx", **{"word__vbaProject.bin": b"x"}), "macro.docx"),
        ("../../etc/passwd", b"root", "This kind of file cannot be added"),
    ],
)
def test_a_bad_file_is_refused_beside_it_and_nothing_is_lost(name, content, words, pat, engagement):
    posted = {"action": "changes", "words": "Kept.", "upload": SimpleUploadedFile(name, content)}
    response = pat.post(turn_of(engagement), posted)

    page = response.content.decode()
    assert (response.status_code, status()) == (422, Status.WITH_PARTNER)
    assert words in page and "Kept." in page
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize("words", ["", " ", "x" * 2001, "a\x00b", "a\u202eb"])
def test_words_that_do_not_do_are_refused_at_their_field(words, pat, engagement):
    response = pat.post(turn_of(engagement), {"action": "changes", "words": words})

    assert (response.status_code, status()) == (422, Status.WITH_PARTNER)
    assert 'id="id_words_error"' in response.content.decode()


def test_hostile_words_are_text_on_the_desk(pat, engagement, client, cast):
    words = HOSTILE.replace("\u202e", "")
    pat.post(turn_of(engagement), {"action": "changes", "words": words})
    desk = Client()
    desk.force_login(cast.oxford)

    page = desk.get(reverse("admin:partners_mou_change", args=[engagement.pk])).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page and "{{ 7*7 }}" in page


def test_they_read_no_version_that_was_not_opened_to_them(client, engagement, cast):
    with_text(engagement)
    come_by_link(client, engagement.contact)
    file = Mou.objects.get().version.file_id
    url = reverse("partners:mou_file", args=[engagement.proposal.reference, file])
    assert client.get(url).status_code == 404

    moved(engagement, MouMove.SEND_TO_PARTNER)
    assert client.get(url)["Content-Disposition"].startswith("attachment")

    moved(engagement, MouMove.REDRAFT)
    version = Mou.objects.get().version
    record.grant(version=version, is_for_partner=False, is_for_proposers=True, by=cast.oxford)
    assert client.get(url).status_code == 404


def test_an_infected_or_unchecked_version_is_not_theirs(pat, engagement, settings):
    file = Mou.objects.get().version.file
    url = reverse("partners:mou_file", args=[engagement.proposal.reference, file.pk])
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    assert pat.get(url).status_code == 404
    assert str(file.pk) not in pat.get(turn_of(engagement)).content.decode()


def test_notes_clauses_and_numbers_of_staff_are_not_on_their_pages(pat, engagement, cast):
    secret = "Our-lawyers-doubt-it"
    facts = {"buyway_number": secret, "template_version": secret}
    record.save_facts(engagement=engagement, facts=facts, by=cast.oxford)
    clauses = {"money": ("worded", secret)}
    record.save_clauses(engagement=engagement, clauses=clauses, by=cast.oxford)

    for url in (page_of(engagement), turn_of(engagement)):
        assert secret not in pat.get(url).content.decode()


def test_another_partner_of_the_same_proposal_finds_nothing(cast, client):
    one = answers_naming()["partners"]["partners"][0]
    two = one | {"org_name": "Kestrel Mutual", "contact_email": "kim@kestrel.example"}
    answers = {"partners": {"partner_status": "yes", "partners": [one, two], "together": []}}
    proposal = summarized(make_submitted(answers=answers))
    ours, theirs = proposal.engagements.order_by("pk")
    for each in (ours, theirs):
        share(engagement=each, contact=each.contact, by=cast.oxford)
    mou_at(ours, Status.WITH_PARTNER)
    come_by_link(client, theirs.contact)

    file = Mou.objects.get().version.file_id
    assert client.get(turn_of(ours)).status_code == 404
    assert client.post(turn_of(ours), {"action": "changes", "words": "x"}).status_code == 404
    assert (
        client.get(reverse("partners:mou_file", args=[proposal.reference, file])).status_code == 404
    )
    assert "data-mou" not in client.get(page_of(theirs)).content.decode()
    assert status() == Status.WITH_PARTNER


def test_without_a_link_there_is_nothing(client, engagement):
    mou_at(engagement, Status.WITH_PARTNER)

    assert client.get(turn_of(engagement)).status_code == 404
    assert client.post(turn_of(engagement), {"action": "agree"}).status_code == 404


@pytest.mark.parametrize("status_now", [Status.NOT_NEEDED, Status.SIGNED, Status.EXPIRING])
def test_their_page_says_what_it_may_at_every_status(status_now, client, engagement):
    mou_at(engagement, status_now)
    come_by_link(client, engagement.contact)

    page = client.get(page_of(engagement)).content.decode()

    assert (f'data-mou="{status_now}"' in page) == (status_now != Status.NOT_NEEDED)
    assert "The hours are wrong" not in page


def test_the_page_of_their_turn_takes_few_statements(
    pat, engagement, django_assert_max_num_queries
):
    pat.get(turn_of(engagement))

    with django_assert_max_num_queries(7):
        pat.get(turn_of(engagement))


def test_all_of_one_organization_come_in_one_query(engagement, cast, django_assert_num_queries):
    other = make_submitted().engagements.get()
    for each in (engagement, other):
        mou_at(each, Status.TEMPLATE_REQUESTED)

    with django_assert_num_queries(1):
        found = [mou.engagement.proposal.reference for mou in mous_of(engagement.organization)]

    assert found == [other.proposal.reference, engagement.proposal.reference]
