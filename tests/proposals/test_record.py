"""The whole of a proposal on one page and as a ZIP: what its reader may see, and nothing else."""

import io
import zipfile

import pytest
from django.urls import reverse
from django.utils import timezone

from proposals.models import Attachment, Stage
from tests.factories import make_at, make_draft, make_submitted, whole_answers
from tests.proposals.filing import PDF
from tests.proposals.test_attachments import add, unlike

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
    finish = whole_answers()["finish"] | {"anything_else": "For eLearning alone"}
    proposal = make_at(Stage.APC_REVIEW, owner=cast.proposer, answers={"finish": finish})
    client.force_login(cast.committee)

    assert "For eLearning alone" not in page_of(client, proposal)
    client.force_login(cast.proposer)
    assert "For eLearning alone" in page_of(client, proposal)


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
