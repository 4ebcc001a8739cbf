"""The self-check: the committee's rubric, a private score, nothing that depends on it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from proposals.interest import PAGES
from proposals.models import Participant, Proposal, Stage
from proposals.services import delete_draft
from reviews.models import SelfCheck
from reviews.rubric import CURRENT, RUBRICS, TOP, next_steps, score
from reviews.self_check import save_self_check, self_check_of
from tests.factories import make_at, make_draft, make_submitted

pytestmark = pytest.mark.django_db
WEAK = {"outcomes": 1, "partner": 0, "need_job": 3}


def url_of(proposal, name="self_check"):
    return reverse(f"proposals:proposal_{name}", args=[proposal.reference])


def test_the_rubric_is_whole_and_versioned():
    assert CURRENT.edition in RUBRICS
    assert sum(each.weight for each in CURRENT.criteria) == 100
    assert [each.key for each in CURRENT.criteria if each.is_critical] == ["outcomes", "assessment"]
    assert len({each.key for each in CURRENT.criteria}) == len(CURRENT.criteria) == 10
    for criterion in CURRENT.criteria:
        assert len(criterion.levels) == TOP + 1
        assert len(set(criterion.levels)) == TOP + 1
        assert criterion.page in PAGES


def test_the_score_weighs_what_was_judged_and_drops_the_rest():
    everything = {each.key: 3 for each in CURRENT.criteria}

    assert score(CURRENT, {}) is None
    assert score(CURRENT, everything).mean == 3.0
    # (14 × 1 + 10 × 0 + 12 × 3) ÷ (14 + 10 + 12)
    found = score(CURRENT, WEAK)
    assert (found.mean, found.judged, found.of, found.percent) == (1.4, 3, 10, 35)


def test_what_to_do_next_begins_with_critical_then_the_weakest():
    steps = next_steps(CURRENT, WEAK | {"demand": 2, "access": 2})

    assert [step.criterion.key for step in steps] == ["outcomes", "partner", "demand"]
    assert steps[0].wanted == steps[0].criterion.levels[2]
    assert next_steps(CURRENT, {each.key: 3 for each in CURRENT.criteria}) == []


def test_a_level_saved_again_replaces_the_one_before(proposer):
    draft = make_draft(proposer)

    save_self_check(proposal=draft, by=proposer, levels=WEAK)
    save_self_check(proposal=draft, by=proposer, levels={"demand": 4})

    check = SelfCheck.objects.get()
    assert (check.levels, check.edition) == ({"demand": 4}, CURRENT.edition)


@pytest.mark.parametrize("levels", [{"nonsense": 1}, {"demand": 5}, {"demand": -1}])
def test_what_the_rubric_does_not_have_is_refused(proposer, levels):
    with pytest.raises(ValidationError, match="Open the self-check again"):
        save_self_check(proposal=make_draft(proposer), by=proposer, levels=levels)


def test_the_page_shows_the_rubric_then_the_score_and_what_would_lift_it(client, proposer):
    draft = make_draft(proposer)
    client.force_login(proposer)

    before = client.get(url_of(draft)).content.decode()
    answer = client.post(url_of(draft), {key: str(level) for key, level in WEAK.items()})
    after = client.get(url_of(draft)).content.decode()

    assert "Your score" not in before
    for criterion in CURRENT.criteria:
        assert criterion.label in before
    assert answer["Location"] == url_of(draft)
    assert "Your score: 1.4 of 4" in after
    assert "From 3 of 10 points" in after
    assert f'href="/proposals/{draft.reference}/edit/skills/"' in after
    assert 'name="outcomes" value="1" id="id_outcomes_2" checked' in " ".join(after.split())


def test_a_wrong_level_is_told_at_its_criterion(client, proposer):
    draft = make_draft(proposer)
    client.force_login(proposer)

    response = client.post(url_of(draft), {"demand": "9", "partner": "bad\x00"})

    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"demand", "partner"}
    assert not SelfCheck.objects.exists()


def test_only_the_person_who_did_it_sees_it(client, proposer, other_proposer, oxford, committee):
    sent = make_at(Stage.APC_REVIEW, owner=proposer)
    Participant.objects.create(
        proposal=sent, user=other_proposer, capacity="editor", since=sent.created_at
    )
    save_self_check(proposal=sent, by=proposer, levels={"demand": 0})

    client.force_login(other_proposer)  # works on it, and has a page of their own
    assert "Your score" not in client.get(url_of(sent)).content.decode()
    assert self_check_of(sent, other_proposer) is None
    for person in (oxford, committee):
        client.force_login(person)
        assert client.get(url_of(sent)).status_code == 404
    client.force_login(oxford)
    desk = client.get(reverse("admin:reviews_triageitem_change", args=[sent.pk]))
    assert "Your score" not in desk.content.decode()
    assert "self-check" not in desk.content.decode().lower()


def test_form_check_and_proposal_page_lead_to_it_and_only_for_proposers(client, proposer, oxford):
    draft = make_draft(proposer)
    client.force_login(proposer)
    edit = reverse("proposals:proposal_edit", args=[draft.reference, "need"])
    for address in (edit, url_of(draft, "check"), url_of(draft, "detail")):
        assert f'href="{url_of(draft)}"' in client.get(address).content.decode()

    sent = make_submitted(proposer)
    client.force_login(oxford)
    assert url_of(sent) not in client.get(url_of(sent, "detail")).content.decode()


def test_a_draft_with_a_self_check_can_still_be_deleted(proposer):
    draft = make_draft(proposer)
    save_self_check(proposal=draft, by=proposer, levels=WEAK)

    delete_draft(proposal=draft, by=proposer)

    assert not SelfCheck.objects.exists()
    assert not Proposal.objects.exists()


def test_the_page_costs_few_statements(client, proposer, django_assert_num_queries):
    draft = make_draft(proposer)
    save_self_check(proposal=draft, by=proposer, levels=WEAK)
    client.force_login(proposer)

    with django_assert_num_queries(5):
        client.get(url_of(draft))
