"""Who owns a proposal on the desk, and what staff keep of it in the triage panel."""

import pytest
from django.core.exceptions import ValidationError

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.services import assign, save_triage
from tests.factories import make_at, make_draft, make_person, make_submitted, make_unit

pytestmark = pytest.mark.django_db


def test_assigning_tells_the_new_owner_once_each_time_it_becomes_theirs(cast):
    colleague = make_person("otto@miami.example", "Otto", "elearning", unit=make_unit("Oxford"))
    proposals = [make_submitted(), make_submitted()]

    assign(proposals=proposals, to=colleague, by=cast.oxford)
    assign(proposals=proposals, to=colleague, by=cast.oxford)  # a double click
    told = Message.objects.filter(event="assigned")
    once = sorted((proposal.reference, colleague.email) for proposal in proposals)
    assert sorted(told.values_list("about", "to")) == once

    assign(proposals=proposals, to=cast.oxford, by=cast.oxford)
    assign(proposals=proposals, to=colleague, by=cast.oxford)

    assert sorted(told.values_list("about", "to")) == sorted(once * 2)
    assert set(Proposal.objects.values_list("assignee", flat=True)) == {colleague.pk}


def test_it_can_be_nobodys_again(cast):
    proposal = make_at(Stage.TRIAGE)
    assign(proposals=[proposal], to=None, by=cast.oxford)
    proposal.refresh_from_db()
    assert proposal.assignee is None


@pytest.mark.parametrize(
    ("by", "to"),
    [
        ("regionals", "regionals"),
        ("oxford", "regionals"),
        ("oxford", "committee_chair"),
        ("committee_chair", "oxford"),
        ("auditor", "oxford"),
        ("proposer", "oxford"),
    ],
)
def test_only_who_works_on_it_assigns_and_owns_it(cast, by, to):
    proposal = make_submitted()
    with pytest.raises(ValidationError):
        assign(proposals=[proposal], to=getattr(cast, to), by=getattr(cast, by))
    proposal.refresh_from_db()
    assert proposal.assignee is None


def test_one_that_cannot_be_assigned_stops_all(cast):
    mine, drafted = make_submitted(), make_draft()
    with pytest.raises(ValidationError, match="It is a draft"):
        assign(proposals=[mine, drafted], to=cast.oxford, by=cast.oxford)
    mine.refresh_from_db()
    assert mine.assignee is None


def test_triage_writes_its_fields_and_no_others(cast):
    proposal = make_at(Stage.TRIAGE)
    save_triage(proposal=proposal, by=cast.oxford, values={"priority": 1, "fit_tags": "techcred"})
    proposal.refresh_from_db()
    assert (proposal.priority, proposal.fit_tags) == (1, "techcred")
    with pytest.raises(ValueError, match="stage"):
        save_triage(proposal=proposal, by=cast.oxford, values={"stage": "active"})


@pytest.mark.parametrize("role", ["regionals", "committee_chair", "deans", "auditor", "proposer"])
def test_who_does_not_work_on_it_does_no_triage(cast, role):
    proposal = make_at(Stage.TRIAGE)
    with pytest.raises(ValidationError):
        save_triage(proposal=proposal, by=getattr(cast, role), values={"priority": 1})


def test_nobody_does_triage_on_a_draft_or_on_their_own(cast):
    for proposal in (make_draft(), make_submitted(cast.oxford)):
        with pytest.raises(ValidationError):
            save_triage(proposal=proposal, by=cast.oxford, values={"priority": 1})


def test_a_proposal_that_goes_to_another_unit_is_in_its_queue(cast):
    proposal = make_at(Stage.TRIAGE)

    save_triage(proposal=proposal, by=cast.oxford, values={"unit": make_unit("Regionals")})

    proposal.refresh_from_db()
    assert proposal.assignee is None
    assert Message.objects.get(event="unit_changed").user == cast.regionals
