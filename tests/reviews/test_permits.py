"""Every stage × move × role: design.md §3.1 and the stage table, written down a second time."""

from dataclasses import fields

import pytest

from proposals.models import Participant, Proposal, Stage
from reviews.permits import People, parties_of, permit
from reviews.workflow import MOVES, Move
from tests.factories import (
    Cast,
    make_draft,
    make_person,
    make_submitted,
    make_unit,
    send,
    take_part,
)

pytestmark = pytest.mark.django_db

STAFF = {"oxford", "lead", "admin_user"}
LEAD = {"lead", "admin_user"}
OWNER = {"proposer"}
COMMITTEE_CHAIR = {"committee_chair"}
DEANS = {"deans"}
ROLES = [field.name for field in fields(Cast)]
# Who makes it, from which stages.
MAY = [
    ("submit", OWNER, "draft"),
    ("take_back", OWNER, "submitted"),
    ("start_triage", STAFF, "submitted"),
    ("consult", STAFF, "triage"),
    ("open_full_proposal", STAFF, "consultation"),
    ("submit_full_proposal", OWNER, "full_proposal"),
    ("send_to_committee", STAFF, "readiness"),
    ("recommend", COMMITTEE_CHAIR, "apc_review"),
    ("recommend_with_conditions", COMMITTEE_CHAIR, "apc_review"),
    ("defer", COMMITTEE_CHAIR, "apc_review"),
    ("consent", DEANS, "cad_consent"),
    ("pull", DEANS, "cad_consent"),
    ("withdraw", STAFF, "cad_consent approved development"),  # when its owner asks
    ("start_development", STAFF, "approved"),
    ("launch", LEAD, "development"),
    ("cancel", LEAD, "approved development"),
    ("suspend", STAFF, "active"),
    ("reactivate", STAFF, "suspended"),
    ("open_renewal", STAFF, "active"),
    ("renew", STAFF, "renewal_review"),
    ("retire", STAFF, "active suspended renewal_review"),
    ("return", STAFF, "triage consultation readiness"),
    ("return", COMMITTEE_CHAIR, "apc_review"),
    ("return", DEANS, "cad_consent"),
    ("resubmit", OWNER, "returned"),
    (
        "hold",
        STAFF,
        "submitted triage consultation full_proposal readiness apc_review cad_consent returned"
        " approved development",
    ),
    ("resume", STAFF, "on_hold"),
    ("decline", STAFF, "triage consultation readiness"),
    ("decline", COMMITTEE_CHAIR, "apc_review"),
    ("decline", DEANS, "cad_consent"),
    ("redirect", STAFF, "triage"),
    ("merge", STAFF, "triage"),
    (
        "withdraw",
        OWNER | STAFF,
        "submitted triage consultation full_proposal readiness apc_review returned on_hold",
    ),
    ("reopen", LEAD, "declined redirected cancelled withdrawn approved"),
    ("reopen", STAFF, "merged"),
    (
        "put_back",
        LEAD,
        "consultation full_proposal readiness apc_review cad_consent development",
    ),
]
ALLOWED: dict[tuple[str, str], set[str]] = {
    (stage, move): roles for move, roles, stages in MAY for stage in stages.split()
}
# eLearning staff who may not meet the button all the same, and read who can.
CLOSED_TO = {frozenset(STAFF): {"regionals"}, frozenset(LEAD): {"oxford", "regionals"}}
CLOSED_TO[frozenset(OWNER | STAFF)] = {"regionals"}


@pytest.mark.parametrize("stage", list(Stage))
def test_every_move_and_role(stage, cast):
    proposal = Proposal(submitter=cast.proposer, unit=make_unit("Oxford"), stage=stage)
    people, involved = People(), {cast.proposer.pk}

    for move in Move:
        roles = ALLOWED.get((stage.value, move.value), set())
        closed = CLOSED_TO.get(frozenset(roles), set())
        for role in ROLES:
            met = permit(getattr(cast, role), move, proposal, involved=involved, people=people)
            assert (met.shown, met.allowed, bool(met.why_not)) == (
                role in roles | closed,
                role in roles,
                role in closed,
            ), (move, role)


def test_the_table_knows_no_move_that_is_not_written_here():
    in_table = {(stage.value, key.value) for key in Move for stage in MOVES[key].from_stages}
    assert in_table == set(ALLOWED)


def test_only_opening_a_renewal_is_the_systems():
    proposal = make_submitted()
    proposal.stage = Stage.ACTIVE
    allowed = [move for move in Move if permit(None, move, proposal, involved=set()).allowed]
    assert allowed == [Move.OPEN_RENEWAL]


