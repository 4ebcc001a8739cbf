"""A merge: what the plan shows to go where goes there, and comes back when it is undone."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox.models import Message
from partners.models import Engagement, Share
from partners.services import share
from proposals.models import NamedPartner, Participant, Proposal, Stage
from proposals.services import add_note
from proposals.views.readers import following_of, with_partners_left
from reviews.plans import Given, build_plan
from reviews.services import move, save_triage
from reviews.workflow import Move
from tests.factories import Cast, do_move, make_at, make_cast, make_person

pytestmark = pytest.mark.django_db
VIEWER = Participant.Capacity.VIEWER


def named(name: str, email: str) -> dict:
    return {
        "partner_status": "yes",
        "partners": [
            {
                "org_name": name,
                "kind": "employer",
                "place": "Hamilton, Ohio",
                "contact_name": f"Contact of {name}",
                "contact_email": email,
                "who_approached": "they_did",
                "stage": "said_yes",
                "share_status": "yes",
            }
        ],
    }


@pytest.fixture
def into(cast: Cast) -> Proposal:
    """The other proposer's, which goes on; its own partner does not follow it."""
    partners = named("Ridgeway Bearings", "jo@ridgeway.example")
    proposal = make_at(Stage.TRIAGE, owner=cast.other_proposer, **partners)
    save_triage(
        proposal=proposal, by=cast.oxford, values={"partner_summary": "Reading charts at work."}
    )
    proposal.refresh_from_db()
    return proposal


@pytest.fixture
def proposal(cast: Cast) -> Proposal:
    """Merged away: with a co-proposer, a note, and a partner's contact who follows it."""
    proposal = make_at(Stage.TRIAGE)
    colleague = make_person("kay@miami.example", "Kay Colleague")
    Participant.objects.create(
        proposal=proposal,
        user=colleague,
        capacity=Participant.Capacity.EDITOR,
        since=timezone.now(),
    )
    save_triage(proposal=proposal, by=cast.oxford, values={"partner_summary": "Sampling."})
    add_note(proposal=proposal, author=cast.oxford, body="Canary note")
    engagement = Engagement.objects.get(proposal=proposal)
    share(engagement=engagement, contact=engagement.contact, by=cast.oxford)
    proposal.refresh_from_db()
    return proposal


def plan_of(proposal: Proposal, into: Proposal, **given):
    return build_plan(
        proposals=[proposal],
        move=Move.MERGE,
        actor=make_cast().oxford,
        given=Given(target=into.reference, **given),
    )


def merge(proposal: Proposal, into: Proposal, **given):
    return do_move(proposal, Move.MERGE, make_cast().oxford, target=into.reference, **given)


def undo(proposal: Proposal):
    return do_move(proposal, Move.REOPEN, make_cast().oxford, note="It was not the same.")


def told(cause: str) -> set[tuple[str, str]]:
    return set(Message.objects.filter(cause=cause).values_list("event", "to"))


def readers_of(proposal: Proposal) -> set[str]:
    viewers = Participant.objects.filter(proposal=proposal, capacity=VIEWER)
    return set(viewers.values_list("user__name", flat=True))


def belongings() -> tuple:
    """Everything a merge may touch, as it stands."""
    columns = ("pk", "stage", "duplicate_of", "whose_turn", "assignee", "unit", "due_on", "wake_on")
    takes_part = Participant.objects.order_by("user", "capacity")
    return (
        list(Proposal.objects.order_by("pk").values(*columns)),
        list(takes_part.values("proposal", "user", "capacity")),
        list(Engagement.objects.order_by("pk").values()),
        list(Share.objects.order_by("pk").values()),
    )


