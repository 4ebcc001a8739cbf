"""Files that go with a message: read by who reads the message, refused together with it."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from proposals.models import Attachment, Comment, Stage, Thread
from tests.factories import make_at

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def files_of_this_test_alone(settings, tmp_path):
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    place = backend | {"OPTIONS": {"location": str(tmp_path)}}
    settings.STORAGES = settings.STORAGES | {"attachments": place}


def say(client, proposal, kind, *uploads):
    address = reverse("proposals:conversation", args=[proposal.reference, kind])
    return client.post(address, {"body": "Here it is.", "attachments": uploads})


def test_a_file_comes_with_its_message_and_is_downloaded_by_its_readers(client, cast):
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    client.force_login(cast.proposer)

    say(client, proposal, Thread.Kind.PROPOSERS, SimpleUploadedFile("letter.pdf", PDF))

    file = Comment.objects.get(thread__kind=Thread.Kind.PROPOSERS).attachments.get()
    address = reverse("proposals:file_download", args=[proposal.reference, file.pk])
    for reader in (cast.proposer, cast.oxford):
        client.force_login(reader)
        assert b"".join(client.get(address).streaming_content) == PDF
    client.force_login(cast.committee)
    assert client.get(address).status_code == 404


def test_a_file_of_an_internal_note_is_nothing_to_the_proposers(client, cast):
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    client.force_login(cast.oxford)

    say(client, proposal, Thread.Kind.INTERNAL, SimpleUploadedFile("market.pdf", PDF))

    file = Attachment.objects.get()
    client.force_login(cast.proposer)
    address = reverse("proposals:file_download", args=[proposal.reference, file.pk])
    assert client.get(address).status_code == 404
    page = client.get(reverse("proposals:proposal_detail", args=[proposal.reference]))
    assert "market" not in page.content.decode()


def test_a_file_that_cannot_be_taken_keeps_the_message_in_its_box(client, cast):
    proposal = make_at(Stage.TRIAGE, owner=cast.proposer)
    client.force_login(cast.proposer)

    response = say(client, proposal, Thread.Kind.PROPOSERS, SimpleUploadedFile("a.exe", b"MZ"))

    page = response.content.decode()
    assert response.status_code in (409, 422)
    assert "a.exe" in page
    assert "Here it is." in page
    assert not Comment.objects.filter(thread__kind=Thread.Kind.PROPOSERS).exists()
    assert not Attachment.objects.exists()
