"""An MoU's moves: from where, by whom, with what, and who is told."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import InternalError, transaction
from django.utils import timezone

from microcreds.outbox.models import Message
from partners.models import Mou, MouEntry
from reviews.mou import moving
from reviews.mou.plan import Given
from reviews.mou.table import MOVES, STATUSES, MouMove, Status, Who
from tests.factories import make_submitted
from tests.partners.memoranda import (
    ask_of,
    day,
    mou_at,
    moved,
    ready_to_sign,
    versioned,
    with_text,
)
from tests.partners.sharing import answers_naming, share_it, summarized

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement(cast):
    """Of a proposal that its one contact follows."""
    proposal = summarized(make_submitted())
    return share_it(proposal, cast.oxford).engagement


def status_of(engagement) -> str:
    mou = Mou.objects.filter(pk=engagement.pk).first()
    return mou.status if mou else ""


def mails(event: str) -> list[str]:
    return list(Message.objects.filter(event=event).order_by("pk").values_list("to", flat=True))


def refusal_of(engagement, which, by=None, **given) -> str:
    with pytest.raises(ValidationError) as refused:
        moved(engagement, which, by, **given)
    return " ".join(refused.value.messages)


ENDS = {
    (start, which): MOVES[which].to[0]
    for which in MouMove
    for start in MOVES[which].starts
    if not {Who.SYSTEM, Who.CONTACT}.intersection(MOVES[which].who)
}


def test_every_status_has_a_row_and_every_move_leads_to_one():
    assert set(STATUSES) == {"", *Status.values}
    assert set(MOVES) == set(MouMove)
    assert {end for info in MOVES.values() for end in info.to} == set(Status.values)


@pytest.mark.parametrize("start", ["", *Status.values])
def test_from_each_status_the_moves_of_the_table_and_no_other(start, engagement):
    mou_at(engagement, start)

    for which in MouMove:
        if (start, which) not in ENDS:
            assert refusal_of(engagement, which)

    assert status_of(engagement) == start


@pytest.mark.parametrize(("start", "which"), ENDS, ids=lambda value: str(value) or "begin")
def test_each_move_leads_where_the_table_says(start, which, engagement):
    mou_at(engagement, start)
    if which == MouMove.SIGN:
        ready_to_sign(engagement, start_on=day(0), end_on=day(365))

    entry = moved(engagement, which)

    assert status_of(engagement) == ENDS[start, which] == entry.to_status
    assert (entry.from_status, entry.move) == (start, which)


def test_one_that_runs_out_is_let_end_once_and_its_proposers_hear(engagement, cast):
    mou_at(engagement, Status.EXPIRING)
    Message.objects.all().delete()

    moved(engagement, MouMove.LET_END, words="The need is met.")

    assert mails("mou_moved") == [cast.proposer.email]
    assert "will not be renewed" in Message.objects.get(event="mou_moved").body
    assert mails("mou_turn") == []
    assert refusal_of(engagement, MouMove.LET_END, words="Again.") == (
        "It ends with its time already."
    )


def test_a_text_the_university_agreed_to_is_agreed_once_the_partner_agrees(engagement):
    mou_at(engagement, Status.WITH_UNIVERSITY)
    versioned(engagement)
    assert "has not agreed to version 2" in refusal_of(engagement, MouMove.CLEAR)

    moved(engagement, MouMove.PASS_TO_PARTNER)
    moved(engagement, MouMove.AGREE)

    assert status_of(engagement) == Status.AGREED_TEXT


def test_nothing_is_passed_on_without_its_text(engagement):
    moved(engagement, MouMove.DRAFT)

    for which in (MouMove.SEND_TO_PARTNER, MouMove.SEND_TO_UNIVERSITY):
        assert refusal_of(engagement, which) == "Add the text as a version first."


def test_it_is_signed_by_both_sides_with_its_dates(engagement):
    mou_at(engagement, Status.AGREED_TEXT)

    assert refusal_of(engagement, MouMove.SIGN) == (
        "Say from when until when it holds. Name who signs for Miami University."
        " Name who signs for The partner."
    )


@pytest.mark.parametrize(
    ("which", "start", "given", "wrong"),
    [
        (MouMove.NOT_NEEDED, "", {"words": " "}, "words"),
        (MouMove.SEND_TO_PARTNER, Status.DRAFTING, {"due_on": None}, "due_on"),
        (MouMove.SEND_TO_PARTNER, Status.DRAFTING, {"words": "x" * 601}, "words"),
        (MouMove.SEND_TO_PARTNER, Status.DRAFTING, {"due_on": day(-1)}, "due_on"),
        (MouMove.AGREE, Status.WITH_PARTNER, {"channel": ""}, "channel"),
        (MouMove.AGREE, Status.WITH_PARTNER, {"contact": None}, "contact"),
        (MouMove.AGREE, Status.WITH_PARTNER, {"heard_on": day(2)}, "heard_on"),
        (MouMove.ASK_CHANGES, Status.WITH_PARTNER, {"words": ""}, "words"),
        (MouMove.TERMINATE, Status.ACTIVE, {"ended_on": day(2)}, "ended_on"),
        (MouMove.TERMINATE, Status.ACTIVE, {"words": "x" * 2001}, "words"),
    ],
)
def test_what_a_move_needs_is_asked_for_at_its_input(which, start, given, wrong, engagement):
    mou_at(engagement, start)

    with pytest.raises(ValidationError) as refused:
        moved(engagement, which, **given)

    assert set(refused.value.error_dict) == {wrong}
    assert status_of(engagement) == start


def test_a_contact_of_another_organization_said_nothing_about_it(engagement, cast):
    other = make_submitted(
        answers=answers_naming(org_name="Kestrel Mutual", contact_email="kim@kestrel.example")
    )
    mou_at(engagement, Status.WITH_PARTNER)

    stranger = other.engagements.get().contact
    assert "not known" in refusal_of(engagement, MouMove.AGREE, contact=stranger)


@pytest.mark.parametrize(
    "who", ["proposer", "regionals", "committee", "committee_chair", "deans", "chair", "auditor"]
)
def test_nobody_but_staff_of_its_unit_moves_it(who, engagement, cast):
    with_text(engagement)

    with pytest.raises(ValidationError, match="Staff of Oxford"):
        moved(engagement, MouMove.SEND_TO_PARTNER, getattr(cast, who))

    assert status_of(engagement) == Status.DRAFTING


def test_what_happened_meanwhile_is_not_overwritten(engagement, cast):
    mou_at(engagement, Status.DRAFTING)
    seen = MouEntry.objects.first().pk
    versioned(engagement)

    with pytest.raises(ValidationError, match="in the meantime"):
        moving.move(
            engagement=engagement,
            move=MouMove.SEND_TO_UNIVERSITY,
            by=cast.oxford,
            given=Given(),
            seen=seen,
        )


def test_the_partner_is_asked_and_may_read_the_newest_version(engagement):
    with_text(engagement)
    moved(engagement, MouMove.SEND_TO_PARTNER, words="Read § 4.", due_on=day(10))

    asked = ask_of(engagement)
    mou = Mou.objects.get()
    assert (asked.words, asked.due_on, asked.state) == ("Read § 4.", day(10), "requested")
    assert (mou.version.is_for_partner, mou.due_on) == (True, day(10))
    assert mails("partner_asked") == ["pat@tallgrass.example"]


def test_the_contact_agrees_and_staff_and_proposers_are_told(engagement, cast):
    mou_at(engagement, Status.WITH_PARTNER)
    Message.objects.all().delete()

    entry = moving.answer(asked=ask_of(engagement), move=MouMove.AGREE)

    assert (entry.by, entry.contact.email) == (None, "pat@tallgrass.example")
    assert (status_of(engagement), ask_of(engagement).state) == ("with_university", "answered")
    assert mails("mou_moved") == [cast.proposer.email]
    assert mails("mou_turn") == [cast.oxford.email]


def test_an_answer_is_given_once(engagement):
    mou_at(engagement, Status.WITH_PARTNER)
    asked = ask_of(engagement)
    moving.answer(asked=asked, move=MouMove.AGREE)

    with pytest.raises(ValidationError, match="settled in the meantime: Answered"):
        moving.answer(asked=asked, move=MouMove.ASK_CHANGES, given=Given(words="No."))


def test_a_contact_makes_no_move_of_staff(engagement):
    mou_at(engagement, Status.WITH_PARTNER)

    with pytest.raises(ValidationError, match="not yours"):
        moving.answer(asked=ask_of(engagement), move=MouMove.REDRAFT, given=Given(words="x"))


def test_nobody_is_mailed_of_their_own_move(engagement, cast):
    Message.objects.all().delete()
    mou_at(engagement, Status.TEMPLATE_REQUESTED)

    assert (mails("mou_moved"), mails("mou_turn")) == ([cast.proposer.email], [])


def test_taken_back_within_its_grace_it_stands_where_it_stood(engagement, cast):
    with_text(engagement)
    entry = moved(engagement, MouMove.SEND_TO_PARTNER)

    moving.undo(entry=entry, by=cast.oxford)

    assert (status_of(engagement), Mou.objects.get().due_on) == (Status.DRAFTING, None)
    assert ask_of(engagement).state == "taken_back"
    waiting = Message.objects.filter(state__in=Message.WAITING)
    assert not waiting.filter(event="partner_asked").exists()
    assert not waiting.filter(cause=f"mou_entry:{entry.pk}").exists()


@pytest.mark.parametrize(
    ("later", "who", "words"),
    [(400, "oxford", "Its mails have left"), (0, "regionals", "or the lead takes it back")],
)
def test_it_is_not_taken_back_late_or_by_another(later, who, words, engagement, cast):
    with_text(engagement)
    entry = moved(engagement, MouMove.SEND_TO_UNIVERSITY)

    with pytest.raises(ValidationError, match=words):
        moving.undo(
            entry=entry, by=getattr(cast, who), at=timezone.now() + timedelta(seconds=later)
        )


def test_what_the_partner_was_told_is_settled_stays_so(engagement, cast):
    mou_at(engagement, Status.WITH_PARTNER)
    entry = moved(engagement, MouMove.AGREE)

    with pytest.raises(ValidationError, match="with a reason"):
        moving.undo(entry=entry, by=cast.oxford)


def test_only_the_newest_move_is_taken_back(engagement, cast):
    with_text(engagement)
    entry = moved(engagement, MouMove.SEND_TO_UNIVERSITY)
    versioned(engagement)

    with pytest.raises(ValidationError, match="Something happened since"):
        moving.undo(entry=entry, by=cast.oxford)


def test_its_history_is_written_once(engagement):
    entry = moved(engagement, MouMove.DRAFT)
    for write in (lambda: MouEntry.objects.update(words="No"), entry.delete):
        with pytest.raises(InternalError), transaction.atomic():
            write()


def test_the_mail_to_staff_names_no_day_that_was_the_partners(engagement):
    mou_at(engagement, Status.WITH_PARTNER)
    Message.objects.all().delete()

    moving.answer(asked=ask_of(engagement), move=MouMove.AGREE)

    assert "\nBy: " not in Message.objects.get(event="mou_turn").body


def test_the_mail_to_staff_names_the_day_that_the_move_sets(engagement, cast):
    with_text(engagement)
    Message.objects.all().delete()

    moved(engagement, MouMove.SEND_TO_UNIVERSITY, cast.lead, due_on=day(9))

    told = Message.objects.get(event="mou_turn", to=cast.oxford.email).body
    assert f"\nBy: {day(9):%A, {day(9).day} %B %Y}\n" in told
