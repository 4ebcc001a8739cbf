"""Memoranda among the asks: the turn of the university, until it is somebody else's."""

import pytest

from microcreds.accounts.models import User
from partners.leaving import end_engagement, reopen_engagement
from partners.models import Contact, Engagement, Mou
from proposals.models import Proposal, Stage
from reviews.asks import Ask, asks_of, asks_of_contact
from reviews.mou import moving
from reviews.mou.days import tend
from reviews.mou.table import MouMove, Status
from reviews.outside import talk
from reviews.workflow import Move
from tests.factories import Cast, do_move, given_for, make_at
from tests.partners.memoranda import day, mou_at, moved, with_text
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db


def asks(user: User) -> list[Ask]:
    return [each for each in asks_of(user) if each.key.startswith("mou:")]


@pytest.fixture
def engagement(cast: Cast):
    return share_it(summarized(make_at(Stage.CONSULTATION)), cast.oxford).engagement


ASKED = {
    Status.TEMPLATE_REQUESTED: "Get the template for the memorandum with Tallgrass Fasteners",
    Status.DRAFTING: "Write the memorandum with Tallgrass Fasteners and send it on",
    Status.WITH_UNIVERSITY: "Hear what the university's offices say about the memorandum with"
    " Tallgrass Fasteners",
    Status.AGREED_TEXT: "Have the memorandum with Tallgrass Fasteners signed",
}


@pytest.mark.parametrize("status", Status)
def test_a_memorandum_asks_while_it_is_the_universitys(status, engagement, cast):
    mou_at(engagement, status)

    words = [(each.key, each.words) for each in asks(cast.oxford)]

    assert words == ([(f"mou:{engagement.pk}", ASKED[status])] if status in ASKED else [])


def test_a_memorandum_is_asked_by_its_day_on_its_own_page(engagement, cast):
    with_text(engagement)
    moved(engagement, MouMove.SEND_TO_UNIVERSITY, due_on=day(9))

    [found] = asks(cast.oxford)

    assert (found.by_day, found.url) == (day(9), f"/admin/partners/mou/{engagement.pk}/change/")
    assert (found.title, found.is_shared) == (engagement.proposal.working_title, False)


def test_a_memorandum_asks_nothing_once_its_partner_left_or_the_proposal_ended(engagement, cast):
    mou_at(engagement, Status.DRAFTING)
    end_engagement(engagement=engagement, reason="need_changed", by=cast.oxford)
    assert asks(cast.oxford) == []
    reopen_engagement(engagement=engagement, by=cast.oxford)
    assert len(asks(cast.oxford)) == 1

    do_move(engagement.proposal, Move.DECLINE, cast.oxford, **given_for(Move.DECLINE))

    assert asks(cast.oxford) == []


def test_a_memorandum_of_what_nobody_has_is_asked_of_the_unit(engagement, cast):
    mou_at(engagement, Status.DRAFTING)
    Proposal.objects.update(assignee=None)

    assert [each.is_shared for each in asks(cast.oxford)] == [True]
    assert asks(cast.regionals) == []


def runs_out(engagement: Engagement, in_days: int) -> None:
    """It ends so soon, and whoever has to know was told."""
    if not Mou.objects.exists():
        mou_at(engagement, Status.EXPIRING)
    Mou.objects.update(end_on=day(in_days))
    tend()


def ends_of(user: User) -> list[Ask]:
    return [each for each in asks_of(user) if each.kind == "mou_ends"]


def test_one_that_runs_out_is_to_be_renewed_by_its_last_day(engagement, cast):
    runs_out(engagement, 300)

    [found] = ends_of(cast.oxford)

    assert found.words == "Renew the memorandum with Tallgrass Fasteners, or let it end"
    assert (found.by_day, found.url) == (day(300), f"/admin/partners/mou/{engagement.pk}/change/")
    assert ends_of(cast.regionals) == []


def test_one_that_runs_out_asks_no_more_once_its_partner_stands_in_what_renews_it(engagement, cast):
    runs_out(engagement, 300)
    renewal = share_it(summarized(make_at(Stage.CONSULTATION)), cast.oxford).engagement
    assert len(ends_of(cast.oxford)) == 1

    Proposal.objects.filter(pk=renewal.proposal_id).update(renews=engagement.proposal_id)

    assert renewal.organization_id == engagement.organization_id
    assert ends_of(cast.oxford) == []


def test_one_that_staff_let_end_asks_no_more_until_that_is_taken_back(engagement, cast):
    runs_out(engagement, 300)

    entry = moved(engagement, MouMove.LET_END, words="The need is met.")

    assert ends_of(cast.oxford) == []
    moving.undo(entry=entry, by=cast.oxford, at=entry.at)
    assert len(ends_of(cast.oxford)) == 1


def test_a_partner_who_was_told_of_its_end_is_asked_until_they_write(engagement):
    pat = Contact.objects.get(email="pat@tallgrass.example")
    runs_out(engagement, 200)
    assert asks_of_contact(pat) == []

    runs_out(engagement, 170)

    [found] = asks_of_contact(pat)
    assert (found.kind, found.by_day, found.action) == ("mou_ends", day(170), "Write to us")
    assert found.url.endswith(f"/{engagement.proposal.reference}/#messages")

    talk.write_as_contact(engagement=engagement, contact=pat, body="Yes, for three more years.")

    assert asks_of_contact(pat) == []
