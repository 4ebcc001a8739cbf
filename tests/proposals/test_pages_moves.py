"""What an owner does on the proposal's page: withdraw, take back, send the full proposal."""

import pytest
from django.urls import reverse

from microcreds.outbox.models import Message
from proposals.models import Participant, Stage
from reviews.models import StageChange
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_draft, make_submitted

CASES = [
    ("withdraw", Stage.TRIAGE, Stage.WITHDRAWN),
    ("take_back", Stage.SUBMITTED, Stage.DRAFT),
    ("full", Stage.FULL_PROPOSAL, Stage.READINESS),
]


def url_of(proposal, name: str) -> str:
    return reverse(f"proposals:proposal_{name}", args=[proposal.reference])


def seen_on(response) -> dict[str, str]:
    """The hidden inputs of the page, and a reason."""
    return {
        "seen": response.context["seen"],
        "digest": response.context["plan"].digest,
        "message": "The partner left.",
    }


@pytest.mark.parametrize(("name", "before", "after"), CASES)
def test_get_shows_and_post_does(client, proposer, name, before, after):
    proposal = make_at(before, owner=proposer)
    changes = StageChange.objects.count()
    client.force_login(proposer)

    shown = client.get(url_of(proposal, name))
    assert shown.status_code == 200
    assert StageChange.objects.count() == changes
    response = client.post(url_of(proposal, name), seen_on(shown))

    assert response["Location"] == reverse("proposals:proposal_detail", args=[proposal.reference])
    proposal.refresh_from_db()
    assert proposal.stage == after
    assert client.get(response["Location"]).status_code == 200


@pytest.mark.parametrize(("name", "before", "after"), CASES)
def test_a_double_click_moves_once_and_is_told(client, proposer, name, before, after):
    proposal = make_at(before, owner=proposer)
    client.force_login(proposer)
    shown = seen_on(client.get(url_of(proposal, name)))
    client.post(url_of(proposal, name), shown)
    changes = StageChange.objects.count()

    again = client.post(url_of(proposal, name), shown)

    assert again.status_code == 409
    assert "There is a problem" in again.content.decode()
    assert StageChange.objects.count() == changes


def test_who_is_told_stands_on_the_page(client, proposer, oxford):
    proposal = make_at(Stage.TRIAGE, owner=proposer)
    client.force_login(proposer)

    page = client.get(url_of(proposal, "withdraw")).content.decode()

    assert "Ola Oxford" in page
    assert "Withdrawn" in page
    assert page.count("button-primary") == 1


def test_withdrawing_needs_a_reason_and_keeps_the_page(client, proposer):
    proposal = make_at(Stage.TRIAGE, owner=proposer)
    client.force_login(proposer)
    shown = seen_on(client.get(url_of(proposal, "withdraw")))

    for message in ("", "x" * 3001, "a\x00b"):
        response = client.post(url_of(proposal, "withdraw"), shown | {"message": message})
        assert response.status_code == 422

    proposal.refresh_from_db()
    assert proposal.stage == Stage.TRIAGE


def test_the_reason_is_kept_and_told(client, proposer):
    proposal = make_at(Stage.TRIAGE, owner=proposer)
    client.force_login(proposer)
    shown = client.get(url_of(proposal, "withdraw"))

    client.post(url_of(proposal, "withdraw"), seen_on(shown))

    change = StageChange.objects.filter(proposal=proposal).first()
    assert (change.move, change.message) == (Move.WITHDRAW, "The partner left.")
    assert Message.objects.filter(cause=f"stage_change:{change.pk}", to="ola@miami.example")


def test_moved_meanwhile_is_said_and_what_was_typed_is_kept(client, proposer, oxford):
    proposal = make_submitted(proposer)
    client.force_login(proposer)
    shown = seen_on(client.get(url_of(proposal, "withdraw")))
    do_move(proposal, Move.START_TRIAGE, oxford)

    response = client.post(url_of(proposal, "withdraw"), shown)

    assert response.status_code == 409
    page = response.content.decode()
    assert "Ola Oxford" in page
    assert "The partner left." in page
    again = client.post(url_of(proposal, "withdraw"), seen_on(response))
    assert again.status_code == 302


@pytest.mark.parametrize("junk", [{"seen": "abc"}, {"seen": "9" * 40}, {"digest": "x" * 2000}])
def test_junk_in_hidden_inputs_is_refused_in_words(client, proposer, junk):
    proposal = make_submitted(proposer)
    client.force_login(proposer)
    shown = seen_on(client.get(url_of(proposal, "take_back")))

    assert client.post(url_of(proposal, "take_back"), shown | junk).status_code in (409, 422)
    proposal.refresh_from_db()
    assert proposal.stage == Stage.SUBMITTED


def test_extra_keys_change_nothing(client, proposer, oxford):
    proposal = make_submitted(proposer)
    client.force_login(proposer)
    shown = seen_on(client.get(url_of(proposal, "withdraw")))

    client.post(url_of(proposal, "withdraw"), shown | {"stage": "approved", "submitter": oxford.pk})

    proposal.refresh_from_db()
    assert (proposal.stage, proposal.submitter) == (Stage.WITHDRAWN, proposer)


@pytest.mark.parametrize("name", [case[0] for case in CASES])
@pytest.mark.parametrize("who", ["other_proposer", "oxford", "committee", "auditor", "admin_user"])
def test_nobody_else_has_these_pages(client, cast, name, who):
    proposal = make_submitted(cast.proposer)
    client.force_login(getattr(cast, who))

    assert client.get(url_of(proposal, name)).status_code == 404
    assert client.post(url_of(proposal, name)).status_code == 404
    proposal.refresh_from_db()
    assert proposal.stage == Stage.SUBMITTED


def test_a_co_proposer_reads_who_can(client, proposer, other_proposer):
    proposal = make_submitted(proposer)
    Participant.objects.create(
        proposal=proposal, user=other_proposer, capacity="editor", since=proposal.created_at
    )
    client.force_login(other_proposer)

    shown = client.get(url_of(proposal, "withdraw"))
    refused = client.post(url_of(proposal, "withdraw"), seen_on(shown))

    assert "Only Fay Proposer, who owns this proposal, can do this." in shown.content.decode()
    assert "button-primary" not in shown.content.decode()
    assert refused.status_code == 409
    proposal.refresh_from_db()
    assert proposal.stage == Stage.SUBMITTED


@pytest.mark.parametrize("name", [case[0] for case in CASES])
def test_a_draft_has_nothing_to_move(client, proposer, name):
    draft = make_draft(proposer)
    client.force_login(proposer)

    assert "This cannot be done now" in client.get(url_of(draft, name)).content.decode()
    assert client.post(url_of(draft, name), {"message": "x"}).status_code == 409


def test_after_the_committee_it_says_whom_to_ask(client, proposer, deans):
    proposal = make_at(Stage.CAD_CONSENT, owner=proposer)
    do_move(proposal, Move.RETURN, deans, **given_for(Move.RETURN))
    client.force_login(proposer)

    assert "Ask eLearning" in client.get(url_of(proposal, "withdraw")).content.decode()
