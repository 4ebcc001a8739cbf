"""Files of a proposal in the database and the storage: added, removed, frozen, scanned, swept."""

import hashlib
import os
import socket
import stat
import struct
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from microcreds.celery import app
from proposals import services
from proposals.models import Attachment, Comment, Proposal, Revision, Stage, Thread
from proposals.services import files
from proposals.tasks import scan_files, sweep_files
from proposals.visibility import Audience
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_draft, make_submitted, send
from tests.proposals.filing import PDF, PNG, upload

pytestmark = pytest.mark.django_db
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture
def folder(settings, tmp_path) -> Path:
    """A real folder for the files, as production has it."""
    options = {
        "location": str(tmp_path / "files"),
        "file_permissions_mode": 0o640,
        "directory_permissions_mode": 0o750,
    }
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {
        **settings.STORAGES,
        "attachments": {"BACKEND": backend, "OPTIONS": options},
    }
    return tmp_path / "files"


def stored(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def add(proposal: Proposal, name: str = "letter.pdf", content: bytes = PDF, **how) -> Attachment:
    by = how.pop("by", proposal.submitter)
    return services.attach(proposal=proposal, upload=upload(name, content), by=by, **how)


def unlike(number: int) -> bytes:
    return PDF + str(number).encode()


def test_a_file_lies_under_a_random_name_that_only_its_owner_and_group_read(folder, cast):
    attachment = add(make_draft(), "../../letter.pdf")

    [path] = stored(folder)
    assert path.read_bytes() == PDF
    assert "letter" not in str(path.relative_to(folder))
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert attachment.name == "letter.pdf"
    assert attachment.sha256 == hashlib.sha256(PDF).hexdigest()
    assert (attachment.form, attachment.scan) == ("interest", "not_scanned")


def test_the_same_file_twice_is_one(folder, cast):
    draft = make_draft()

    assert add(draft) == add(draft, "again.pdf")
    assert len(stored(folder)) == 1


def test_a_form_takes_five_files(cast, folder):
    draft = make_draft()
    for number in range(5):
        add(draft, content=unlike(number))

    with pytest.raises(ValidationError, match="There is room for 5 files. Remove one first."):
        add(draft, content=unlike(6))

    assert len(stored(folder)) == Attachment.objects.count() == 5


def test_the_full_proposal_takes_twenty(cast):
    proposal = make_at(Stage.FULL_PROPOSAL)
    for number in range(20):
        add(proposal, content=unlike(number))

    assert set(Attachment.objects.values_list("form", flat=True)) == {"full_proposal"}
    with pytest.raises(ValidationError, match="There is room for 20 files"):
        add(proposal, content=unlike(20))


@pytest.mark.django_db(transaction=True)
def test_two_uploads_at_once_never_pass_the_limit(folder):
    draft = make_draft()
    for number in range(4):
        add(draft, content=unlike(number))
    refused = []

    def one_more(number: int) -> None:
        try:
            add(draft, content=unlike(number))
        except ValidationError as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=one_more, args=(number,)) for number in (10, 11, 12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Attachment.objects.count() == len(stored(folder)) == 5
    assert len(refused) == 2


def test_no_room_on_the_disk_is_said_in_words_and_leaves_nothing(folder, cast):
    draft = make_draft()
    folder.mkdir()
    # A real storage that cannot write: a file stands where each of its folders would be made.
    for number in range(256):
        (folder / f"{number:02x}").touch()

    with pytest.raises(ValidationError, match="Your answers are safe; add it again later"):
        add(draft)

    assert Attachment.objects.count() == 0


def test_an_upload_that_did_not_fit_is_refused(cast):
    cut_off = upload()
    cut_off.is_incomplete = True
    with pytest.raises(ValidationError, match="could not store it"):
        services.attach(proposal=make_draft(), upload=cut_off, by=cast.proposer)


@pytest.mark.parametrize("stage", files.ENDED)
def test_nothing_comes_to_a_proposal_that_has_ended(stage, cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    with pytest.raises(ValidationError, match="has ended"):
        add(make_at(stage))


def test_no_staff_file_comes_to_a_draft(cast):
    with pytest.raises(ValidationError, match="not been sent to eLearning yet"):
        add(make_draft(), by=cast.oxford, is_staff=True)


def test_a_document_added_after_sending_stands_beside_the_revision(cast):
    draft = make_draft()
    with_form = add(draft)
    send(draft)
    later = add(Proposal.objects.get(pk=draft.pk), "minutes.pdf", unlike(1))

    with_form.refresh_from_db()
    revision = Revision.objects.get()
    assert [file["sha256"] for file in revision.answers["attachments"]] == [with_form.sha256]
    assert revision.answers["attachments"][0]["id"] == str(with_form.pk)
    assert (with_form.sent_with, with_form.is_added_later) == (1, False)
    assert (later.form, later.after_revision, later.is_added_later) == ("", 1, True)


def test_what_was_sent_stays_with_its_revision_when_it_is_taken_out(cast, folder):
    draft = make_draft()
    old = add(draft)
    send(draft)
    do_move(draft, Move.START_TRIAGE, cast.oxford)
    do_move(draft, Move.RETURN, cast.oxford, **given_for(Move.RETURN))
    services.remove(attachment=old, by=draft.submitter)
    new = add(draft, "new.pdf", unlike(1))
    send(draft)

    first, second = Revision.objects.order_by("number")
    assert [file["name"] for file in first.answers["attachments"]] == ["letter.pdf"]
    assert [file["name"] for file in second.answers["attachments"]] == ["new.pdf"]
    new.refresh_from_db()
    assert (new.after_revision, new.sent_with) == (1, 2)
    assert len(stored(folder)) == 2
    assert old in files.documents_of(draft, Audience.STAFF)
    assert old not in files.documents_of(draft, Audience.PROPOSER)


def test_taken_out_of_a_draft_the_file_is_gone(cast, folder, django_capture_on_commit_callbacks):
    attachment = add(make_draft())

    with django_capture_on_commit_callbacks(execute=True):
        services.remove(attachment=attachment, by=cast.proposer)

    assert (Attachment.objects.count(), stored(folder)) == (0, [])


def test_what_was_sent_cannot_be_taken_out_by_its_proposer(cast):
    draft = make_draft()
    attachment = add(draft)
    send(draft)

    with pytest.raises(ValidationError, match="letter.pdf was sent to eLearning, so it stays"):
        services.remove(attachment=attachment, by=cast.proposer)


def test_what_one_added_later_one_takes_back_and_it_stays_on_record(cast):
    proposal = make_submitted()
    attachment = add(proposal)

    services.remove(attachment=attachment, by=cast.proposer)
    services.remove(attachment=attachment, by=cast.proposer)

    attachment.refresh_from_db()
    assert attachment.removed_by == cast.proposer
    assert attachment not in files.documents_of(proposal, Audience.PROPOSER)


def test_staff_hide_what_should_not_be_read(cast):
    draft = make_draft()
    attachment = add(draft)
    send(draft)

    services.remove(attachment=attachment, by=cast.oxford, is_staff=True)

    for audience in (Audience.PROPOSER, Audience.REVIEWER, Audience.CHAIR):
        assert attachment not in files.documents_of(draft, audience)


def test_a_file_taken_out_of_a_returned_form_stands_for_reviewers_until_it_is_sent_again(cast):
    draft = make_draft()
    attachment, wrong = add(draft), add(draft, "wrong.pdf", unlike(2))
    send(draft)
    do_move(draft, Move.START_TRIAGE, cast.oxford)
    do_move(draft, Move.RETURN, cast.oxford, **given_for(Move.RETURN))

    services.remove(attachment=attachment, by=cast.proposer)
    services.remove(attachment=wrong, by=cast.oxford, is_staff=True)

    for audience in (Audience.REVIEWER, Audience.CHAIR):
        assert list(files.documents_of(draft, audience)) == [attachment]
    assert not files.documents_of(draft, Audience.PROPOSER).exists()
    send(draft)
    for audience in (Audience.REVIEWER, Audience.CHAIR):
        assert not files.documents_of(draft, audience).exists()


def test_a_deleted_draft_leaves_no_file(cast, folder, django_capture_on_commit_callbacks):
    draft = make_draft()
    add(draft)
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_draft(proposal=draft, by=cast.proposer)
    assert stored(folder) == []


def test_a_copy_of_a_proposal_begins_without_its_files(cast):
    draft = make_draft()
    add(draft)
    copy = services.copy_as_draft(proposal=draft, by=cast.proposer, at=timezone.now())
    assert copy.attachments.count() == 0


AUDIENCES = {
    "not sent": {Audience.PROPOSER},
    "sent": {*Audience},
    "added later": {*Audience},
    "infected": {Audience.PROPOSER, Audience.STAFF},
    "said to the proposers": {Audience.PROPOSER, Audience.STAFF},
    "said inside": {Audience.STAFF},
    "removed": {Audience.STAFF},
}


@pytest.mark.parametrize("case", AUDIENCES)
def test_who_may_know_of_which_file(case, cast):
    draft = make_draft()
    first = add(draft)
    comment = None
    if case != "not sent":
        send(draft)
        draft.refresh_from_db()
    if case.startswith("said"):
        kind = Thread.Kind.INTERNAL if case == "said inside" else Thread.Kind.PROPOSERS
        thread = Thread.objects.create(proposal=draft, kind=kind)
        comment = Comment.objects.create(
            thread=thread, author=cast.oxford, body="See this.", at=timezone.now()
        )
        first = add(draft, comment=comment, by=cast.oxford, is_staff=True)
    if case == "added later":
        first = add(Proposal.objects.get(pk=draft.pk), content=unlike(1))
    if case == "removed":
        services.remove(attachment=first, by=cast.oxford, is_staff=True)
    if case == "infected":
        Attachment.objects.update(scan="infected", scanned_at=timezone.now())

    found = Attachment.objects.filter(pk=first.pk)
    assert {one for one in Audience if found.readable_as(one)} == AUDIENCES[case]
    assert not found.readable_as("partner")


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": 0},
        {"sha256": "no"},
        {"scan": "clean"},
        {"removed_at": timezone.now()},
        {"sent_with": 0},
    ],
)
def test_the_database_holds_what_must_never_break(wrong, cast):
    attachment = add(make_draft())
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=attachment.pk).update(**wrong)


