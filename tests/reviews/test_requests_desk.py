"""A return asks point by point: typed in rows, shown in the plan, mailed, kept."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.models import Request, StageChange
from reviews.plans import Given
from reviews.points import Point
from reviews.workflow import MOVES, Move
from tests.factories import do_move, make_at

pytestmark = pytest.mark.django_db
WHY = {"reason_code": "assessment_missing", "message": "Two things before we meet."}


def in_days(days: int):
    return timezone.localdate() + timedelta(days=days)


def rows(*points: dict[str, str]) -> dict[str, str]:
    """The rows as a browser sends them."""
    sent = {"requests-TOTAL_FORMS": str(len(points)), "requests-INITIAL_FORMS": "0"}
    for place, point in enumerate(points):
        sent |= {f"requests-{place}-{name}": value for name, value in point.items()}
    return sent


def return_page(proposal: Proposal) -> str:
    return reverse("admin:reviews_triageitem_move", args=[proposal.pk, "return"])


@pytest.fixture
def triaged(client, oxford) -> Proposal:
    client.force_login(oxford)
    return make_at(Stage.TRIAGE)


def test_a_return_keeps_its_points_and_mails_them(client, triaged):
    soon = in_days(5)
    sent = rows(
        {"field": "outcomes", "text": "How is each one shown?", "due_on": soon.isoformat()},
        {"field": "", "text": "Who  watches\r\nthem?", "reason_code": "partner_evidence"},
        {"field": "", "text": "", "due_on": soon.isoformat()},
    )

    response = client.post(return_page(triaged), WHY | sent)

    assert response.status_code == 302
    change = StageChange.objects.latest()
    kept = [(p.key, p.text, p.reason_code) for p in Request.objects.filter(change=change)]
    assert kept == [
        ("outcomes", "How is each one shown?", "assessment_missing"),
        ("", "Who  watches\nthem?", "partner_evidence"),
    ]
    triaged.refresh_from_db()
    assert triaged.due_on == soon
    assert triaged.open_keys is None
    mail = Message.objects.get(event="returned", to=triaged.submitter.email)
    assert "> How is each one shown?" in mail.body
    assert "The proposal as a whole" in mail.body
    assert "Evidence from the partner is missing" in mail.body


def test_a_return_without_rows_asks_no_points(client, triaged):
    assert client.post(return_page(triaged), WHY).status_code == 302
    assert not Request.objects.exists()


def test_preview_shows_the_points_in_the_mail_and_keeps_them_typed(client, triaged):
    sent = rows({"field": "outcomes", "text": "How is <each> shown?"})

    page = client.post(return_page(triaged), WHY | sent | {"preview": "1"}).content.decode()

    assert page.count("How is &lt;each&gt; shown?") >= 2
    assert not Request.objects.exists()


def test_another_row_is_added_without_scripts(client, triaged):
    sent = rows({"field": "outcomes", "text": "kept"})

    response = client.post(return_page(triaged), WHY | sent | {"add": "requests"})

    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="requests-1-text"' in page
    assert "kept" in page
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ({"field": "outcomes", "text": ""}, "Say what to change or to explain."),
        ({"field": "nonsense", "text": "kept"}, "nonsense"),
        ({"field": "submitter", "text": "kept"}, "submitter"),
        ({"text": "kept", "reason_code": "budget!"}, "budget!"),
        ({"text": "kept", "due_on": "soon"}, "Enter a valid date."),
        ({"text": "kept", "due_on": "2020-01-01"}, "Choose a day from"),
        ({"text": "kept", "due_on": "9999-12-31"}, "Choose a day from"),
        ({"text": "kept" * 501}, "2000"),
        ({"text": "kept\x00"}, "Null characters"),
    ],
)
def test_a_bad_point_is_refused_beside_its_input(client, triaged, point, words):
    response = client.post(return_page(triaged), WHY | rows(point))

    page = response.content.decode()
    assert response.status_code == 422
    assert "There is a problem" in page
    assert words in page
    assert not point.get("text") or "kept" in page
    assert Proposal.objects.get(pk=triaged.pk).stage == Stage.TRIAGE


@pytest.mark.parametrize("count", ["61", "1000000", "-1", "nonsense", ""])
def test_a_nonsense_number_of_rows_is_no_error_of_ours(client, triaged, count):
    sent = WHY | rows() | {"requests-TOTAL_FORMS": count}

    assert client.post(return_page(triaged), sent).status_code in (302, 422)


def test_more_points_than_anybody_answers_are_refused(client, triaged):
    response = client.post(return_page(triaged), WHY | rows(*[{"text": "x"}] * 31))

    assert response.status_code == 422
    assert "at most 30 points" in response.content.decode()


def test_only_these_questions_are_opened(client, triaged):
    sent = rows({"field": "effort_hours", "text": "Is it enough?"}) | {"only_these": "on"}

    client.post(return_page(triaged), WHY | sent)

    triaged.refresh_from_db()
    assert triaged.open_keys == ["effort_hours"]
    mail = Message.objects.get(event="returned", to=triaged.submitter.email)
    assert "Only these questions are open" in mail.body


def test_only_these_needs_a_question(client, triaged):
    response = client.post(return_page(triaged), WHY | rows({"text": "Hm."}) | {"only_these": "on"})

    assert response.status_code == 422
    assert "Pin at least one point" in response.content.decode()


def test_the_earliest_day_is_when_the_reply_is_wanted(oxford):
    points = (
        Point("outcomes", "a", due_on=in_days(30)),
        Point("audience", "b", due_on=in_days(9)),
    )
    proposal = make_at(Stage.TRIAGE)

    do_move(proposal, Move.RETURN, oxford, **WHY, points=points)

    assert proposal.due_on == in_days(9)


def test_a_point_without_a_day_is_wanted_when_replies_usually_are(oxford):
    plain, pointed = make_at(Stage.TRIAGE), make_at(Stage.TRIAGE)
    do_move(plain, Move.RETURN, oxford, **WHY)

    do_move(pointed, Move.RETURN, oxford, **WHY, points=(Point("", "Why?"),))

    assert Request.objects.get().due_on == plain.due_on == pointed.due_on


def test_a_refused_return_keeps_no_point(oxford):
    proposal = make_at(Stage.TRIAGE)

    with pytest.raises(ValidationError):
        do_move(proposal, Move.RETURN, oxford, **WHY, points=(Point("", "x"), Point("", "")))
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"reason_code": ""},
        {"answer": "words of nobody"},
        {"accepted_at": timezone.now()},
    ],
)
def test_the_database_holds_what_a_point_is(oxford, wrong):
    proposal = make_at(Stage.TRIAGE)
    change = do_move(proposal, Move.RETURN, oxford, **WHY)
    good = {"text": "x", "reason_code": "other", "due_on": in_days(3)}

    with pytest.raises(IntegrityError), transaction.atomic():
        Request.objects.create(change=change, **good | wrong)


def test_given_keeps_points_for_a_return_only():
    given = Given(points=(Point("", "x"),), only_these=True)

    assert given.for_move(MOVES[Move.RETURN]).points
    assert not given.for_move(MOVES[Move.HOLD]).points
