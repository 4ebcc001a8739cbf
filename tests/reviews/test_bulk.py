"""One move of many: a row for each, and what is moved is what was shown as ready, all or none."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews import bulk
from reviews.models import StageChange
from reviews.plans import Given, build_plan
from reviews.services import move
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_cast, make_person, make_submitted
from tests.meanwhile import at_once

pytestmark = pytest.mark.django_db
LIST = "/admin/reviews/triageitem/"


def address(move: str, proposals: list[Proposal]) -> str:
    return f"{LIST}bulk/{move}/?ids={','.join(str(each.pk) for each in proposals)}"


def given(page) -> dict[str, str]:
    """What the form of the plan page sends back untouched."""
    return {"seen": page.context["seen"], "digest": page.context["ready"].digest}


def stages(proposals: list[Proposal]) -> list[str]:
    rows = Proposal.objects.filter(pk__in=[each.pk for each in proposals]).order_by("pk")
    return [row.stage for row in rows]


@pytest.fixture
def five(cast) -> list[Proposal]:
    """Three in the queue, one in triage, one of the unit's own staff."""
    return [
        *(make_submitted() for _each in range(3)),
        make_at(Stage.TRIAGE),
        make_submitted(cast.oxford),
    ]


def test_from_the_list_to_the_choice_of_a_move(client, oxford, five):
    client.force_login(oxford)
    assert "Move…" in client.get(LIST).content.decode()
    chosen = {"action": "move_several", "_selected_action": [each.pk for each in five]}
    page = client.get(client.post(LIST, chosen)["Location"])
    assert page.status_code == 200
    found = {choice.move.key: choice.number for choice in page.context["choices"]}
    assert found == {Move.START_TRIAGE: 3, Move.CONSULT: 1, Move.HOLD: 4}


def test_the_plan_has_a_row_for_each_and_says_what_blocks(client, oxford, five):
    client.force_login(oxford)
    page = client.get(address("start_triage", five))
    text = page.content.decode()
    assert "3 of 5 are ready." in text
    assert "Move the 3 that are ready" in text
    assert text.count('data-ready="no"') == 2
    assert "“Start triage” is not possible from there" in text
    assert "You take part in this proposal" in text


def test_what_is_blocked_stands_first_and_a_preview_opens_one_row(client, oxford, five):
    client.force_login(oxford)
    page = client.get(address("start_triage", five))
    assert [item.is_ready for item in page.context["items"]] == [False] * 2 + [True] * 3
    assert 'id="told" open' not in page.content.decode()
    asked = page.context["ready"].items[1].proposal.pk
    shown = client.post(address("start_triage", five), {"preview": str(asked)}).content.decode()
    assert shown.count('id="told" open') == 1


def test_of_many_the_mails_are_read_where_asked_for_and_leave_whole(
    client, oxford, five, monkeypatch
):
    monkeypatch.setattr(bulk, "MOST_READ", 2)
    client.force_login(oxford)
    page = client.get(address("hold", five))
    assert "mail-body" not in page.content.decode()
    assert all(mail.subject for item in page.context["ready"].items for mail in item.mailed)
    asked = page.context["ready"].items[1]
    opened = client.post(address("hold", five), {"preview": str(asked.proposal.pk)})
    assert opened.content.decode().count("mail-body") == len(asked.mailed) > 0
    assert opened.context["ready"].digest == page.context["ready"].digest
    before = Message.objects.count()
    wakes = {key: str(value) for key, value in given_for(Move.HOLD).items()}
    assert client.post(address("hold", five), given(page) | wakes).status_code == 302
    assert all(len(mail.body) > 100 for mail in Message.objects.order_by("pk")[before:])


def test_what_was_shown_as_ready_is_moved_and_mailed_as_shown(client, oxford, five):
    client.force_login(oxford)
    page = client.get(address("start_triage", five))
    shown = sorted((m.to, m.subject) for item in page.context["ready"].items for m in item.messages)
    before = Message.objects.count()
    done = client.post(address("start_triage", five), given(page))
    assert (done.status_code, done["Location"]) == (302, f"{LIST}?stage=triage")
    assert stages(five) == ["triage"] * 4 + ["submitted"]
    written = Message.objects.order_by("pk")[before:]
    assert sorted((mail.to, mail.subject) for mail in written) == shown


@time_machine.travel("2026-11-24 15:00Z", tick=False)
def test_what_was_done_is_said_with_what_stayed_and_until_when_it_can_be_undone(
    client, oxford, five, settings
):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    client.force_login(oxford)
    page = client.get(address("start_triage", five))
    done = client.post(address("start_triage", five), given(page), follow=True)
    assert [str(message) for message in done.context["messages"]] == [
        "3 proposals are moved: Start triage. 2 were not ready and stay where they are."
    ]
    [offer] = done.context["offers"]
    assert (offer.number, offer.seconds) == (3, 300)
    assert "10:05:00</time>" in done.content.decode()


