"""Pages of a contact who is asked for an endorsement: written, saved, signed by code, declined."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from microcreds.outbox.delivery import drain
from partners import endorsements, services
from partners.models import Endorsement, EndorsementDraft, PartnerAsk, Share
from proposals.models import Attachment
from reviews import endorsements as telling
from tests.partners.endorsing import (
    asked_of,
    by_call,
    drafted,
    letter,
    other_contact,
    recorded,
    said,
    shared,
    signed,
)
from tests.partners.sharing import come_by_link
from tests.partners.test_endorsements import again, other_outcomes

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert('x')</script> \"Robert'); --"


@pytest.fixture
def share(settings) -> Share:
    settings.NOTIFICATION_GRACE_SECONDS = 0
    return shared()


@pytest.fixture
def asked(share, client) -> PartnerAsk:
    come_by_link(client, share.contact)
    return asked_of(share)


def path(asked: PartnerAsk, page: str = "endorsement") -> str:
    ref = asked.engagement.proposal.reference
    return reverse(f"partners:{page}", args=[ref, asked.pk])


def posted(asked: PartnerAsk, **changed) -> dict:
    """What a browser sends of answers that leave nothing open."""
    answers = said(asked)
    rows = answers.pop("outcomes")
    sent = {f"verdict-{row['id']}": row["verdict"] for row in rows}
    sent |= {f"words-{row['id']}": row["words"] for row in rows}
    return answers | sent | {"version": 0} | changed


def code_mailed() -> str:
    mail.outbox.clear()
    drain()
    [found] = [each for each in mail.outbox if re.search(r"^\s*\d{6}\s*$", each.body, re.M)]
    return re.search(r"^\s*(\d{6})\s*$", found.body, re.M)[1]


def to_sign(client, asked: PartnerAsk) -> dict:
    """Written and on to signing; what the page that signs would send."""
    drain()
    client.post(path(asked), posted(asked, sign=1))
    page = client.get(path(asked, "endorsement_sign"))
    return {"shown": page.context["shown"], "code": code_mailed()}


def test_the_page_asks_of_each_outcome_of_the_form_that_was_sent(client, asked):
    page = client.get(path(asked))
    assert page.status_code == 200
    assert [text for text, _v, _w in page.context["form"].rows()] == [
        "Draw a sample by plan",
        "Read a control chart",
    ]
    assert "Would you hire on it?" in page.text


def test_their_list_of_what_we_need_leads_there_until_it_is_settled(client, asked):
    home = reverse("partners:engagement_list")
    assert path(asked) in client.get(home).text
    signed(asked)
    assert path(asked) not in client.get(home).text


def test_opening_it_is_noted_and_head_notes_nothing(client, asked):
    client.head(path(asked))
    asked.refresh_from_db()
    assert asked.state == "requested"
    client.get(path(asked))
    asked.refresh_from_db()
    assert asked.state == "opened"


def test_what_was_saved_is_there_on_another_device(client, asked):
    client.post(path(asked), posted(asked, save=1, learners="", recognition=[]))
    page = client.get(path(asked))
    assert page.context["form"]["signer_name"].value() == "Pat Doe"
    assert page.context["form"].rows()[0][1].value() == "relevant"
    assert not Endorsement.objects.exists()


def test_signing_takes_the_mailed_code(client, asked):
    sent = to_sign(client, asked)
    assert client.post(path(asked, "endorsement_sign"), sent | {"code": "1"}).status_code == 422
    response = client.post(path(asked, "endorsement_sign"), sent)
    assert response["Location"] == path(asked)
    assert Endorsement.objects.get().signer_name == "Pat Doe"
    page = client.get(path(asked))
    assert "Your endorsement" in page.text
    assert Endorsement.objects.get().sha256 in page.text


def test_pressing_sign_twice_leads_to_what_is_signed(client, asked):
    sent = to_sign(client, asked)
    answers = [client.post(path(asked, "endorsement_sign"), sent) for _ in range(2)]
    assert [each["Location"] for each in answers] == [path(asked)] * 2
    assert Endorsement.objects.count() == 1


def test_a_code_is_not_used_up_by_a_page_that_is_stale(client, asked):
    sent = to_sign(client, asked)
    stale = client.post(path(asked, "endorsement_sign"), sent | {"shown": "0" * 64})
    assert (stale.status_code, "changed since this page" in stale.text) == (422, True)
    assert client.post(path(asked, "endorsement_sign"), sent).status_code == 302


def test_what_is_left_open_is_named_at_its_field(client, asked):
    sent = posted(asked, sign=1, recognition=[], assessed_by="", signer_name=" ")
    page = client.post(path(asked), sent)
    assert page.status_code == 422
    assert sorted(page.context["form"].errors) == ["assessed_by", "recognition", "signer_name"]
    assert page.context["form"]["words"].value() == "We need it."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("words", "a\x00b"),
        ("words", "x" * 2001),
        ("learners", "many"),
        ("learners", "9" * 30),
        ("recognition", ["hiring", "not_yet"]),
        ("recognition", ["wealth"]),
        ("assessed_by", "me"),
        ("signer_name", "x" * 121),
        ("version", "x"),
    ],
)
def test_bad_input_is_said_at_its_field_and_nothing_is_lost(client, asked, field, value):
    page = client.post(path(asked), posted(asked, **{field: value}))
    assert page.status_code == 422
    assert field in page.context["form"].errors
    assert page.context["form"]["signer_title"].value() == "Plant manager"


def test_hostile_text_is_read_as_it_was_typed(client, asked):
    client.post(path(asked), posted(asked, words=HOSTILE, signer_name=HOSTILE))
    page = client.get(path(asked))
    assert "<script>alert" not in page.text
    assert page.context["form"]["words"].value() == HOSTILE


def test_another_window_keeps_what_was_typed_and_saves_at_the_second_press(client, asked):
    client.post(path(asked), posted(asked))
    stale = client.post(path(asked), posted(asked, words="From the other window"))
    assert (stale.status_code, "another window" in stale.text) == (422, True)
    version = stale.context["form"]["version"].value()
    assert (
        client.post(
            path(asked), posted(asked, words="From the other window", version=version)
        ).status_code
        == 302
    )
    assert EndorsementDraft.objects.get().answers["words"] == "From the other window"


def test_a_letter_stays_also_where_another_field_is_wrong(client, asked):
    page = client.post(path(asked), posted(asked, learners="many", letter=letter()))
    assert page.status_code == 422
    assert page.context["letter"].name == "letter.pdf"
    got = client.get(path(asked, "endorsement_letter"))
    assert got["Content-Disposition"].startswith("attachment")
    assert b"".join(got.streaming_content).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("name", "content"), [("a.exe", b"MZ"), ("a.pdf", b"<html>"), ("a.pdf", b"")]
)
def test_a_bad_letter_is_said_at_its_field(client, asked, name, content):
    page = client.post(path(asked), posted(asked, letter=letter(name, content)))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["letter"])
    assert not Attachment.objects.of_record(endorsements.record_of(asked)).exists()


def test_a_letter_can_be_taken_out(client, asked):
    client.post(path(asked), posted(asked, letter=letter()))
    client.post(path(asked), posted(asked, version=1, drops_letter="on"))
    assert EndorsementDraft.objects.get().letter is None


def test_outcomes_that_changed_meanwhile_are_asked_again(client, asked):
    client.post(path(asked), posted(asked))
    proposal = asked.engagement.proposal
    again(proposal, outcomes=other_outcomes(proposal))
    rows = client.get(path(asked)).context["form"].rows()
    assert [(text, verdict.value()) for text, verdict, _w in rows] == [
        ("Draw a sample by plan quickly", None),
        ("Read a control chart quickly", None),
    ]


def test_declining_says_why(client, asked):
    assert client.post(path(asked, "endorsement_decline"), {"words": ""}).status_code == 422
    client.post(path(asked, "endorsement_decline"), {"words": "We closed the line."})
    page = client.get(path(asked))
    assert "We closed the line." in page.text
    late = client.post(path(asked), posted(asked))
    assert (late.status_code, "This was settled in the meantime." in late.text) == (422, True)
    assert not EndorsementDraft.objects.exists()


@pytest.mark.parametrize("state", ["expired", "taken_back"])
def test_what_ended_otherwise_says_so(client, asked, share, state):
    if state == "taken_back":
        endorsements.take_back(asked=asked, by=share.by)
    else:
        endorsements.asks.settle(asked=asked, state=PartnerAsk.State.EXPIRED)
    page = client.get(path(asked))
    assert (page.status_code, "needs nothing from you" in page.text) == (200, True)


PAGES = ["endorsement", "endorsement_sign", "endorsement_decline", "endorsement_letter", "recorded"]


@pytest.mark.parametrize("page", PAGES)
def test_another_contact_of_the_same_partner_finds_nothing(client, share, page):
    signed(asked_of(share))
    asked = recorded(share.engagement, share.contact).asked
    come_by_link(client, other_contact(share))
    for each in PartnerAsk.objects.all():
        assert client.get(path(each, page)).status_code == 404
        assert client.post(path(asked, page), {}).status_code in (404, 405)


@pytest.mark.parametrize("page", PAGES)
def test_whoever_it_is_no_longer_shared_with_finds_nothing(client, asked, share, page):
    drafted(asked)
    services.end_share(share=share, by=share.by)
    assert client.get(path(asked, page)).status_code == 404


@pytest.mark.parametrize("key", ["x", "9" * 40, "²", "-1"])
def test_a_nonsense_address_is_not_there(client, asked, key):
    ref = asked.engagement.proposal.reference
    assert client.get(f"/partners/{ref}/endorsement/{key}/").status_code == 404


def test_the_pages_are_kept_by_no_cache_and_name_no_page(client, asked):
    page = client.get(path(asked))
    assert (page["Cache-Control"], page["Referrer-Policy"], page["X-Robots-Tag"]) == (
        "no-store, private",
        "no-referrer",
        "noindex, nofollow",
    )


def test_what_was_recorded_is_read_and_objected_to(client, share):
    come_by_link(client, share.contact)
    asked = recorded(share.engagement, share.contact).asked
    here = path(asked, "recorded")
    assert client.get(path(asked))["Location"] == here
    page = client.get(here)
    assert "Recorded on your behalf" in page.text
    assert client.post(here, {"words": ""}).status_code == 422
    client.post(here, {"words": HOSTILE})
    assert asked.on_behalf.__class__.objects.get().objection == HOSTILE
    objected = client.get(here).text
    assert "You object, and it no longer counts" in objected
    assert "<script>alert" not in objected


def test_the_contact_reads_no_remarks_of_staff_and_not_why_they_were_not_told(client, share):
    telling.record(
        engagement=share.engagement,
        contact=share.contact,
        answers={"remarks": "He sounded unsure.", "signer_name": "Pat Doe"},
        source=by_call(untold_because="He is difficult."),
        by=share.by,
    )
    come_by_link(client, share.contact)
    page = client.get(path(PartnerAsk.objects.get(), "recorded"))
    assert page.status_code == 200
    assert "unsure." not in page.text
    assert "difficult" not in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_as_many_statements_whoever_else_is_asked(
    client, asked, share, count, django_assert_max_num_queries
):
    for number in range(count):
        asked_of(share, other_contact(share, f"c{number}@tallgrass.example"))
    client.get(path(asked))
    with django_assert_max_num_queries(10):
        assert client.get(path(asked)).status_code == 200
