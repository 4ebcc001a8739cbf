"""Proposers ask to change answers; staff open just these, or say no."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.change_requests import ask_to_change, refuse_change
from reviews.models import AskToChange, Request
from reviews.workflow import MOVES, Move
from tests.factories import do_move, given_for, make_at

pytestmark = pytest.mark.django_db
ASK = {"keys": ["effort_hours", "outcomes"], "reason": "The plant runs two shifts now."}


def page_of(proposal: Proposal, name: str = "ask") -> str:
    return reverse(f"proposals:proposal_{name}", args=[proposal.reference])


def desk(proposal: Proposal, page: str = "change", *more: str) -> str:
    return reverse(f"admin:reviews_triageitem_{page}", args=[proposal.pk, *more])


@pytest.fixture
def triaged(proposer) -> Proposal:
    return make_at(Stage.TRIAGE, owner=proposer)


def test_an_ask_is_kept_mailed_and_shown_on_the_desk(client, triaged, proposer, oxford):
    client.force_login(proposer)

    assert client.post(page_of(triaged), ASK).status_code == 302

    mail = Message.objects.get(event="change_asked")
    assert mail.to == oxford.email
    assert "> The plant runs two shifts now." in mail.body
    assert "Fay Proposer asked to change" in client.get(page_of(triaged, "detail")).content.decode()
    client.force_login(oxford)
    page = client.get(desk(triaged)).content.decode()
    assert "The plant runs two shifts now." in page
    assert f"{desk(triaged, 'move', 'return')}?ask" in page


def test_staff_open_just_what_was_asked_for(client, triaged, proposer, oxford):
    ask_to_change(proposal=triaged, by=proposer, **ASK)
    client.force_login(oxford)
    plan = client.get(f"{desk(triaged, 'move', 'return')}?ask")
    form = plan.context["form"]

    sent = {
        "reason_code": form.initial["reason_code"],
        "message": form.initial["message"],
        "only_these": "on",
        "requests-TOTAL_FORMS": "2",
        "requests-INITIAL_FORMS": "0",
    }
    for place, row in enumerate(form.points):
        sent |= {
            f"requests-{place}-{name}": row[name].value() for name in row.fields if name != "DELETE"
        }
    response = client.post(desk(triaged, "move", "return"), sent)

    assert response.status_code == 302
    triaged.refresh_from_db()
    assert triaged.open_keys == ASK["keys"]
    assert [point.key for point in Request.objects.all()] == ASK["keys"]
    ask = AskToChange.objects.get()
    assert (ask.decided_by, ask.change.move) == (oxford, "return")


def test_staff_say_no_in_words_that_are_mailed(client, triaged, proposer, oxford):
    ask_to_change(proposal=triaged, by=proposer, **ASK)
    client.force_login(oxford)

    assert client.post(desk(triaged, "refuse"), {"words": " "}).status_code == 422
    response = client.post(desk(triaged, "refuse"), {"words": "The committee reads it tomorrow."})

    assert response.status_code == 302
    mail = Message.objects.get(event="change_refused")
    assert mail.to == proposer.email
    assert "> The committee reads it tomorrow." in mail.body
    client.force_login(proposer)
    page = client.get(page_of(triaged, "detail")).content.decode()
    assert "The committee reads it tomorrow." in page
    assert Proposal.objects.get(pk=triaged.pk).stage == Stage.TRIAGE


def test_a_decided_ask_is_not_decided_again(client, triaged, proposer, oxford):
    ask = ask_to_change(proposal=triaged, by=proposer, **ASK)
    refuse_change(ask=ask, words="No.", by=oxford)
    client.force_login(oxford)

    response = client.post(desk(triaged, "refuse"), {"words": "Once more."})

    assert response.status_code == 409
    assert "decided this already" in response.content.decode()
    assert AskToChange.objects.get().words == "No."


@pytest.mark.parametrize("who", ["regionals", "auditor", "committee_chair", "deans"])
def test_nobody_else_decides(client, cast, triaged, proposer, who):
    ask_to_change(proposal=triaged, by=proposer, **ASK)
    client.force_login(getattr(cast, who))

    assert client.post(desk(triaged, "refuse"), {"words": "No."}).status_code == 404
    with pytest.raises(ValidationError):
        refuse_change(ask=AskToChange.objects.get(), words="No.", by=getattr(cast, who))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"reason": "Why"}, "Choose at least one question."),
        ({"keys": ["nonsense"], "reason": "kept"}, "Choose questions from this list."),
        ({"keys": ["submitter"], "reason": "kept"}, "Choose questions from this list."),
        ({"keys": ["outcomes"], "reason": " "}, "Say in a few words why"),
        ({"keys": ["outcomes"], "reason": "kept" * 501}, "2000"),
        ({"keys": ["outcomes"], "reason": "kept\x00"}, "Null characters"),
    ],
)
def test_a_bad_ask_is_refused_in_words(client, triaged, proposer, given, words):
    client.force_login(proposer)

    response = client.post(page_of(triaged), given)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert "kept" in response.content.decode() or "kept" not in given["reason"]
    assert not AskToChange.objects.exists()


def test_one_ask_is_open_and_the_same_again_is_the_same(client, triaged, proposer):
    client.force_login(proposer)
    client.post(page_of(triaged), ASK)

    assert client.post(page_of(triaged), ASK).status_code == 302
    other = client.post(page_of(triaged), ASK | {"reason": "Another."})

    assert other.status_code == 409
    assert "asked already" in other.content.decode()
    assert AskToChange.objects.count() == 1
    assert Message.objects.filter(event="change_asked").count() == 1


def test_the_database_holds_one_open_ask(triaged, proposer):
    ask = ask_to_change(proposal=triaged, by=proposer, **ASK)
    for wrong in (
        {"proposal": triaged, "keys": ["outcomes"], "reason": "x"},
        {"proposal": triaged, "keys": [], "reason": "x", "decided_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            AskToChange.objects.create(asked_by=proposer, asked_at=ask.asked_at, **wrong)


@pytest.mark.parametrize("stage", list(Stage))
def test_it_is_asked_only_where_staff_can_open_it(client, proposer, stage):
    proposal = make_at(stage, owner=proposer, at=timezone.now() - timedelta(days=2))
    client.force_login(proposer)
    can = stage in MOVES[Move.RETURN].from_stages

    page = client.get(page_of(proposal))
    response = client.post(page_of(proposal), ASK)

    assert page.status_code == 200
    assert ("There is nothing to ask" in page.content.decode()) != can
    assert response.status_code == (302 if can else 409)
    assert AskToChange.objects.exists() == can


def test_asks_of_others_are_a_404(client, triaged, other_proposer, chair, oxford):
    for person in (other_proposer, chair, oxford):
        client.force_login(person)
        assert client.get(page_of(triaged)).status_code == 404
        assert client.post(page_of(triaged), ASK).status_code == 404
        with pytest.raises(ValidationError):
            ask_to_change(proposal=triaged, by=person, **ASK)


def test_with_the_committee_its_chair_hears_of_it_too(proposer, committee_chair):
    proposal = make_at(Stage.APC_REVIEW, owner=proposer)

    ask_to_change(proposal=proposal, by=proposer, **ASK)

    told = set(Message.objects.filter(event="change_asked").values_list("to", flat=True))
    assert committee_chair.email in told


def test_any_return_decides_an_open_ask(triaged, proposer, oxford):
    ask_to_change(proposal=triaged, by=proposer, **ASK)

    change = do_move(triaged, Move.RETURN, oxford, **given_for(Move.RETURN))

    assert AskToChange.objects.get().change == change


@pytest.mark.parametrize("which", [Move.WITHDRAW, Move.DECLINE, Move.REDIRECT, Move.MERGE])
def test_an_ask_ends_with_its_proposal_and_its_asker_reads_why(
    client, triaged, proposer, oxford, other_proposer, which
):
    ask_to_change(proposal=triaged, by=proposer, **ASK)
    given = given_for(which)
    if which == Move.MERGE:
        given = {"target": make_at(Stage.TRIAGE, owner=other_proposer).reference}

    do_move(triaged, which, oxford, **given)

    ask = AskToChange.objects.get()
    assert (ask.decided_by, ask.change) == (oxford, None)
    assert "ended first" in ask.words
    client.force_login(proposer)
    page = client.get(page_of(triaged, "detail")).content.decode()
    assert page.count("So its answers stay as sent.") == 1


def test_an_ask_stays_open_while_its_proposal_goes_on(triaged, proposer, oxford):
    ask_to_change(proposal=triaged, by=proposer, **ASK)

    do_move(triaged, Move.HOLD, oxford, **given_for(Move.HOLD))

    assert AskToChange.objects.open().count() == 1
