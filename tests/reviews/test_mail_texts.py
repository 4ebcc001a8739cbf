"""A plan shows the mails that its move writes, also when staff change what mails say."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate

from microcreds.outbox.models import MailText, Message
from microcreds.outbox.wording import in_force, occasions
from microcreds.outbox.wording.table import WORDINGS
from microcreds.outbox.wording.trying import refusals
from proposals.models import Stage
from reviews import policies
from reviews.mail_occasions import mail_occasions
from reviews.plans import Given, build_plan
from reviews.services import move
from reviews.workflow import Move
from tests.factories import make_at, make_draft

pytestmark = pytest.mark.django_db
BODY = "{correction}\n\n{label}\n\n{reason}\n\n{message}\n\n{url}"


def changed(cast, subject, number=1, key="moved"):
    return MailText.objects.create(
        key=key, number=number, subject=subject, body=BODY, why="x",
        by=cast.lead, at="2026-11-02T12:00Z",
    )  # fmt: skip


def planned(cast, proposal):
    given = Given(reason_code="timing", wake_on=localdate() + timedelta(days=30))
    return build_plan(proposals=[proposal], move=Move.HOLD, actor=cast.oxford, given=given)


def test_a_plan_reads_the_texts_anew_and_its_move_writes_what_it_showed(cast):
    proposal = make_at(Stage.TRIAGE)
    changed(cast, "Let us talk about {title}")
    plan = planned(cast, proposal)

    move(plan=plan, digest=plan.digest)

    shown = [mail.subject for mail in plan.items[0].messages if mail.event == "moved"]
    assert shown == ["Let us talk about Sampling for shift leads"]
    assert Message.objects.filter(event="moved").latest("pk").subject == shown[0]


def test_a_plan_seen_before_a_text_changed_is_refused_after_it(cast):
    proposal = make_at(Stage.TRIAGE)
    digest = planned(cast, proposal).digest
    changed(cast, "Let us talk about {title}")
    plan = planned(cast, proposal)

    assert plan.differences_from(digest) == ["The words of mails have changed."]
    with pytest.raises(ValidationError, match="The words of mails have changed"):
        move(plan=plan, digest=digest)


def test_a_text_that_changes_between_a_plan_and_its_move_refuses_it(cast):
    plan = planned(cast, make_at(Stage.TRIAGE))
    changed(cast, "Let us talk about {title}")

    with pytest.raises(ValidationError, match="The words of mails have changed"):
        move(plan=plan)
    assert not Message.objects.filter(subject__startswith="Let us talk").exists()


def test_settings_and_texts_are_read_in_one_statement(cast, django_assert_num_queries):
    policies.refresh()
    with django_assert_num_queries(1):
        policies.refresh()
    changed(cast, "Let us talk about {title}")
    with django_assert_num_queries(2):  # and once more, because a text is new
        policies.refresh()
    with django_assert_num_queries(1):
        policies.refresh()
    assert in_force.is_changed(WORDINGS["moved"])


def test_a_text_is_tried_for_the_newest_proposals_that_its_reader_may_see(cast):
    old, new = make_at(Stage.TRIAGE), make_at(Stage.RETURNED)
    make_draft()

    found = mail_occasions(WORDINGS["moved"], cast.lead, "", 5)

    assert [each.reference for each in found] == [new.reference, old.reference]
    assert mail_occasions(WORDINGS["moved"], cast.proposer, "MC-1-1", 5) == []
    assert [o.reference for o in occasions.real_ones(WORDINGS["moved"], cast.other_proposer)] == []


@pytest.mark.parametrize("count", [1, 3])
def test_occasions_take_as_many_statements_for_any_number(cast, count, django_assert_num_queries):
    for _ in range(count):
        make_at(Stage.RETURNED)

    with django_assert_num_queries(5):  # who may see what is known of the person already
        assert len(mail_occasions(WORDINGS["returned"], cast.lead, "", 5)) == count


def test_every_text_can_be_shown_for_a_proposal_of_any_stage(cast):
    made = {make_at(stage).reference for stage in Stage if stage != Stage.DRAFT}

    for wording in WORDINGS.values():
        occasions = mail_occasions(wording, cast.lead, "", 100)
        assert made <= {occasion.reference for occasion in occasions}
        assert refusals(wording, wording.read(*wording.default), occasions) == {}


def test_a_real_return_shows_its_points_as_it_was_mailed(cast):
    proposal = make_at(Stage.RETURNED)
    mailed = Message.objects.filter(event="returned", about=proposal.reference).latest("pk")

    wording = WORDINGS["returned" if "point by point" in mailed.body else "returned:whole"]
    [occasion] = mail_occasions(wording, cast.lead, proposal.reference, 1)
    source = wording.read(*wording.default)
    variables = {name: occasion.values[name] for name in source.names}

    assert variables["title"] in mailed.subject
    assert all(value in mailed.body for value in variables.values())
