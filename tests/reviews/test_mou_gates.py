"""The gates of a proposal with a partner: its memorandum is agreed, then signed, or not needed."""

import pgtrigger
import pytest
from django.db import transaction

from partners.models import Engagement
from proposals.models import Proposal, Stage
from reviews.guards import GuardState
from reviews.mou.table import Status
from reviews.plans import Given, build_plan
from reviews.workflow import Move
from tests.factories import Cast, given_for, make_at
from tests.partners.memoranda import mou_at
from tests.partners.sharing import answers_naming

pytestmark = pytest.mark.django_db
OPEN_AT = {
    Move.SEND_TO_COMMITTEE: {"not_needed", "agreed_text", "signed", "active", "expiring"},
    Move.START_DEVELOPMENT: {"not_needed", "signed", "active", "expiring"},
}


def guard_of(proposal: Proposal, which: Move, cast: Cast):
    plan = build_plan(
        proposals=[proposal], move=which, actor=cast.oxford, given=Given(**given_for(which))
    )
    [item] = plan.items
    return next(each for each in item.guards if "emorandum" in each.label), item


@pytest.mark.parametrize("which", OPEN_AT)
def test_a_gate_opens_at_what_the_table_says(which, cast):
    proposal = make_at(Stage.READINESS)
    engagement = new_engagement(proposal)
    states = {}

    for status in ("", *Status.values):
        with transaction.atomic():
            mou_at(Engagement.objects.get(pk=engagement.pk), status)
            guard, _item = guard_of(Proposal.objects.get(pk=proposal.pk), which, cast)
            states[status] = guard.state == GuardState.MET
            transaction.set_rollback(True)

    assert states == {status: status in OPEN_AT[which] for status in states}


def new_engagement(proposal: Proposal):
    """Its one engagement as if nothing had been said of its memorandum."""
    engagement = proposal.engagements.get()
    forget(engagement)
    return engagement


def forget(engagement) -> None:
    with pgtrigger.ignore("partners.MouEntry:mou_entry_is_written_once"):
        engagement.mou.entries.all().delete()
    engagement.mou.delete()
    engagement.refresh_from_db()


def test_a_closed_gate_names_the_partner_and_leads_to_its_memorandum(cast):
    proposal = make_at(Stage.READINESS)
    engagement = new_engagement(proposal)

    guard, item = guard_of(proposal, Move.SEND_TO_COMMITTEE, cast)

    assert guard.label == (
        "The memorandum of understanding is agreed: Tallgrass Fasteners (Not begun)"
    )
    assert guard.fix_url == f"/admin/partners/mou/{engagement.pk}/change/"
    assert "Not met yet" in item.refusal


def test_each_of_several_partners_counts(cast):
    one = answers_naming()["partners"]["partners"][0]
    two = one | {"org_name": "Kestrel Mutual", "contact_email": "kim@kestrel.example"}
    answers = {"partners": {"partner_status": "yes", "partners": [one, two], "together": []}}
    proposal = make_at(Stage.READINESS, answers=answers)
    forget(proposal.engagements.get(organization__name="Kestrel Mutual"))

    guard, _item = guard_of(proposal, Move.SEND_TO_COMMITTEE, cast)

    assert (guard.state, "Kestrel Mutual" in guard.label, "Tallgrass" in guard.label) == (
        GuardState.UNMET,
        True,
        False,
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_guard_takes_no_statement_of_its_own(cast, count, django_assert_num_queries):
    proposals = [make_at(Stage.READINESS) for _ in range(count)]
    which = Move.SEND_TO_COMMITTEE
    build_plan(proposals=proposals, move=which, actor=cast.oxford)

    with django_assert_num_queries(9):
        build_plan(proposals=proposals, move=which, actor=cast.oxford)
