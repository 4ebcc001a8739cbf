"""What one press moved is undone by one press: row by row shown, all or none, nobody else's."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from microcreds.outbox.models import Message
from proposals.models import Proposal, Stage
from reviews.checklists import load_checklists
from reviews.models import StageChange, ToDo
from reviews.services import assign, undo
from reviews.workflow import Move
from tests.factories import do_move, given_for, make_at, make_person, make_submitted, make_unit
from tests.reviews.test_bulk import LIST, address, given, stages
from tests.reviews.test_undo import columns

pytestmark = pytest.mark.django_db
UNDO = f"{LIST}undo"


def move_together(client: Client, proposals: list[Proposal], move: str = "start_triage") -> str:
    """One press moves these; where it is undone."""
    page = client.get(address(move, proposals))
    wakes = {key: str(value) for key, value in given_for(Move(move)).items()}
    assert client.post(address(move, proposals), given(page) | wakes).status_code == 302
    return f"{UNDO}/{StageChange.objects.filter(move=move).latest().pk}/"


def sent_back(page) -> dict[str, str]:
    return {"seen": page.context["seen"]}


@pytest.fixture
def three(client, oxford) -> list[Proposal]:
    client.force_login(oxford)
    return [make_submitted() for _each in range(3)]


def test_all_come_back_with_the_to_dos_that_were_laid_out(client, three):
    load_checklists()
    before = [columns(each) for each in three]
    path = move_together(client, three)
    assert ToDo.objects.open().exists()
    page = client.get(path)
    assert "3 of 3 can be undone." in page.content.decode()
    assert "Undo all 3" in page.content.decode()
    done = client.post(path, sent_back(page), follow=True)
    assert [str(words) for words in done.context["messages"]] == [
        "Undone: Start triage. 3 proposals are back where they were."
    ]
    assert [columns(each) for each in three] == before
    assert not ToDo.objects.open().exists()


def test_mails_that_have_not_left_stay_here_and_nobody_is_mailed(client, three, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    path = move_together(client, three, "hold")
    held = StageChange.objects.filter(move="hold").values_list("pk", flat=True)
    mails = Message.objects.filter(cause__in=[f"stage_change:{pk}" for pk in held])
    assert {mail.state for mail in mails} == {"queued"}
    mailed = Message.objects.count()
    page = client.get(path)
    assert f"{len(mails)} mails that have not left are not sent." in page.content.decode()
    client.post(path, sent_back(page))
    assert {mail.state for mail in mails.all()} == {"recalled"}
    assert Message.objects.count() == mailed


def test_list_home_and_the_undo_of_one_offer_it_until_it_is_done(client, three):
    assert "Undo all" not in client.get(f"{LIST}?all=1").content.decode()
    path = move_together(client, three)
    link = f'href="{UNDO}/{StageChange.objects.filter(move="start_triage").earliest().pk}/"'
    assert link in client.get(f"{LIST}?all=1").content.decode()
    assert link in client.get("/admin/").content.decode()
    alone = client.get(f"{LIST}{three[0].pk}/undo/").content.decode()
    assert "One press moved 3 proposals" in alone
    assert "Undo all 3…" in alone
    client.post(path, sent_back(client.get(path)))
    assert link not in client.get(f"{LIST}?all=1").content.decode()


def test_what_was_built_upon_is_named_and_the_others_come_back(client, three, oxford, lead):
    path = move_together(client, three)
    assign(proposals=[three[0]], to=lead, by=lead)
    do_move(three[1], Move.HOLD, lead, **given_for(Move.HOLD))
    page = client.get(path)
    text = page.content.decode()
    assert "1 of 3 can be undone." in text
    assert "Its owner, unit, next step or a date was changed since." in text
    assert "It has been moved to “On hold” in the meantime." in text
    assert "Undo the 1 that can be undone" in text
    assert client.post(path, sent_back(page)).status_code == 302
    assert stages(three) == [Stage.TRIAGE, Stage.ON_HOLD, Stage.SUBMITTED]


def test_changed_after_it_was_shown_none_comes_back_and_each_is_named(client, three, lead):
    path = move_together(client, three)
    page = client.get(path)
    do_move(three[1], Move.HOLD, lead, **given_for(Move.HOLD))
    refused = client.post(path, sent_back(page))
    text = refused.content.decode()
    assert refused.status_code == 409
    assert f"{three[1].reference}: It has been moved to “On hold” in the meantime." in text
    assert "Nothing was undone." in text
    assert stages(three) == [Stage.TRIAGE, Stage.ON_HOLD, Stage.TRIAGE]
    assert client.post(path, sent_back(refused)).status_code == 302


def test_a_double_click_undoes_once(client, three):
    path = move_together(client, three)
    page = client.get(path)
    assert client.post(path, sent_back(page)).status_code == 302
    before = StageChange.objects.count()
    again = client.post(path, sent_back(page))
    assert again.status_code == 409
    assert "It is undone already." in again.content.decode()
    assert StageChange.objects.count() == before


def test_too_late_is_said_for_each(client, three, settings):
    settings.NOTIFICATION_GRACE_SECONDS = 300
    with time_machine.travel(timezone.now(), tick=False) as clock:
        path = move_together(client, three)
        clock.shift(timedelta(seconds=300))
        page = client.get(path)
        assert "0 of 3 can be undone." in page.content.decode()
        assert page.content.decode().count("The time to undo it is over") == 3
        assert "Undo all" not in client.get(f"{LIST}?all=1").content.decode()


def test_a_lead_undoes_what_another_moved_and_nobody_else_does(client, three, regionals, lead):
    path = move_together(client, three)
    other = make_person("ned@miami.example", "Ned Oxford", "elearning", unit=make_unit())
    for who in (other, regionals):
        client.force_login(who)
        assert client.get(path).status_code == 404
        assert client.post(path, {"seen": f"{three[0].pk}:1"}).status_code == 404
    client.force_login(lead)
    page = client.get(path)
    assert client.post(path, sent_back(page)).status_code == 302
    assert stages(three) == [Stage.SUBMITTED] * 3


def test_the_moves_of_others_at_another_moment_stay(client, three, lead):
    beside = make_submitted()
    do_move(beside, Move.START_TRIAGE, lead)
    path = move_together(client, three)
    theirs = StageChange.objects.get(proposal=beside, move="start_triage")
    page = client.get(path)
    forged = client.post(path, {"seen": f"{page.context['seen']} {beside.pk}:{theirs.pk}"})
    assert forged.status_code == 409
    client.post(path, sent_back(page))
    assert stages([*three, beside]) == [Stage.SUBMITTED] * 3 + [Stage.TRIAGE]


def test_one_of_them_undone_alone_leaves_the_rest_to_be_undone_together(client, three, oxford):
    path = move_together(client, three)
    undo(proposal=three[0], by=oxford)
    page = client.get(path)
    assert "2 of 3 can be undone." in page.content.decode()
    assert client.post(path, sent_back(page)).status_code == 302
    assert stages(three) == [Stage.SUBMITTED] * 3


def test_from_several_stages_each_comes_back_to_its_own(client, three, oxford):
    both = [three[0], make_at(Stage.TRIAGE)]
    path = move_together(client, both, "hold")
    assert client.post(path, sent_back(client.get(path)))["Location"] == LIST
    assert stages(both) == [Stage.SUBMITTED, Stage.TRIAGE]


@pytest.mark.parametrize("seen", ["", "nonsense", "1:x", "999999:1", "9" * 30 + ":1", "\x00"])
def test_nonsense_for_what_was_seen_undoes_nothing(client, three, seen):
    path = move_together(client, three)
    assert client.post(path, {"seen": seen}).status_code == 409
    assert stages(three) == [Stage.TRIAGE] * 3


def test_a_move_that_is_not_made_of_many_is_not_found(client, three, oxford):
    sent = StageChange.objects.filter(proposal=three[0]).latest()
    for key in (sent.pk, 0, 10**30):
        assert client.get(f"{UNDO}/{key}/").status_code == 404


def test_page_and_undo_take_the_same_statements_for_any_number(client, oxford):
    counts = []
    client.force_login(oxford)
    for size in (1, 3, 12):
        path = move_together(client, [make_submitted() for _each in range(size)])
        client.get(path)
        with CaptureQueriesContext(connection) as looking:
            page = client.get(path)
        with CaptureQueriesContext(connection) as undoing:
            assert client.post(path, sent_back(page)).status_code == 302
        counts.append((len(looking), len(undoing)))
    assert len(set(counts)) == 1, counts
