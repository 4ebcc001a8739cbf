"""Faculty who are asked to begin a proposal, and first answers to organizations, among the asks."""

import pytest

from microcreds.accounts.models import User
from reviews.asks import asks_of
from reviews.inquiries import faculty, working
from tests.partners.asking import asked, received

pytestmark = pytest.mark.django_db


def asks(user: User, kind: str) -> list[tuple[str, str, bool]]:
    found = [each for each in asks_of(user) if each.key.startswith(f"{kind}:")]
    return [(each.words, each.title, each.is_shared) for each in found]


def test_who_is_asked_to_begin_a_proposal_is_until_they_answer(client, cast):
    inquiry = received()
    working.give(inquiry=inquiry, to=cast.oxford, by=cast.oxford)
    ask = asked(inquiry, cast.proposer, cast.oxford)
    expected = [("Say whether you would begin a proposal", "Charts at the line", False)]
    assert asks(cast.proposer, "faculty_ask") == expected
    assert asks(cast.other_proposer, "faculty_ask") == []
    client.force_login(cast.proposer)
    assert f'href="/proposals/asked/{ask.key}/"' in client.get("/asks/").content.decode()
    faculty.pass_up(ask=ask, user=cast.proposer)
    assert asks(cast.proposer, "faculty_ask") == []


def test_an_inquiry_is_everybodys_until_somebody_has_it_and_theirs_until_it_is_answered(cast):
    inquiry = received()
    waiting = [("Answer an organization", "Ridgeway Bearings", True)]
    assert asks(cast.oxford, "inquiry") == waiting
    assert asks(cast.proposer, "inquiry") == []
    working.give(inquiry=inquiry, to=cast.oxford, by=cast.oxford)
    inquiry.refresh_from_db()
    [mine] = [each for each in asks_of(cast.oxford) if each.key == f"inquiry:{inquiry.pk}"]
    assert (mine.is_shared, mine.by_day) == (False, inquiry.answer_by)
    assert (mine.reference, mine.url) == (
        inquiry.reference,
        f"/admin/partners/inquiry/{inquiry.pk}/change/",
    )
    working.answer(inquiry=inquiry, words="We ring you tomorrow.", by=cast.oxford)
    assert asks(cast.oxford, "inquiry") == []
