"""The desk's and the proposers' page about partners: asking, changing, writing, taking over."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from partners.models import OutcomeSource, PartnerAsk, Question, Share
from proposals.models import Comment, Stage
from reviews.outside import answering, taking_over
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_cast
from tests.partners.contacts import in_days, offer, put
from tests.partners.sharing import share_it, summarized

pytestmark = pytest.mark.django_db
State = PartnerAsk.State


@pytest.fixture
def share() -> Share:
    return share_it(summarized(make_at(Stage.TRIAGE)), make_cast().oxford)


def desk(share: Share) -> str:
    return reverse("admin:reviews_triageitem_partners", args=[share.engagement.proposal_id])


def page(share: Share) -> str:
    return reverse("proposals:proposal_partners", args=[share.engagement.proposal.reference])


def questions(of: Share, **changed: object) -> dict:
    given = {
        "action": "questions",
        "share": of.pk,
        "words": "Tell us more.",
        "due_on": in_days(9),
        "ready": ["jobs", "worked"],
        "own_1_words": "Which shift?",
        "own_1_kind": "choice",
        "own_1_choices": "Day\nNight",
    }
    return given | changed


def answered(share: Share) -> Question:
    asked = put(share)
    first = asked.questions.first()
    answering.send_answers(asked=asked, answers={first.pk: "Read a chart at the line"})
    return Question.objects.get(pk=first.pk)


def test_staff_and_proposers_put_the_ready_set_and_questions_of_their_own(client, share, cast):
    for user, url in ((cast.oxford, desk(share)), (cast.proposer, page(share))):
        client.force_login(user)
        assert client.post(url, questions(share)).status_code == 302
        asked = PartnerAsk.objects.order_by("pk").last()
        assert asked.asked_by == user
        assert [each.words for each in asked.questions.all()] == [
            "Which jobs is this for?",
            "How would you know that it has worked?",
            "Which shift?",
        ]


def test_times_are_offered_from_the_page(client, share, cast):
    client.force_login(cast.oxford)
    at = timezone.localtime() + timedelta(days=7)
    given = {
        "action": "times",
        "share": share.pk,
        "words": "Let us talk.",
        "due_on": in_days(3),
        "minutes": 30,
        "place": "By telephone",
        "time_1": at.strftime("%Y-%m-%dT%H:%M"),
    }
    assert client.post(desk(share), given).status_code == 302
    [time] = PartnerAsk.objects.get().times.all()
    assert timezone.localtime(time.starts_at).hour == at.hour


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": "9" * 30},
        {"due_on": "2020-01-01"},
        {"due_on": "x"},
        {"words": ""},
        {"words": "x" * 601},
        {"words": "a\x00"},
        {"ready": ["nonsense"]},
        {"ready": [], "own_1_words": ""},
        {"own_1_choices": "Day"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, share, cast, wrong):
    client.force_login(cast.oxford)
    response = client.post(desk(share), questions(share, **wrong))
    assert response.status_code == 422
    assert PartnerAsk.objects.count() == 0
    assert wrong.get("own_1_words", "Which shift?") in response.content.decode()


def test_a_share_of_another_proposal_is_none_of_this_page(client, share, cast):
    other = share_it(summarized(make_at(Stage.TRIAGE)), cast.oxford)
    client.force_login(cast.proposer)
    assert client.post(page(share), questions(other)).status_code == 422


def test_whoever_is_not_a_proposer_has_no_such_page(client, share, cast):
    for user in (cast.other_proposer, cast.oxford, cast.committee, cast.chair):
        client.force_login(user)
        assert client.get(page(share)).status_code == 404
        assert client.post(page(share), questions(share)).status_code == 404
    for user in (cast.proposer, cast.committee_chair, cast.deans):
        client.force_login(user)
        assert client.get(desk(share)).status_code == 404


def test_who_only_reads_the_desk_does_nothing_there(client, share, cast):
    for user in (cast.regionals, cast.auditor):
        client.force_login(user)
        assert client.get(desk(share)).status_code == 200
        for given in (questions(share), {"action": "write", "body": "Hello."}, {}):
            assert client.post(desk(share), given).status_code == 422
    assert (PartnerAsk.objects.count(), Comment.objects.count()) == (0, 0)


def test_proposers_do_not_write_in_the_thread_of_a_partner(client, share, cast):
    client.force_login(cast.proposer)
    given = {"action": "write", "engagement": share.engagement_id, "body": "Hello."}
    assert client.post(page(share), given).status_code == 422
    assert Comment.objects.count() == 0


def test_answers_stand_in_their_own_words_for_both_and_only_once_sent(client, share, cast):
    asked = put(share)
    first = asked.questions.first()
    Question.objects.filter(pk=first.pk).update(text="Half a thought")
    for user, url in ((cast.oxford, desk(share)), (cast.proposer, page(share))):
        client.force_login(user)
        assert "Half a thought" not in client.get(url).content.decode()
    answering.send_answers(asked=asked, answers={first.pk: "A <b>whole</b> one"})
    for user, url in ((cast.oxford, desk(share)), (cast.proposer, page(share))):
        client.force_login(user)
        assert "A &lt;b&gt;whole&lt;/b&gt; one" in client.get(url).content.decode()


def test_the_day_is_changed_and_the_ask_taken_back(client, share, cast):
    asked = put(share)
    client.force_login(cast.oxford)
    given = {"action": "extend", "asked": asked.pk, "due_on": in_days(20)}
    assert client.post(desk(share), given).status_code == 302
    asked.refresh_from_db()
    assert asked.due_on == in_days(20)
    client.post(desk(share), {"action": "take_back", "asked": asked.pk, "words": "Not needed."})
    asked.refresh_from_db()
    assert (asked.state, asked.settled_by) == (State.TAKEN_BACK, cast.oxford)


def test_staff_write_from_the_desk(client, share, cast):
    client.force_login(cast.oxford)
    given = {"action": "write", "engagement": share.engagement_id, "body": "Monday?", "key": "k"}
    assert client.post(desk(share), given).status_code == 302
    assert Comment.objects.get().thread == share.engagement.__class__.objects.get().thread


def test_an_answer_becomes_an_outcome_and_says_who_said_it(client, share, cast):
    question = answered(share)
    proposal = share.engagement.proposal
    proposal.refresh_from_db()
    do_move(proposal, Move.RETURN, cast.oxford, **given_for(Move.RETURN))
    client.force_login(cast.proposer)
    given = {"action": "take_over", "question": question.pk, "text": "Read a chart at the line"}
    assert client.post(page(share), given).status_code == 302
    source = OutcomeSource.objects.get()
    proposal.interest.refresh_from_db()
    rows = {row["id"]: row["text"] for row in proposal.interest.answers["outcomes"]}
    assert rows[str(source.outcome)] == "Read a chart at the line"
    detail = reverse("proposals:proposal_detail", args=[proposal.reference])
    assert "Pat Doe, Tallgrass Fasteners" in client.get(detail).content.decode()
    assert client.post(page(share), given).status_code == 422  # it is there already


def test_nobody_takes_over_what_was_not_sent_or_into_a_form_that_is_closed(share, cast):
    question = answered(share)
    with pytest.raises(ValidationError):
        taking_over.take_over(question=question, text="Read a chart", by=cast.proposer)
    with pytest.raises(ValidationError, match="those who write the form"):
        taking_over.take_over(question=question, text="Read a chart", by=cast.oxford)


@pytest.mark.parametrize("number", [1, 3])
def test_both_pages_take_the_same_statements_for_any_number(
    client, share, cast, number, django_assert_num_queries
):
    for _each in range(number):
        answered(share)
        offer(share)
    for user, url, statements in ((cast.oxford, desk(share), 13), (cast.proposer, page(share), 12)):
        client.force_login(user)
        client.get(url)
        with django_assert_num_queries(statements):
            client.get(url)


def test_the_desk_says_when_a_partner_meets_us_and_what_they_were_asked(client, share, cast):
    asked = offer(share)
    put(share)
    answering.pick_time(asked=asked, time=asked.times.first())
    client.force_login(cast.oxford)
    change = reverse("admin:reviews_triageitem_change", args=[share.engagement.proposal_id])
    text = client.get(change).content.decode()
    assert "meets Tallgrass Fasteners" in text
    assert "1 asked of them · 1 answered" in text