def test_the_plan_says_what_goes_where_and_that_is_what_happens(proposal, into):
    plan = plan_of(proposal, into, carry_partners=True)
    [item] = plan.items
    assert item.along.lines == [
        f"Answers and conversations of {proposal.reference} stay readable there, linked from"
        f" {into.reference}.",
        f"Who may read {into.reference} from now on: Fay Proposer, Kay Colleague.",
        "Partners who go along, with their access: Tallgrass Fasteners.",
    ]

    [change] = move(plan=plan)

    read = with_partners_left(Proposal.objects.filter(pk=into.pk)).get()
    joined = following_of(read, {"partners": []})
    assert [(row.name, row.contact) for row in joined] == [("Tallgrass Fasteners", "Pat Doe")]
    assert readers_of(into) == {"Fay Proposer", "Kay Colleague"}
    assert Engagement.objects.get(organization__name="Tallgrass Fasteners").proposal == into
    shown = Engagement.objects.shared_with(Share.objects.get().contact)
    assert [engagement.proposal for engagement in shown] == [into]
    assert told(f"stage_change:{change.pk}") == {(m.event, m.to) for m in item.messages}
    assert told(f"stage_change:{change.pk}") == {
        ("decision", "fay@miami.example"),
        ("decision", "kay@miami.example"),
        ("merged_into", "gus@miami.example"),
        ("partner_update", "pat@tallgrass.example"),
    }


def test_partners_stay_and_are_not_mailed_unless_staff_say_so(proposal, into):
    [item] = plan_of(proposal, into).items
    quiet = {unheard.who: unheard.why for unheard in item.not_told}
    assert quiet["Pat Doe"] == "Stays with this proposal, so it is not mailed."

    change = merge(proposal, into)

    assert Engagement.objects.get(organization__name="Tallgrass Fasteners").proposal == proposal
    assert "partner_update" not in {event for event, _to in told(f"stage_change:{change.pk}")}


def test_the_owner_of_the_other_reads_what_joined_it_and_who_may_read_it(proposal, into):
    merge(proposal, into, carry_partners=True, note="Canary")
    mail = Message.objects.get(event="merged_into")
    assert mail.about == into.reference
    assert f"/proposals/{into.reference}/" in mail.body
    for words in (proposal.reference, "Fay Proposer, Kay Colleague", "Tallgrass Fasteners"):
        assert words in mail.body
    assert "Canary" not in mail.body and "Pat Doe" not in mail.body


@pytest.mark.parametrize("carry", [True, False])
def test_undoing_a_merge_restores_everything_as_it_was(proposal, into, carry):
    before = belongings()
    change = merge(proposal, into, carry_partners=carry)
    assert belongings() != before

    undone = undo(proposal)

    assert belongings() == before
    assert (undone.move, undone.to_stage) == ("reopen", "triage")
    assert ("merge_undone", "gus@miami.example") in told(f"stage_change:{undone.pk}")
    states = Message.objects.filter(cause=f"stage_change:{change.pk}").values_list("state")
    assert {state for (state,) in states} == {Message.State.RECALLED}
    call_command("verify_history")
    call_command("notification_coverage")


def test_who_could_read_it_before_still_may_after_the_undo(cast, proposal, into):
    since = timezone.now()
    Participant.objects.create(
        proposal=into, user=cast.proposer, capacity=VIEWER, since=since - timedelta(days=1)
    )
    merge(proposal, into)
    undo(proposal)
    assert readers_of(into) == {"Fay Proposer"}


def test_who_reads_it_by_another_merge_still_may_after_the_undo(cast, proposal, into):
    second = make_at(Stage.TRIAGE)
    merge(proposal, into)
    merge(second, into)
    undo(proposal)
    assert readers_of(into) == {"Fay Proposer"}


def test_an_undo_is_refused_when_something_was_built_on_top(cast, proposal, into):
    third = make_at(Stage.TRIAGE, owner=cast.other_proposer)
    merge(proposal, into, carry_partners=True)
    merge(into, third)
    with pytest.raises(ValidationError, match="has itself been merged"):
        undo(proposal)

    undo(into)
    undo(proposal)
    assert proposal.stage == Stage.TRIAGE


def test_an_undo_waits_until_a_share_since_has_ended(cast, proposal, into):
    merge(proposal, into, carry_partners=True)
    moved = Engagement.objects.get(organization__name="Tallgrass Fasteners")
    jo = Engagement.objects.get(organization__name="Ridgeway Bearings").contact
    jo.organizations.add(moved.organization)
    later = timezone.now() + timedelta(minutes=1)
    share(engagement=moved, contact=jo, by=cast.oxford, at=later)
    with pytest.raises(ValidationError, match="Shared since the merge with Contact of Ridgeway"):
        undo(proposal)


