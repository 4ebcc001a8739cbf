"""Department chairs hear of what they may read, the reviewers what became of what they had."""

import pytest

from microcreds.accounts.models import Role
from microcreds.outbox.events import Frequency, Topic
from microcreds.outbox.models import Message
from proposals.models import Participant, Proposal, Stage
from reviews.plans import build_plan
from reviews.workflow import STAGES, Move
from tests.factories import (
    do_move,
    given_for,
    make_at,
    make_cast,
    make_department,
    make_person,
)

pytestmark = pytest.mark.django_db


def known_to_chair(stage: Stage, informed: str = "yes") -> Proposal:
    make_cast()
    proposal = make_at(stage)
    Proposal.objects.filter(pk=proposal.pk).update(
        chair_informed=informed, department=make_department()
    )
    return Proposal.objects.get(pk=proposal.pk)


def told(proposal: Proposal, event: str) -> list[str]:
    mails = Message.objects.filter(about=proposal.reference, event=event)
    return sorted(mails.values_list("to", flat=True))


@pytest.mark.parametrize(
    ("stage", "move", "by"),
    [
        (Stage.CONSULTATION, Move.OPEN_FULL_PROPOSAL, "oxford"),
        (Stage.APC_REVIEW, Move.RECOMMEND_WITH_CONDITIONS, "committee_chair"),
        (Stage.CAD_CONSENT, Move.CONSENT, "deans"),
        (Stage.TRIAGE, Move.DECLINE, "oxford"),
    ],
)
def test_a_chair_who_knows_of_it_hears_of_it(cast, stage, move, by):
    proposal = known_to_chair(stage)
    do_move(proposal, move, getattr(cast, by), **given_for(move))
    assert told(proposal, "chair_told") == [cast.chair.email]


def test_a_chair_is_not_told_that_it_is_their_turn(cast):
    proposal = known_to_chair(Stage.CONSULTATION)
    do_move(proposal, Move.OPEN_FULL_PROPOSAL, cast.oxford)
    body = Message.objects.get(event="chair_told").body
    assert "Its proposers write the full proposal with a designer." in body
    assert "your turn" not in body


def test_no_stage_speaks_to_a_reader_as_if_they_proposed_it():
    for info in STAGES.values():
        said = str(info.others_text or info.proposer_text).lower()
        assert info.key == Stage.DRAFT or "you" not in said


def test_it_waits_for_a_daily_digest_where_the_chair_chose_nothing(cast):
    proposal = known_to_chair(Stage.CAD_CONSENT)
    do_move(proposal, Move.CONSENT, cast.deans)
    mail = Message.objects.get(event="chair_told")
    assert (mail.state, mail.kind) == (Message.State.GATHERED, "fyi")


@pytest.mark.parametrize("informed", ["not_yet", ""])
def test_a_chair_who_is_not_to_know_yet_hears_nothing_and_the_plan_says_so(cast, informed):
    proposal = known_to_chair(Stage.CONSULTATION, informed)
    plan = build_plan(proposals=[proposal], move=Move.OPEN_FULL_PROPOSAL, actor=cast.oxford)
    [unheard] = [each for each in plan.items[0].letters.not_told if each.who == str(cast.chair)]
    assert unheard.why == "The proposers do not say that the chair knows of it."
    do_move(proposal, Move.OPEN_FULL_PROPOSAL, cast.oxford)
    assert told(proposal, "chair_told") == []


def test_the_chair_of_another_department_hears_nothing(cast):
    other = make_department("Botany")
    make_person("head@miami.example", "Bo Head", Role.Kind.CHAIR, department=other)
    proposal = known_to_chair(Stage.CONSULTATION)
    do_move(proposal, Move.OPEN_FULL_PROPOSAL, cast.oxford)
    assert told(proposal, "chair_told") == [cast.chair.email]


def test_whom_the_proposers_named_to_be_kept_informed_hears_of_it_with_the_chair(cast):
    named = make_person("boss@miami.example", "Bo Boss")
    proposal = known_to_chair(Stage.TRIAGE)
    Participant.objects.create(
        proposal=proposal,
        user=named,
        capacity=Participant.Capacity.CHAIR,
        since=proposal.stage_since,
    )
    do_move(proposal, Move.DECLINE, cast.oxford, **given_for(Move.DECLINE))
    assert told(proposal, "chair_told") == sorted([named.email, cast.chair.email])
    body = Message.objects.get(event="chair_told", to=named.email).body
    assert f"/proposals/{proposal.reference}/" in body


def test_a_chairs_mail_says_nothing_of_reasons_needs_or_partners(cast):
    proposal = known_to_chair(Stage.TRIAGE)
    given = given_for(Move.DECLINE) | {"message": "CANARY-WHY", "note": "CANARY-NOTE"}
    do_move(proposal, Move.DECLINE, cast.oxford, **given)
    assert "CANARY" not in Message.objects.get(event="chair_told").body


def test_committee_and_deans_read_what_was_decided_but_whoever_decided_it(cast):
    proposal = known_to_chair(Stage.CAD_CONSENT)
    before = told(proposal, "review_record")
    do_move(proposal, Move.CONSENT, cast.deans)
    reviewers = [cast.committee.email, cast.committee_chair.email]
    assert before == [cast.committee.email]  # whose chair recommended it
    assert told(proposal, "review_record") == sorted([*before, *reviewers])


def test_what_never_came_before_the_committee_is_no_record_of_theirs(cast):
    proposal = known_to_chair(Stage.TRIAGE)
    do_move(proposal, Move.DECLINE, cast.oxford, **given_for(Move.DECLINE))
    assert told(proposal, "review_record") == []


def test_chairs_alone_choose_how_often_their_department_is_told_of(client, cast):
    for person, is_asked in ((cast.chair, True), (cast.proposer, False)):
        client.force_login(person)
        page = client.get("/mail/preferences/")
        assert (Topic.DEPARTMENT.value in page.context["form"].fields) == is_asked
    client.force_login(cast.chair)
    form = client.get("/mail/preferences/").context["form"]
    given = {name: field.initial for name, field in form.fields.items()}
    assert (
        client.post("/mail/preferences/", given | {"department": Frequency.OFF}).status_code == 302
    )
    proposal = known_to_chair(Stage.CAD_CONSENT)
    do_move(proposal, Move.CONSENT, cast.deans)
    assert Message.objects.get(event="chair_told").state == Message.State.SUPPRESSED
