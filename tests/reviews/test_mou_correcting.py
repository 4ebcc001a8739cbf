"""A move of a memorandum that was wrong is taken back after its mails left: with a reason, and told
to whoever was told of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from microcreds.accounts.models import User
from microcreds.outbox.models import Message
from partners.models import Engagement, Mou, MouEntry
from partners.visibility import mou_page
from reviews.mou import correcting, moving
from reviews.mou.table import MouMove, Status
from tests.factories import Cast, make_cast, make_submitted
from tests.partners.memoranda import ask_of, day, mou_at, moved, ready_to_sign, versioned, with_text
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db
WHY = "It was the memorandum of another proposal."
PAT = "pat@tallgrass.example"


@pytest.fixture
def engagement(cast: Cast) -> Engagement:
    return share_it(summarized(make_submitted()), cast.oxford).engagement


@pytest.fixture
def desk(client: Client, cast: Cast) -> Client:
    client.force_login(cast.oxford)
    return client


def all_mails_leave() -> None:
    Message.objects.filter(state__in=Message.WAITING).update(
        state=Message.State.SENT, sent_at=timezone.now()
    )


def told(event: str) -> list[str]:
    """Who has a mail of this kind on its way."""
    waiting = Message.objects.filter(event=event, state__in=Message.WAITING)
    return sorted(waiting.values_list("to", flat=True))


def correct(engagement: Engagement, by: User | None = None, **given: Any) -> MouEntry:
    """Oxford's staff take its newest move back an hour later."""
    given = {"words": WHY, "at": timezone.now() + timedelta(hours=1)} | given
    return correcting.correct(engagement=engagement, by=by or make_cast().oxford, **given)


def refusal_of(engagement: Engagement, **given: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        correct(engagement, **given)
    return " ".join(refused.value.messages)


def test_it_stands_where_it_stood_and_its_history_keeps_both_and_the_reason(engagement, cast):
    mou_at(engagement, Status.ACTIVE)
    ended = moved(engagement, MouMove.TERMINATE)
    all_mails_leave()

    undone = correct(engagement)

    mou = Mou.objects.get()
    assert (mou.status, mou.terminated_on, mou.terminated_because) == (Status.ACTIVE, None, "")
    assert (undone.undoes, undone.words, undone.by) == (ended, WHY, cast.oxford)
    assert (undone.from_status, undone.to_status) == (Status.TERMINATED, Status.ACTIVE)


def test_who_was_told_is_told_what_holds_again_and_why(engagement, cast):
    mou_at(engagement, Status.AGREED_TEXT)
    ready_to_sign(engagement, start_on=day(0), end_on=day(300))
    moved(engagement, MouMove.SIGN)
    all_mails_leave()

    correct(engagement, by=cast.lead)

    assert told("mou_corrected") == sorted([cast.proposer.email, cast.oxford.email])
    mail = Message.objects.get(event="mou_corrected", to=cast.proposer.email)
    assert mail.subject == (
        "Correction: the memorandum with Tallgrass Fasteners is not “Signed” (MC-2026-0001)"
    )
    assert "Where it stands again: Text agreed" in mail.body
    assert f"Why: {WHY}" in mail.body
    assert Mou.objects.get().signed_by_partner_on is None


def test_whose_mail_never_left_is_not_corrected(engagement, cast):
    with_text(engagement)
    moved(engagement, MouMove.SEND_TO_UNIVERSITY)

    correct(engagement)

    assert (told("mou_corrected"), told("mou_moved")[1:]) == ([], [])


def test_taken_out_of_the_partners_hands_nothing_is_asked_of_them_and_they_hear_it(engagement):
    with_text(engagement)
    moved(engagement, MouMove.SEND_TO_PARTNER)
    all_mails_leave()

    correct(engagement)

    mou = Mou.objects.select_related("version").get()
    assert (mou.status, ask_of(engagement).state) == (Status.DRAFTING, "taken_back")
    assert told("mou_corrected_partner") == [PAT]
    assert WHY not in Message.objects.get(event="mou_corrected_partner").body
    assert mou_page(mou, mou.versions.for_partner()).files == []


def test_back_with_the_partner_they_are_asked_once_more(engagement):
    with_text(engagement)
    moved(engagement, MouMove.SEND_TO_PARTNER, words="Read § 4.", due_on=day(3))
    moved(engagement, MouMove.AGREE)
    all_mails_leave()
    assert refusal_of(engagement) == "Say by when you need their answer."

    correct(engagement, due_on=day(12))

    asked, mou = ask_of(engagement), Mou.objects.get()
    assert (mou.status, mou.due_on) == (Status.WITH_PARTNER, day(12))
    assert (asked.state, asked.words, asked.due_on) == ("requested", "Read § 4.", day(12))
    assert told("partner_asked") == [PAT]
    assert mou.agreed_by_partner is None
    moving.answer(asked=asked, move=MouMove.AGREE)


def test_one_after_the_other_is_taken_back(engagement):
    mou_at(engagement, Status.AGREED_TEXT)

    correct(engagement)
    correct(engagement, due_on=day(12), at=timezone.now() + timedelta(hours=2))

    assert Mou.objects.get().status == Status.WITH_PARTNER


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.TEMPLATE_REQUESTED, "nothing before its first move"),
        (Status.ACTIVE, "happened automatically"),
    ],
)
def test_what_cannot_be_taken_back_says_why(status, words, engagement):
    mou_at(engagement, status)
    assert words in refusal_of(engagement)