def test_something_confidential_there_lets_nobody_in(proposal, into):
    NamedPartner.objects.filter(proposal=into).update(confidential="yes")

    plan = plan_of(proposal, into, carry_partners=True)
    assert "carry_partners" in plan.given_errors

    merge(proposal, into)
    assert readers_of(into) == set()


def test_partners_go_along_only_to_where_there_is_something_to_read(proposal, into):
    Proposal.objects.filter(pk=into.pk).update(partner_summary="")
    plan = plan_of(proposal, into, carry_partners=True)
    assert f"Write a summary for partners on {into.reference} first" in str(plan.given_errors)


@pytest.mark.parametrize("stage", [Stage.DECLINED, Stage.WITHDRAWN, Stage.RETIRED, Stage.MERGED])
def test_nothing_continues_in_what_has_ended(cast, proposal, stage):
    ended = make_at(stage, owner=cast.other_proposer)
    assert set(plan_of(proposal, ended).given_errors) == {"target"}


def test_a_plan_seen_is_refused_when_somebody_else_would_go_along(client, cast, proposal, into):
    client.force_login(cast.oxford)
    address = reverse("admin:reviews_triageitem_move", args=[proposal.pk, "merge"])
    page = client.get(f"{address}?target={into.reference}")
    seen = {"seen": page.context["seen"], "digest": page.context["plan"].digest}
    assert "Kay Colleague" in page.text
    new = make_person("lou@miami.example", "Lou Late")
    Participant.objects.create(proposal=proposal, user=new, capacity=VIEWER, since=timezone.now())

    answer = client.post(address, {**seen, "target": into.reference})

    assert answer.status_code == 409
    assert "what goes along with it has changed" in answer.text
    assert Proposal.objects.get(pk=proposal.pk).stage == Stage.TRIAGE


def test_a_target_typed_on_the_plan_page_goes_through_at_once(client, cast, proposal, into):
    client.force_login(cast.oxford)
    address = reverse("admin:reviews_triageitem_move", args=[proposal.pk, "merge"])
    page = client.get(address)
    seen = {"seen": page.context["seen"], "digest": page.context["plan"].digest}

    shown = client.post(address, {**seen, "target": into.reference, "preview": "1"})
    done = client.post(
        address, {**seen, "target": into.reference, "carry_partners": "on", "message": "Together."}
    )

    assert "Who may read" in shown.text
    assert done.status_code == 302
    assert Engagement.objects.filter(proposal=into).count() == 2


def test_both_pages_lead_to_each_other_and_offer_the_undo(client, cast, proposal, into):
    merge(proposal, into)
    client.force_login(cast.oxford)
    of_merged = client.get(reverse("admin:reviews_triageitem_change", args=[proposal.pk])).text
    of_into = client.get(reverse("admin:reviews_triageitem_change", args=[into.pk])).text
    assert "Undo the merge…" in of_merged and into.reference in of_merged
    assert "Merged into this one" in of_into and proposal.reference in of_into
    assert "Canary note" in of_merged

    client.force_login(cast.regionals)
    elsewhere = client.get(reverse("admin:reviews_triageitem_change", args=[proposal.pk])).text
    assert "Undo the merge…" not in elsewhere


def test_who_was_let_in_reads_the_other_proposal(client, proposer, proposal, into):
    client.force_login(proposer)
    assert client.get(f"/proposals/{into.reference}/").status_code == 404
    merge(proposal, into)
    assert client.get(f"/proposals/{into.reference}/").status_code == 200
    merged = client.get(f"/proposals/{proposal.reference}/").text
    assert f'/proposals/{into.reference}/">{into.reference}' in merged
    assert client.get(f"/proposals/{into.reference}/edit/need/").status_code == 404
    undo(proposal)
    assert client.get(f"/proposals/{into.reference}/").status_code == 404
