"""Before the committee: as many partners endorse it as staff have set."""

import pytest

from partners.models import Share
from proposals.models import Proposal, Stage
from reviews import endorsements as telling
from reviews import policies
from reviews.guards import Guard, GuardState
from reviews.permits import parties_of
from reviews.plans import Given, build_plan
from reviews.policy_effects import effects_of
from reviews.workflow import LIMITS, Move
from tests.factories import given_for, make_at, make_cast
from tests.partners.endorsing import asked_of, other_contact, recorded, signed
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db


def guards_of(proposal: Proposal) -> list[Guard]:
    given = Given(**given_for(Move.SEND_TO_COMMITTEE))
    plan = build_plan(
        proposals=[proposal], move=Move.SEND_TO_COMMITTEE, actor=make_cast().oxford, given=given
    )
    [row] = plan.items
    return [each for each in row.guards if "artner" in each.label]


def guard_of(proposal: Proposal) -> Guard:
    [found] = guards_of(proposal)
    return found


@pytest.fixture
def share() -> Share:
    return share_it(summarized(make_at(Stage.READINESS)), make_cast().oxford)


def needs(number: int) -> None:
    setting = policies.setting_of("limits")
    assert setting
    policies.set_policy(
        setting=setting,
        value=policies.value_of(setting) | {"endorsements": number},
        why="Partners first.",
        by=make_cast().lead,
    )
    policies.refresh()


def test_none_is_asked_for_as_it_comes(share):
    assert LIMITS["endorsements"] == 0
    assert guards_of(share.engagement.proposal) == []


def test_the_move_waits_until_enough_contacts_have_signed(share):
    proposal = share.engagement.proposal
    needs(2)
    signed(asked_of(share))
    unmet = guard_of(proposal)
    assert (unmet.label, unmet.state, unmet.fix_url) == (
        "Partners endorse it: 1 of 2 endorsements",
        GuardState.UNMET,
        f"/admin/reviews/triageitem/{proposal.pk}/endorsements/",
    )
    signed(asked_of(share, other_contact(share)))
    assert guard_of(proposal).state == GuardState.MET


def test_who_signed_twice_counts_once(share):
    needs(2)
    signed(asked_of(share))
    signed(asked_of(share))
    assert guard_of(share.engagement.proposal).state == GuardState.UNMET


def test_a_record_counts_until_its_contact_objects(share):
    needs(1)
    found = recorded(share.engagement, share.contact)
    assert guard_of(share.engagement.proposal).state == GuardState.MET
    telling.object_to(recorded=found.asked.on_behalf, words="I did not.")
    assert guard_of(share.engagement.proposal).state == GuardState.UNMET


def test_a_partner_that_left_the_form_endorses_nothing(share):
    signed(asked_of(share))
    share.engagement.proposal.named_partners.update(dropped_at=share.since)
    parties = parties_of([share.engagement.proposal_id])[share.engagement.proposal_id]
    assert parties.endorsed_by == 0


def test_where_no_partner_is_named_none_is_needed(share):
    needs(1)
    share.engagement.proposal.named_partners.update(dropped_at=share.since)
    assert guard_of(share.engagement.proposal) == Guard(
        "No partner is named who could endorse it", GuardState.MET
    )


def test_before_it_is_set_the_page_says_whom_it_stops(share):
    setting = policies.setting_of("limits")
    [effect] = effects_of(setting, policies.value_of(setting) | {"endorsements": 1})
    assert effect.proposals == [share.engagement.proposal]
    assert effect.words.startswith("1 proposal at its final checks has fewer")
