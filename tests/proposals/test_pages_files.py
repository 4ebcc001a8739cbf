"""Files over the web: added with what is typed, refused at the field, downloaded by who may."""

import io

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from microcreds.uploads import CUT_AT
from proposals.files import MAX_BYTES
from proposals.models import Attachment, InterestForm, Proposal, Stage
from proposals.services.files import ENDED
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_draft, make_submitted, send
from tests.proposals.filing import PDF, office, upload
from tests.proposals.test_attachments import add, unlike

pytestmark = pytest.mark.django_db


def files_of(proposal: Proposal, place: str = "") -> str:
    address = reverse("proposals:file_list", args=[proposal.reference])
    return f"{address}?place={place}" if place else address


def file_url(attachment: Attachment, page: str = "file_download") -> str:
    return reverse(f"proposals:{page}", args=[attachment.proposal.reference, attachment.pk])


@pytest.fixture
def me(client, proposer) -> Client:
    client.force_login(proposer)
    return client


@pytest.fixture
def draft(cast) -> Proposal:
    return make_draft()


def test_a_file_is_added_and_shown_on_the_form(me, draft):
    response = me.post(files_of(draft, "form"), {"attachments": upload()}, follow=True)

    assert response.redirect_chain[-1][0].endswith("/edit/finish/#files")
    page = response.content.decode()
    assert "letter.pdf is added." in page
    assert file_url(Attachment.objects.get()) in page


def test_what_is_typed_is_saved_with_the_file(me, draft):
    typed = {
        "form_version": InterestForm.objects.get().version,
        "demand_summary": "Two plants asked for it in October.",
    }
    me.post(files_of(draft, "form"), typed | {"attachments": upload()})

    assert InterestForm.objects.get().answers["demand_summary"] == typed["demand_summary"]
    assert Attachment.objects.count() == 1


def test_what_is_typed_is_saved_though_the_file_is_refused(me, draft):
    typed = {
        "form_version": InterestForm.objects.get().version,
        "demand_summary": "Two plants asked for it in October.",
    }
    response = me.post(files_of(draft, "form"), typed | {"attachments": upload("a.svg", b"<svg/>")})

    assert response.status_code == 422
    assert "a.svg: This kind of file cannot be added." in response.content.decode()
    assert InterestForm.objects.get().answers["demand_summary"] == typed["demand_summary"]


def test_an_answer_that_is_too_long_stays_on_the_page_with_the_file_added(me, draft):
    typed = {"form_version": InterestForm.objects.get().version, "anything_else": "x" * 1001}
    response = me.post(files_of(draft, "form"), typed | {"attachments": upload()})

    assert response.status_code == 422
    assert "x" * 1001 in response.content.decode()
    assert Attachment.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.pdf", b"", "The file is empty."),
        ("setup.pdf", b"MZ" + bytes(99), "what is in it is something else"),
        ("a.html", b"<script>", "This kind of file cannot be added."),
        ("big.pdf", b"%PDF-" + bytes(MAX_BYTES), "The file is larger than 10 MB."),
        ("huge.pdf", b"%PDF-" + bytes(26 * 1024 * 1024), "The file is larger than 10 MB."),
        ("a.docx", office("docx", **{"word/vbaProject.bin": b"x"}), "It contains macros."),
        ("locked.pdf", PDF + b"/Encrypt 1 0 R", "Remove the password"),
        ("x" * 300 + ".svg", b"<svg/>", "….svg: This kind of file cannot be added."),
    ],
)
def test_a_bad_file_is_refused_at_the_field(me, draft, name, content, words):
    response = me.post(files_of(draft), {"attachments": upload(name, content)})
    page = response.content.decode()

    assert response.status_code == 422
    assert words in page
    assert 'aria-invalid="true"' in page
    assert 'aria-describedby="id_attachments_helptext id_attachments_error"' in page
    assert Attachment.objects.count() == 0


def test_no_file_chosen_is_said(me, draft):
    response = me.post(files_of(draft), {})
    assert response.status_code == 422
    assert "Choose a file first" in response.content.decode()


def test_a_name_with_folders_names_only_a_file(me, draft):
    me.post(files_of(draft), {"attachments": upload("../../../etc/passwd.pdf")})
    assert Attachment.objects.get().name == "passwd.pdf"


def test_more_files_than_one_request_may_bring_get_a_page_of_ours(me, draft):
    many = [upload(f"{number}.pdf", unlike(number)) for number in range(11)]
    response = me.post(files_of(draft), {"attachments": many})
    assert response.status_code in (400, 413)
    assert "Go to the front page" in response.content.decode()
    assert Attachment.objects.count() == 0


