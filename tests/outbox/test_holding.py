"""All mail held, addresses that do not work, texts kept for a while, and what is watched."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from microcreds.outbox import addresses, holding, purging, watch
from microcreds.outbox.delivery import drain
from microcreds.outbox.models import Heartbeat, Hold, Message, Undeliverable
from reviews import watch as desk_watch
from tests.factories import make_unit
from tests.outbox.conftest import queue

pytestmark = pytest.mark.django_db
NOTICE = {"priority": Message.Priority.NOTICE}


def due_notice(to="dana@miamioh.edu"):
    return queue(to, due_at=timezone.now() - timedelta(minutes=1), **NOTICE)


@pytest.mark.parametrize("by", ["lead", "setting"])
def test_while_all_is_held_only_what_somebody_waits_for_leaves(mailbox, settings, cast, by):
    if by == "lead":
        holding.hold_all(by=cast.lead, why="Restored a backup.")
    settings.OUTBOX_HOLD = by == "setting"
    due_notice()
    queue("waiting@miamioh.edu")

    assert drain() == 1

    assert mailbox.recipients == ["waiting@miamioh.edu"]


def test_what_is_released_leaves_and_the_rest_once_it_is_let_go(mailbox, cast):
    holding.hold_all(by=cast.lead, why="Restored a backup.")
    first, _second = due_notice("a@miamioh.edu"), due_notice("b@miamioh.edu")

    assert holding.release(messages=Message.objects.filter(pk=first.pk), by=cast.lead) == 1
    assert (drain(), mailbox.recipients) == (1, ["a@miamioh.edu"])
    holding.let_go(by=cast.lead)

    assert (drain(), mailbox.recipients) == (1, ["a@miamioh.edu", "b@miamioh.edu"])


@pytest.mark.parametrize("why", ["", "  ", "x" * 301])
def test_a_hold_says_why(cast, why):
    with pytest.raises(ValidationError):
        holding.hold_all(by=cast.lead, why=why)


def test_nobody_but_the_lead_holds_or_lets_go(client, cast):
    for act in (
        lambda: holding.hold_all(by=cast.oxford, why="No."),
        lambda: holding.let_go(by=cast.oxford),
        lambda: holding.release(messages=Message.objects.all(), by=cast.oxford),
    ):
        with pytest.raises(ValidationError):
            act()
    client.force_login(cast.oxford)
    assert client.post(reverse("admin:outbox_message_hold"), {"why": "x"}).status_code == 404


def test_the_lead_holds_and_lets_go_in_the_ledger(client, cast):
    client.force_login(cast.lead)
    page = reverse("admin:outbox_message_hold")

    assert client.post(page, {"why": ""}).status_code == 422
    client.post(page, {"why": "Restored <b>a backup</b>."})
    assert "Restored &lt;b&gt;a backup" in client.get(page).content.decode()
    client.post(page, {"let_go": "1"})

    assert not Hold.objects.exists()


def test_mail_that_came_back_flags_its_address_and_itself(mailbox):
    message = queue()
    drain()

    addresses.came_back(
        address="Dana@miamioh.edu", detail="550 gone", message_id=message.message_id
    )
    addresses.came_back(address="dana@miamioh.edu", detail="550 gone")

    message.refresh_from_db()
    assert (message.state, message.error) == ("bounced", "550 gone")
    assert Undeliverable.objects.get().address == "dana@miamioh.edu"


@pytest.mark.parametrize("message_id", ["", "<x@y>", "<o-1@y>", "<o-' OR 1=1@y>", "o-" + "z" * 999])
def test_a_message_id_of_somebody_else_is_none_of_ours(message_id):
    addresses.came_back(address="dana@miamioh.edu", detail="550", message_id=message_id)

    assert addresses.uuid_in(message_id) == ""


def test_a_cleared_address_is_tried_again_and_stays_on_record(client, cast):
    addresses.came_back(address="dana@miamioh.edu", detail="550")
    client.force_login(cast.oxford)

    client.post(
        reverse("admin:outbox_undeliverable_changelist"),
        {"action": "clear", "_selected_action": Undeliverable.objects.get().pk},
    )

    assert addresses.broken("dana@miamioh.edu") is None
    assert Undeliverable.objects.get().cleared_by == cast.oxford


def test_texts_are_gone_after_their_time_and_the_record_stays(settings):
    settings.MAIL_BODY_DAYS = 90
    old = timezone.now() - timedelta(days=91)
    sent, waiting = queue("a@miamioh.edu"), queue("b@miamioh.edu")
    Message.objects.update(created_at=old)
    Message.objects.filter(pk=sent.pk).update(state="sent", sent_at=old)

    assert purging.purge_bodies() == 1

    assert [m.body == "" for m in Message.objects.order_by("pk")] == [True, False]
    assert waiting.subject


def test_the_ledger_keeps_what_the_server_said(mailbox):
    message = queue()
    drain()

    message.refresh_from_db()
    assert message.answer.startswith("250")


def test_watching_names_what_is_late_failed_broken_and_held(cast):
    Heartbeat.objects.create(beat_at=timezone.now() - timedelta(hours=1))
    due_notice()
    Message.objects.update(due_at=timezone.now() - timedelta(hours=1))
    queue("f@miamioh.edu")
    Message.objects.filter(to="f@miamioh.edu").update(state="failed", error="550")
    addresses.came_back(address="x@miamioh.edu", detail="550")

    said = " ".join(watch.warnings(watch.state_of_mail()))

    for words in ("worker was last seen", "Mail waits", "1 mail could not", "1 address does not"):
        assert words in said
    holding.hold_all(by=cast.lead, why="Restored.")
    assert "All mail is held" in " ".join(watch.warnings(watch.state_of_mail()))


def test_a_monitor_is_told_how_mail_is_doing(client):
    Heartbeat.objects.create(beat_at=timezone.now())

    told = client.get("/readyz?all=1").json()["mail"]

    assert (told["oldest_due"], told["failed"], told["held"]) == (None, 0, False)


def test_the_home_warns_of_a_unit_without_staff_and_of_days_not_entered(client, cast):
    make_unit("Luxembourg")
    desk_watch.forget()
    client.force_login(cast.lead)

    page = client.get("/admin/").content.decode()

    for words in ("Luxembourg has no staff", "Days off are not entered", "Terms are not entered"):
        assert words in page