def test_the_list_says_until_when_one_is_on_hold(client, oxford):
    proposal = make_at(Stage.ON_HOLD)
    client.force_login(oxford)
    page = client.get(f"{LIST}?stage=on_hold").content.decode()
    until = date_format(Proposal.objects.get(pk=proposal.pk).wake_on, "j M")
    assert re.search(rf"until [^<]*{until}", re.sub(r"<time[^>]*>", "", page))


@pytest.mark.parametrize("listed", ["", "stage=submitted&o=-waits"])
def test_a_bulk_move_leads_back_to_the_list_it_was_chosen_on(client, oxford, five, listed):
    client.force_login(oxford)
    chosen = f"{address('start_triage', five)}&{urlencode({'list': listed})}"
    done = client.post(chosen, given(client.get(chosen)))
    assert done["Location"] == (f"{LIST}?{listed}" if listed else LIST)


def test_a_double_click_moves_once(client, oxford, five):
    client.force_login(oxford)
    page = client.get(address("start_triage", five))
    client.post(address("start_triage", five), given(page))
    before = StageChange.objects.count()
    assert client.post(address("start_triage", five), given(page)).status_code == 409
    assert StageChange.objects.count() == before


def test_two_leads_on_different_targets_one_is_refused(client, lead, five):
    client.force_login(lead)
    triage, hold = client.get(address("start_triage", five)), client.get(address("hold", five))
    assert client.post(address("start_triage", five), given(triage)).status_code == 302
    wakes = {key: str(value) for key, value in given_for(Move.HOLD).items()}
    assert client.post(address("hold", five), given(hold) | wakes).status_code == 409
    assert Stage.ON_HOLD not in stages(five)


def test_what_is_missing_stands_at_its_field_and_nothing_is_moved(client, oxford, five):
    client.force_login(oxford)
    page = client.get(address("hold", five))
    refused = client.post(address("hold", five), given(page) | {"message": "We wait for money."})
    assert refused.status_code == 422
    assert "Choose a reason." in refused.content.decode()
    assert "We wait for money." in refused.content.decode()
    assert Stage.ON_HOLD not in stages(five)


def test_proposals_are_added_to_a_meeting_together(client, oxford):
    ready = [make_at(Stage.READINESS) for _each in range(2)]
    client.force_login(oxford)
    page = client.get(address("send_to_committee", ready))
    meets = given_for(Move.SEND_TO_COMMITTEE)["meeting_on"]
    client.post(address("send_to_committee", ready), given(page) | {"meeting_on": str(meets)})
    assert stages(ready) == [Stage.APC_REVIEW] * 2
    assert set(Proposal.objects.values_list("meeting_on", flat=True)) == {meets}


@pytest.mark.parametrize(
    "move", ["decline", "recommend", "recommend_with_conditions", "consent", "withdraw", "x"]
)
def test_nothing_is_decided_in_bulk(client, admin_user, move):
    client.force_login(admin_user)
    proposals = [make_at(Stage.APC_REVIEW)]
    assert client.get(address(move, proposals)).status_code == 404
    assert client.post(address(move, proposals), {"seen": "1:1"}).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("auditor", 404), ("proposer", 404), ("deans", 404), ("committee_chair", 404), ("lead", 200)],
)
def test_who_moves_several(client, who, status, five):
    client.force_login(getattr(make_cast(), who))
    assert client.get(f"{LIST}bulk/?ids={five[0].pk}").status_code == status
    assert client.get(address("start_triage", five)).status_code == status


@pytest.mark.parametrize(("who", "offered"), [("deans", False), ("committee_chair", True)])
def test_the_list_offers_to_move_several_to_whoever_has_such_a_move(client, who, offered):
    make_at(Stage.CAD_CONSENT)
    client.force_login(getattr(make_cast(), who))

    assert ("action-select" in client.get(LIST).text) is offered


def test_what_was_chosen_leads_to_each(client, oxford, five):
    client.force_login(oxford)

    page = client.get(f"{LIST}bulk/?ids={five[0].pk},{five[1].pk}").text

    for chosen in five[:2]:
        assert f'href="{LIST}{chosen.pk}/change/' in page


@pytest.mark.parametrize("ids", ["", "x", "-1", "9" * 19, "9" * 400, "1;2", "٣", "1,,2,", "0"])
def test_nonsense_for_ids_is_nothing_to_move(client, oxford, ids):
    client.force_login(oxford)
    for path in (f"{LIST}bulk/", f"{LIST}bulk/hold/"):
        assert client.get(path, {"ids": ids}).status_code == 404


@pytest.mark.parametrize("seen", ["", "nonsense", "1:x", "999999:1", "9" * 30 + ":1"])
def test_nonsense_for_what_was_seen_moves_nothing(client, oxford, five, seen):
    client.force_login(oxford)
    answer = client.post(address("start_triage", five), {"seen": seen, "digest": "x"})
    assert answer.status_code == 409
    assert stages(five) == ["submitted"] * 3 + ["triage", "submitted"]