def test_a_request_without_end_is_refused_before_it_is_read(me, draft):
    unread = io.BytesIO(b"never read")
    response = me.generic(
        "POST",
        files_of(draft),
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(settings.REQUEST_MAX_BYTES + 1),
        **{"wsgi.input": unread},
    )
    assert response.status_code == 413
    assert "That is too much at once" in response.content.decode()
    assert unread.tell() == 0


def test_no_more_of_a_file_is_stored_than_shows_that_it_is_too_big(me, draft, monkeypatch):
    written = []
    monkeypatch.setattr(
        "django.core.files.uploadhandler.TemporaryFileUploadHandler.receive_data_chunk",
        lambda self, raw_data, start: written.append(len(raw_data)),
    )
    me.post(files_of(draft), {"attachments": upload("a.pdf", PDF + bytes(30 * 1024 * 1024))})
    assert MAX_BYTES < sum(written) <= CUT_AT + 64 * 1024


def test_a_full_disk_while_a_file_comes_in_is_said_and_the_text_stays(me, draft, monkeypatch):
    def full(self, raw_data, start):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        "django.core.files.uploadhandler.TemporaryFileUploadHandler.receive_data_chunk", full
    )
    typed = {"form_version": InterestForm.objects.get().version, "demand_summary": "It stays."}
    big = upload("a.pdf", PDF + bytes(3 * 1024 * 1024))
    response = me.post(files_of(draft, "form"), typed | {"attachments": big})

    assert response.status_code == 422
    assert "We could not store it just now" in response.content.decode()
    assert InterestForm.objects.get().answers["demand_summary"] == "It stays."


def test_a_script_gets_the_list_and_what_to_say(me, draft):
    json = {"HTTP_ACCEPT": "application/json"}
    good = me.post(files_of(draft, "form"), {"attachments": upload()}, **json)
    bad = me.post(files_of(draft, "form"), {"attachments": upload("a.svg")}, **json)

    assert (good.status_code, good.json()["said"]) == (200, "letter.pdf is added.")
    assert "letter.pdf" in good.json()["html"]
    assert bad.status_code == 422
    [refusal] = bad.json()["refusals"]
    assert refusal.startswith("a.svg: This kind of file cannot be added.")


def test_a_file_leaves_to_be_saved_and_never_to_be_shown(me, draft):
    response = me.get(file_url(add(draft)))

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"] == (
        f'attachment; filename="{draft.reference}-letter.pdf"'
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"].startswith("sandbox")


MAY_DOWNLOAD = {
    "draft": {"proposer"},
    "triage": {"proposer", "oxford", "regionals", "lead", "auditor", "admin_user"},
    "apc_review": {
        *("proposer", "oxford", "regionals", "lead", "auditor", "admin_user"),
        *("committee", "committee_chair", "chair"),
    },
}
EVERYBODY = MAY_DOWNLOAD["apc_review"] | {"other_proposer", "deans"}


@pytest.mark.parametrize("stage", MAY_DOWNLOAD)
def test_who_may_download_by_stage(stage, cast, client):
    informed = "i_am_the_chair" if stage == "apc_review" else "not_yet"
    proposal = make_draft(chair_informed=informed)
    attachment = add(proposal)
    if stage != "draft":
        # All the way with its file: as make_at, from this draft.
        send(proposal)
        Attachment.objects.filter(pk=attachment.pk).update(
            proposal=make_at(Stage(stage), chair_informed=informed)
        )
    attachment = Attachment.objects.select_related("proposal").get()
    allowed = set()
    for role in EVERYBODY:
        client.force_login(getattr(cast, role))
        if client.get(file_url(attachment)).status_code == 200:
            allowed.add(role)

    expected = MAY_DOWNLOAD[stage] | ({"admin_user"} & allowed if stage == "draft" else set())
    assert allowed == expected


def test_whoever_is_not_signed_in_signs_in_first(client, draft):
    response = client.get(file_url(add(draft)))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


def test_a_file_of_another_proposal_is_not_under_this_reference(me, draft, other_proposer):
    foreign = add(make_draft(other_proposer), content=unlike(9), by=other_proposer)
    path = reverse("proposals:file_download", args=[draft.reference, foreign.pk])
    assert me.get(path).status_code == 404


