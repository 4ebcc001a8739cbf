"""What staff heard a contact say of a memorandum: the ask is answered and it moves, or neither."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from microcreds.outbox.models import Message
from partners import on_behalf
from partners.models import Engagement, Mou, MouEntry, OnBehalf, PartnerAsk
from reviews import endorsements as telling
from reviews.mou.table import MouMove, Status
from tests.factories import Cast, make_submitted
from tests.partners.endorsing import letter
from tests.partners.memoranda import ask_of, day, mou_at, moved, ready_to_sign
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return share_it(summarized(make_submitted()), cast.oxford).engagement


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    client.force_login(cast.oxford)
    return client


def states(engagement: Engagement) -> tuple[str, str]:
    """Where the memorandum and what the contact was asked about it stand."""
    return Mou.objects.get(pk=engagement.pk).status, ask_of(engagement).state


def mails(event: str) -> list[str]:
    return list(Message.objects.filter(event=event).values_list("to", flat=True))


@pytest.mark.parametrize(
    ("which", "status"),
    [(MouMove.AGREE, Status.WITH_UNIVERSITY), (MouMove.ASK_CHANGES, Status.DRAFTING)],
)
def test_the_ask_is_answered_and_the_memorandum_moves(which, status, engagement, cast):
    mou_at(engagement, Status.WITH_PARTNER)

    moved(engagement, which, words="Make it 40 hours.")

    assert states(engagement) == (status, "answered")
    kept = ask_of(engagement).on_behalf
    assert (kept.by, kept.channel, kept.words) == (cast.oxford, "call", "Make it 40 hours.")
    assert mails("recorded_on_behalf") == ["pat@tallgrass.example"]


def test_what_does_not_move_it_answers_nothing(engagement, cast):
    mou_at(engagement, Status.WITH_PARTNER)
    source = on_behalf.Source(day(0), OnBehalf.Channel.CALL, words="Fine.")

    with pytest.raises(ValidationError, match="Record it as that move"):
        on_behalf.record_answer(asked=ask_of(engagement), source=source, by=cast.oxford)

    assert states(engagement) == (Status.WITH_PARTNER, "requested")


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"words": ""}, "words"),
        ({"channel": "mail"}, "evidence"),
        ({"evidence": letter("a.exe", b"MZ")}, "evidence"),
        ({"untold_because": "x" * 301}, "untold_because"),
    ],
)
def test_what_is_not_fit_to_record_moves_nothing(given, field, engagement):
    mou_at(engagement, Status.WITH_PARTNER)

    with pytest.raises(ValidationError) as refused:
        moved(engagement, MouMove.AGREE, **given)

    assert list(refused.value.error_dict) == [field]
    assert states(engagement) == (Status.WITH_PARTNER, "requested")


def test_where_nobody_follows_it_the_reason_why_they_are_not_told_is_kept(cast):
    engagement = make_submitted().engagements.get()
    mou_at(engagement, Status.WITH_PARTNER)
    with pytest.raises(ValidationError, match="not shared with Pat Doe"):
        moved(engagement, MouMove.AGREE, untold_because="")

    entry = moved(
        engagement, MouMove.AGREE, channel="letter", evidence=letter(), untold_because="By post."
    )

    kept = ask_of(engagement).on_behalf
    assert (entry.by, entry.contact, entry.evidence) == (
        cast.oxford,
        engagement.contact,
        kept.evidence,
    )
    assert (kept.untold_because, mails("recorded_on_behalf")) == ("By post.", [])
    assert mails("partner_asked") == []


def test_from_the_list_of_asks_staff_come_to_the_move_that_records_it(desk, engagement):
    mou_at(engagement, Status.WITH_PARTNER)
    proposal, asked = engagement.proposal_id, ask_of(engagement)
    page = desk.get(reverse("admin:reviews_triageitem_endorsements", args=[proposal])).text
    for move in ("agree", "ask_changes"):
        url = reverse("admin:partners_mou_move", args=[engagement.pk, move])
        assert f'href="{url}?contact={asked.contact_id}"' in page
    shown = desk.get(f"{url}?contact={asked.contact_id}")
    assert shown.context["form"]["contact"].value() == str(asked.contact_id)

    plain = reverse("admin:reviews_triageitem_answer_record", args=[proposal, asked.pk])
    assert desk.get(plain)["Location"] == f"/admin/partners/mou/{engagement.pk}/change/"
    posted = {"said_on": day(0), "channel": "call", "heard": "Fine with us."}
    refused = desk.post(plain, posted)
    assert (refused.status_code, "Fine with us." in refused.text) == (422, True)
    assert states(engagement) == (Status.WITH_PARTNER, "requested")


def test_staff_record_it_on_its_own_form_and_read_there_whether_they_are_told(desk, engagement):
    mou_at(engagement, Status.WITH_PARTNER)
    url = reverse("admin:partners_mou_move", args=[engagement.pk, "agree"])
    posted = {"contact": engagement.contact_id, "channel": "call", "heard_on": day(0)}
    assert "id_words_error" in desk.post(url, posted).text

    posted |= {"words": "Fine with us.", "untold_because": "She asked for no mail."}
    assert desk.post(url, posted).status_code == 302

    page = desk.get(reverse("admin:partners_mou_change", args=[engagement.pk])).text
    assert "not told: “She asked for no mail.”" in page


def objected(engagement: Engagement) -> None:
    kept = OnBehalf.objects.select_related("asked__engagement__proposal", "asked__contact").get(
        asked=ask_of(engagement)
    )
    telling.object_to(recorded=kept, words="I said perhaps.")


def test_an_agreement_that_its_contact_objects_to_counts_no_more(engagement, cast):
    mou_at(engagement, Status.AGREED_TEXT)
    Message.objects.all().delete()

    objected(engagement)

    mou = Mou.objects.get()
    assert (mou.status, mou.agreed_by_partner) == (Status.DRAFTING, None)
    newest = MouEntry.objects.first()
    assert (newest.by, newest.contact, newest.words) == (
        None,
        engagement.contact,
        "I said perhaps.",
    )
    assert (mails("mou_turn"), mails("record_objected")) == ([cast.oxford.email], [])


def test_an_objection_to_what_is_signed_or_was_no_agreement_is_told_and_moves_nothing(
    engagement, cast
):
    mou_at(engagement, Status.AGREED_TEXT)
    ready_to_sign(engagement, start_on=day(0), end_on=day(300))
    moved(engagement, MouMove.SIGN)

    objected(engagement)

    assert Mou.objects.get().status == Status.SIGNED
    [told] = Message.objects.filter(event="record_objected")
    assert told.to == cast.oxford.email
    assert f"/admin/partners/mou/{engagement.pk}/change/" in told.body


def test_nobody_else_makes_that_move(engagement):
    mou_at(engagement, Status.AGREED_TEXT)
    with pytest.raises(ValidationError, match="Only they can say so"):
        moved(engagement, MouMove.OBJECT, words="x")
    assert PartnerAsk.objects.get().state == "answered"