def test_what_has_no_row_is_swept_after_a_day(folder, cast):
    attachment = add(make_draft())
    place = storages["attachments"]
    old, new = place.save("aa/old", ContentFile(b"x")), place.save("aa/new", ContentFile(b"x"))
    days_ago = (timezone.now() - timedelta(days=2)).timestamp()
    for name in (old, attachment.stored_name):
        os.utime(place.path(name), (days_ago, days_ago))

    sweep_files()

    assert not place.exists(old)
    assert place.exists(new)
    assert place.exists(attachment.stored_name)


def test_there_is_nothing_to_sweep_before_the_first_file(folder, cast):
    assert files.sweep() == 0


def test_the_worker_knows_every_task_that_beat_names():
    app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "proposals.tasks.sweep_files" in named
    assert named <= {*app.tasks}


def test_a_rolled_back_upload_leaves_no_file(folder, cast):
    ended = make_draft()
    for number in range(5):
        add(ended, content=unlike(number))
    with pytest.raises(ValidationError):
        add(ended, "six.pdf", unlike(6))
    assert len(stored(folder)) == 5


class FakeClamd(threading.Thread):
    """Speaks clamd's INSTREAM over TCP: finds the EICAR text, refuses what is too large."""

    def __init__(self, limit: int = 1_000_000) -> None:
        super().__init__(daemon=True)
        self.limit = limit
        self.server = socket.create_server(("127.0.0.1", 0))
        self.url = f"tcp://127.0.0.1:{self.server.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                client, _address = self.server.accept()
            except OSError:
                return
            with client, client.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while length := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(length)
                said = "stream: Eicar-Signature FOUND" if EICAR in content else "stream: OK"
                if len(content) > self.limit:
                    said = "INSTREAM size limit exceeded. ERROR"
                client.sendall(said.encode() + b"\0")


