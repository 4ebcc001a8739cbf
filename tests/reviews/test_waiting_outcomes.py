"""What a partner said is kept for the form while that is locked, and offered once it is open."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from partners.models import OutcomeSource, Question, Share, WaitingOutcome
from reviews.outside import answering, taking_over
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_submitted
from tests.partners.contacts import put
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db
TEXT = "Read a chart at the line"


@pytest.fixture
def share(cast) -> Share:
    share = share_it(summarized(make_submitted()), cast.oxford)
    do_move(share.engagement.proposal, Move.START_TRIAGE, cast.oxford)
    return share


def answered(share: Share) -> Question:
    asked = put(share)
    first = asked.questions.first()
    answering.send_answers(asked=asked, answers={first.pk: "They read charts, at the line."})
    return Question.objects.get(pk=first.pk)


def returned(share: Share, by) -> None:
    proposal = share.engagement.proposal
    proposal.refresh_from_db()
    do_move(proposal, Move.RETURN, by, **given_for(Move.RETURN))


def page(share: Share) -> str:
    return reverse("proposals:proposal_partners", args=[share.engagement.proposal.reference])


def desk(share: Share) -> str:
    return reverse("admin:reviews_triageitem_partners", args=[share.engagement.proposal_id])


def press(client, url: str, action: str, question: Question, text: str = TEXT):
    return client.post(url, {"action": action, "question": question.pk, "text": text})


@pytest.mark.parametrize(("who", "where"), [("proposer", page), ("oxford", desk)])
def test_proposers_and_staff_keep_an_answer_while_the_form_is_locked(
    client, share, cast, who, where
):
    question = answered(share)
    client.force_login(getattr(cast, who))
    assert "Make it an outcome once the form is open" in client.get(where(share)).text
    assert press(client, where(share), "keep_waiting", question).status_code == 302
    waits = WaitingOutcome.objects.get()
    assert (waits.text, waits.by, waits.question) == (TEXT, getattr(cast, who), question)
    for reader, url in ((cast.proposer, page(share)), (cast.oxford, desk(share))):
        client.force_login(reader)
        text = client.get(url).text
        assert ("Waits for the form" in text, TEXT in text) == (True, True)


def test_it_is_offered_once_the_form_is_open_and_taken_over_in_one_press(client, share, cast):
    question = answered(share)
    taking_over.keep_waiting(question=question, text=TEXT, by=cast.oxford)
    returned(share, cast.oxford)
    client.force_login(cast.proposer)
    form = reverse("proposals:proposal_edit", args=[share.engagement.proposal.reference, "skills"])
    assert "A partner said what could be an outcome" in client.get(form).text
    assert f">{TEXT}</textarea>" in client.get(page(share)).text
    assert press(client, page(share), "take_over", question).status_code == 302
    assert (OutcomeSource.objects.count(), WaitingOutcome.objects.count()) == (1, 0)
    assert "A partner said what could be an outcome" not in client.get(form).text


def test_it_is_a_point_of_the_return_that_staff_prepare(client, share, cast):
    taking_over.keep_waiting(question=answered(share), text=TEXT, by=cast.proposer)
    client.force_login(cast.oxford)
    proposal = share.engagement.proposal
    plan = reverse("admin:reviews_triageitem_move", args=[proposal.pk, Move.RETURN])
    [point] = client.get(plan).context["form"].points.initial
    assert point["field"] == "outcomes"
    assert (
        f"Pat Doe, Tallgrass Fasteners, said what should be an outcome: “{TEXT}”" in point["text"]
    )


def test_nothing_that_waits_is_in_what_was_sent(share, cast):
    proposal = share.engagement.proposal
    before = proposal.interest.answers
    taking_over.keep_waiting(question=answered(share), text=TEXT, by=cast.proposer)
    proposal.interest.refresh_from_db()
    assert proposal.interest.answers == before


def test_other_words_take_the_place_of_the_first_and_it_can_be_let_go(client, share, cast):
    question = answered(share)
    client.force_login(cast.proposer)
    for text in (TEXT, "Read two charts"):
        press(client, page(share), "keep_waiting", question, text)
    assert [each.text for each in WaitingOutcome.objects.all()] == ["Read two charts"]
    press(client, page(share), "drop_waiting", question, "")
    assert not WaitingOutcome.objects.exists()


def test_nobody_else_keeps_or_drops_one(client, share, cast):
    question = answered(share)
    taking_over.keep_waiting(question=question, text=TEXT, by=cast.proposer)
    for stranger in (cast.regionals, cast.auditor, cast.committee, cast.other_proposer):
        with pytest.raises(ValidationError, match="those who write the form"):
            taking_over.keep_waiting(question=question, text="Mine", by=stranger)
        with pytest.raises(ValidationError):
            taking_over.drop_waiting(question=question, by=stranger)
        client.force_login(stranger)
        assert press(client, page(share), "keep_waiting", question).status_code in (403, 404)
        assert press(client, desk(share), "drop_waiting", question).status_code in (404, 422)
    assert WaitingOutcome.objects.get().text == TEXT


@pytest.mark.parametrize("text", ["", "  ", "x" * 301, "a\x00b"])
def test_words_that_do_not_fit_are_refused(client, share, cast, text):
    question = answered(share)
    client.force_login(cast.proposer)
    assert press(client, page(share), "keep_waiting", question, text).status_code == 422
    assert not WaitingOutcome.objects.exists()


def test_what_was_not_sent_or_is_of_another_proposal_does_not_wait(client, share, cast):
    question = put(share).questions.first()
    with pytest.raises(ValidationError, match="not answered"):
        taking_over.keep_waiting(question=question, text=TEXT, by=cast.proposer)
    other = share_it(summarized(make_submitted()), cast.oxford)
    client.force_login(cast.proposer)
    assert press(client, page(other), "keep_waiting", answered(share)).status_code == 422


def test_of_a_proposal_that_ended_nothing_waits(client, share, cast, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 0
    question = answered(share)
    proposal = share.engagement.proposal
    proposal.refresh_from_db()
    do_move(proposal, Move.DECLINE, cast.oxford, **given_for(Move.DECLINE))
    with pytest.raises(ValidationError, match="has ended"):
        taking_over.keep_waiting(question=question, text=TEXT, by=cast.proposer)
    for reader, url in ((cast.proposer, page(share)), (cast.oxford, desk(share))):
        client.force_login(reader)
        assert "Make it an outcome" not in client.get(url).text
