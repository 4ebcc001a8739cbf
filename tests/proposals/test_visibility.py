"""Who sees which proposal: the table of design.md §3.1, written down a second time."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from proposals.models import Participant, Proposal, Stage
from proposals.services import accept_invitation
from reviews.draft_looks import ask_to_look, close_look
from reviews.workflow import Move
from tests.factories import do_move, make_at, make_draft, make_submitted, whole_answers

pytestmark = pytest.mark.django_db

REACHED_DEANS = {
    Stage.CAD_CONSENT,
    Stage.APPROVED,
    Stage.DEVELOPMENT,
    Stage.ACTIVE,
    Stage.RENEWAL_REVIEW,
    Stage.SUSPENDED,
    Stage.CANCELLED,
    Stage.RETIRED,
}
REACHED_COMMITTEE = {Stage.APC_REVIEW} | REACHED_DEANS
SUBMITTED = set(Stage) - {Stage.DRAFT}
SEES: dict[str, set[Stage]] = {
    "proposer": set(Stage),
    "other_proposer": set(),
    "oxford": SUBMITTED,
    "regionals": SUBMITTED,
    "lead": SUBMITTED,
    "committee": REACHED_COMMITTEE,
    "committee_chair": REACHED_COMMITTEE,
    "deans": REACHED_DEANS,
    "chair": set(),  # the proposer says that the chair does not know yet
    "auditor": SUBMITTED,
    "admin_user": set(Stage),
}
CHAIR_KNOWS = {"chair_informed": "yes", "chair_name": "C Head", "chair_email": "head@miami.example"}


def sees(user, proposal) -> bool:
    return Proposal.objects.visible_to(user).filter(pk=proposal.pk).exists()


def take_part(user, proposal, capacity) -> None:
    Participant.objects.create(
        proposal=proposal, user=user, capacity=capacity, since=timezone.now()
    )


@pytest.mark.parametrize("stage", list(Stage))
def test_each_role_sees_a_proposal_at_the_stages_of_its_line(stage, cast, client):
    proposal = make_at(stage, owner=cast.proposer)
    page = reverse("proposals:proposal_detail", args=[proposal.reference])
    wrong = []
    for role, stages in SEES.items():
        user = getattr(cast, role)
        client.force_login(user)
        found = (sees(user, proposal), client.get(page).status_code)
        if found != ((True, 200) if stage in stages else (False, 404)):
            wrong.append((role, found))

    assert wrong == []


@pytest.mark.parametrize("informed", ["yes", "i_am_the_chair"])
def test_a_chair_sees_their_department_once_submitted_and_told(cast, informed):
    about = whole_answers()["about"] | CHAIR_KNOWS | {"chair_informed": informed}
    draft = make_draft(cast.proposer, answers={"about": about})
    submitted = make_submitted(cast.proposer, answers={"about": about})

    assert not sees(cast.chair, draft)
    assert sees(cast.chair, submitted)


@pytest.mark.parametrize(
    ("capacity", "sees_draft", "sees_submitted"),
    [
        ("editor", True, True),
        ("viewer", True, True),
        ("chair", False, True),
        ("designer", False, True),
        ("analyst", False, True),
        ("reviewer", False, True),
        ("recused", False, False),
    ],
)
def test_a_participant_sees_what_their_capacity_names(cast, capacity, sees_draft, sees_submitted):
    draft, submitted = make_draft(cast.proposer), make_submitted(cast.proposer)
    take_part(cast.other_proposer, draft, capacity)
    take_part(cast.other_proposer, submitted, capacity)

    assert sees(cast.other_proposer, draft) is sees_draft
    assert sees(cast.other_proposer, submitted) is sees_submitted


def test_a_recused_member_of_the_committee_does_not_see_it(cast):
    proposal = make_at(Stage.APC_REVIEW)
    take_part(cast.committee, proposal, "recused")

    assert not sees(cast.committee, proposal)
    assert sees(cast.committee_chair, proposal)


def test_a_closed_account_and_an_ended_role_see_nothing(cast):
    proposal = make_submitted(cast.proposer)
    yesterday = timezone.localdate() - timedelta(days=1)
    cast.oxford.roles.update(ends_on=yesterday)
    cast.lead.is_active = False

    assert not sees(cast.oxford, proposal)
    assert not sees(cast.lead, proposal)


def test_a_proposal_taken_back_is_its_proposers_alone(cast):
    proposal = make_submitted(cast.proposer)
    assert sees(cast.oxford, proposal)

    do_move(proposal, Move.TAKE_BACK, cast.proposer)

    assert not sees(cast.oxford, proposal)
    assert sees(cast.proposer, proposal)


def test_a_draft_is_open_to_elearning_only_while_its_owner_asks_them_to_look(cast):
    """The admin's superuser sees everything; nobody else but eLearning is let in."""
    draft = make_draft(cast.proposer)
    ask_to_look(proposal=draft, by=cast.proposer, question="Is it one?")
    let_in = {role for role in SEES if sees(getattr(cast, role), draft)}

    close_look(proposal=draft, by=cast.proposer)

    assert let_in == {"proposer", "oxford", "regionals", "lead", "admin_user"}
    assert {role for role in SEES if sees(getattr(cast, role), draft)} == {"proposer", "admin_user"}


def test_who_is_invited_sees_nothing_before_they_accept(cast, client):
    draft = make_draft(
        cast.proposer, co_proposers=[{"name": "Gus", "email": cast.other_proposer.email}]
    )
    client.force_login(cast.other_proposer)
    page = reverse("proposals:proposal_detail", args=[draft.reference])
    assert not sees(cast.other_proposer, draft)
    assert client.get(page).status_code == 404

    accept_invitation(proposal=draft, user=cast.other_proposer)

    assert client.get(page).status_code == 200
