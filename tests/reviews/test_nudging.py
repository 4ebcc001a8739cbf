"""A reminder to whoever owes the next step: planned, written once, on record."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from microcreds.outbox.models import Message
from proposals.models import Participant, Proposal, Stage
from reviews import bulk
from reviews.models import Nudge
from reviews.nudging import nudge, plan_nudges
from reviews.services import assign
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_cast, make_submitted

pytestmark = pytest.mark.django_db
DESK = "/admin/reviews/triageitem/"


def address(*proposals: Proposal) -> str:
    return f"{DESK}nudge/?ids={','.join(str(each.pk) for each in proposals)}"


def given(page, words: str = "") -> dict[str, str]:
    return {"seen": page.context["plan"].seen, "words": words}


def refusals(by, *proposals: Proposal) -> list[str]:
    return [item.refusal for item in plan_nudges(proposals=proposals, by=by).items]


def give(by, *proposals: Proposal, **more) -> list[Nudge]:
    plan = plan_nudges(proposals=proposals, by=by, **more)
    seen = {item.proposal.pk: item.token for item in plan.ready}
    return nudge(proposals=proposals, by=by, seen=seen, **more)


@pytest.fixture
def returned(cast) -> Proposal:
    return make_at(Stage.RETURNED)


def test_the_owner_and_who_edits_are_mailed_after_the_grace_with_the_senders_words(returned):
    cast = make_cast()
    for who, capacity in ((cast.other_proposer, "editor"), (cast.chair, "viewer")):
        Participant.objects.create(
            proposal=returned, user=who, capacity=capacity, since=timezone.now()
        )
    [written] = give(cast.oxford, returned, words="The committee meets on the 9th.")
    mails = Message.objects.filter(cause=f"nudge:{written.pk}").order_by("to")
    assert [mail.to for mail in mails] == [cast.proposer.email, cast.other_proposer.email]
    assert mails[0].due_at > timezone.now()
    assert "> The committee meets on the 9th." in mails[0].body
    assert f"/proposals/{returned.reference}/" in mails[0].body
    assert written.told == "Fay Proposer, Gus Proposer"


@pytest.mark.parametrize(
    ("stage", "who"),
    [
        (Stage.TRIAGE, "oxford"),
        (Stage.APC_REVIEW, "committee_chair"),
        (Stage.CAD_CONSENT, "deans"),
        (Stage.FULL_PROPOSAL, "proposer"),
    ],
)
def test_whoever_owes_the_next_step_is_mailed(stage, who):
    cast = make_cast()
    give(cast.lead, make_at(stage))
    [mail] = Message.objects.filter(event="nudge")
    assert mail.to == getattr(cast, who).email


def test_who_is_not_nudged_and_why(returned, cast):
    asleep = make_at(Stage.RETURNED, owner=cast.other_proposer)
    cast.other_proposer.is_active = False
    cast.other_proposer.save()
    own = make_at(Stage.TRIAGE)
    rows = (returned, asleep, own, make_submitted(), make_at(Stage.ON_HOLD))
    assert refusals(cast.oxford, *rows) == [
        "",
        "Their account is closed: Gus Proposer.",
        "It is your own turn.",
        "It is nobody's yet. Assign it first.",
        "Nobody owes a step now: it is at “On hold”.",
    ]
    assert refusals(cast.regionals, returned) == ["Staff of Oxford can send reminders about it."]


def test_within_five_working_days_nobody_is_nudged_again(returned, cast):
    monday = timezone.now() - timedelta(days=timezone.localtime().weekday())
    Proposal.objects.filter(pk=returned.pk).update(stage_since=monday - timedelta(days=30))
    give(cast.oxford, returned, at=monday)

    def again(days: int) -> str:
        at = monday + timedelta(days=days)
        return plan_nudges(proposals=[returned], by=cast.lead, at=at).items[0].refusal

    assert again(4).startswith("Nudged by Ola Oxford on Mon")
    assert again(6) == again(4)
    assert again(7) == ""


def test_a_nudge_about_an_earlier_step_hinders_none(cast):
    proposal = make_at(Stage.TRIAGE)
    give(cast.lead, proposal)
    do_move(proposal, Move.RETURN, cast.oxford, **given_for(Move.RETURN))
    assert refusals(cast.lead, proposal) == [""]


def test_a_nudge_that_waits_stays_here_when_the_proposal_moves(returned, cast):
    give(cast.oxford, returned)
    do_move(returned, Move.WITHDRAW, cast.proposer)
    assert Message.objects.get(event="nudge").state == Message.State.RECALLED


def test_from_the_list_to_the_plan_of_thirty_of_which_some_are_blocked(client, oxford, cast):
    ready = [make_at(Stage.RETURNED) for _each in range(4)]
    blocked = [make_submitted(), make_at(Stage.TRIAGE)]
    client.force_login(oxford)
    assert "Nudge…" in client.get(DESK).content.decode()
    chosen = {
        "action": "nudge",
        "_selected_action": [each.pk for each in (*ready, *blocked)],
    }
    page = client.get(client.post(DESK, chosen)["Location"])
    text = page.content.decode()
    assert "4 of 6 are ready." in text
    assert "Nudge the 4 that are ready" in text
    assert text.count('data-ready="no"') == 2
    done = client.post(address(*ready, *blocked), given(page, "How is it going?"))
    assert (done.status_code, done["Location"]) == (302, DESK)
    assert set(Nudge.objects.values_list("proposal", flat=True)) == {each.pk for each in ready}
    assert Message.objects.filter(event="nudge").count() == 4


def test_thirty_take_the_same_statements_as_one(client, oxford):
    counts = []
    for size in (1, 3, 30):
        rows = [make_at(Stage.RETURNED) for _each in range(size)]
        client.force_login(oxford)
        client.get(address(*rows))
        with CaptureQueriesContext(connection) as planning:
            page = client.get(address(*rows))
        with CaptureQueriesContext(connection) as writing:
            assert client.post(address(*rows), given(page)).status_code == 302
        counts.append((len(planning), len(writing)))
    assert len(set(counts)) == 1, counts
    assert counts[0][0] <= 12


def test_a_double_click_mails_once(client, oxford, returned):
    client.force_login(oxford)
    page = client.get(address(returned))
    assert client.post(address(returned), given(page)).status_code == 302
    again = client.post(address(returned), given(page))
    assert again.status_code == 409
    assert "Nudged by you on" in again.content.decode()
    assert Message.objects.filter(event="nudge").count() == 1


def test_a_plan_gone_stale_is_refused_in_words_and_nobody_is_mailed(client, lead, returned):
    other = make_at(Stage.TRIAGE)
    client.force_login(lead)
    page = client.get(address(returned, other))
    assign(proposals=[other], to=lead, by=lead)
    refused = client.post(address(returned, other), given(page, "Soon?"))
    text = refused.content.decode()
    assert refused.status_code == 409
    assert f"{other.reference}: It is your own turn." in text
    assert "Nobody was mailed" in text
    assert "Soon?" in text
    assert not Nudge.objects.exists()


def test_the_mail_is_shown_with_the_words_typed_and_none_is_written(client, oxford, returned):
    client.force_login(oxford)
    page = client.post(address(returned), {"preview": "1", "words": "Any news?"})
    assert page.status_code == 200
    assert "&gt; Any news?" in page.content.decode()
    assert not Message.objects.filter(event="nudge").exists()


def test_it_stands_on_the_page_and_in_the_mails_of_the_proposal(client, oxford, returned):
    client.force_login(oxford)
    page = f"{DESK}{returned.pk}/change/"
    assert f"nudge/?ids={returned.pk}" in client.get(page).content.decode()
    give(oxford, returned, words="Any news?")
    text = client.get(page).content.decode()
    assert "Nudged by Ola Oxford" in text
    assert "A reminder: “Sampling for shift leads” (MC-2026-0001) waits for you" in text


@pytest.mark.parametrize(
    ("who", "status"),
    [("auditor", 404), ("proposer", 404), ("deans", 404), ("committee_chair", 404), ("lead", 200)],
)
def test_who_nudges(client, who, status, returned):
    client.force_login(getattr(make_cast(), who))
    assert client.get(address(returned)).status_code == status
    posted = client.post(address(returned), {"seen": f"{returned.pk}:x"})
    assert posted.status_code == (409 if status == 200 else 404)
    assert not Nudge.objects.exists()


def test_another_units_staff_see_why_not_and_mail_nobody(client, regionals, returned):
    client.force_login(regionals)
    page = client.get(address(returned))
    assert "Staff of Oxford can send reminders about it." in page.content.decode()
    plan = plan_nudges(proposals=[returned], by=make_cast().oxford)
    assert client.post(address(returned), {"seen": plan.seen}).status_code == 409
    assert not Nudge.objects.exists()


@pytest.mark.parametrize("ids", ["", "x", "-1", "9" * 19, "9" * 400, "1;2", "٣", "0"])
def test_nonsense_for_ids_is_nothing_to_nudge(client, oxford, ids):
    client.force_login(oxford)
    assert client.get(f"{DESK}nudge/", {"ids": ids}).status_code == 404


@pytest.mark.parametrize("seen", ["", "nonsense", "1:x", "999999:1", "9" * 5000 + ":1", "\x00:1"])
def test_nonsense_for_what_was_seen_mails_nobody(client, oxford, returned, seen):
    client.force_login(oxford)
    assert client.post(address(returned), {"seen": seen}).status_code == 409
    assert not Nudge.objects.exists()


@pytest.mark.parametrize("words", ["x" * 601, "a\x00b"])
def test_words_that_do_not_fit_are_said_at_their_field_and_stay(client, oxford, returned, words):
    client.force_login(oxford)
    page = client.post(address(returned), {"seen": "1:x", "words": words})
    assert page.status_code == 422
    assert page.context["form"].errors["words"]
    with pytest.raises(ValidationError):
        give(oxford, returned, words="x" * 601)


def test_more_than_two_hundred_are_cut_and_said(client, oxford, returned, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 1)
    client.force_login(oxford)
    page = client.get(address(returned, make_at(Stage.RETURNED)))
    assert "At most 1 at once" in page.content.decode()
    assert len(page.context["plan"].items) == 1
