"""The whole of a proposal on one page and as a ZIP: what its reader may see, and nothing else."""

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from proposals.models import Attachment, Proposal, Stage, Thread
from proposals.services import hand_over
from reviews import threads
from reviews.change_requests import ask_to_change
from reviews.points import Point
from reviews.return_points import answer_point
from tests.factories import make_at, make_draft, make_submitted, whole_answers
from tests.proposals.filing import PDF, upload
from tests.proposals.test_attachments import add, unlike
from tests.proposals.test_points import give_back

pytestmark = pytest.mark.django_db


def page_of(client, proposal) -> str:
    return client.get(
        reverse("proposals:proposal_record", args=[proposal.reference])
    ).content.decode()


def archive_of(client, proposal) -> zipfile.ZipFile:
    response = client.get(reverse("proposals:proposal_download", args=[proposal.reference]))
    return zipfile.ZipFile(io.BytesIO(response.getvalue()))


def test_the_page_holds_answers_people_and_history(client, proposer):
    proposal = make_at(Stage.TRIAGE, owner=proposer)
    client.force_login(proposer)

    page = page_of(client, proposal)

    for text in (proposal.reference, proposal.working_title, "The need", "History", "owner"):
        assert text in page


def test_the_download_is_a_file_that_needs_no_other(client, proposer):
    proposal = make_submitted(proposer)
    client.force_login(proposer)

    archive = archive_of(client, proposal)
    page = archive.read(f"{proposal.reference}/index.html").decode()

    assert archive.testzip() is None
    assert proposal.working_title in page
    assert "/static/" not in page


@pytest.mark.parametrize("address", ["proposal_record", "proposal_download"])
def test_others_get_neither(client, cast, address):
    proposal = make_submitted(cast.proposer)
    client.force_login(cast.other_proposer)

    response = client.get(reverse(f"proposals:{address}", args=[proposal.reference]))

    assert response.status_code == 404


def test_a_reader_finds_nothing_that_is_not_for_them(client, cast):
    finish = whole_answers()["finish"] | {"anything_else": "For eLearning only"}
    proposal = make_at(Stage.APC_REVIEW, owner=cast.proposer, answers={"finish": finish})
    client.force_login(cast.committee)

    assert "For eLearning only" not in page_of(client, proposal)
    client.force_login(cast.proposer)
    assert "For eLearning only" in page_of(client, proposal)


def test_the_zip_has_the_documents_its_reader_may_open_each_once(client, cast):
    draft = make_draft()
    add(draft)
    add(draft, "letter.pdf", unlike(1))
    bad = add(draft, "bad.pdf", unlike(2))
    Attachment.objects.filter(pk=bad.pk).update(scan="infected", scanned_at=timezone.now())
    client.force_login(cast.proposer)

    with archive_of(client, draft) as archive:
        names = [name for name in archive.namelist() if "/files/" in name]
        contents = [archive.read(name) for name in names]
        page = archive.read(f"{draft.reference}/index.html").decode()

    place = f"{draft.reference}/files"
    assert names == [f"{place}/0{n}-{draft.reference}-letter.pdf" for n in (1, 2)]
    assert contents == [PDF, unlike(1)]
    assert "SHA-256" in page
    assert "bad.pdf" not in page.split("SHA-256")[-1]


def say(proposal, by, body, kind=Thread.Kind.PROPOSERS, **more):
    return threads.write(proposal=proposal, kind=kind, by=by, body=body, **more)


@pytest.fixture
def talked(cast) -> Proposal:
    """With a message that was changed, one with a file, and an internal note with another."""
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    first = say(proposal, cast.proposer, "When is the comittee?")
    threads.edit(proposal=proposal, comment=first, by=cast.proposer, body="When do they meet?")
    say(proposal, cast.oxford, "In May, see the list.", uploads=[upload("dates.pdf", unlike(3))])
    note = [upload("cost.pdf", unlike(4))]
    say(proposal, cast.oxford, "Too dear, I fear.", Thread.Kind.INTERNAL, uploads=note)
    return proposal


def test_the_conversation_is_there_with_what_a_message_said_before(client, cast, talked):
    client.force_login(cast.proposer)

    page = page_of(client, talked)

    for text in ("When do they meet?", "When is the comittee?", "edited", "In May, see the list."):
        assert text in page
    assert "dates.pdf" in page


def test_a_proposers_copy_has_no_internal_note_and_none_of_its_files(client, cast, talked):
    client.force_login(cast.proposer)

    page, archive = page_of(client, talked), archive_of(client, talked)
    kept = archive.read(f"{talked.reference}/index.html").decode()

    for text in ("Too dear", "cost.pdf", "Internal notes"):
        assert text not in page
        assert text not in kept
    files = [name for name in archive.namelist() if "/files/" in name]
    assert files == [f"{talked.reference}/files/01-{talked.reference}-dates.pdf"]
    assert archive.read(files[0]) == unlike(3)


def test_elearning_keeps_both_conversations_with_their_files(client, cast, talked):
    client.force_login(cast.regionals)

    archive = archive_of(client, talked)
    kept = archive.read(f"{talked.reference}/index.html").decode()

    for text in ("Internal notes of eLearning", "Too dear, I fear.", "In May, see the list."):
        assert text in kept
    files = [name.rpartition("-")[2] for name in archive.namelist() if "/files/" in name]
    assert files == ["dates.pdf", "cost.pdf"]


def test_staff_who_take_part_get_no_internal_note(client, cast, talked):
    Proposal.objects.filter(pk=talked.pk).update(submitter=cast.regionals)
    client.force_login(cast.regionals)

    page = page_of(client, talked)

    assert "In May, see the list." in page
    assert "Too dear" not in page


def test_a_committee_member_reads_no_conversation_and_no_points(client, cast):
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    [point] = give_back(proposal, cast.oxford, Point("outcomes", "How is each shown?"))
    say(proposal, cast.proposer, "When do they meet?")
    Proposal.objects.filter(pk=proposal.pk).update(reached_committee_at=timezone.now())
    client.force_login(cast.committee)

    page = page_of(client, proposal)

    assert proposal.working_title in page
    assert point.text not in page
    assert "When do they meet?" not in page


def test_points_and_asks_stand_with_their_answers(client, cast):
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    ask_to_change(
        proposal=proposal, keys=["learners_y1"], reason="More will come.", by=cast.proposer
    )
    [point] = give_back(proposal, cast.oxford, Point("outcomes", "How is each shown?"))
    answer_point(point=point, answer="By a chart each.", by=cast.proposer, read_at=None)
    client.force_login(cast.proposer)

    page = page_of(client, proposal)

    for text in ("How is each shown?", "By a chart each.", "More will come.", "opened these"):
        assert page.count(text) == 1


def test_people_are_named_with_who_owned_it_before(client, cast):
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    proposal.participants.create(
        user=cast.other_proposer, capacity="editor", since=proposal.created_at
    )
    hand_over(proposal=proposal, to=cast.other_proposer, by=cast.proposer)
    client.force_login(cast.proposer)

    page = page_of(client, proposal)

    assert "from Fay Proposer to Gus Proposer" in page
    assert "Gus Proposer, owner" in page
    assert "Fay Proposer, Co-proposer, may edit" in page


@pytest.mark.parametrize("messages", [1, 3])
def test_the_page_costs_the_same_whatever_was_said(
    client, cast, messages, django_assert_num_queries
):
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    for number in range(messages):
        files = [upload(content=unlike(number))]
        say(proposal, cast.proposer, f"Message {number}", uploads=files)
    client.force_login(cast.proposer)

    with django_assert_num_queries(13):
        page_of(client, proposal)