def test_an_infected_file_leaves_for_nobody_and_says_so_where_it_stands(me, draft):
    attachment = add(draft)
    Attachment.objects.update(
        scan="infected", scanned_at=timezone.now(), scan_found="Eicar-Signature"
    )
    assert me.get(file_url(attachment)).status_code == 404
    page = me.get(reverse("proposals:proposal_edit", args=[draft.reference, "finish"]))
    shown = page.content.decode()
    assert "The virus check found something in this file (Eicar-Signature)" in shown
    assert file_url(attachment) + '"' not in shown


def test_bytes_that_are_gone_are_a_404(me, draft):
    attachment = add(draft)
    Attachment.objects.update(stored_name="aa/gone")
    assert me.get(file_url(attachment)).status_code == 404


def test_remove_by_button(me, draft):
    attachment = add(draft)
    response = me.post(file_url(attachment, "file_remove") + "?place=form", follow=True)
    assert "letter.pdf is removed." in response.content.decode()
    assert Attachment.objects.count() == 0


def test_a_refused_removal_is_a_409_in_words(me, draft):
    attachment = add(draft)
    send(draft)
    response = me.post(file_url(attachment, "file_remove"))
    assert response.status_code == 409
    assert "so it stays" in response.content.decode()


@pytest.mark.parametrize("role", ["committee", "committee_chair", "deans", "chair", "auditor"])
def test_readers_add_and_remove_nothing(role, cast, client):
    proposal = make_at(Stage.CAD_CONSENT, chair_informed="i_am_the_chair")
    attachment = add(proposal)
    client.force_login(getattr(cast, role))

    assert client.post(files_of(proposal), {"attachments": upload("b.pdf")}).status_code == 404
    assert client.post(file_url(attachment, "file_remove")).status_code == 404
    assert Attachment.objects.kept().count() == 1


def test_a_document_added_later_says_so_to_proposers_and_staff(me, cast):
    proposal = make_submitted()
    me.post(files_of(proposal), {"attachments": upload("minutes.pdf")})

    page = me.get(reverse("proposals:proposal_detail", args=[proposal.reference]))
    assert "Added later, on" in page.content.decode()
    assert "after version 1 of the form was sent" in page.content.decode()
    me.force_login(cast.oxford)
    desk = me.get(reverse("admin:reviews_triageitem_change", args=[proposal.pk])).content.decode()
    assert "minutes.pdf" in desk
    assert "by Fay Proposer" in desk


def test_staff_add_from_the_desk_and_come_back_to_it(client, oxford):
    proposal = make_submitted()
    client.force_login(oxford)
    response = client.post(files_of(proposal, "desk"), {"attachments": upload("market.pdf")})

    assert response["Location"].endswith(f"/{proposal.pk}/change/#files")
    assert Attachment.objects.get().form == ""


def test_staff_do_not_learn_of_files_that_were_not_sent(client, oxford, cast):
    proposal = make_submitted()
    do_move(proposal, Move.START_TRIAGE, oxford)
    do_move(proposal, Move.RETURN, oxford, **given_for(Move.RETURN))
    add(proposal, "half-done.pdf")
    client.force_login(oxford)
    desk = client.get(reverse("admin:reviews_triageitem_change", args=[proposal.pk]))
    assert "half-done.pdf" not in desk.content.decode()


@pytest.mark.parametrize("stage", [Stage.WITHDRAWN, Stage.DECLINED])
def test_an_ended_proposal_offers_no_upload(me, stage, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    assert stage in ENDED
    page = me.get(files_of(make_at(stage))).content.decode()
    assert 'type="file"' not in page


def test_the_check_page_and_the_read_view_list_the_files(me, draft):
    add(draft, "letter.pdf")
    check = me.get(reverse("proposals:proposal_check", args=[draft.reference])).content.decode()
    assert "Do you have letters, notes or job ads?" in check
    assert "letter.pdf" in check


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_statements_for_any_number(
    me, draft, count, django_assert_max_num_queries
):
    for number in range(count):
        add(draft, content=unlike(number))
    with django_assert_max_num_queries(7):
        response = me.get(files_of(draft))
    assert response.content.decode().count('class="file"') == count


def test_an_upload_takes_few_statements(me, draft, django_assert_max_num_queries):
    me.get(files_of(draft))
    with django_assert_max_num_queries(16):
        me.post(files_of(draft), {"attachments": upload()})


@pytest.mark.parametrize(("who", "may"), [("auditor", False), ("oxford", True)])
def test_a_page_has_a_form_for_files_only_for_whoever_may_change_them(client, cast, who, may):
    proposal = make_submitted()
    add(proposal)
    client.force_login(getattr(cast, who))
    page = client.get(f"/admin/reviews/triageitem/{proposal.pk}/change/").content.decode()
    assert ('id="files-form"' in page) == may