def test_more_than_two_hundred_are_cut_and_said(client, oxford, five, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    client.force_login(oxford)
    ids = ",".join(str(each.pk) for each in five)
    assert "At most 2 at once" in client.get(f"{LIST}bulk/?ids={ids}").content.decode()
    assert len(client.get(address("start_triage", five)).context["plan"].items) == 2


@pytest.mark.parametrize("action", ["move_several", "nudge", "next_step"])
def test_all_of_a_long_list_make_no_address_that_no_server_takes(
    client, oxford, five, monkeypatch, action
):
    monkeypatch.setattr(bulk, "MOST", 2)
    client.force_login(oxford)
    chosen = {"action": action, "select_across": "1", "_selected_action": five[0].pk, "index": "0"}
    went = client.post(LIST, chosen)
    assert len(went["Location"].partition("ids=")[2].split(",")) == 3
    assert "At most 2 at once" in client.get(went["Location"]).content.decode()


def test_plan_and_move_take_the_same_statements_for_any_number(client, oxford):
    counts = []
    for size in (1, 3, 12):
        proposals = [make_submitted() for _each in range(size)]
        client.force_login(oxford)
        client.get(address("start_triage", proposals))
        with CaptureQueriesContext(connection) as planning:
            page = client.get(address("start_triage", proposals))
        with CaptureQueriesContext(connection) as moving:
            assert client.post(address("start_triage", proposals), given(page)).status_code == 302
        counts.append((len(planning), len(moving)))
    assert len(set(counts)) == 1, counts
    assert counts[0][0] <= 15


def test_an_hour_later_the_same_plan_still_holds():
    cast = make_cast()
    proposals = [make_submitted() for _each in range(2)]
    then = timezone.now() - timedelta(hours=1)
    old = build_plan(proposals=proposals, move=Move.START_TRIAGE, actor=cast.oxford, at=then)
    new = build_plan(proposals=proposals, move=Move.START_TRIAGE, actor=cast.oxford)
    assert old.digest == new.digest


def test_of_thirty_three_moved_meanwhile_and_one_in_a_wrong_stage_stay(client, oxford, lead):
    proposals = [make_submitted() for _each in range(29)] + [make_at(Stage.CONSULTATION)]
    client.force_login(oxford)
    page = client.get(address("start_triage", proposals))
    assert "29 of 30 are ready." in page.content.decode()
    for each in proposals[:3]:
        do_move(each, Move.HOLD, lead, **given_for(Move.HOLD))
    refused = client.post(address("start_triage", proposals), given(page))
    text = refused.content.decode()
    assert refused.status_code == 409
    assert text.count("moved MC-") == 3
    assert "Nothing was moved" in text
    assert "Move the 26 that are ready" in text
    assert stages(proposals) == ["on_hold"] * 3 + ["submitted"] * 26 + ["consultation"]
    mails = Message.objects.count()
    assert client.post(address("start_triage", proposals), given(refused)).status_code == 302
    assert stages(proposals) == ["on_hold"] * 3 + ["triage"] * 26 + ["consultation"]
    assert Message.objects.count() - mails == sum(
        len(item.messages) for item in refused.context["ready"].items
    )


def test_a_plan_confirmed_an_hour_later_holds_or_says_what_changed(client, oxford, lead, five):
    client.force_login(oxford)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        page = client.get(address("start_triage", five))
        other = client.get(address("hold", five))
        clock.shift(timedelta(hours=1))
        assert client.post(address("start_triage", five), given(page)).status_code == 302
        assert set(StageChange.objects.filter(move=Move.START_TRIAGE).values_list("at")) >= {
            (timezone.now(),)
        }
        wakes = {key: str(value) for key, value in given_for(Move.HOLD).items()}
        late = client.post(address("hold", five), given(other) | wakes)
    assert late.status_code == 409
    assert "You moved" in late.content.decode()
    assert Stage.ON_HOLD not in stages(five)


@pytest.mark.django_db(transaction=True)
def test_of_two_leads_with_different_targets_at_once_one_moves_all_and_the_other_none():
    cast = make_cast()
    other = make_person("lou@miami.example", "Lou Lead", "lead")
    proposals = [make_submitted() for _each in range(4)]
    plans = [
        build_plan(proposals=proposals, move=which, actor=actor, given=Given(**given_for(which)))
        for which, actor in ((Move.START_TRIAGE, cast.lead), (Move.HOLD, other))
    ]
    results = at_once(*(lambda plan=plan: move(plan=plan) for plan in plans))
    [refusal] = [result for result in results if isinstance(result, ValidationError)]
    assert len(refusal.messages) == 4
    assert all("in the meantime" in words for words in refusal.messages)
    assert len(set(stages(proposals))) == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_once_moves_all_once():
    proposals = [make_submitted() for _each in range(4)]
    plan = build_plan(proposals=proposals, move=Move.START_TRIAGE, actor=make_cast().oxford)
    results = at_once(lambda: move(plan=plan), lambda: move(plan=plan))
    assert sum(isinstance(result, ValidationError) for result in results) == 1
    assert StageChange.objects.filter(move=Move.START_TRIAGE).count() == 4
