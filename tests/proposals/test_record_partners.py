"""What partners were asked and said, in the whole record and its ZIP: for whom it is, and nobody
else."""

import pytest
from django.test import Client

from partners.models import PartnerAsk, Share
from partners.questions import save_answers
from proposals.models import Proposal, Stage
from reviews.outside import answering, colleagues, talk
from tests.factories import Cast, make_at
from tests.partners.contacts import offer, put
from tests.partners.sharing import share_it, summarized
from tests.proposals.filing import PDF, upload
from tests.proposals.test_record import archive_of, page_of

pytestmark = pytest.mark.django_db
THEIRS = ("When do we meet?", "Only between us.", "Al Ames")
ASKED = ("Tell us about the shift.", "Which jobs?", "Line lead", "Let us talk.")
TO_ALL = "We meet in May."


def answer(asked: PartnerAsk) -> None:
    jobs, number, _shift, file = asked.questions.all()
    given = {jobs.pk: "Line lead", number.pk: 12, file.pk: upload("job.pdf", PDF)}
    answering.send_answers(asked=asked, answers=given)


@pytest.fixture
def share(cast: Cast) -> Share:
    """Asked and answered, and talked with, both for proposers to read and not."""
    share = share_it(summarized(make_at(Stage.TRIAGE, owner=cast.proposer)), cast.oxford)
    answer(put(share))
    offer(share)
    engagement, contact = share.engagement, share.contact
    talk.write_as_contact(engagement=engagement, contact=contact, body="When do we meet?")
    talk.write_to_partner(engagement=engagement, by=cast.oxford, body="Only between us.")
    talk.write_to_partner(engagement=engagement, by=cast.oxford, body=TO_ALL, is_for_proposers=True)
    colleagues.name_colleague(
        engagement=engagement, contact=contact, name="Al Ames", email="al@tallgrass.example"
    )
    return share


@pytest.mark.parametrize("who", ["oxford", "regionals", "lead", "auditor"])
def test_elearning_and_the_auditor_have_all_of_it(who, client: Client, share, cast):
    proposal = share.engagement.proposal
    client.force_login(getattr(cast, who))

    archive = archive_of(client, proposal)
    kept = archive.read(f"{proposal.reference}/index.html").decode()

    for page in (page_of(client, proposal), kept):
        assert [text for text in (*THEIRS, *ASKED, TO_ALL) if text not in page] == []
    files = [name.rpartition("-")[2] for name in archive.namelist() if "/files/" in name]
    assert files == ["job.pdf"]


def test_proposers_have_what_was_asked_and_what_was_written_for_them_too(client, share, cast):
    proposal = share.engagement.proposal
    client.force_login(cast.proposer)

    archive = archive_of(client, proposal)
    kept = archive.read(f"{proposal.reference}/index.html").decode()

    for page in (page_of(client, proposal), kept):
        assert [text for text in (*ASKED, TO_ALL) if text not in page] == []
        assert [text for text in THEIRS if text in page] == []
    assert any(name.endswith("job.pdf") for name in archive.namelist())


@pytest.mark.parametrize("who", ["committee", "committee_chair", "chair"])
def test_who_decides_has_nothing_of_it(who, client, share, cast):
    proposal = share.engagement.proposal
    Proposal.objects.update(reached_committee_at=proposal.submitted_at)
    proposal.participants.create(user=cast.chair, capacity="chair", since=proposal.submitted_at)
    client.force_login(getattr(cast, who))

    archive = archive_of(client, proposal)

    page = page_of(client, proposal)
    assert proposal.working_title in page
    assert [text for text in (*THEIRS, *ASKED, TO_ALL) if text in page] == []
    assert [name for name in archive.namelist() if "/files/" in name] == []


def test_staff_who_are_recused_read_what_proposers_read(client, share, cast):
    proposal = share.engagement.proposal
    proposal.participants.create(
        user=cast.regionals, capacity="recused", since=proposal.submitted_at
    )
    client.force_login(cast.regionals)

    page = page_of(client, proposal)

    assert [text for text in THEIRS if text in page] == []
    assert TO_ALL in page


def test_what_is_only_saved_by_the_partner_is_in_nobodys_record(client, share, cast):
    asked = put(share, words="Once more.")
    first = asked.questions.all()[0]
    save_answers(asked=asked, answers={first.pk: "Not sent yet"})
    client.force_login(cast.oxford)

    page = page_of(client, share.engagement.proposal)

    assert "Once more." in page and "Not sent yet" not in page


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_statements_for_any_number(count, client, cast, django_assert_num_queries):
    share = share_it(summarized(make_at(Stage.TRIAGE, owner=cast.proposer)), cast.oxford)
    for number in range(count):
        answer(put(share))
        offer(share)
        talk.write_to_partner(engagement=share.engagement, by=cast.oxford, body=f"Word {number}")
    client.force_login(cast.oxford)
    with django_assert_num_queries(21):
        page_of(client, share.engagement.proposal)
