"""Points of a return: seen at the questions and as a list, answered, then sent again."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from proposals.models import InterestForm, Participant, Proposal, Stage
from proposals.services import answers_of, save_page
from reviews.models import Request
from reviews.points import Point
from reviews.return_points import accept_point, answer_point
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, send
from tests.proposals.posting import address, as_post

pytestmark = pytest.mark.django_db
WHY = {"reason_code": "assessment_missing", "message": "Two things."}


def give_back(proposal: Proposal, by, *points: Point, only_these: bool = False) -> list[Request]:
    change = do_move(proposal, Move.RETURN, by, **WHY, points=points, only_these=only_these)
    return list(Request.objects.filter(change=change))


@pytest.fixture
def returned(proposer, oxford) -> Proposal:
    proposal = make_at(Stage.TRIAGE, owner=proposer)
    give_back(proposal, oxford, Point("outcomes", "How is each shown?"), Point("", "Who pays?"))
    return proposal


@pytest.fixture
def me(client, proposer):
    client.force_login(proposer)
    return client


def page_of(proposal: Proposal, name: str = "points") -> str:
    return reverse(f"proposals:proposal_{name}", args=[proposal.reference])


def answer(client, point: Request, words: str, read_at: str = ""):
    prefix = f"point-{point.pk}"
    return client.post(
        page_of(point.change.proposal),
        {"point": point.pk, f"{prefix}-answer": words, f"{prefix}-read_at": read_at},
    )


def answer_all(proposal: Proposal) -> None:
    for point in Request.objects.of(proposal).filter(answer=""):
        answer_point(point=point, answer="Done.", by=proposal.submitter, read_at=None)


def test_points_stand_at_their_questions_and_the_pages_say_how_many(me, returned):
    page = me.get(address(returned, "skills")).content.decode()
    elsewhere = me.get(address(returned, "need")).content.decode()

    assert page.count("How is each shown?") == 1
    assert "1 point on this page" in page
    assert "1 point to answer" in elsewhere
    assert "How is each shown?" not in elsewhere


@pytest.mark.parametrize("name", ["detail", "check", "points"])
def test_points_stand_as_a_list(me, returned, name):
    page = me.get(page_of(returned, name)).content.decode()

    assert "How is each shown?" in page
    assert "Who pays?" in page


def test_sending_again_is_refused_in_words_while_a_point_waits(me, returned):
    with pytest.raises(ValidationError, match="Answer these points first"):
        send(returned)
    first, _second = Request.objects.all()
    answer_point(point=first, answer="At the line.", by=returned.submitter, read_at=None)
    with pytest.raises(ValidationError, match="Answer this point first: The proposal as a whole"):
        send(returned)

    page = me.post(
        page_of(returned, "check"),
        {
            "form_version": InterestForm.objects.get(proposal=returned).version,
            "ack_record": "on",
            "ack_process": "on",
        },
    )
    assert page.status_code == 422
    assert "Answer this point first" in page.content.decode()
    assert f"#point-{_second.pk}" in page.content.decode()


def test_answered_it_goes_back_to_the_stage_that_asked(me, returned):
    for point in Request.objects.all():
        assert answer(me, point, "We watch them at the line.").status_code == 302

    assert "Every point is answered" in me.get(page_of(returned)).content.decode()
    assert send(returned).to_stage == Stage.TRIAGE


def test_an_answer_leads_to_the_next_point_that_waits(me, returned):
    first, second = Request.objects.all()

    assert answer(me, first, "So.").url.endswith(f"#point-{second.pk}")
    assert answer(me, second, "So.").url.endswith("#all-answered")


@pytest.mark.parametrize("words", ["", "   ", "x" * 3001, "nul\x00"])
def test_a_bad_answer_is_refused_beside_its_point_and_kept(me, returned, words):
    point = Request.objects.first()

    response = answer(me, point, words)

    assert response.status_code == 422
    assert f'id="id_point-{point.pk}-answer_error"' in response.content.decode()
    assert not Request.objects.exclude(answer="").exists()


def test_the_same_answer_twice_is_one(me, returned, proposer):
    point = Request.objects.first()
    answer(me, point, "So.")
    given = Request.objects.get(pk=point.pk).answered_at

    assert answer(me, point, "So.").status_code == 302
    assert Request.objects.get(pk=point.pk).answered_at == given


def test_two_who_answer_the_same_point_see_both_texts(me, returned, other_proposer):
    point = Request.objects.first()
    Participant.objects.create(
        proposal=returned,
        user=other_proposer,
        capacity=Participant.Capacity.EDITOR,
        since=timezone.now(),
    )
    answer_point(point=point, answer="Theirs.", by=other_proposer, read_at=None)

    response = answer(me, point, "Mine.")

    page = response.content.decode()
    assert response.status_code == 409
    assert "Gus Proposer answered in the meantime: “Theirs.”" in page
    assert "Mine." in page
    read_at = Request.objects.get(pk=point.pk).answered_at.isoformat()
    assert answer(me, point, "Mine.", read_at).status_code == 302


@pytest.mark.parametrize("read_at", ["nonsense", "2026-13-40T00:00", "9" * 40])
def test_a_nonsense_moment_is_no_error_of_ours(me, returned, read_at):
    assert answer(me, Request.objects.first(), "So.", read_at).status_code in (302, 409)


@pytest.mark.parametrize("number", ["", "0", "9" * 40, "nonsense"])
def test_a_point_that_is_not_there_is_a_404(me, returned, number):
    assert me.post(page_of(returned), {"point": number, "answer": "x"}).status_code == 404


def test_points_of_others_are_a_404(client, returned, other_proposer, chair, committee):
    for person in (other_proposer, chair, committee):
        client.force_login(person)
        assert client.get(page_of(returned)).status_code == 404
        assert answer(client, Request.objects.first(), "x").status_code == 404


def test_a_point_of_another_proposal_is_a_404(me, returned, proposer, oxford):
    other = make_at(Stage.TRIAGE, owner=proposer)
    [point] = give_back(other, oxford, Point("", "Other?"))

    assert me.post(page_of(returned), {"point": point.pk}).status_code == 404


def test_who_only_reads_sees_the_points_and_cannot_answer(client, returned, other_proposer):
    Participant.objects.create(
        proposal=returned,
        user=other_proposer,
        capacity=Participant.Capacity.VIEWER,
        since=timezone.now(),
    )
    client.force_login(other_proposer)

    page = client.get(page_of(returned)).content.decode()

    assert "Who pays?" in page
    assert "Save this answer" not in page
    assert answer(client, Request.objects.first(), "x").status_code == 409


def test_the_committee_reads_no_points_on_the_proposals_page(
    client, proposer, committee, committee_chair
):
    proposal = make_at(Stage.APC_REVIEW, owner=proposer)
    give_back(proposal, committee_chair, Point("outcomes", "Between us?"))
    client.force_login(committee)

    page = client.get(page_of(proposal, "detail"))

    assert page.status_code == 200
    assert "Between us?" not in page.content.decode()


def test_after_sending_again_answers_are_fixed_until_accepted(me, returned, oxford, proposer):
    answer_all(returned)
    send(returned)
    point = Request.objects.first()

    assert answer(me, point, "Something else.").status_code == 409
    accept_point(point=point, by=oxford)
    accept_point(point=point, by=oxford)

    point.refresh_from_db()
    assert (point.answer, point.accepted_by) == ("Done.", oxford)


def test_an_answer_is_accepted_by_who_works_on_it_and_once_it_was_sent(
    returned, oxford, regionals, proposer
):
    point = Request.objects.first()
    with pytest.raises(ValidationError, match="not answered yet"):
        accept_point(point=point, by=oxford)
    answer_all(returned)
    send(returned)
    for person in (regionals, proposer):
        with pytest.raises(ValidationError, match="Staff of its unit"):
            accept_point(point=point, by=person)


def test_a_second_return_asks_its_own_points_only(me, returned, oxford):
    answer_all(returned)
    send(returned)
    returned.refresh_from_db()
    [again] = give_back(returned, oxford, Point("audience", "Who else?"))

    page = me.get(page_of(returned))

    assert [point for point, _form in page.context["rows"]] == [again]
    assert len(page.context["earlier"]) == 2


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("name", "statements"), [("points", 6), ("detail", 11), ("check", 8), ("revisions", 5)]
)
def test_pages_take_the_same_statements_for_any_points(
    me, proposer, oxford, name, statements, count, django_assert_num_queries
):
    proposal = make_at(Stage.TRIAGE, owner=proposer)
    give_back(proposal, oxford, *[Point("audience", "Who?")] * count)

    with django_assert_num_queries(statements):
        assert me.get(page_of(proposal, name)).status_code == 200


# While only some questions are open


@pytest.fixture
def opened(proposer, oxford) -> Proposal:
    proposal = make_at(Stage.TRIAGE, owner=proposer)
    give_back(proposal, oxford, Point("effort_hours", "Is it enough?"), only_these=True)
    return proposal


def test_only_the_open_question_has_an_input(me, opened):
    page = me.get(address(opened, "shape")).content.decode()

    assert 'id="id_effort_hours_field"' in page
    assert 'id="id_duration_reason_field"' not in page
    assert "One chart a week, each tried out at work." in page
    assert "Stays as you sent it." in page


def test_a_page_saves_what_is_open_and_keeps_the_rest_whatever_is_sent(me, opened):
    stored = answers_of(opened, confidential=True)
    typed = stored | {"effort_hours": 30, "duration_reason": "Changed", "together": ["formality"]}

    response = me.post(address(opened, "shape"), as_post("shape", typed))

    opened.refresh_from_db()
    now = answers_of(opened)
    assert response.status_code == 302
    assert now["effort_hours"] == 30
    assert now["duration_reason"] == stored["duration_reason"]
    assert now.get("together", []) == stored.get("together", [])


@pytest.mark.parametrize("page", ["skills", "partners", "about"])
def test_rows_that_are_closed_stay(me, opened, page):
    before = answers_of(opened, confidential=True)

    response = me.post(address(opened, page), as_post(page, {}))

    opened.refresh_from_db()
    assert response.status_code == 302
    assert answers_of(opened, confidential=True) == before


def test_the_service_refuses_a_closed_answer_and_names_it(opened, proposer):
    version = InterestForm.objects.get(proposal=opened).version

    with pytest.raises(ValidationError, match="eLearning opened other questions only"):
        save_page(
            proposal=opened,
            page="shape",
            answers={"effort_hours": 30, "duration_reason": "Changed"},
            form_version=version,
            by=proposer,
        )
    assert answers_of(opened)["effort_hours"] == 24


def test_what_hangs_on_an_open_question_is_open_too(opened, proposer, oxford):
    answer_all(opened)
    send(opened)
    opened.refresh_from_db()
    give_back(opened, oxford, Point("duration_kind", "In terms?"), only_these=True)

    closed = answers_of(opened, confidential=True)["closed"]

    assert {"duration_kind", "duration_value"}.isdisjoint(closed)
    assert {"effort_hours", "outcomes"} <= closed


def test_what_keeps_the_form_from_being_sent_is_open_in_any_case(proposer, oxford):
    proposal = make_at(Stage.TRIAGE, owner=proposer)
    InterestForm.objects.get(proposal=proposal)
    form = InterestForm.objects.get(proposal=proposal)
    form.answers |= {"start_by": "by_date", "start_on": "2020-01-01"}
    form.save()
    give_back(proposal, oxford, Point("effort_hours", "Enough?"), only_these=True)
    proposal = Proposal.objects.get(pk=proposal.pk)
    lacking = answers_of(proposal, confidential=True)

    assert "effort_hours" not in lacking["closed"]
    assert ("start_on" in lacking["closed"]) == ("start_by" in lacking["closed"])


def test_sent_again_everything_is_as_before(opened):
    answer_all(opened)
    send(opened)

    opened.refresh_from_db()
    assert opened.open_keys is None
    assert "closed" not in opened.revisions.latest("number").answers


def test_a_hold_inside_a_return_keeps_what_is_open(opened, oxford):
    do_move(opened, Move.HOLD, oxford, **given_for(Move.HOLD))
    do_move(opened, Move.RESUME, oxford)

    assert opened.open_keys == ["effort_hours"]