def test_without_a_unit_it_is_every_units(cast):
    proposal = make_submitted()
    proposal.unit = None

    for user in (cast.oxford, cast.regionals):
        assert permit(user, Move.START_TRIAGE, proposal, involved=set()).allowed


def test_who_is_closed_reads_who_can(cast):
    met = permit(cast.regionals, Move.START_TRIAGE, make_submitted(), involved=set())
    assert met.why_not == "Staff of Oxford can move this; ask Ola Oxford."


def test_an_inactive_person_meets_no_button(cast):
    proposal = make_submitted()
    cast.oxford.is_active = False
    assert not permit(cast.oxford, Move.START_TRIAGE, proposal, involved=set()).shown


def test_an_auditor_with_no_other_role_meets_none(cast):
    proposal = make_submitted()
    assert not any(permit(cast.auditor, move, proposal, involved=set()).shown for move in Move)


def test_staff_do_not_move_what_they_own(cast):
    proposal = make_submitted(cast.oxford)
    involved = parties_of([proposal.pk])[proposal.pk].involved(cast.oxford)

    met = permit(cast.oxford, Move.START_TRIAGE, proposal, involved=involved)

    assert (met.shown, met.allowed) == (True, False)
    assert met.why_not == (
        "You take part in this proposal, so somebody else has to decide: Lena Lead."
    )
    assert permit(cast.oxford, Move.WITHDRAW, proposal, involved=involved).allowed


@pytest.mark.parametrize("role", ["oxford", "lead", "admin_user", "committee_chair", "deans"])
def test_nobody_decides_as_a_co_proposer(cast, role):
    user = getattr(cast, role)
    row = {"name": str(user), "email": user.email, "role": ""}
    proposal = make_submitted(co_proposers=[row])
    take_part(proposal, user)
    parties = parties_of([proposal.pk])[proposal.pk]

    assert Participant.objects.filter(proposal=proposal, user=user, capacity="editor").exists()
    assert user.pk in parties.involved()
    for stage, move in [
        (Stage.TRIAGE, Move.DECLINE),
        (Stage.APC_REVIEW, Move.RECOMMEND),
        (Stage.CAD_CONSENT, Move.CONSENT),
    ]:
        proposal.stage = stage
        assert not permit(user, move, proposal, involved=parties.involved(user)).allowed


def test_a_co_proposer_without_a_participant_row_is_involved_by_address(cast):
    proposal = make_draft(co_proposers=[{"name": "New", "email": "new@miami.example"}])
    send(proposal)
    newcomer = make_person("new@miami.example", "New Comer", "lead")

    parties = parties_of([proposal.pk])[proposal.pk]

    assert newcomer.pk in parties.involved(newcomer)
    assert newcomer.pk not in parties.involved()


def test_a_partners_contact_does_not_decide(cast):
    contact = make_person("pat@tallgrass.example", "Pat Doe", "lead")
    proposal = make_submitted()

    involved = parties_of([proposal.pk])[proposal.pk].involved(contact)

    assert contact.pk in involved
    assert not permit(contact, Move.START_TRIAGE, proposal, involved=involved).allowed


def test_a_co_proposer_reads_that_only_the_owner_submits(cast):
    proposal = make_submitted(co_proposers=[{"name": "Gus", "email": cast.other_proposer.email}])
    take_part(proposal, cast.other_proposer)
    involved = parties_of([proposal.pk])[proposal.pk].involved(cast.other_proposer)

    met = permit(cast.other_proposer, Move.TAKE_BACK, proposal, involved=involved)

    assert (met.shown, met.allowed) == (True, False)
    assert met.why_not == "Only Fay Proposer, who owns this proposal, can do this."


def test_a_proposal_falls_to_its_owner_on_the_desk_and_to_its_queue_where_that_is_nobody(cast):
    proposal = make_submitted()
    assert People().at_work_on(proposal) == [cast.oxford]
    proposal.assignee = cast.lead
    assert People().at_work_on(proposal) == [cast.lead]
    cast.lead.is_active = False
    assert People().at_work_on(proposal) == [cast.oxford]


def test_it_falls_to_nobody_who_takes_part_in_it(cast):
    proposal = make_submitted(co_proposers=[{"name": "Ola", "email": cast.oxford.email}])
    parties = parties_of([proposal.pk])[proposal.pk]
    assert People().at_work_on(proposal, parties) == []
