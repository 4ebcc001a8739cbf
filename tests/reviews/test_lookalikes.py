"""The desk's side panel: look-alikes of every stage, and what staff say of a pair."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from proposals.models import Pair, Proposal, Stage
from reviews.lookalikes import judge_pair, kin_of, take_back_verdict
from tests.factories import make_at, make_cast, make_draft, make_submitted

pytestmark = pytest.mark.django_db
RELATED, DIFFERENT = Pair.Verdict.RELATED, Pair.Verdict.DIFFERENT


def page_of(proposal: Proposal) -> str:
    return reverse("admin:reviews_triageitem_change", args=[proposal.pk])


def answer_of(proposal: Proposal) -> str:
    return reverse("admin:reviews_triageitem_lookalikes", args=[proposal.pk])


def suggested(proposal: Proposal) -> list[str]:
    answers = proposal.revisions.last().answers
    return [each.reference for each in kin_of(proposal, answers).found]


@pytest.fixture
def pair(cast) -> tuple[Proposal, Proposal]:
    """Two in triage that look alike; the second is the other proposer's."""
    mine = make_at(Stage.TRIAGE, working_title="Beekeeping on Roofs")
    theirs = make_at(Stage.TRIAGE, owner=cast.other_proposer, working_title="Roof Beekeepers")
    return mine, theirs


def test_the_panel_shows_look_alikes_of_every_stage_with_how_alike_they_are(client, oxford, pair):
    mine, theirs = pair
    gone = make_at(Stage.DECLINED, owner=theirs.submitter, working_title="Beekeeping for Roofs")
    draft = make_draft(theirs.submitter, working_title="Beekeeping on Roofs")
    client.force_login(oxford)

    page = client.get(page_of(mine))

    found = [each.reference for each in page.context["kin"].found]
    assert set(found) == {theirs.reference, gone.reference}
    assert draft.reference not in page.text
    assert "Nearly the same:" in page.text and "Not moving forward" in page.text


def test_not_a_duplicate_is_remembered_from_either_side_and_can_be_taken_back(oxford, pair):
    mine, theirs = pair
    assert (suggested(mine), suggested(theirs)) == ([theirs.reference], [mine.reference])

    said = judge_pair(proposal=mine, other=theirs, verdict=DIFFERENT, by=oxford)
    assert (suggested(mine), suggested(theirs)) == ([], [])

    take_back_verdict(proposal=theirs, pair=said, by=oxford)
    assert (suggested(mine), suggested(theirs)) == ([theirs.reference], [mine.reference])
    assert Pair.objects.get().ended_by == oxford


def test_a_link_stands_on_both_pages_with_its_note(client, oxford, pair):
    mine, theirs = pair
    client.force_login(oxford)
    typed = {"action": "related", "other": theirs.pk, "note": "Same roofs, other learners."}

    assert client.post(answer_of(mine), typed).status_code == 302

    for proposal, other in ((mine, theirs), (theirs, mine)):
        page = client.get(page_of(proposal))
        assert page.context["kin"].found == []
        assert f'data-ref="{other.reference}" data-verdict="related"' in page.text
        assert "Same roofs, other learners." in page.text


def test_the_same_answer_twice_is_one_and_another_is_refused(oxford, pair):
    mine, theirs = pair
    first = judge_pair(proposal=mine, other=theirs, verdict=RELATED, by=oxford)
    assert judge_pair(proposal=theirs, other=mine, verdict=RELATED, by=oxford) == first
    with pytest.raises(ValidationError, match="answered this pair already"):
        judge_pair(proposal=mine, other=theirs, verdict=DIFFERENT, by=oxford)


@pytest.mark.parametrize(
    "role", ["proposer", "regionals", "committee_chair", "deans", "chair", "auditor"]
)
def test_only_staff_of_its_unit_answer(client, cast, pair, role):
    mine, theirs = pair
    client.force_login(getattr(cast, role))
    client.post(answer_of(mine), {"action": "related", "other": theirs.pk})
    assert not Pair.objects.exists()


@pytest.mark.parametrize("role", ["committee_chair", "deans"])
def test_reviewers_do_not_see_the_panel(client, cast, role):
    proposal = make_at(Stage.CAD_CONSENT)
    make_submitted(cast.other_proposer)
    client.force_login(getattr(cast, role))
    page = client.get(page_of(proposal))
    assert page.status_code == 200
    assert "Look-alikes" not in page.text
    assert client.post(answer_of(proposal), {"action": "checked"}).status_code == 404


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"action": "related"},
        {"action": "related", "other": "x"},
        {"action": "related", "other": "99999999"},
        {"action": "take_back", "pair": "99999999"},
        {"action": "destroy", "other": "1"},
    ],
)
def test_nonsense_is_refused_in_words(client, oxford, pair, typed):
    client.force_login(oxford)
    answer = client.post(answer_of(pair[0]), typed)
    assert answer.status_code == 422
    assert "Choose a proposal from this panel." in answer.text


def test_a_note_too_long_is_kept_and_said(client, oxford, pair):
    mine, theirs = pair
    client.force_login(oxford)
    typed = {"action": "related", "other": theirs.pk, "note": "x" * 501}
    answer = client.post(answer_of(mine), typed)
    assert (answer.status_code, "x" * 501 in answer.text) == (422, True)
    assert "The note was not saved" in answer.text


def test_itself_and_a_draft_are_no_pair(oxford, pair, proposer):
    for other in (pair[0], make_draft(proposer)):
        with pytest.raises(ValidationError, match="no submitted proposal"):
            judge_pair(proposal=pair[0], other=other, verdict=RELATED, by=oxford)


def test_answering_ticks_nothing_but_the_button_does(client, oxford, pair):
    mine, theirs = pair
    client.force_login(oxford)
    client.post(answer_of(mine), {"action": "different", "other": theirs.pk})
    assert not Proposal.objects.get(pk=mine.pk).is_duplicate_checked

    client.post(answer_of(mine), {"action": "checked"})
    assert Proposal.objects.get(pk=mine.pk).is_duplicate_checked
    assert "check for duplicates done" not in client.get(page_of(mine)).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_panel_takes_two_statements_for_any_number(oxford, count, django_assert_num_queries):
    mine = make_at(Stage.TRIAGE, working_title="Beekeeping on Roofs")
    gus = make_cast().other_proposer
    for _n in range(count):
        make_submitted(gus, working_title="Beekeeping on Roofs")
        linked = make_submitted(gus, working_title="Beekeeping on Roofs")
        judge_pair(proposal=mine, other=linked, verdict=RELATED, by=oxford)
    answers = mine.revisions.last().answers

    with django_assert_num_queries(2):
        kin = kin_of(mine, answers)

    assert (len(kin.found), len(kin.pairs)) == (count, count)