def test_what_the_partner_did_or_was_built_on_stays(engagement):
    mou_at(engagement, Status.WITH_PARTNER)
    moving.answer(asked=ask_of(engagement), move=MouMove.AGREE)
    assert "Pat Doe did this themselves" in refusal_of(engagement)

    moved(engagement, MouMove.REDRAFT)
    versioned(engagement)
    assert "A version was added since" in refusal_of(engagement)


@pytest.mark.parametrize(
    ("given", "field"),
    [({"words": " "}, "words"), ({"words": "x" * 2001}, "words"), ({"due_on": day(-1)}, "due_on")],
)
def test_what_is_wrong_is_said_at_its_input_and_nothing_is_taken_back(given, field, engagement):
    mou_at(engagement, Status.WITH_UNIVERSITY)
    with pytest.raises(ValidationError) as refused:
        correct(engagement, **{"due_on": day(9)} | given)
    assert list(refused.value.error_dict) == [field]
    assert Mou.objects.get().status == Status.WITH_UNIVERSITY


@pytest.mark.parametrize(
    "who", ["proposer", "regionals", "committee", "committee_chair", "deans", "chair", "auditor"]
)
def test_nobody_but_staff_of_its_unit_takes_it_back(who, engagement, cast):
    mou_at(engagement, Status.AGREED_TEXT)
    assert "Staff of Oxford" in refusal_of(engagement, by=getattr(cast, who))


def page_of(engagement: Engagement, name: str = "correct") -> str:
    return reverse(f"admin:partners_mou_{name}", args=[engagement.pk])


def test_its_page_shows_whom_it_tells_and_takes_it_back(desk, engagement, cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    with_text(engagement)
    moved(engagement, MouMove.SEND_TO_PARTNER)
    all_mails_leave()
    assert page_of(engagement) in desk.get(page_of(engagement, "change")).text
    shown = desk.get(page_of(engagement)).text
    assert PAT in shown and f"{cast.proposer.email}: Correction" in shown

    seen = MouEntry.objects.first().pk
    assert "id_words_error" in desk.post(page_of(engagement), {"seen": seen}).text
    late = desk.post(page_of(engagement), {"seen": seen - 1, "words": WHY})
    assert (late.status_code, "in the meantime" in late.text) == (422, True)
    assert desk.post(page_of(engagement), {"seen": seen, "words": WHY}).status_code == 302

    history = desk.get(page_of(engagement, "change")).text
    assert f"<blockquote>{WHY}</blockquote>" in history and "Taken back" in history


def test_within_grace_the_page_offers_to_take_it_back_silently(desk, engagement):
    with_text(engagement)
    moved(engagement, MouMove.SEND_TO_PARTNER)
    assert page_of(engagement) not in desk.get(page_of(engagement, "change")).text


@pytest.mark.parametrize(
    ("who", "status"),
    [("proposer", 404), ("chair", 404), ("committee", 404), ("regionals", 404), ("auditor", 404)],
)
def test_the_page_is_for_staff_of_its_unit(who, status, client, engagement, cast):
    mou_at(engagement, Status.AGREED_TEXT)
    client.force_login(getattr(cast, who))
    assert client.get(page_of(engagement)).status_code == status


def test_undone_within_grace_the_text_is_closed_to_the_partner_again(engagement, cast):
    with_text(engagement)
    entry = moved(engagement, MouMove.SEND_TO_PARTNER)

    moving.undo(entry=entry, by=cast.oxford)

    assert not Mou.objects.get().versions.for_partner().exists()