@pytest.fixture
def clamd(settings) -> Iterator[FakeClamd]:
    daemon = FakeClamd()
    daemon.start()
    settings.CLAMD_URL = daemon.url
    yield daemon
    daemon.server.close()


def test_files_wait_for_the_scanner_and_have_its_verdict(clamd, cast):
    draft = make_draft()
    clean, bad = add(draft), add(draft, "bad.pdf", PDF + EICAR)
    assert {clean.scan, bad.scan} == {"pending"}

    scan_files()

    for file in (clean, bad):
        file.refresh_from_db()
    assert (clean.scan, clean.scan_found) == ("clean", "")
    assert (bad.scan, bad.scan_found) == ("infected", "Eicar-Signature")
    assert files.may_open(clean)
    assert not files.may_open(bad)


def test_what_the_scanner_does_not_take_is_not_checked(clamd, cast):
    clamd.limit = 10
    attachment = add(make_draft())
    scan_files()
    attachment.refresh_from_db()
    assert attachment.scan == "not_scanned"


def test_a_scanner_that_is_away_is_asked_again_later(clamd, settings, cast):
    attachment = add(make_draft())
    there, settings.CLAMD_URL = settings.CLAMD_URL, "unix:///nowhere/clamd.ctl"
    now = timezone.now()

    assert files.scan_pending(at=now) == 0
    settings.CLAMD_URL = there
    assert files.scan_pending(at=now + timedelta(seconds=5)) == 0
    assert files.scan_pending(at=now + timedelta(minutes=3)) == 1

    attachment.refresh_from_db()
    assert attachment.scan == "clean"


def test_a_download_name_is_safe_in_any_header(cast):
    draft = make_draft()
    attachment = add(draft, 'l"ét\u202eter; a.png', PNG)
    assert attachment.download_name == f"{draft.reference}-l-tter-a.png"
